// A network as units and connections: the digit, the strongest units of each hidden layer, the ten
// outputs. One unit is chosen: by a click or a tap near it, with the arrow keys, or by steps.
// Pixels, where the letters are of the usual size, which is the first of them.
const LETTERS = 14;
const NAMES = 54;
const ABOVE = 14;
// The outputs and their percents; they are left out where the columns would come closer than this.
const SHARES = 98;
const APART = 42;
// Of so many columns none leaves much room for the digit.
const MANY = 4;
// How near a pointer has to be to a unit, and a finger.
const NEAR = 18;
const NEAR_FINGER = 40;

const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

// Where everything stands: the digit at the left, then a column for each layer.
function plan(data, width, height, em) {
  const count = data.columns.length;
  const size = Math.min(84 * em, width * (count > MANY ? 0.12 : 0.17));
  const apart = (width - size - SHARES * em) / (count + 0.4);
  const wide = apart >= APART * em;
  const right = (wide ? SHARES : 44) * em;
  const above = ABOVE * em;
  const room = height - NAMES * em - above;
  const first = size + (width - size - right) / (count + 0.4);
  const last = width - right;
  const columns = data.columns.map((column, place) => {
    const x = count === 1 ? last : first + ((last - first) * place) / (count - 1);
    const pitch = Math.min(room / column.units.length, 34 * em);
    const top = above + (room - pitch * column.units.length) / 2 + pitch / 2;
    return {
      x,
      radius: Math.min(0.4 * pitch, 10 * em),
      y: column.units.map((_, n) => top + n * pitch),
    };
  });
  return { em, wide, size, top: above + (room - size) / 2, bottom: above + room, columns };
}

function start(at, place, source, data) {
  if (place === 0) {
    const cell = at.size / SIDE;
    return [((source % SIDE) + 0.5) * cell, at.top + (Math.floor(source / SIDE) + 0.5) * cell];
  }
  const column = at.columns[place - 1];
  return [column.x, column.y[data.columns[place - 1].units.indexOf(source)]];
}

function edges(at, data, list, className) {
  const group = element("g", { class: className });
  for (const [place, source, target, share] of list) {
    const [x1, y1] = start(at, place, source, data);
    const x2 = at.columns[place].x;
    const y2 = at.columns[place].y[data.columns[place].units.indexOf(target)];
    const half = (x1 + x2) / 2;
    group.append(
      element("path", {
        class: share < 0 ? "edge down" : "edge",
        d: `M${x1.toFixed(1)},${y1.toFixed(1)}C${half.toFixed(1)},${y1.toFixed(1)} ${half.toFixed(1)},${y2.toFixed(1)} ${x2.toFixed(1)},${y2.toFixed(1)}`,
        // From the pixels all lines begin close together.
        "stroke-width": (0.5 + (place ? 2.5 : 1.2) * Math.abs(share)).toFixed(2),
        "stroke-opacity": (0.25 + 0.75 * Math.abs(share)).toFixed(2),
      }),
    );
  }
  return group;
}

function unit(at, data, place, n) {
  const column = data.columns[place];
  const { x, y, radius } = at.columns[place];
  const group = element("g", {
    class: "unit",
    "data-unit": `${place + 1}-${column.units[n]}`,
  });
  const center = { cx: x, cy: y[n] };
  group.append(
    element("title", {}, column.said[n]),
    element("circle", { class: "paper", ...center, r: radius }),
    element("circle", { class: "fill", ...center, r: radius, "fill-opacity": column.shares[n] }),
    element("circle", { class: "ring", ...center, r: radius + 3 }),
  );
  if (column.names) {
    const line = { y: y[n] + 5 * at.em, class: column.bold === n ? "says" : "" };
    group.append(element("text", { ...line, x: x + radius + 7 * at.em }, column.names[n]));
    const [more, far] = at.wide ? [column.shares_said[n], 24] : ["", 16];
    const spot = { ...line, x: x + radius + far * at.em };
    group.append(element("text", spot, more + column.marks[n]));
  }
  return group;
}

function names(at, data) {
  const group = element("g");
  data.columns.forEach((column, place) => {
    const x = at.columns[place].x;
    column.lines.forEach((line, n) => {
      const y = at.bottom + (18 + 16 * n) * at.em;
      group.append(element("text", { class: n ? "middle" : "name middle", x, y }, line));
    });
  });
  return group;
}

function draw(root, data) {
  const svg = root.querySelector("svg");
  // Once it is out of the page it has none.
  const em = (parseFloat(getComputedStyle(svg).fontSize) || LETTERS) / LETTERS;
  const width = Math.max(svg.clientWidth, 240);
  const height = svg.clientHeight || 384;
  const at = plan(data, width, height, em);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const image = element("image", {
    href: data.picture,
    x: 0,
    y: at.top,
    width: at.size,
    height: at.size,
    style: "image-rendering: pixelated",
  });
  const units = data.columns.flatMap((column, place) =>
    column.units.map((_, n) => unit(at, data, place, n)),
  );
  svg.replaceChildren(
    image,
    edges(at, data, data.edges, "all"),
    edges(at, data, data.own, "own"),
    ...units,
    names(at, data),
    element("text", { class: "number end" }),
  );
  root.at = at;
  root.units = new Map(units.map((one) => [one.dataset.unit, one]));
  root.drawn = `${svg.clientWidth} ${svg.clientHeight}`;
}

function mark(root, data, chosen) {
  for (const [key, one] of root.units) one.classList.toggle("chosen", key === chosen);
  tell(root, data, chosen);
  const [layer, number] = chosen.split("-").map(Number);
  const column = data.columns[layer - 1];
  const text = root.querySelector(".number");
  const n = column.units.indexOf(number);
  // The outputs have their names beside them.
  text.textContent = column.names || n < 0 ? "" : String(number);
  if (n < 0) return;
  const { x, y, radius } = root.at.columns[layer - 1];
  text.setAttribute("x", x - radius - 8 * root.at.em);
  text.setAttribute("y", y[n] + 5 * root.at.em);
}

// For whoever listens the picture is one slider through all units that are drawn.
function tell(root, data, chosen) {
  const svg = root.querySelector("svg");
  const said = data.columns.flatMap((column) => column.said);
  const at = [...root.units.keys()].indexOf(chosen);
  svg.setAttribute("aria-valuemin", 1);
  svg.setAttribute("aria-valuemax", said.length);
  svg.setAttribute("aria-valuenow", at + 1);
  svg.setAttribute("aria-valuetext", said[at] ?? "");
  root.querySelector(".steps span").textContent = said[at] ?? "";
}

// The unit after a key: up and down within the column, left and right to the nearest of the next.
function moved(root, data, chosen, key) {
  const [layer, number] = chosen.split("-").map(Number);
  const place = layer - 1;
  const n = data.columns[place].units.indexOf(number);
  const last = data.columns[place].units.length - 1;
  const within = { ArrowUp: n - 1, ArrowDown: n + 1, Home: 0, End: last }[key];
  if (within !== undefined)
    return `${layer}-${data.columns[place].units[Math.min(Math.max(within, 0), last)]}`;
  const next = place + { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (!(next >= 0 && next < data.columns.length)) return chosen;
  const y = root.at.columns[place].y[n];
  const far = root.at.columns[next].y.map((other) => Math.abs(other - y));
  return `${next + 1}-${data.columns[next].units[far.indexOf(Math.min(...far))]}`;
}

function nearest(root, svg, event) {
  const box = svg.getBoundingClientRect();
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  let [best, least] = [undefined, event.pointerType === "touch" ? NEAR_FINGER : NEAR];
  for (const [key, one] of root.units) {
    const spot = one.querySelector(".ring");
    const far = Math.hypot(spot.cx.baseVal.value - x, spot.cy.baseVal.value - y);
    if (far < least) [best, least] = [key, far];
  }
  return event.target.closest(".unit")?.dataset.unit ?? best;
}

function connect(root, svg, data, choose) {
  svg.onclick = (event) => choose(nearest(root, svg, event));
  svg.onkeydown = (event) => {
    const keys = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"];
    if (!keys.includes(event.key)) return;
    event.preventDefault();
    choose(moved(root, data, root.chosen, event.key));
  };
  for (const button of root.querySelectorAll(".steps button"))
    button.onclick = () => choose(moved(root, data, root.chosen, button.value));
  watchSize(svg, () => {
    if (`${svg.clientWidth} ${svg.clientHeight}` === root.drawn) return;
    draw(root, data);
    mark(root, data, root.chosen);
  });
}

const numbers = (data, words) => ({
  name: data.words.alt,
  note: data.words.note,
  head: [words.unit, words.value],
  rows: data.columns.flatMap(({ said }) => said.map((text) => text.split(": "))),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".network");
  const svg = root.querySelector("svg");
  svg.setAttribute("aria-label", data.words.alt);
  root.querySelector("h2").textContent = data.words.name;
  const [before, after] = root.querySelectorAll(".steps button");
  before.setAttribute("aria-label", data.words.before);
  after.setAttribute("aria-label", data.words.after);
  root.numbers = (words) => [numbers(data, words)];
  draw(root, data);
  if (!root.units.has(root.asked)) root.asked = undefined;
  receive(root, data.chosen);
  root.chosen = root.asked ?? data.chosen;
  mark(root, data, root.chosen);
  connect(root, svg, data, (key) => {
    if (!key || key === root.chosen) return;
    ask(root, key);
    root.chosen = key;
    mark(root, data, key);
    setTriggerValue("unit", key);
  });
}
