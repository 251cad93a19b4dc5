// Exponentials and probabilities: two `columns` of ten bars, in line with the sliders beside them.
export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".chain");
  box.setAttribute("aria-label", data.alt);
  drawColumns(box, data.columns, data.truth, ({ color }, bar) => (bar.style.background = color));
}
