// The steps of the network as rows of cells: each cell a list of lines, code or words.
function cell(lines, code) {
  const element = document.createElement("div");
  element.className = "cell";
  element.setAttribute("role", "cell");
  for (const line of lines) {
    const text = document.createElement(code ? "code" : "span");
    text.className = "line";
    text.textContent = line;
    element.append(text);
  }
  return element;
}

function row(cells, kind, isCode) {
  const element = document.createElement("div");
  element.className = kind;
  element.setAttribute("role", "row");
  element.append(...cells.map((lines, n) => cell(lines, isCode(n))));
  return element;
}

export default function ({ parentElement, data }) {
  const last = data.columns.length - 1;
  parentElement.querySelector(".rows").replaceChildren(
    row(data.columns.map((name) => [name]), "row head", () => false),
    ...data.rows.map((cells) => row(cells, "row", (n) => n < last)),
  );
}
