// A digit beside the map of what a covering square costs: two `pictures` with their `names`.
export default function ({ parentElement, data }) {
  const figures = data.pictures.map((address, n) =>
    makeFigure(address, data.names[n], data.names[n]),
  );
  const map = parentElement.querySelector(".map");
  map.replaceChildren(...figures);
  map.numbers = (words) =>
    figures.map((figure, n) => pictureTable(figure.querySelector("img"), data.names[n], words));
}
