// Numbers as the page writes them: with a true minus, and with a word for what is not finite.
const whole = (count) => count.toLocaleString("en-US");
const signed = (value, size) => (value < 0 ? "\u2212" : "") + size;

// Only 0 itself is "0.0 %", and only 1 is "100.0 %"; `percent` in words/quantities.py writes the same.
function percent(share) {
  if (!Number.isFinite(share)) return "NaN";
  let text = (100 * share).toFixed(1);
  if (text === "0.0" && share > 0) text = "<\u00a00.1";
  else if (text === "100.0" && share < 1) text = ">\u00a099.9";
  return `${text}\u00a0%`;
}

// The probabilities of one digit: in float32 one may be 1 beside others that are not 0.
function percents(shares) {
  const several = shares.filter((share) => share > 0).length > 1;
  return Array.from(shares, (p) => percent(several && p === 1 ? 1 - Number.EPSILON : p));
}

// What stands for a number that is not finite.
const odd = (value) => (Number.isNaN(value) ? "NaN" : signed(value, "\u221e"));

const RAISED = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";
const power = (exponent) =>
  (exponent < 0 ? "\u207b" : "") + String(Math.abs(exponent)).replace(/\d/g, (digit) => RAISED[digit]);

// Three digits, as `number` in words/quantities.py writes them; `short` leaves out zeros that say
// nothing, `0.5` instead of `0.500`.
function written(value, short = false) {
  if (!Number.isFinite(value)) return odd(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  const [mantissa, exponent] = size.toExponential(2).split("e").map(Number);
  if (exponent < -3 || exponent > 6) {
    return signed(value, `${mantissa}\u00a0\u00d7\u00a010${power(exponent)}`);
  }
  const digits = size.toPrecision(3);
  if (exponent > 2) return signed(value, whole(Number(digits)));
  return signed(value, short ? String(Number(digits)) : digits);
}
