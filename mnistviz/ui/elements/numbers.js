// Numbers as the page writes them: with a true minus, and with a word for what is not finite.
const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)}\u00a0%` : "NaN");
const whole = (count) => count.toLocaleString("en-US");
const signed = (value, size) => (value < 0 ? "\u2212" : "") + size;

// What stands for a number that is not finite.
const odd = (value) => (Number.isNaN(value) ? "NaN" : signed(value, "\u221e"));

// Three digits; `short` leaves out zeros that say nothing, `0.5` instead of `0.500`.
function written(value, short = false) {
  if (!Number.isFinite(value)) return odd(value);
  const size = Math.abs(value);
  if (size === 0) return "0";
  if (size < 1e-4) return signed(value, size.toExponential(2));
  const digits = size.toPrecision(3);
  return signed(value, short ? String(Number(digits)) : digits);
}
