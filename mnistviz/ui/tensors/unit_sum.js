// One unit's sum: inputs × weights = products as three pictures that share one marked pixel, and
// the sum as an equation. Moving the mark asks the server nothing. While `asks` is set, somebody is
// still asked what the products are: their picture and the numbers that say so wait.
const channels = (color) => color.match(/\d+/g).map(Number);

function largest(values) {
  return values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
}

function term(part) {
  if (part.sign) return make("div", "sign", part.sign);
  const element = make("div", "term");
  for (const name of ["value", "label"]) add(element, "div", name, part[name]);
  if (part.color) element.style.borderLeft = `5px solid ${part.color}`;
  return element;
}

function drawPictures(pictures, data, arrays) {
  const colors = { negative: channels(data.negative), positive: channels(data.positive) };
  pictures.setAttribute("aria-label", data.alt);
  pictures.querySelectorAll("figure").forEach((figure, n) => {
    figure.querySelector("figcaption").textContent = data.titles[n];
    const canvas = figure.querySelector("canvas");
    const waits = data.asks && n === 2;
    figure.querySelector(".frame").classList.toggle("waits", waits);
    if (waits) return canvas.getContext("2d").clearRect(0, 0, SIDE, SIDE);
    if (n > 0) return paintSigned(canvas.getContext("2d"), arrays[n], colors, data.limit);
    const ink = arrays[n].map((value) => Math.round((value + 1) * 127.5));
    paintGray(canvas, ink, SIDE, SIDE);
  });
}

// The four ways to a neighbor: as arrow keys, and as buttons for a finger.
const MOVES = { ArrowLeft: -1, ArrowUp: -SIDE, ArrowDown: SIDE, ArrowRight: 1 };
const ARROWS = ["\u2190", "\u2191", "\u2193", "\u2192"];

function connect(unit, pictures, data, show) {
  for (const frame of pictures.querySelectorAll(".frame")) {
    const canvas = frame.querySelector("canvas");
    const point = (event) => {
      if (!frame.classList.contains("waits")) show(pointedAt(canvas, event, SIDE, SIDE));
    };
    frame.onpointermove = point;
    frame.onpointerdown = point;
  }
  const move = (by) => {
    const to = unit.chosen + by;
    const within = to >= 0 && to < COUNT;
    if (within) show(to);
    return within;
  };
  pictures.onkeydown = (event) => {
    if (move(MOVES[event.key])) event.preventDefault();
  };
  const moves = unit.querySelector(".moves");
  moves.replaceChildren(
    ...Object.values(MOVES).map((by, n) => {
      const button = make("button", "", ARROWS[n]);
      button.setAttribute("aria-label", data.moves[n]);
      button.onclick = () => move(by);
      return button;
    }),
  );
}

// The largest products first. While somebody is asked what they are, they are not told.
function numbers(data, [inputs, weights, products], words) {
  const shown = data.asks ? weights : products;
  const order = [...shown.keys()].sort((a, b) => Math.abs(shown[b]) - Math.abs(shown[a]));
  const columns = data.asks ? [inputs, weights] : [inputs, weights, products];
  const sums = data.equation.filter((part) => !part.sign);
  return [
    {
      name: data.alt,
      head: [words.row, words.column, words.input, words.weight, words.product].slice(0, 2 + columns.length),
      rows: order.map((at) => [Math.floor(at / SIDE), at % SIDE, ...columns.map((one) => one[at])]),
    },
    {
      name: words.unit_sum,
      head: [words.name, words.value],
      rows: sums.map(({ label, value }) => [label, value]),
    },
  ];
}

export default function ({ parentElement, data }) {
  const unit = parentElement.querySelector(".unit");
  const pictures = unit.querySelector(".pictures");
  const [inputs, weights] = [floats(data.inputs), floats(data.weights)];
  const products = inputs.map((value, index) => value * weights[index]);
  drawPictures(pictures, data, [inputs, weights, products]);
  const show = (index) => {
    unit.chosen = index;
    for (const mark of pictures.querySelectorAll(".mark")) placeMark(mark, index);
    const text = fill(data.pixel, {
      index,
      row: Math.floor(index / SIDE),
      column: index % SIDE,
      input: written(inputs[index]),
      weight: written(weights[index]),
      product: written(products[index]),
    });
    unit.querySelector(".pixel").textContent = text;
    pictures.setAttribute("aria-valuenow", index);
    pictures.setAttribute("aria-valuetext", text);
  };
  unit.numbers = (words) => numbers(data, [inputs, weights, products], words);
  connect(unit, pictures, data, show);
  show(unit.chosen ?? largest(products));
  unit.querySelector(".equation").replaceChildren(...data.equation.map(term));
}
