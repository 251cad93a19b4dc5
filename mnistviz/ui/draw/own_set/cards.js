// Digits of one's own as pictures: `cards`, each with a choice of its label and a button that removes it.
const CLASSES = 10;

// Of two messages that wait for a busy server the later one alone arrives: each holds every change that
// is not on the page yet, as a new label for a digit or as none.
function changesOf(list, tell) {
  const waits = (list.waits ??= new Map());
  return {
    label: ({ id, label }) => waits.get(id) || label,
    send(id, label) {
      waits.set(id, `${label}`);
      tell("changes", Array.from(waits, ([one, next]) => `${one}-${next}`).join(" "));
    },
  };
}

// What the page shows as it was asked for waits no longer.
function settle({ waits }, cards) {
  const labels = new Map(cards.map(({ id, label }) => [id, `${label}`]));
  for (const [id, label] of waits ?? [])
    if (!labels.has(id) || labels.get(id) === label) waits.delete(id);
}

function label(one, words, changes) {
  const chosen = make("select");
  for (let digit = 0; digit < CLASSES; digit++) add(chosen, "option", "", digit).value = digit;
  chosen.value = changes.label(one);
  chosen.setAttribute("aria-label", fill(words.label, one));
  chosen.onchange = () => changes.send(one.id, chosen.value);
  return chosen;
}

// With the last card its button goes too: whoever stands there finds the heading of the set.
function leave(button) {
  if (button.closest("li").parentElement.children.length > 1) return;
  const heading = button.getRootNode().host.closest(".st-key-draw_set")?.querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
}

function remove(one, words, changes) {
  const button = make("button", "", "\u00d7");
  button.type = "button";
  button.title = fill(words.remove, one);
  button.setAttribute("aria-label", button.title);
  button.onclick = () => {
    leave(button);
    changes.send(one.id, "");
  };
  return button;
}

function card(one, words, changes) {
  const item = make("li");
  item.append(makeImage(one.picture, one.alt));
  add(item, "div", "hand").append(label(one, words, changes), remove(one, words, changes));
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
    settle(list, data.cards);
    const changes = changesOf(list, (...sent) => list.tell(...sent));
    list.replaceChildren(...data.cards.map((one) => card(one, data.words, changes)));
    if (place && list.children.length) {
      // After a removal the next card has come into its place.
      const item = list.children[Math.min(place.index, list.children.length - 1)];
      item.querySelector(place.name).focus({ preventScroll: true });
    }
  }
  list.numbers = (words) => [numbers(data, words)];
  list.tell = (name, value) => setTriggerValue(name, value);
}
