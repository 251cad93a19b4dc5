// The digit after an operation, with the square that may cover it, beside its probabilities before
// and after. The square follows the hand at once; Python hears of it at most once in PAUSE ms.
const PAUSE = 90;
// So many milliseconds an answer may be older than what the hand has done since.
const OLD = 700;

const MOVES = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [-SIDE, -SIDE],
  End: [SIDE, SIDE],
};

function drawBars(box, data) {
  box.setAttribute("aria-label", data.bars_alt);
  drawColumns(box, data.columns, data.truth, ({ full }, bar, value) => {
    bar.classList.toggle("full", full);
    value.classList.toggle("said", full);
  });
}

function place(root, given, at) {
  const square = root.querySelector(".square");
  root.at = at;
  const index = at[0] * SIDE + at[1];
  placeMark(square, index);
  const text = fill(given.at, { row: at[0], column: at[1] });
  square.setAttribute("aria-valuenow", index);
  square.setAttribute("aria-valuetext", text);
  root.querySelector(".place").textContent = text;
}

const withinReach = (given, at) => at.map((part) => Math.min(Math.max(part, 0), given.last));

function drawSquare(root, given) {
  const square = root.querySelector(".square");
  square.style.width = square.style.height = `${(100 * given.side) / SIDE}%`;
  square.setAttribute("aria-label", given.name);
  square.setAttribute("aria-valuemin", 0);
  square.setAttribute("aria-valuemax", SIDE * SIDE - 1);
  const late = root.moved !== undefined && performance.now() - root.moved < OLD;
  const answered = root.at && root.at[0] === given.row && root.at[1] === given.column;
  if (!root.held && (!late || answered || !root.at)) place(root, given, [given.row, given.column]);
  else place(root, given, withinReach(given, root.at));
}

// Bring the square to a place, and let Python hear of it; not more often than it can answer.
function mover(root, given, tell) {
  const send = () => {
    root.timer = undefined;
    root.sent = performance.now();
    tell([...root.at]);
  };
  return (at) => {
    const next = withinReach(given, at);
    if (next[0] === root.at[0] && next[1] === root.at[1]) return;
    root.moved = performance.now();
    place(root, given, next);
    root.timer ??= setTimeout(send, Math.max(0, PAUSE - (performance.now() - (root.sent ?? 0))));
  };
}

function connectSquare(root, given, go) {
  const square = root.querySelector(".square");
  const field = root.querySelector(".field");
  // Where an event is, in pixels from the corner at the top left.
  const spot = (event) => {
    const box = field.getBoundingClientRect();
    return [
      ((event.clientY - box.top) / box.height) * SIDE,
      ((event.clientX - box.left) / box.width) * SIDE,
    ];
  };
  const follow = (event) => go(spot(event).map((part, axis) => Math.round(part - root.grip[axis])));
  field.onpointerdown = (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    event.preventDefault();
    const at = spot(event).map((part, axis) => part - root.at[axis]);
    // Where the square is taken it is held; a press beside it brings its middle there.
    const inside = at.every((part) => part >= 0 && part <= given.side);
    root.grip = inside ? at : [given.side / 2, given.side / 2];
    root.held = true;
    field.setPointerCapture(event.pointerId);
    square.focus({ preventScroll: true });
    follow(event);
  };
  field.onpointermove = (event) => root.held && follow(event);
  field.onpointerup = field.onpointercancel = () => (root.held = false);
  square.onkeydown = (event) => {
    const move = MOVES[event.key];
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    go([root.at[0] + move[0], root.at[1] + move[1]]);
  };
}

function showSquare(root, given, tell) {
  const field = root.querySelector(".field");
  root.querySelector(".square").hidden = !given;
  root.querySelector(".place").hidden = !given;
  field.classList.toggle("covers", Boolean(given));
  field.onpointerdown = field.onpointermove = field.onpointerup = field.onpointercancel = null;
  if (!given) {
    root.held = false;
    return;
  }
  drawSquare(root, given);
  connectSquare(root, given, mover(root, given, tell));
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".clinic");
  root.querySelector(".seen .title").innerHTML = data.title;
  const picture = root.querySelector(".picture");
  picture.src = data.picture;
  picture.alt = data.alt;
  picture.numbers = (words) => [
    pictureTable(picture, `${data.alt}. ${root.querySelector(".place").textContent}`, words),
  ];
  drawBars(root.querySelector(".bars"), data);
  root.querySelector(".marks").textContent = data.marks;
  showSquare(root, data.square, (at) => setTriggerValue("place", at));
}
