// All the functions side by side: each with its curve, its slope, dashed, and the units of a layer.
const [WIDTH, HEIGHT] = [240, 150];

const ROW_EVERY = 20;

function cell(data, one) {
  const end = data.end;
  const [low, high] = data.range;
  const right = (value) => ((value + end) / (2 * end)) * WIDTH;
  const up = (value) => HEIGHT * (1 - (value - low) / (high - low));
  const xs = floats(data.x);
  const line = (values) => {
    let text = "";
    values.forEach((value, i) => {
      const jump = i === 0 || Math.abs(value - values[i - 1]) > 0.5;
      text += `${jump ? "M" : "L"}${right(xs[i]).toFixed(1)},${up(value).toFixed(1)}`;
    });
    return text;
  };
  const [sums, outputs, flat] = [floats(one.sums), floats(one.sum_outputs), bytes(one.flat)];
  const marks = (wanted) => {
    let text = "";
    sums.forEach((sum, i) => {
      if (Boolean(flat[i]) !== wanted || !(Math.abs(sum) <= end)) return;
      text += `M${(right(sum) - 3).toFixed(1)},${up(outputs[i]).toFixed(1)}a3,3 0 1,0 6,0a3,3 0 1,0 -6,0`;
    });
    return text;
  };
  return (
    `<figure class="${one.chosen ? "chosen" : ""}"><figcaption>${one.name}</figcaption>` +
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${one.alt}">` +
    `<path class="axis" d="M0,${up(0)}H${WIDTH}M${right(0)},0V${HEIGHT}"/>` +
    `<path class="curve" d="${line(floats(one.outputs))}"/>` +
    `<path class="curve dashed" d="${line(floats(one.slopes))}"/>` +
    `<path class="dot" d="${marks(false)}"/><path class="ring" d="${marks(true)}"/></svg>` +
    `<div class="said">${one.said}</div></figure>`
  );
}

// The outputs at some of the points that are drawn; what is said of each function stands below them.
function numbers(data, words) {
  const outputs = data.cells.map((one) => floats(one.outputs));
  const rows = Array.from(floats(data.x), (x, i) => [x, ...outputs.map((values) => values[i])]);
  return {
    name: words.sheet,
    note: data.cells.map((one) => one.alt).join(" "),
    head: ["x", ...data.cells.map((one) => one.name)],
    rows: rows.filter((_, i) => i % ROW_EVERY === 0),
  };
}

export default function ({ parentElement, data }) {
  const sheet = parentElement.querySelector(".sheet");
  sheet.innerHTML = data.cells.map((one) => cell(data, one)).join("");
  sheet.numbers = (words) => [numbers(data, words)];
}
