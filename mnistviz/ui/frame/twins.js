// The numbers of a page as tables, in a panel over it.

// So many cells of a table are drawn; copied are all.
const CELLS = 900;

function cellText(value) {
  if (typeof value !== "number") return String(value ?? "");
  return Number.isInteger(value) ? signed(value, whole(Math.abs(value))) : written(value);
}

function drawRow(parent, cells, isHead) {
  const row = add(parent, "tr");
  cells.forEach((value, n) => {
    const cell = add(row, isHead || n === 0 ? "th" : "td", "", cellText(value));
    if (cell.localName === "th") cell.scope = isHead ? "col" : "row";
  });
}

function drawTable({ title, head, rows }, words) {
  const box = make("div", "scroll");
  const table = add(box, "table");
  add(table, "caption", "", title);
  drawRow(add(table, "thead"), head, true);
  const body = add(table, "tbody");
  const shown = rows.slice(0, Math.floor(CELLS / head.length));
  for (const row of shown) drawRow(body, row, false);
  const under = make("div", "under");
  if (shown.length < rows.length)
    add(under, "p", "", fill(words.left_out, { shown: whole(shown.length), all: whole(rows.length) }));
  // Without a safe connection a browser lets nobody write to the clipboard.
  if (navigator.clipboard) under.append(copyButton(title, [head, ...rows], words));
  return [box, under];
}

function copyButton(title, rows, words) {
  const button = make("button", "copy", words.copy);
  button.type = "button";
  button.setAttribute("aria-label", `${words.copy}: ${title}`);
  button.onclick = async () => {
    await navigator.clipboard.writeText(rows.map((row) => row.map(cellText).join("\t")).join("\n"));
    button.textContent = words.copied;
  };
  return button;
}

function drawTwins(dialog, words) {
  const tables = readParts(words).flatMap((one) => one.tables);
  const parts = tables.map((part) => {
    const section = make("section");
    add(section, "h3", "", part.title);
    if (part.said) add(section, "p", "", part.said);
    if (part.rows.length) section.append(...drawTable(part, words));
    return section;
  });
  dialog.querySelector(".twins").replaceChildren(...parts);
}

// Where a table is wider than the panel, it is scrolled by keyboard too.
function reachTables(dialog) {
  for (const box of dialog.querySelectorAll(".scroll")) {
    if (box.scrollWidth <= box.clientWidth) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", box.querySelector("caption").textContent);
  }
}

function connectTwins(root, words) {
  const dialog = root.querySelector("dialog.numbers");
  dialog.onclose = () => dialog.querySelector(".twins").replaceChildren();
  return connectDialog(root, "numbers", () => drawTwins(dialog, words), () => reachTables(dialog));
}
