// Each chart and each picture of the page with the files that the browser makes of it, when one is
// asked for: PNG and SVG of what is seen, and a CSV for each table of its numbers.
function keep(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

// A number as a page writes it: with a true minus, commas, a percent sign.
const NUMBER = /^[+\u2212]?[\d,]*\.?\d+(e[+\u2212-]?\d+)?%?$/;

// A spreadsheet would compute what begins so, and what is written here may be a stranger's text.
const COMPUTED = /^[=+@\t\r-]/;

function csvText(value) {
  if (typeof value !== "string") return String(value ?? "");
  const text = value.replace(/\s+%/, "%");
  if (NUMBER.test(text)) return text.replaceAll("\u2212", "-").replace(/,|^\+/g, "");
  return COMPUTED.test(text) ? `'${text}` : text;
}

function csvCell(value) {
  const text = csvText(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csv({ head, rows, exact }) {
  const lines = [head, ...rows];
  const more = exact ? [exact.head, ...exact.rows] : [];
  const texts = lines.map((line, n) => [...line, ...(more[n] ?? [])].map(csvCell).join(","));
  // The mark by which a spreadsheet knows that it is UTF-8.
  return `\ufeff${texts.join("\r\n")}\r\n`;
}

const fileName = (title) =>
  title.normalize("NFKD").replace(/[^\w]+/g, "_").replace(/^_|_$/g, "").toLowerCase().slice(0, 60);

const MAKES = {
  PNG: async (part) => drawPng(await drawSvg(part)),
  SVG: async (part) => new Blob([(await drawSvg(part)).svg], { type: "image/svg+xml" }),
};

function addButton(row, { kind, title, words, failed, make: makeFile }) {
  const button = add(row, "button", "", kind);
  button.type = "button";
  button.setAttribute("aria-label", fill(words.picture_of, { kind, name: title }));
  button.onclick = async () => {
    failed.textContent = "";
    try {
      keep(`${fileName(title)}.${kind.toLowerCase()}`, await makeFile());
    } catch {
      failed.textContent = words.picture_failed;
    }
  };
}

function addPart(list, { part, tables }, words, failed) {
  tables.forEach((table, n) => {
    const { title, rows } = table;
    const row = add(list, "div", "row", "");
    add(row, "span", "", title);
    const given = { title, words, failed };
    // The picture is that of the whole part; its other tables are numbers alone.
    for (const [kind, makeFile] of Object.entries(n === 0 ? MAKES : {}))
      addButton(row, { ...given, kind, make: () => makeFile(part) });
    const makeCsv = async () => new Blob([csv(table)], { type: "text/csv" });
    if (rows.length) addButton(row, { ...given, kind: "CSV", make: makeCsv });
    if (row.childElementCount === 1) row.remove();
  });
}

export default function ({ parentElement, data }) {
  const list = parentElement.querySelector(".pictures");
  const failed = parentElement.querySelector(".failed");
  list.replaceChildren();
  for (const part of readParts(data.numbers)) addPart(list, part, data.words, failed);
  if (!list.childElementCount) add(list, "p", "", data.words.pictures_none);
}
