// Bars in pairs, before and after, under one name each: `groups` of `rows` of two `bars`.
function drawRow(parent, row, names) {
  const element = add(parent, "div", "row");
  add(element, "div", "name", row.name);
  const bars = add(element, "div", "pair");
  row.bars.forEach((bar, n) => {
    const line = add(bars, "div", n ? "line after" : "line before");
    add(line, "div", "bar").style.setProperty("--share", bar.share);
    add(line, "span", "value", `${names[n]} ${bar.text}`);
  });
}

const numbers = (data, words) =>
  data.groups.map(({ title, rows }) => ({
    name: title,
    head: [words.name, ...data.names],
    rows: rows.map(({ name, bars }) => [name, ...bars.map(({ text }) => text)]),
  }));

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".groups");
  root.replaceChildren();
  root.numbers = (words) => numbers(data, words);
  data.groups.forEach((group) => {
    const box = add(root, "div", "group");
    box.setAttribute("role", "img");
    box.setAttribute("aria-label", group.alt);
    add(box, "div", "title", group.title);
    const rows = add(box, "div", group.rows.length > 5 ? "rows many" : "rows");
    group.rows.forEach((row) => drawRow(rows, row, data.names));
  });
  if (data.note) add(root, "div", "note", data.note);
}
