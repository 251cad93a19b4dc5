// A digit after each step of its preparation: picture, numbers, and what one step is worth.
function make(tag, className, parent, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  parent.append(element);
  return element;
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".steps");
  root.replaceChildren();
  data.cards.forEach((card) => {
    const item = make("li", card.off ? "step off" : "step", root);
    make("div", "title", item, card.title);
    const frame = make("div", "frame", item);
    const picture = make("img", card.crisp ? "crisp" : "", frame);
    picture.src = card.picture;
    picture.alt = card.alt;
    make("div", "numbers", item, card.numbers);
    if (card.answer) make("div", "answer", item, card.answer);
  });
}
