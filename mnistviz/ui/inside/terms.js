// A sum, term by term: each of `rows` with its factors, a bar to the left or right, and its value.
function row(one, data) {
  const made = make("div", one.sum ? "row sum" : "row");
  made.setAttribute("role", "row");
  add(made, "span", "label", one.label).setAttribute("role", "rowheader");
  const bar = add(made, "span", "bar");
  bar.setAttribute("aria-hidden", "true");
  add(made, "span", "value", one.value).setAttribute("role", "cell");
  if (one.share !== undefined) {
    const fill = add(bar, "span", "fill");
    const width = 50 * Math.min(Math.abs(one.share), 1);
    fill.style.width = `${width}%`;
    fill.style.left = `${one.share < 0 ? 50 - width : 50}%`;
    fill.style.background = one.share < 0 ? data.negative : data.positive;
  }
  return made;
}

function picture(one) {
  if (one.sign) return make("div", "sign", one.sign);
  return makeFigure(one.picture, one.alt, one.name);
}

const numbers = (data, words) => ({
  name: data.name,
  note: data.check,
  head: [words.name, words.value],
  rows: data.rows.map(({ label, value }) => [label, value]),
});

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".terms");
  root.querySelector(".title").innerHTML = data.title;
  root.querySelector(".pictures").replaceChildren(...data.pictures.map(picture));
  const rows = root.querySelector(".rows");
  rows.numbers = (words) => [numbers(data, words)];
  rows.setAttribute("aria-label", data.name);
  rows.replaceChildren(...data.rows.map((one) => row(one, data)));
}
