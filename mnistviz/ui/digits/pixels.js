// The digit of `pixels` as picture, as table of numbers and as one line, with one pixel marked in all.
function build(root, data) {
  const table = root.querySelector(".table");
  const cells = document.createDocumentFragment();
  for (let at = 0; at < COUNT; at++) add(cells, "span", "cell");
  table.prepend(cells);
  const rows = root.querySelector(".rows");
  for (let row = 0; row < SIDE; row++) add(rows, "span", "", row);
  const readout = root.querySelector(".readout");
  data.readout.forEach((_, at) => {
    if (at) add(readout, "div", "arrow", "→");
    const term = add(readout, "div", "term");
    for (const part of ["value", "name", "how"]) add(term, "div", part);
  });
}

function drawCells(root, data) {
  root.querySelectorAll(".cell").forEach((cell, at) => {
    const raw = data.raw[at];
    const text = data.cells[raw];
    if (cell.textContent !== text) cell.textContent = text;
    if (cell.raw === raw) return;
    cell.raw = raw;
    cell.style.background = `rgb(${raw},${raw},${raw})`;
    // Black recedes, and can still be read.
    cell.style.color = raw === 0 ? "#8c8c8c" : raw > 118 ? "#000" : "#fff";
  });
}

function drawDigit(root, data) {
  paintGray(root.querySelector(".picture canvas"), data.raw, SIDE, SIDE);
  paintGray(root.querySelector(".strip canvas"), data.raw, COUNT, 1);
  drawCells(root, data);
  const { words } = data;
  root.querySelector(".picture").setAttribute("aria-label", words.alt);
  root.querySelector(".table").setAttribute("aria-label", words.table);
  root.querySelector(".strip").setAttribute("aria-label", words.index);
  root.querySelector(".digit .title").innerHTML = rich(words.title);
  root.querySelector(".table-title .what").textContent = words.table;
  root.querySelector(".table-title .keys").textContent = words.table_how;
  root.querySelector(".table-title .tap").textContent = words.table_tap;
}

function mark(root, data, index) {
  const values = placeOf(data, index);
  const { row } = values;
  for (const field of root.querySelectorAll(".picture, .table")) {
    placeMark(field.querySelector(".mark"), index);
    field.querySelector(".band").style.top = `${(100 * row) / SIDE}%`;
  }
  root.querySelector(".strip .mark").style.left = `${(100 * (index + 0.5)) / COUNT}%`;
  root.querySelector(".strip .band").style.left = `${(100 * row) / SIDE}%`;
  root.querySelectorAll(".rows span").forEach((span, at) => {
    span.classList.toggle("here", at === row);
  });
  root.querySelector(".place").textContent = fill(data.words.place, values);
  root.querySelector(".index").textContent = fill(data.words.at, values);
  root.querySelectorAll(".term").forEach((term, at) => {
    term.classList.toggle("shown", at === data.form);
    for (const part of ["value", "name", "how"]) {
      term.querySelector(`.${part}`).textContent = fill(data.readout[at][part], values);
    }
  });
  root.querySelector(".strip-title").innerHTML = rich(fill(data.words.strip, values));
  const steps = data.readout.map((one) => `${one.name} ${fill(one.value, values)}`).join(", ");
  for (const field of root.querySelectorAll(".field")) {
    field.setAttribute("aria-valuenow", index);
    field.setAttribute("aria-valuetext", `${fill(data.words.place, values)}: ${steps}`);
  }
}

// On a narrow screen the table is wider than its window: bring the marked pixel into it.
function reveal(root, index) {
  const view = root.querySelector(".window");
  if (view.scrollWidth <= view.clientWidth) return;
  const x = (((index % SIDE) + 0.5) * view.scrollWidth) / SIDE;
  if (x < view.scrollLeft + 30 || x > view.scrollLeft + view.clientWidth - 30) {
    view.scrollLeft = x - view.clientWidth / 2;
  }
}

const numbers = (root, data, words) => ({
  ...pixelTable(data.words.alt, words, data.raw),
  note: root.querySelector(".picture").getAttribute("aria-valuetext"),
});

export default function ({ parentElement, data: sent, setTriggerValue }) {
  const root = parentElement.querySelector(".pixels");
  const data = { ...sent, raw: bytes(sent.pixels) };
  if (!root.querySelector(".cell")) build(root, data);
  drawDigit(root, data);

  root.numbers = (words) => [numbers(root, data, words)];
  const show = (index) => mark(root, data, index);
  const told = (index) => setTriggerValue("index", index);
  const keep = follow(root, data.index, show, told);
  reveal(root, root.kept);
  for (const field of root.querySelectorAll(".field")) {
    const [columns, rows] = field.classList.contains("strip") ? [COUNT, 1] : [SIDE, SIDE];
    const at = (event) => pointedAt(field, event, columns, rows);
    const table = field.classList.contains("table");
    const kept = (index) => {
      keep(index);
      if (!table) reveal(root, index);
    };
    connectField(root, field, at, show, kept, !table);
  }
  const go = (image) => setTriggerValue("image", image);
  const { image, length } = data.constants;
  connectSteps(root.querySelector(".steps"), image, length, go, data.fixed?.includes("image"));
}
