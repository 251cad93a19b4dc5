// One network in four styles, line beside line. Pointing at a tensor's name marks it in all four;
// a click, a tap or the arrow keys choose it, and the page is told.
function tensorPiece([text, layer, kinds], colors) {
  const piece = make("span", ["tensor", ...kinds].join(" "), text);
  piece.dataset.layer = layer;
  piece.style.setProperty("--color", colors[layer - 1]);
  return piece;
}

function codeLine(line, colors) {
  const row = make("div", "line");
  row.style.setProperty("--indent", line.indent);
  const code = add(row, "code");
  for (const piece of line.pieces) code.append(piece[1] ? tensorPiece(piece, colors) : piece[0]);
  return row;
}

function rowOf(role, cells) {
  const row = make("div", "row");
  row.setAttribute("role", "row");
  cells.forEach((cell, column) => {
    cell.setAttribute("role", role);
    if (column === 0) cell.classList.add("first");
  });
  row.append(...cells);
  return row;
}

function headingRow(text) {
  const heading = make("div", "heading");
  add(heading, "span", "", text);
  heading.setAttribute("aria-colspan", 4);
  return rowOf("cell", [heading]);
}

function draw(grid, data) {
  const heads = data.columns.map((name, column) => {
    const head = make("div", "head", name);
    if (column === data.current) add(head, "span", "hand", data.in_hand);
    return head;
  });
  const addresses = data.columns.map(() => make("div", "address"));
  const rows = [rowOf("columnheader", heads), rowOf("cell", addresses)];
  for (const row of data.rows) {
    if (row.heading) rows.push(headingRow(row.heading));
    const cells = row.cells.map((lines, column) => {
      const cell = make("div", "code");
      cell.append(...lines.map((line) => codeLine(line, data.colors)));
      if (row.notes[column]) add(cell, "div", "note", row.notes[column]);
      return cell;
    });
    rows.push(rowOf("cell", cells));
  }
  // Where they fold, the style sheet says what goes below.
  grid.style.setProperty("--rows", rows.length);
  rows.forEach((row, at) => row.style.setProperty("--at", at + 1));
  grid.replaceChildren(...rows);
}

function address([code, shape, place, value]) {
  const lines = [make("div", "line"), make("div", "line"), make("div", "line")];
  add(add(lines[0], "code"), "span", "tensor chosen", code);
  add(lines[1], "code", "", shape);
  add(lines[2], "code", "", `${place} = ${value}`);
  return lines;
}

// Where the columns do not fit, they scroll; then the keyboard has to reach them.
function letScroll(scroll) {
  if (scroll.scrollWidth > scroll.clientWidth + 1) scroll.tabIndex = 0;
  else scroll.removeAttribute("tabindex");
}

// Choosing with the arrow keys is a slider, laid over the table that it marks.
function tell(keys, data, tensor) {
  const names = Object.keys(data.tensors);
  const codes = data.tensors[tensor].map(([code], column) => `${data.columns[column]}: ${code}`);
  keys.setAttribute("aria-label", data.keys);
  keys.setAttribute("aria-valuemin", 1);
  keys.setAttribute("aria-valuemax", names.length);
  keys.setAttribute("aria-valuenow", names.indexOf(tensor) + 1);
  keys.setAttribute("aria-valuetext", `${tensor}. ${codes.join(", ")}`);
}

function show(grid, data, tensor) {
  const [name, kind] = tensor.split(".");
  const layer = name.slice(2);
  grid.style.setProperty("--color", data.colors[layer - 1]);
  grid.querySelectorAll(".address").forEach((cell, column) => {
    cell.replaceChildren(...address(data.tensors[tensor][column]));
  });
  for (const piece of grid.querySelectorAll(".code .tensor"))
    piece.classList.toggle(
      "chosen",
      piece.dataset.layer === layer && piece.classList.contains(kind),
    );
  for (const line of grid.querySelectorAll(".code .line"))
    line.classList.toggle("marked", line.querySelector(".chosen") !== null);
}

// The tensor that an event points at. A layer stands for both its tensors: the kind of the chosen one
// goes on.
function pointedTensor(event, chosen) {
  const piece = event.target.closest(".code .tensor");
  if (!piece) return undefined;
  const kind = chosen.split(".")[1];
  const has = piece.classList.contains(kind) ? kind : kind === "weight" ? "bias" : "weight";
  return `fc${piece.dataset.layer}.${has}`;
}

const numbers = (data, words) => ({
  name: data.alt,
  head: [words.name, ...data.columns],
  rows: Object.entries(data.tensors).map(([name, places]) => [
    name,
    ...places.map(([code, shape, place, value]) => `${code} ${shape}, ${place} = ${value}`),
  ]),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".styles");
  const keys = parentElement.querySelector(".keys");
  const scroll = parentElement.querySelector(".scroll");
  parentElement.querySelector("h2").textContent = data.name;
  grid.setAttribute("aria-label", data.alt);
  scroll.setAttribute("aria-label", data.name);
  draw(grid, data);
  watchSize(scroll, () => letScroll(scroll));
  grid.numbers = (words) => [numbers(data, words)];
  if (!(grid.asked in data.tensors)) grid.asked = undefined;
  receive(grid, data.chosen);
  let chosen = grid.asked ?? data.chosen;
  show(grid, data, chosen);
  tell(keys, data, chosen);

  const choose = (tensor) => {
    if (tensor === chosen) return;
    chosen = tensor;
    ask(grid, tensor);
    show(grid, data, tensor);
    tell(keys, data, tensor);
    setTriggerValue("tensor", tensor);
  };
  grid.onpointerover = (event) => {
    if (event.pointerType === "mouse") show(grid, data, pointedTensor(event, chosen) ?? chosen);
  };
  grid.onpointerleave = () => show(grid, data, chosen);
  grid.onclick = (event) => {
    const tensor = pointedTensor(event, chosen);
    if (tensor) choose(tensor);
  };
  keys.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = Object.keys(data.tensors);
    choose(names[(names.indexOf(chosen) + step + names.length) % names.length]);
  };
}
