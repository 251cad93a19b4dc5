// One network in four styles, line beside line. Pointing at a tensor's name marks it in all four;
// a click, a tap or the arrow keys choose it, and the page is told.
const LATE = 1500;

function make(kind, className, text = "") {
  const element = document.createElement(kind);
  element.className = className;
  element.textContent = text;
  return element;
}

function tensorPiece([text, layer, kinds], colors) {
  const piece = make("span", ["tensor", ...kinds].join(" "), text);
  piece.dataset.layer = layer;
  piece.style.setProperty("--color", colors[layer - 1]);
  return piece;
}

function codeLine(line, colors) {
  const row = make("div", "line");
  row.style.setProperty("--indent", line.indent);
  const code = document.createElement("code");
  for (const piece of line.pieces)
    code.append(piece[1] ? tensorPiece(piece, colors) : document.createTextNode(piece[0]));
  row.append(code);
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
    if (column === data.current) head.append(make("span", "hand", data.in_hand));
  });
  data.columns.forEach((_, column) =>
    place(make("div", "address"), column).setAttribute("aria-live", "polite"),
  );
  for (const row of data.rows) {
    if (row.heading) parts.push(make("div", "heading", row.heading));
    row.cells.forEach((lines, column) => {
      const cell = place(make("div", "code"), column);
      cell.append(...lines.map((line) => codeLine(line, data.colors)));
      if (row.notes[column]) cell.append(make("div", "note", row.notes[column]));
    });
  }
  grid.replaceChildren(...parts);
}

function address([code, shape, place, value]) {
  const lines = [make("div", "line"), make("div", "line"), make("div", "line")];
  const name = make("code", "");
  name.append(make("span", "tensor chosen", code));
  lines[0].append(name);
  lines[1].append(make("code", "", shape));
  lines[2].append(make("code", "", `${place} = ${value}`));
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

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".styles");
  grid.setAttribute("aria-label", data.alt);
  draw(grid, data);

  // The mark follows the person at once; an answer to an earlier choice must not pull it back.
  const late = grid.asked in data.tensors && performance.now() - grid.askedAt < LATE;
  if (!late || data.chosen === grid.asked) grid.asked = undefined;
  let chosen = grid.asked ?? data.chosen;
  show(grid, data, chosen);

  const choose = (tensor) => {
    if (tensor === chosen) return;
    chosen = grid.asked = tensor;
    grid.askedAt = performance.now();
    show(grid, data, tensor);
    setTriggerValue("tensor", tensor);
  };
  // A layer stands for both its tensors: the kind that is chosen goes on.
  const named = (event) => {
    const piece = event.target.closest(".code .tensor");
    if (!piece) return undefined;
    const kind = chosen.split(".")[1];
    const has = piece.classList.contains(kind) ? kind : kind === "weight" ? "bias" : "weight";
    return `fc${piece.dataset.layer}.${has}`;
  };
  grid.onpointerover = (event) => {
    if (event.pointerType === "mouse") show(grid, data, named(event) ?? chosen);
  };
  grid.onpointerleave = () => show(grid, data, chosen);
  grid.onclick = (event) => {
    const tensor = named(event);
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
