// Columns of ten bars, one for each digit; a bar glides to its share of the room.
function makeColumn() {
  const row =
    '<div class="row"><span class="digit"></span><div class="track"><div class="bar"></div>' +
    '<span class="value"></span></div></div>';
  const column = make("div", "column");
  column.innerHTML = `<div class="title"></div>${row.repeat(10)}`;
  return column;
}

// Draw `columns`, each {title, bars: [{share, text}]}; `more` adds to a bar and its value.
function drawColumns(box, columns, truth, more) {
  box.numbers = (words) => [columnsTable(box, columns, truth, words)];
  if (!box.children.length) box.append(...columns.map(makeColumn));
  columns.forEach((given, n) => {
    const column = box.children[n];
    column.querySelector(".title").textContent = given.title;
    column.querySelectorAll(".row").forEach((row, digit) => {
      const name = row.querySelector(".digit");
      name.textContent = digitName(digit, truth);
      name.classList.toggle("true", digit === truth);
      const [bar, value] = [row.querySelector(".bar"), row.querySelector(".value")];
      bar.style.setProperty("--share", given.bars[digit].share);
      value.textContent = given.bars[digit].text;
      more(given.bars[digit], bar, value);
    });
  });
}

// See `frame/twins.js`: a row for each digit, and what stands at its bars.
function columnsTable(box, columns, truth, words) {
  const heads = columns.map(({ title }) => title);
  const row = (_, digit) => [digitName(digit, truth), ...columns.map(({ bars }) => bars[digit].text)];
  const name = box.getAttribute("aria-label");
  return { name, head: [words.digit, ...heads], rows: Array.from({ length: 10 }, row) };
}
