// The weights of some units as pictures, one set for each frame; the player says which frame.
const FRAME_EVENT = "mnistviz-frame";
const SIDE = 28;
const GAP = 2;
const COLUMNS = 4;

function bytes(base64) {
  return Int8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}

function draw(root, frame) {
  const { data, film } = root;
  const canvas = root.querySelector("canvas");
  const rows = Math.ceil(data.units / COLUMNS);
  const columns = Math.min(COLUMNS, data.units);
  canvas.width = columns * (SIDE + GAP) - GAP;
  canvas.height = rows * (SIDE + GAP) - GAP;
  const context = canvas.getContext("2d");
  const size = SIDE * SIDE;
  const at = Math.min(frame, film.length / size / data.units - 1) * data.units * size;
  for (let unit = 0; unit < data.units; unit += 1) {
    const picture = context.createImageData(SIDE, SIDE);
    for (let pixel = 0; pixel < size; pixel += 1) {
      const value = film[at + unit * size + pixel];
      const color = value < 0 ? data.negative : data.positive;
      picture.data.set(color, 4 * pixel);
      picture.data[4 * pixel + 3] = Math.min(2 * Math.abs(value), 255);
    }
    const x = (unit % COLUMNS) * (SIDE + GAP);
    context.putImageData(picture, x, Math.floor(unit / COLUMNS) * (SIDE + GAP));
  }
  root.frame = frame;
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".film");
  const frame = root.data === undefined || root.data.run !== data.run ? data.frame : root.frame;
  root.data = data;
  root.film = bytes(data.film);
  root.querySelector(".title").innerHTML = data.title;
  root.querySelector(".scale").textContent = data.scale;
  const canvas = root.querySelector("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", data.alt);
  draw(root, frame);
  const follow = (event) => draw(root, event.detail);
  if (root.follow) document.removeEventListener(FRAME_EVENT, root.follow);
  root.follow = follow;
  document.addEventListener(FRAME_EVENT, follow);
  return () => document.removeEventListener(FRAME_EVENT, follow);
}
