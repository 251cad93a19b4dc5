// Digits of one's own as pictures: `cards`, each with a choice of its label and a button that removes it.
const CLASSES = 10;

function label(one, words, send) {
  const chosen = make("select");
  for (let digit = 0; digit < CLASSES; digit++) add(chosen, "option", "", digit).value = digit;
  chosen.value = one.label;
  chosen.setAttribute("aria-label", fill(words.label, one));
  chosen.onchange = () => send("label", `${one.id}-${chosen.value}`);
  return chosen;
}

// With the last card its button goes too: whoever stands there finds the heading of the set.
function leave(button) {
  if (button.closest("li").parentElement.children.length > 1) return;
  const heading = button.getRootNode().host.closest(".st-key-draw_set")?.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

function remove(one, words, send) {
  const button = make("button", "", "\u00d7");
  button.type = "button";
  button.title = fill(words.remove, one);
  button.setAttribute("aria-label", button.title);
  button.onclick = () => {
    leave(button);
    send("remove", one.id);
  };
  return button;
}

function card(one, words, send) {
  const item = make("li");
  item.append(makeImage(one.picture, one.alt));
  add(item, "div", "hand").append(label(one, words, send), remove(one, words, send));
  add(item, "div", "says", one.says);
  item.append(...one.lines.map((text) => make("div", "", text)));
  return item;
}

// Where the keyboard was: the card, and whether it was at the label or at the button.
function focused(list) {
  const active = list.getRootNode().activeElement;
  const item = active && active.closest("li");
  if (!item) return null;
  return { index: [...list.children].indexOf(item), name: active.localName };
}

const numbers = (data, words) => ({
  name: data.name,
  head: [words.digit, words.label, words.value],
  rows: data.cards.map(({ alt, label, says, lines }) => [alt, label, [says, ...lines].join(", ")]),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const list = parentElement.querySelector(".cards");
  list.setAttribute("aria-label", data.name);
  const text = JSON.stringify(data);
  // Drawn anew for nothing, an open choice of a label would close.
  if (list.drawn !== text) {
    const place = focused(list);
    list.drawn = text;
    list.replaceChildren(
      ...data.cards.map((one) => card(one, data.words, (...sent) => list.send(...sent))),
    );
    if (place && list.children.length) {
      // After a removal the next card has come into its place.
      const item = list.children[Math.min(place.index, list.children.length - 1)];
      item.querySelector(place.name).focus({ preventScroll: true });
    }
  }
  list.numbers = (words) => [numbers(data, words)];
  list.send = (name, value) => setTriggerValue(name, value);
}
