// A digit beside the map of what a covering square costs.
export default function ({ parentElement, data }) {
  const figures = data.pictures.map((address, n) => {
    const figure = document.createElement("figure");
    const image = document.createElement("img");
    const caption = document.createElement("figcaption");
    image.src = address;
    image.alt = data.names[n];
    caption.textContent = data.names[n];
    figure.append(image, caption);
    return figure;
  });
  parentElement.querySelector(".map").replaceChildren(...figures);
}
