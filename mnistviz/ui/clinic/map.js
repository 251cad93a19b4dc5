// A digit beside the map of what a covering square costs: two `pictures` with their `names`.
const numbers = (data) => data.names.map((name) => ({ name }));

export default function ({ parentElement, data }) {
  const figures = data.pictures.map((address, n) =>
    makeFigure(address, data.names[n], data.names[n]),
  );
  const map = parentElement.querySelector(".map");
  map.replaceChildren(...figures);
  map.numbers = () => numbers(data);
}
