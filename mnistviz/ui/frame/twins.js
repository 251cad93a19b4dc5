// The numbers of a page: each chart and each component in sight with its name, a sentence and its
// numbers as a table, made when somebody asks for them.
//
// A component contributes what an element of its own says: `element.numbers = (words) => [{ name,
// head, rows, note }]`. `name` may be a text alternative: up to its first colon or full stop it is
// the name, and the rest a sentence. `head` and `rows` hold texts and numbers; without rows there is
// no table. `note` is a sentence. `words` are those of `words/en/numbers.md`.
const PARTS = '.stPlotlyChart, [data-testid="stBidiComponentIsolated"]';

// So many cells of a table are drawn; copied are all.
const CELLS = 900;

function plain(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.textContent.replace(/\s+/g, " ").trim();
}

function splitName(text) {
  const at = text.search(/[.:] /);
  if (at < 0) return [text.replace(/\.$/, ""), ""];
  return [text.slice(0, at), text.slice(at + 2)];
}

// What one reads when pointing at a bar or a dot is a name and a value: "3: 10.3 %".
function hoverRows(traces) {
  return traces.flatMap((trace) =>
    trace.hovertext.map((text) => {
      const said = plain(text);
      const at = said.indexOf(": ");
      return at < 0 ? [said, ""] : [said.slice(0, at), said.slice(at + 2)];
    }),
  );
}

// One table for each pair of axes; the annotations of a chart with several are their titles.
function chartTables(chart, words) {
  const { data = [], layout = {} } = chart.querySelector(".js-plotly-plot") ?? {};
  const panels = Map.groupBy(
    data.filter(({ hovertext }) => Array.isArray(hovertext)),
    ({ xaxis = "x", yaxis = "y" }) => xaxis + yaxis,
  );
  const tables = [...panels.values()].map((traces) => hoverRows(traces));
  const several = tables.length > 1;
  const whole = { name: chart.getAttribute("aria-label") ?? "", rows: several ? [] : tables[0] ?? [] };
  const parts = several ? tables.map((rows, n) => ({ name: plain(layout.annotations[n].text), rows })) : [];
  return [whole, ...parts].map((table) => ({ ...table, head: [words.name, words.value] }));
}

function componentTables(host, words) {
  return [...host.shadowRoot.querySelectorAll("*")]
    .filter((element) => element.numbers && element.checkVisibility())
    .flatMap((element) => element.numbers(words));
}

function readTables(words) {
  return [...document.querySelectorAll(PARTS)]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }))
    .flatMap((part) => (part.shadowRoot ? componentTables : chartTables)(part, words))
    .map(({ name, note = "", head = [], rows = [] }) => {
      const [title, said] = splitName(plain(name));
      return { title, said: [said, plain(note)].filter(Boolean).join(" "), head, rows };
    });
}

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
  const parts = readTables(words).map((part) => {
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
