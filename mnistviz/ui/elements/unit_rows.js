// Rows of small pictures, one for each unit: `rows`, each {words, pictures, names, alts}.
function line(row) {
  const element = make("div", "row");
  add(element, "div", "words").innerHTML = row.words;
  const figures = row.pictures.map((address, n) => makeFigure(address, row.alts[n], row.names[n]));
  add(element, "div", "pictures").append(...figures);
  return element;
}

export default function ({ parentElement, data }) {
  parentElement.querySelector(".rows").replaceChildren(...data.rows.map(line));
}
