// The weights of some units as pictures, one set for each frame; the player says which frame.
const FRAME_EVENT = "mnistviz-frame";
const GAP = 2;
const COLUMNS = 4;
// From this width on, in the page's letters, they lie in two rows.
const WIDE = 20;
// The largest size of a weight, as a byte.
const LIMIT = 127.5;

function draw(root, frame) {
  const { data, film } = root;
  const canvas = root.querySelector("canvas");
  const letter = parseFloat(getComputedStyle(document.documentElement).fontSize);
  const most = root.clientWidth > WIDE * letter ? 2 * COLUMNS : COLUMNS;
  const rows = Math.ceil(data.units / most);
  const columns = Math.min(most, data.units);
  canvas.width = columns * (SIDE + GAP) - GAP;
  canvas.height = rows * (SIDE + GAP) - GAP;
  const context = canvas.getContext("2d");
  const first = Math.min(frame, film.length / COUNT / data.units - 1) * data.units;
  for (let unit = 0; unit < data.units; unit += 1) {
    const at = (first + unit) * COUNT;
    const [column, row] = [unit % most, Math.floor(unit / most)];
    const place = [column, row].map((count) => count * (SIDE + GAP));
    paintSigned(context, film.subarray(at, at + COUNT), data, LIMIT, ...place);
  }
  root.frame = frame;
}

// Of each unit how far its weights reach: as pictures of 784 numbers they would fill a book.
function numbers(root, words) {
  const { data, film, frame } = root;
  const first = Math.min(frame, film.length / COUNT / data.units - 1) * data.units;
  const row = (_, unit) => {
    const weights = film.subarray((first + unit) * COUNT, (first + unit + 1) * COUNT);
    return [unit, Math.min(...weights), Math.max(...weights)].map((value, at) =>
      at ? (value / LIMIT) * data.limit : value,
    );
  };
  return {
    name: data.alt,
    note: data.scale,
    head: [words.unit, words.least, words.most],
    rows: Array.from({ length: data.units }, row),
  };
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".film");
  const frame = root.data === undefined || root.data.run !== data.run ? data.frame : root.frame;
  root.data = data;
  root.film = new Int8Array(bytes(data.film).buffer);
  root.querySelector(".title").innerHTML = data.title;
  root.querySelector(".scale").textContent = data.scale;
  const canvas = root.querySelector("canvas");
  canvas.setAttribute("aria-label", data.alt);
  root.numbers = (words) => [numbers(root, words)];
  draw(root, frame);
  watchSize(root, () => draw(root, root.frame));
  const follow = (event) => draw(root, event.detail);
  if (root.follow) document.removeEventListener(FRAME_EVENT, root.follow);
  root.follow = follow;
  document.addEventListener(FRAME_EVENT, follow);
  return () => document.removeEventListener(FRAME_EVENT, follow);
}
