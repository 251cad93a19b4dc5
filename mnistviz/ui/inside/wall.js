// `units` as pictures of their weights. One is chosen: by a click, by touch, or with the arrow keys.
function cell(one) {
  const made = make("div", "cell");
  made.setAttribute("role", "option");
  made.setAttribute("aria-label", one.said);
  made.title = one.said;
  made.append(makeImage(one.picture, ""), ...one.lines.map((text) => make("div", "", text)));
  // Its label says the same in a sentence.
  for (const line of made.children) line.setAttribute("aria-hidden", "true");
  return made;
}

function mark(cells, index) {
  cells.forEach((one, n) => {
    one.setAttribute("aria-selected", n === index);
    one.tabIndex = n === Math.max(index, 0) ? 0 : -1;
  });
}

const numbers = (data, words) => ({
  name: data.name,
  head: [words.unit, ...data.measures],
  rows: data.units.map(({ lines, measures }) => [lines[0], ...measures]),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const wall = parentElement.querySelector(".wall");
  const held = [...wall.children].indexOf(wall.getRootNode().activeElement);
  wall.setAttribute("aria-label", data.name);
  const cells = data.units.map(cell);
  wall.replaceChildren(...cells);
  wall.numbers = (words) => [numbers(data, words)];
  mark(cells, data.chosen);
  if (held >= 0) cells[Math.min(held, cells.length - 1)].focus({ preventScroll: true });

  const choose = (index) => {
    mark(cells, index);
    cells[index].focus({ preventScroll: true });
    setTriggerValue("unit", data.units[index].key);
  };
  wall.onclick = (event) => {
    const one = event.target.closest(".cell");
    if (one) choose(cells.indexOf(one));
  };
  wall.onkeydown = (event) => {
    const now = cells.indexOf(event.target.closest(".cell"));
    const row = cells.filter((one) => one.offsetTop === cells[0].offsetTop).length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    if (cells[now + step]) choose(now + step);
  };
}
