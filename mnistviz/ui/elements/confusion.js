// A confusion matrix: `counts`, ten rows of ten. One of them is `chosen`: by a click, by touch, or
// with the arrow keys.
const COLUMNS = 10;

const MOVES = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  Home: [0, -COLUMNS],
  End: [0, COLUMNS],
};

// How much of the color of the text is in the ground of a cell: of one with a single error among
// many digits, and how much more where all of a row is one error. Errors are few, so the root lets
// few be seen; the count is readable on the strongest, in light and in dark.
const LEAST = 8;
const MORE = 34;

function part(role, className, text) {
  const made = make("div", className, text);
  made.setAttribute("role", role);
  return made;
}

function build(matrix) {
  const head = part("row", "row");
  // Nothing stands in the corner, so it heads nothing.
  head.append(part("presentation", "head"));
  for (let says = 0; says < COLUMNS; says++) head.append(part("columnheader", "head", says));
  const rows = [...Array(COLUMNS).keys()].map((truth) => {
    const row = part("row", "row");
    row.append(part("rowheader", "head", truth));
    for (let says = 0; says < COLUMNS; says++) {
      const cell = part("gridcell", truth === says ? "cell right" : "cell");
      cell.dataset.truth = truth;
      cell.dataset.says = says;
      row.append(cell);
    }
    return row;
  });
  matrix.replaceChildren(head, ...rows);
  matrix.cells = [...matrix.querySelectorAll(".cell")];
}

function showCounts(matrix, data) {
  for (const cell of matrix.cells) {
    const { truth, says } = cell.dataset;
    const row = data.counts[truth];
    const count = row[says];
    const all = row.reduce((sum, one) => sum + one, 0);
    cell.textContent = count ? String(count) : "\u00b7";
    const words = truth === says ? data.words.right : data.words.wrong;
    cell.setAttribute("aria-label", fill(words, { truth, says, count }));
    if (truth === says) continue;
    const strength = count ? LEAST + MORE * Math.sqrt(count / all) : 0;
    cell.style.setProperty("--strength", `${strength.toFixed(1)}%`);
  }
}

function mark(matrix, chosen) {
  matrix.cells.forEach((cell, index) => {
    cell.setAttribute("aria-selected", index === chosen);
    cell.tabIndex = index === chosen ? 0 : -1;
  });
}

// On a phone the table is wider than its box: only that is scrolled, not the page.
function reveal(matrix) {
  const box = matrix.parentElement;
  const cell = matrix.cells.find((one) => one.getAttribute("aria-selected") === "true");
  if (!cell || box.scrollWidth <= box.clientWidth) return;
  const [left, right] = [cell.offsetLeft - 2 * cell.offsetWidth, cell.offsetLeft + 2 * cell.offsetWidth];
  if (left < box.scrollLeft) box.scrollLeft = left;
  else if (right > box.scrollLeft + box.clientWidth) box.scrollLeft = right - box.clientWidth;
}

const numbers = (data, words) => ({
  name: data.words.name,
  note: `${data.words.down}; ${data.words.across}.`,
  head: [words.truth, ...Array(COLUMNS).keys()],
  rows: data.counts.map((row, truth) => [truth, ...row]),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const matrix = parentElement.querySelector(".matrix");
  parentElement.querySelector(".down").textContent = data.words.down;
  parentElement.querySelector(".across").textContent = data.words.across;
  matrix.setAttribute("aria-label", data.words.name);
  if (!matrix.cells) build(matrix);
  showCounts(matrix, data);
  matrix.numbers = (words) => [numbers(data, words)];
  const chosen = data.chosen[0] * COLUMNS + data.chosen[1];
  if (receive(matrix, chosen)) mark(matrix, chosen);
  reveal(matrix);

  const choose = (index) => {
    ask(matrix, index);
    mark(matrix, index);
    matrix.cells[index].focus({ preventScroll: true });
    reveal(matrix);
    const { truth, says } = matrix.cells[index].dataset;
    setTriggerValue("cell", `${truth}-${says}`);
  };

  matrix.onclick = (event) => {
    const cell = event.target.closest(".cell");
    if (cell) choose(matrix.cells.indexOf(cell));
  };

  matrix.onkeydown = (event) => {
    const move = MOVES[event.key];
    const cell = event.target.closest(".cell");
    if (!move || !cell) return;
    event.preventDefault();
    const within = (value) => Math.min(Math.max(value, 0), COLUMNS - 1);
    const row = within(Number(cell.dataset.truth) + move[0]);
    const column = within(Number(cell.dataset.says) + move[1]);
    const next = row * COLUMNS + column;
    if (next !== matrix.cells.indexOf(cell)) choose(next);
  };
}
