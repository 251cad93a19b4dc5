// Bars in pairs, before and after, under one name each.
function make(tag, className, parent, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

function drawRow(parent, row, names) {
  const element = make("div", "row", parent);
  make("div", "name", element, row.name);
  const bars = make("div", "pair", element);
  row.bars.forEach((bar, n) => {
    const line = make("div", n ? "line after" : "line before", bars);
    make("div", "bar", line).style.setProperty("--share", bar.share);
    make("span", "value", line, `${names[n]} ${bar.text}`);
  });
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".groups");
  root.replaceChildren();
  data.groups.forEach((group) => {
    const box = make("div", "group", root);
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", group.alt);
    make("div", "title", box, group.title);
    const rows = make("div", group.rows.length > 5 ? "rows many" : "rows", box);
    group.rows.forEach((row) => drawRow(rows, row, data.names));
  });
  if (data.note) make("div", "note", root, data.note);
}
