// Ten rows of numbers, one for each digit, with a bar for the last of them.
function cell(kind, text, scope) {
  const element = document.createElement(kind);
  element.textContent = text;
  if (scope) element.scope = scope;
  return element;
}

function bar(value, signed, colors) {
  const box = document.createElement("td");
  const line = document.createElement("div");
  const ink = document.createElement("span");
  box.className = "drawn";
  box.setAttribute("aria-hidden", "true");
  line.className = signed ? "bar signed" : "bar";
  const width = Math.min(Math.abs(value), 1) * (signed ? 50 : 100);
  ink.style.width = `${width}%`;
  ink.style.left = signed ? `${value < 0 ? 50 - width : 50}%` : "0";
  ink.style.background = value < 0 ? colors.negative : colors.positive;
  line.append(ink);
  box.append(line);
  return box;
}

export default function ({ parentElement, data }) {
  const table = parentElement.querySelector("table");
  const head = document.createElement("thead");
  const names = document.createElement("tr");
  names.append(...data.columns.map((name) => cell("th", name, "col")));
  const last = document.createElement("td");
  last.setAttribute("aria-hidden", "true");
  names.append(last);
  head.append(names);
  const body = document.createElement("tbody");
  for (const row of data.rows) {
    const line = document.createElement("tr");
    line.className = row.truth ? "true" : "";
    line.append(cell("th", row.cells[0], "row"));
    line.append(...row.cells.slice(1).map((text) => cell("td", text)));
    line.append(bar(row.bar, data.signed, data.colors));
    body.append(line);
  }
  table.setAttribute("aria-label", data.alt);
  table.replaceChildren(head, body);
}
