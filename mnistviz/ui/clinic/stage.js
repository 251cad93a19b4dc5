// The digit after an operation, with the square that may cover it, beside its probabilities before
// and after. The square follows the hand at once; Python hears of it at most once in PAUSE ms.
const SIDE = 28;
const PAUSE = 90;
// So long an answer may be older than what the hand has done since.
const LATE = 700;

const MOVES = {
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  Home: [-SIDE, -SIDE],
  End: [SIDE, SIDE],
};

const rowHtml =
  '<div class="row"><span class="digit"></span><div class="track"><div class="bar"></div>' +
  '<span class="value"></span></div></div>';

function makeColumn() {
  const column = document.createElement("div");
  column.className = "column";
  column.innerHTML = `<div class="title"></div>${rowHtml.repeat(10)}`;
  return column;
}

function drawBars(box, data) {
  if (!box.children.length) {
    box.append(...data.columns.map(makeColumn));
    const marks = document.createElement("div");
    marks.className = "marks";
    box.append(marks);
  }
  box.setAttribute("aria-label", data.bars_alt);
  box.querySelector(".marks").textContent = data.marks;
  data.columns.forEach((given, n) => {
    const column = box.children[n];
    column.querySelector(".title").textContent = given.title;
    column.querySelectorAll(".row").forEach((row, digit) => {
      const bar = given.bars[digit];
      const name = row.querySelector(".digit");
      name.textContent = digit === data.truth ? `\u2713 ${digit}` : String(digit);
      name.classList.toggle("true", digit === data.truth);
      row.querySelector(".bar").style.setProperty("--share", bar.share);
      row.querySelector(".bar").classList.toggle("full", bar.full);
      row.querySelector(".value").textContent = bar.text;
      row.querySelector(".value").classList.toggle("said", bar.full);
    });
  });
}

function place(root, given, at) {
  const square = root.querySelector(".square");
  root.at = at;
  square.style.top = `${(100 * at[0]) / SIDE}%`;
  square.style.left = `${(100 * at[1]) / SIDE}%`;
  const text = given.at.replace("{row}", at[0]).replace("{column}", at[1]);
  square.setAttribute("aria-valuenow", at[0] * SIDE + at[1]);
  square.setAttribute("aria-valuetext", text);
  root.querySelector(".place").textContent = text;
}

function drawSquare(root, given, tell) {
  const square = root.querySelector(".square");
  const field = root.querySelector(".field");
  square.hidden = !given;
  root.querySelector(".place").hidden = !given;
  field.classList.toggle("covers", Boolean(given));
  field.onpointerdown = field.onpointermove = field.onpointerup = field.onpointercancel = null;
  if (!given) {
    root.held = false;
    return;
  }
  square.style.width = square.style.height = `${(100 * given.side) / SIDE}%`;
  square.setAttribute("aria-label", given.name);
  square.setAttribute("aria-valuemin", 0);
  square.setAttribute("aria-valuemax", SIDE * SIDE - 1);
  const within = (at) => Math.min(Math.max(at, 0), given.last);
  const late = root.moved !== undefined && performance.now() - root.moved < LATE;
  const answered = root.at && root.at[0] === given.row && root.at[1] === given.column;
  if (!root.held && (!late || answered || !root.at)) place(root, given, [given.row, given.column]);
  else place(root, given, root.at.map(within));

  const send = () => {
    root.timer = undefined;
    root.sent = performance.now();
    tell([...root.at]);
  };
  const go = (at) => {
    const next = at.map(within);
    if (next[0] === root.at[0] && next[1] === root.at[1]) return;
    root.moved = performance.now();
    place(root, given, next);
    root.timer ??= setTimeout(send, Math.max(0, PAUSE - (performance.now() - (root.sent ?? 0))));
  };
  const follow = (event) => {
    const box = field.getBoundingClientRect();
    go([
      Math.round(((event.clientY - box.top) / box.height) * SIDE - root.grip[0]),
      Math.round(((event.clientX - box.left) / box.width) * SIDE - root.grip[1]),
    ]);
  };
  field.onpointerdown = (event) => {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    event.preventDefault();
    const box = field.getBoundingClientRect();
    const at = [
      ((event.clientY - box.top) / box.height) * SIDE - root.at[0],
      ((event.clientX - box.left) / box.width) * SIDE - root.at[1],
    ];
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

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".clinic");
  root.querySelector(".seen .title").innerHTML = data.title;
  const picture = root.querySelector(".picture");
  picture.src = data.picture;
  picture.alt = data.alt;
  drawBars(root.querySelector(".bars"), data);
  drawSquare(root, data.square, (at) => setTriggerValue("place", at));
}
