// The strokes: how a hand makes them, and how they are kept. They outlive the component, in
// `globalThis`, so that neither a rerun nor another page takes anything away.
const MAX_STROKES = 400;
const MAX_POINTS = 20000;
const PIECE = 4;
const BESIDE = 60;

const tenths = (value) => Math.round(Math.min(Math.max(value, -BESIDE), CANVAS + BESIDE) * 10) / 10;

const keepDrawing = () => ({
  session: null,
  epoch: 0,
  revision: 0,
  told: 0,
  strokes: [],
  before: [],
  after: [],
  tool: "pen",
  width: 22,
});

// Bring what is kept and what Python has together: its own changes come in, newer strokes stay.
function meet(kept, { session, epoch, revision, strokes }) {
  if (kept.session === null) {
    Object.assign(kept, { strokes, revision, told: revision });
  } else if (kept.session !== session) {
    // The server has forgotten; it is told everything again.
    kept.revision = Math.max(kept.revision, revision) + 1;
    kept.told = -1;
  } else if (epoch > kept.epoch) {
    change(kept, strokes);
    kept.revision = Math.max(kept.revision, revision);
    kept.told = kept.revision;
  } else {
    // What was told while the page was left, or ran anew, may not have arrived; it is told again.
    kept.told = Math.min(kept.told, revision);
  }
  Object.assign(kept, { session, epoch });
}

function change(kept, strokes) {
  kept.before.push(kept.strokes);
  kept.before.splice(0, kept.before.length - MAX_STROKES);
  kept.after = [];
  kept.strokes = strokes;
  kept.revision += 1;
}

// Undo or redo: one step from one list to the other.
function step(kept, from, to) {
  if (!from.length) return false;
  to.push(kept.strokes);
  kept.strokes = from.pop();
  kept.revision += 1;
  return true;
}

const pointsOf = (strokes) => strokes.reduce((sum, stroke) => sum + stroke.points.length, 0);

// A stroke that grows. Its ink is laid down piece by piece, in the order of `raster`; what it has
// touched since it was last asked is in `touched`.
function beginStroke(kept, shares, tool, at) {
  const stroke = { tool, width: kept.width, points: [at.map(tenths)] };
  const growing = {
    stroke,
    shares,
    room: MAX_POINTS - pointsOf(kept.strokes) - 1,
    clean: shares.slice(),
    last: at,
    middle: at,
    touched: null,
  };
  touch(growing, layPiece(shares, stroke, stroke.points[0], stroke.points[0]));
  return growing;
}

function touch(growing, box) {
  if (box) growing.touched = growing.touched ? joined(growing.touched, box) : box;
}

// Lay a straight piece to a place; tell whether there was room for it.
function lineTo(growing, at) {
  const { points } = growing.stroke;
  const [from, to] = [points.at(-1), at.map(tenths)];
  if (from[0] === to[0] && from[1] === to[1]) return true;
  if (points.length > growing.room) return false;
  // The dot that it began with is part of its first piece.
  if (points.length === 1) growing.shares.set(growing.clean);
  points.push(to);
  touch(growing, layPiece(growing.shares, growing.stroke, from, to));
  return true;
}

// Follow the hand: a curve from the middle of the last two places to the middle of the next two,
// bent toward the place between, as short straight pieces.
function curveTo(growing, at) {
  const { last, middle } = growing;
  if (Math.hypot(at[0] - last[0], at[1] - last[1]) < 1) return true;
  const next = [(last[0] + at[0]) / 2, (last[1] + at[1]) / 2];
  const way =
    Math.hypot(last[0] - middle[0], last[1] - middle[1]) + Math.hypot(next[0] - last[0], next[1] - last[1]);
  const pieces = Math.min(Math.max(Math.round(way / PIECE), 1), 16);
  growing.last = at;
  growing.middle = next;
  for (let i = 1; i <= pieces; i += 1) {
    const t = i / pieces;
    const bend = (axis) =>
      (1 - t) * (1 - t) * middle[axis] + 2 * t * (1 - t) * last[axis] + t * t * next[axis];
    if (!lineTo(growing, [bend(0), bend(1)])) return false;
  }
  return true;
}

function endStroke(kept, growing) {
  lineTo(growing, growing.last);
  change(kept, [...kept.strokes, growing.stroke]);
}
