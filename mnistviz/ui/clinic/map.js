// A digit beside the map of what a covering square costs: two `pictures` with their `names`.
export default function ({ parentElement, data }) {
  const figures = data.pictures.map((address, n) =>
    makeFigure(address, data.names[n], data.names[n]),
  );
  parentElement.querySelector(".map").replaceChildren(...figures);
}
