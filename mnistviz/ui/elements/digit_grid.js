// A batch of digits as one picture, `sheet`, with a place to choose over each of its `labels`.
const COLUMNS = 8;

// How far each key goes, in digits.
const MOVES = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: COLUMNS,
  ArrowUp: -COLUMNS,
  Home: -Infinity,
  End: Infinity,
};

function build(grid, labels) {
  const digits = labels.map((label, index) => {
    const digit = make("div", "digit");
    digit.setAttribute("role", "radio");
    digit.setAttribute("aria-label", fill(grid.dataset.name, { index, label }));
    digit.dataset.index = index;
    return digit;
  });
  grid.replaceChildren(...digits);
}

function mark(grid, chosen) {
  for (const digit of grid.children) {
    const here = Number(digit.dataset.index) === chosen;
    digit.setAttribute("aria-checked", here);
    digit.tabIndex = here ? 0 : -1;
  }
}

function drawSheet(grid, data) {
  const focused = grid.contains(grid.getRootNode().activeElement);
  grid.sheet = data.sheet;
  grid.style.backgroundImage = `url(${data.sheet})`;
  build(grid, data.labels);
  grid.asked = undefined;
  mark(grid, data.chosen);
  if (focused) grid.children[data.chosen].focus();
}

function connect(grid, choose) {
  grid.onclick = (event) => {
    const digit = event.target.closest(".digit");
    if (digit) choose(Number(digit.dataset.index));
  };

  grid.onkeydown = (event) => {
    const move = MOVES[event.key];
    const digit = event.target.closest(".digit");
    if (move === undefined || !digit) return;
    event.preventDefault();
    const last = grid.children.length - 1;
    const next = Number(digit.dataset.index) + move;
    if (Math.abs(move) === COLUMNS && (next < 0 || next > last)) return;
    choose(Math.min(Math.max(next, 0), last));
  };
}

const numbers = (data, words) => ({
  name: data.name,
  head: [words.image, words.label],
  rows: data.labels.map((label, index) => [index, label]),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  grid.setAttribute("aria-label", data.name);
  parentElement.querySelector(".title").innerHTML = data.title;
  if (grid.sheet !== data.sheet) drawSheet(grid, data);
  if (receive(grid, data.chosen)) mark(grid, data.chosen);
  grid.numbers = (words) => [numbers(data, words)];
  const isFixed = data.fixed?.includes("image") ?? false;
  grid.ariaDisabled = isFixed ? "true" : null;
  connect(grid, (index) => {
    if (isFixed) return;
    const current = Number(grid.querySelector('[aria-checked="true"]').dataset.index);
    if (index === current) return;
    ask(grid, index);
    mark(grid, index);
    grid.children[index].focus({ preventScroll: true });
    setTriggerValue("image", index);
  });
  const go = (batch) => setTriggerValue("batch", batch);
  const steps = parentElement.querySelector(".steps");
  connectSteps(steps, data.batch, data.batches, go, data.fixed?.includes("batch"));
}
