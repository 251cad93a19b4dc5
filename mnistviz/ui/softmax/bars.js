// Exponentials and probabilities, ten bars each, in line with the ten sliders beside them. The
// numbers are made elsewhere; a bar glides to where it belongs.
function makeColumn() {
  const column = document.createElement("div");
  column.className = "column";
  const row =
    '<div class="row"><span class="digit"></span><div class="track"><div class="bar"></div><span class="value"></span></div></div>';
  column.innerHTML = `<div class="title"></div>${row.repeat(10)}`;
  return column;
}

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".chain");
  if (!box.children.length) box.append(...data.columns.map(makeColumn));
  box.setAttribute("aria-label", data.alt);
  data.columns.forEach((given, n) => {
    const column = box.children[n];
    column.querySelector(".title").textContent = given.title;
    column.querySelectorAll(".row").forEach((row, digit) => {
      const bar = given.bars[digit];
      const name = row.querySelector(".digit");
      name.textContent = digit === data.truth ? `\u2713 ${digit}` : String(digit);
      name.classList.toggle("true", digit === data.truth);
      row.querySelector(".bar").style.setProperty("--share", bar.share);
      row.querySelector(".bar").style.background = bar.color;
      row.querySelector(".value").textContent = bar.text;
    });
  });
}
