// What comes out of the four styles: the ten probabilities of one digit, and how far apart any two
// styles are over the batch.
function title(html) {
  const made = make("h2", "title");
  made.innerHTML = html;
  return made;
}

function head(text, scope, className = "") {
  const made = make("th", className, text);
  made.scope = scope;
  return made;
}

function table(name, columns, corner, rows) {
  const made = make("table");
  made.setAttribute("aria-label", name.textContent);
  // Nothing in the corner is no heading.
  const first = corner ? head(corner, "col", "row") : make("td", "row");
  add(made, "tr").append(first, ...columns.map((column) => head(column, "col")));
  for (const [row, cells] of rows) add(made, "tr").append(head(row, "row", "row"), ...cells);
  return made;
}

function shares(data) {
  return data.texts.map((texts, digit) => [
    digit === data.true ? `${digit} \u2713` : `${digit}`,
    texts.map((text, column) => {
      const says = data.says[column] === digit;
      const cell = make("td", says ? "says" : "", text);
      const share = 100 * data.probabilities[digit][column];
      // The prediction in a fuller accent, under text that stays readable on it.
      const color = `${data.accent}${says ? "a6" : "4d"}`;
      cell.style.background = `linear-gradient(to right, ${color} ${share}%, transparent ${share}%)`;
      return cell;
    }),
  ]);
}

function numbers(data, words) {
  const names = data.columns;
  return [
    {
      name: data.title,
      head: [data.digit, ...names],
      rows: data.texts.map((texts, digit) => [
        digit === data.true ? `${digit} \u2713` : digit,
        ...texts,
      ]),
    },
    {
      name: data.apart_title,
      note: data.apart_why,
      head: [words.style, ...names],
      rows: names.map((name, row) => [name, ...names.map((_, at) => data.apart[row][at])]),
    },
  ];
}

export default function ({ parentElement, data }) {
  const same = title(data.title);
  parentElement.querySelector(".panels").numbers = (words) => numbers(data, words);
  parentElement
    .querySelector(".same")
    .replaceChildren(
      same,
      table(same, data.columns, data.digit, shares(data)),
      make("div", "why", data.true_word),
    );
  const last = data.columns.slice(1);
  const pairs = data.columns.slice(0, -1).map((name, row) => [
    name,
    last.map((_, column) => make("td", "", column >= row ? data.apart[row][column + 1] : "")),
  ]);
  const apart = title(data.apart_title);
  parentElement
    .querySelector(".apart")
    .replaceChildren(apart, table(apart, last, "", pairs), make("div", "why", data.apart_why));
}
