// Digits as pictures, each with a few short lines below it.
function card(one) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.src = one.picture;
  image.alt = one.alt;
  item.append(image);
  for (const text of one.lines) {
    const line = document.createElement("div");
    line.textContent = text;
    item.append(line);
  }
  return item;
}

export default function ({ parentElement, data }) {
  const list = parentElement.querySelector(".cards");
  list.setAttribute("aria-label", data.name);
  list.style.setProperty("--least", data.least);
  list.replaceChildren(...data.cards.map(card));
}
