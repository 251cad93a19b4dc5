// Digits as pictures: `cards`, each {picture, alt, lines}, the few short lines below it.
function card(one) {
  const item = make("li");
  item.append(makeImage(one.picture, one.alt), ...one.lines.map((text) => make("div", "", text)));
  return item;
}

const numbers = (data, words) => ({
  name: data.name,
  head: [words.digit, words.value],
  rows: data.cards.map(({ alt, lines }) => [alt, lines.join(", ")]),
});

export default function ({ parentElement, data }) {
  const list = parentElement.querySelector(".cards");
  list.setAttribute("aria-label", data.name);
  list.style.setProperty("--least", data.least);
  list.replaceChildren(...data.cards.map(card));
  list.numbers = (words) => [numbers(data, words)];
}
