// Rows of small pictures, one for each unit: signed numbers of 28 by 28 pixels.
function picture(address, name) {
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  const caption = document.createElement("figcaption");
  image.src = address;
  image.alt = name;
  caption.textContent = name;
  figure.append(image, caption);
  return figure;
}

function line(row) {
  const element = document.createElement("div");
  element.className = "row";
  const words = document.createElement("div");
  words.className = "words";
  words.innerHTML = row.words;
  const pictures = document.createElement("div");
  pictures.className = "pictures";
  pictures.append(...row.pictures.map((address, n) => picture(address, row.names[n])));
  element.append(words, pictures);
  return element;
}

export default function ({ parentElement, data }) {
  parentElement.querySelector(".rows").replaceChildren(...data.rows.map(line));
}
