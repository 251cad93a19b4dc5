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

function draw(grid, data) {
  const parts = [];
  const place = (element, column) => {
    if (column === 0) element.classList.add("first");
    parts.push(element);
    return element;
  };
  data.columns.forEach((name, column) => {
    const head = place(make("div", "head", name), column);
    if (column === data.current) add(head, "span", "hand", data.in_hand);
  });
  data.columns.forEach((_, column) =>
    place(make("div", "address"), column).setAttribute("aria-live", "polite"),
  );
  for (const row of data.rows) {
    if (row.heading) parts.push(make("div", "heading", row.heading));
    row.cells.forEach((lines, column) => {
      const cell = place(make("div", "code"), column);
      cell.append(...lines.map((line) => codeLine(line, data.colors)));
      if (row.notes[column]) add(cell, "div", "note", row.notes[column]);
    });
  }
  grid.replaceChildren(...parts);
}

function address([code, shape, place, value]) {
  const lines = [make("div", "line"), make("div", "line"), make("div", "line")];
  add(add(lines[0], "code"), "span", "tensor chosen", code);
  add(lines[1], "code", "", shape);
  add(lines[2], "code", "", `${place} = ${value}`);
  return lines;
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
  grid.setAttribute("aria-label", data.alt);
  draw(grid, data);
  grid.numbers = (words) => [numbers(data, words)];
  if (!(grid.asked in data.tensors)) grid.asked = undefined;
  receive(grid, data.chosen);
  let chosen = grid.asked ?? data.chosen;
  show(grid, data, chosen);

  const choose = (tensor) => {
    if (tensor === chosen) return;
    chosen = tensor;
    ask(grid, tensor);
    show(grid, data, tensor);
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
  grid.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const names = Object.keys(data.tensors);
    choose(names[(names.indexOf(chosen) + step + names.length) % names.length]);
  };
}
