// The weights of a unit and their gradients as two `pictures`. A pixel is one weight: point at it.
function build(root) {
  for (let number = 0; number < 2; number++) {
    const figure = add(root, "figure");
    add(figure, "figcaption");
    const field = add(figure, "div", "field");
    add(field, "img");
    add(field, "div", "mark");
    field.tabIndex = 0;
    field.setAttribute("role", "slider");
    field.setAttribute("aria-valuemin", 0);
    field.setAttribute("aria-valuemax", COUNT - 1);
  }
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".pictures");
  if (!root.querySelector("figure")) build(root);
  const fields = [...root.querySelectorAll(".field")];
  root.numbers = (words) =>
    fields.map((field, n) => pictureTable(field.querySelector("img"), data.names[n], words));
  const show = (index) => {
    for (const field of fields) {
      placeMark(field.querySelector(".mark"), index);
      field.setAttribute("aria-valuenow", index);
      const at = { input: index, row: Math.floor(index / SIDE), column: index % SIDE };
      field.setAttribute("aria-valuetext", fill(data.place, at));
    }
  };
  const keep = follow(root, data.input, show, (index) => setTriggerValue("index", index));
  fields.forEach((field, number) => {
    root.querySelectorAll("figcaption")[number].textContent = data.names[number];
    const image = field.querySelector("img");
    image.src = data.pictures[number];
    image.alt = "";
    field.setAttribute("aria-label", data.names[number]);
    connectField(root, field, (event) => pointedAt(field, event, SIDE, SIDE), show, keep, false);
  });
}
