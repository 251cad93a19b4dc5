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

function fill(grid, labels) {
  const digits = labels.map((label, index) => {
    const digit = document.createElement("div");
    digit.className = "digit";
    digit.setAttribute("role", "radio");
    digit.setAttribute("aria-label", `Image ${index}, label ${label}`);
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

export default function ({ parentElement, data, setTriggerValue }) {
  const grid = parentElement.querySelector(".grid");
  grid.setAttribute("aria-label", data.name);
  parentElement.querySelector(".title").innerHTML = data.title;

  if (grid.sheet !== data.sheet) {
    const focused = grid.contains(grid.getRootNode().activeElement);
    grid.sheet = data.sheet;
    grid.style.backgroundImage = `url(${data.sheet})`;
    fill(grid, data.labels);
    grid.asked = undefined;
    mark(grid, data.chosen);
    if (focused) grid.children[data.chosen].focus();
  }

  // The frame follows the person at once. An answer to an earlier choice, still on its way when
  // the next one was made, must not pull it back.
  const late = grid.asked !== undefined && performance.now() - grid.askedAt < LATE;
  if (!late || data.chosen === grid.asked) {
    grid.asked = undefined;
    mark(grid, data.chosen);
  }

  const choose = (index) => {
    const current = Number(grid.querySelector('[aria-checked="true"]').dataset.index);
    if (index === current) return;
    grid.asked = index;
    grid.askedAt = performance.now();
    mark(grid, index);
    grid.children[index].focus({ preventScroll: true });
    setTriggerValue("image", index);
  };

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

  connectSteps(parentElement.querySelector(".steps"), data.batch, data.batches, (batch) =>
    setTriggerValue("batch", batch),
  );
}
