// Rows of small pictures, one for each unit: `rows`, each {words, pictures, names, alts}.
function line(row) {
  const element = make("div", "row");
  add(element, "div", "words").innerHTML = row.words;
  const figures = row.pictures.map((address, n) => makeFigure(address, row.alts[n], row.names[n]));
  add(element, "div", "pictures").append(...figures);
  return element;
}

const numbers = (data) =>
  data.rows.map(({ words, names }) => ({ name: words, note: `${names.join(", ")}.` }));

export default function ({ parentElement, data }) {
  const rows = parentElement.querySelector(".rows");
  rows.replaceChildren(...data.rows.map(line));
  rows.numbers = () => numbers(data);
}
