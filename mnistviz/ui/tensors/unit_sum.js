// One unit's sum: inputs × weights = products as three pictures that share one marked pixel, and
// the sum as an equation. Moving the mark asks the server nothing.
const SIDE = 28;

function floats(base64) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

function written(value) {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "\u2212\u221e" : "\u221e";
  const digits = size === 0 ? "0" : size < 1e-4 ? size.toExponential(2) : size.toPrecision(3);
  return (value < 0 ? "\u2212" : "") + digits;
}

function paint(canvas, values, color) {
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, SIDE, SIDE);
  values.forEach((value, index) => {
    context.fillStyle = color(value);
    context.fillRect(index % SIDE, Math.floor(index / SIDE), 1, 1);
  });
}

const ink = (value) => `rgb(${Array(3).fill(Math.round((value + 1) * 127.5)).join(",")})`;

function signed(data) {
  return (value) => {
    // What is no number leaves its pixel as the page is.
    const strength = Math.min(Math.abs(value) / data.limit, 1) || 0;
    const color = value < 0 ? data.negative : data.positive;
    return color.replace("rgb(", "rgba(").replace(")", `, ${strength})`);
  };
}

function largest(values) {
  return values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
}

function term(part) {
  const element = document.createElement("div");
  element.className = part.sign ? "sign" : "term";
  if (part.sign) {
    element.textContent = part.sign;
    return element;
  }
  for (const name of ["value", "label"]) {
    const line = document.createElement("div");
    line.className = name;
    line.textContent = part[name];
    element.append(line);
  }
  if (part.color) element.style.borderLeft = `5px solid ${part.color}`;
  return element;
}

export default function ({ parentElement, data }) {
  const unit = parentElement.querySelector(".unit");
  const pictures = unit.querySelector(".pictures");
  const [inputs, weights] = [floats(data.inputs), floats(data.weights)];
  const products = inputs.map((value, index) => value * weights[index]);
  const figures = [...pictures.querySelectorAll("figure")];
  [inputs, weights, products].forEach((values, n) => {
    figures[n].querySelector("figcaption").textContent = data.titles[n];
    paint(figures[n].querySelector("canvas"), values, n === 0 ? ink : signed(data));
  });
  pictures.setAttribute("aria-label", data.alt);

  const show = (index) => {
    unit.chosen = index;
    const [row, column] = [Math.floor(index / SIDE), index % SIDE];
    for (const mark of pictures.querySelectorAll(".mark")) {
      mark.style.left = `${(100 * column) / SIDE}%`;
      mark.style.top = `${(100 * row) / SIDE}%`;
    }
    const values = { row, column, index };
    Object.assign(values, {
      input: written(inputs[index]),
      weight: written(weights[index]),
      product: written(products[index]),
    });
    unit.querySelector(".pixel").textContent = data.pixel.replace(
      /\{(\w+)\}/g,
      (_, name) => values[name],
    );
  };
  for (const frame of pictures.querySelectorAll(".frame")) {
    const point = (event) => {
      const box = frame.querySelector("canvas").getBoundingClientRect();
      const cell = (at, length) =>
        Math.max(0, Math.min(SIDE - 1, Math.floor((at / length) * SIDE)));
      show(
        cell(event.clientY - box.top, box.height) * SIDE + cell(event.clientX - box.left, box.width),
      );
    };
    frame.onpointermove = point;
    frame.onpointerdown = point;
  }
  pictures.onkeydown = (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -SIDE, ArrowDown: SIDE };
    const to = unit.chosen + steps[event.key];
    if (!(to >= 0 && to < SIDE * SIDE)) return;
    event.preventDefault();
    show(to);
  };
  show(unit.chosen ?? largest(products));
  unit.querySelector(".equation").replaceChildren(...data.equation.map(term));
}
