// A digit after each step of its preparation: `cards`, each with picture (that of the card before where
// there is none), numbers, and what that one step is worth.
const numbers = (data, words) => ({
  name: words.preparation,
  head: [words.step, words.value],
  rows: data.cards.map(({ title, numbers: said, answer }) => [
    title,
    [said, answer].filter(Boolean).join("; "),
  ]),
});

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".steps");
  root.replaceChildren();
  root.numbers = (words) => [numbers(data, words)];
  let shown = "";
  data.cards.forEach((card) => {
    shown = card.picture || shown;
    const item = add(root, "li", card.off ? "step off" : "step");
    add(item, "div", "title", card.title);
    const picture = makeImage(shown, card.alt);
    if (card.crisp) picture.className = "crisp";
    add(item, "div", "frame").append(picture);
    add(item, "div", "numbers", card.numbers);
    if (card.answer) add(item, "div", "answer", card.answer);
  });
}
