// The steps of the network as rows of cells: each cell a list of lines, code or words.
function cell(lines, code, role) {
  const element = make("div", "cell");
  element.setAttribute("role", role);
  for (const line of lines) add(element, code ? "code" : "span", "line", line);
  return element;
}

function row(cells, kind, isCode, role = "cell") {
  const element = make("div", kind);
  element.setAttribute("role", "row");
  element.append(...cells.map((lines, n) => cell(lines, isCode(n), role)));
  return element;
}

const numbers = (data, words) => ({
  name: words.steps,
  head: data.columns,
  rows: data.rows.map((cells) => cells.map((lines) => lines.join(" "))),
});

export default function ({ parentElement, data }) {
  const last = data.columns.length - 1;
  const rows = parentElement.querySelector(".rows");
  rows.numbers = (words) => [numbers(data, words)];
  rows.setAttribute("aria-label", data.name);
  rows.replaceChildren(
    row(data.columns.map((name) => [name]), "row head", () => false, "columnheader"),
    ...data.rows.map((cells) => row(cells, "row", (n) => n < last)),
  );
}
