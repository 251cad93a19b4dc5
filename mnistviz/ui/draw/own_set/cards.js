// Digits of one's own as pictures: each with a choice of its label and a button that removes it.
const CLASSES = 10;

function label(one, words, send) {
  const chosen = document.createElement("select");
  for (let digit = 0; digit < CLASSES; digit++) {
    const option = document.createElement("option");
    option.value = option.textContent = digit;
    chosen.append(option);
  }
  chosen.value = one.label;
  chosen.setAttribute("aria-label", words.label.replace("{number}", one.number));
  chosen.onchange = () => send("label", `${one.id}-${chosen.value}`);
  return chosen;
}

function remove(one, words, send) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "\u00d7";
  button.title = words.remove
    .replace("{number}", one.number)
    .replace("{label}", one.label);
  button.setAttribute("aria-label", button.title);
  button.onclick = () => send("remove", one.id);
  return button;
}

function card(one, words, send) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.src = one.picture;
  image.alt = one.alt;
  const hand = document.createElement("div");
  hand.className = "hand";
  hand.append(label(one, words, send), remove(one, words, send));
  const says = document.createElement("div");
  says.className = "says";
  says.textContent = one.says;
  item.append(image, hand, says);
  for (const text of one.lines) {
    const line = document.createElement("div");
    line.textContent = text;
    item.append(line);
  }
  return item;
}

// Where the keyboard was: the card, and whether it was at the label or at the button.
function focused(list) {
  const active = list.getRootNode().activeElement;
  const item = active && active.closest("li");
  if (!item) return null;
  return { index: [...list.children].indexOf(item), name: active.localName };
}

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
  list.send = (name, value) => setTriggerValue(name, value);
}
