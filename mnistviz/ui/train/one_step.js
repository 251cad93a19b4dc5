// Ten `rows` of numbers, one for each digit, with a bar for the last of them.
function cell(kind, text, scope) {
  const element = make(kind, "", text);
  if (scope) element.scope = scope;
  return element;
}

function bar(value, signed, colors) {
  const box = make("td", "drawn");
  box.setAttribute("aria-hidden", "true");
  const ink = add(add(box, "div", signed ? "bar signed" : "bar"), "span");
  const width = Math.min(Math.abs(value), 1) * (signed ? 50 : 100);
  ink.style.width = `${width}%`;
  ink.style.left = signed ? `${value < 0 ? 50 - width : 50}%` : "0";
  ink.style.background = value < 0 ? colors.negative : colors.positive;
  return box;
}

const numbers = (data) => ({
  name: data.alt,
  head: data.columns,
  rows: data.rows.map(({ cells }) => cells),
});

export default function ({ parentElement, data }) {
  const table = parentElement.querySelector("table");
  const head = make("thead");
  const names = add(head, "tr");
  names.append(...data.columns.map((name) => cell("th", name, "col")));
  add(names, "td").setAttribute("aria-hidden", "true");
  const body = make("tbody");
  for (const row of data.rows) {
    const line = add(body, "tr", row.truth ? "true" : "");
    line.append(cell("th", row.cells[0], "row"));
    line.append(...row.cells.slice(1).map((text) => cell("td", text)));
    line.append(bar(row.bar, data.signed, data.colors));
  }
  table.setAttribute("aria-label", data.alt);
  table.replaceChildren(head, body);
  table.numbers = () => [numbers(data)];
}
