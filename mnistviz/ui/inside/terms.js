// A sum, term by term: each a row with its factors, a bar to the left or the right, and its value.
function part(name, className, text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

function row(one, data) {
  const made = part("div", one.sum ? "row sum" : "row");
  made.setAttribute("role", "row");
  const cells = [part("span", "label", one.label), part("span", "bar"), part("span", "value", one.value)];
  cells.forEach((cell) => cell.setAttribute("role", "cell"));
  if (one.share !== undefined) {
    const fill = part("span", "fill");
    const width = 50 * Math.min(Math.abs(one.share), 1);
    fill.style.width = `${width}%`;
    fill.style.left = `${one.share < 0 ? 50 - width : 50}%`;
    fill.style.background = one.share < 0 ? data.negative : data.positive;
    cells[1].append(fill);
  }
  made.append(...cells);
  return made;
}

function picture(one) {
  if (one.sign) return part("div", "sign", one.sign);
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  image.src = one.picture;
  image.alt = one.alt;
  figure.append(image, part("figcaption", "", one.name));
  return figure;
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".terms");
  root.querySelector(".title").innerHTML = data.title;
  root.querySelector(".pictures").replaceChildren(...data.pictures.map(picture));
  const rows = root.querySelector(".rows");
  rows.setAttribute("aria-label", data.name);
  rows.replaceChildren(...data.rows.map((one) => row(one, data)));
  root.querySelector(".check").textContent = data.check;
}
