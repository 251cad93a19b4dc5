// Ten bars that may move with every frame, one for each digit: [{row, fill, value}].
function makeBars(list) {
  list.innerHTML = Array.from(
    { length: 10 },
    (_, digit) =>
      `<div class="bar"><span class="digit">${digit}</span><span class="track"><span class="fill"></span></span><span class="value"></span></div>`,
  ).join("");
  return [...list.children].map((row) => ({
    row,
    fill: row.querySelector(".fill"),
    value: row.querySelector(".value"),
  }));
}

function showShare(bar, share) {
  bar.fill.style.transform = `translateX(${Number.isFinite(share) ? 100 * share - 100 : -100}%)`;
}
