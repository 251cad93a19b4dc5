// One marked pixel, shown in several pictures at once. Pointing at a pixel shows it, a press keeps
// it. The page is told of what is kept, and answers nothing that is needed here.
// Milliseconds without a further key or move after which the page is told.
const PAUSE = 150;

const MOVES = {
  ArrowRight: 1,
  ArrowLeft: -1,
  ArrowDown: SIDE,
  ArrowUp: -SIDE,
  PageDown: SIDE,
  PageUp: -SIDE,
  Home: -COUNT,
  End: COUNT,
};

function placeOf(data, index) {
  const raw = data.raw[index];
  const [unit, normal] = [data.units[raw], data.normals[raw]];
  return {
    ...data.constants,
    ...{ index, raw, unit, normal, row: Math.floor(index / SIDE), column: index % SIDE },
  };
}

// Let `root` remember which pixel is kept. What the person has kept since the page was last told
// must not be pulled back by an answer that is older.
function follow(root, index, show, tell) {
  if (receive(root, index)) root.kept = index;
  const keep = (to) => {
    root.kept = to;
    root.pointed = undefined;
    show(to);
    clearTimeout(root.timer);
    ask(root, to);
    root.timer = setTimeout(() => tell(to), PAUSE);
  };
  show(root.pointed ?? root.kept);
  return keep;
}

// Connect a picture to the mark: by mouse, by touch and by keyboard. `at` says which pixel an event
// points at. A finger may draw over a picture that does not scroll.
function connectField(root, field, at, show, keep, drags = true) {
  field.onpointermove = (event) => {
    if (event.buttons && (drags || event.pointerType === "mouse")) keep(at(event));
    else if (!event.buttons) {
      root.pointed = at(event);
      show(root.pointed);
    }
  };
  field.onpointerdown = (event) => {
    if (event.pointerType === "mouse") keep(at(event));
  };
  // A tap; a finger that scrolls the page is none.
  field.onclick = (event) => keep(at(event));
  field.onpointerleave = field.onpointercancel = () => {
    root.pointed = undefined;
    show(root.kept);
  };
  field.onkeydown = (event) => {
    const move = MOVES[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const next = root.kept + move;
    if (Math.abs(move) === SIDE && (next < 0 || next >= COUNT)) return;
    keep(Math.min(Math.max(next, 0), COUNT - 1));
  };
}
