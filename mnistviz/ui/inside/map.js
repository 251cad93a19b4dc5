// Many digits as `points` on a plane, each drawn as its class. One is read: by pointing, or with the
// arrow keys. The server is asked nothing.
const EDGE = 14;

function plan(root) {
  const { xy, own } = root;
  const [width, height] = [root.canvas.clientWidth, root.canvas.clientHeight];
  const range = (at) => {
    let [low, high] = [own[at], own[at]];
    for (let i = at; i < xy.length; i += 2) {
      low = Math.min(low, xy[i]);
      high = Math.max(high, xy[i]);
    }
    return [low, Math.max(high - low, 1e-9)];
  };
  const [[left, across], [bottom, up]] = [range(0), range(1)];
  root.place = (x, y) => [
    EDGE + ((x - left) / across) * (width - 2 * EDGE),
    height - EDGE - ((y - bottom) / up) * (height - 2 * EDGE),
  ];
}

function draw(root) {
  const { canvas, data, xy } = root;
  const scale = window.devicePixelRatio || 1;
  canvas.width = Math.round(canvas.clientWidth * scale);
  canvas.height = Math.round(canvas.clientHeight * scale);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  plan(root);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = "600 14px sans-serif";
  for (let i = 0; i < data.labels.length; i++) {
    context.fillStyle = data.colors[data.labels[i]];
    context.fillText(data.labels[i], ...root.place(xy[2 * i], xy[2 * i + 1]));
  }
  context.strokeStyle = getComputedStyle(canvas).color;
  const ring = (x, y, radius, width) => {
    context.lineWidth = width;
    context.beginPath();
    context.arc(...root.place(x, y), radius, 0, 2 * Math.PI);
    context.stroke();
  };
  ring(root.own[0], root.own[1], 9, 3);
  if (root.read !== undefined) ring(xy[2 * root.read], xy[2 * root.read + 1], 11, 1.5);
}

function tell(root, text) {
  root.querySelector(".reading").textContent = text;
  root.canvas.setAttribute("aria-valuetext", text);
}

function read(root, index) {
  root.read = index;
  const values = { number: index, truth: root.data.labels[index] };
  tell(root, fill(root.data.words.reading, values));
  root.canvas.setAttribute("aria-valuenow", index);
  draw(root);
}

const numbers = ({ data, xy }, words) => ({
  name: data.words.alt,
  note: data.words.axes,
  head: [words.number, words.truth, words.across, words.up],
  rows: data.labels.map((label, at) => [at, label, xy[2 * at], xy[2 * at + 1]]),
});

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".map");
  const canvas = root.querySelector("canvas");
  Object.assign(root, { data, canvas, xy: floats(data.points), own: data.own, read: undefined });
  canvas.setAttribute("aria-label", data.words.alt);
  root.querySelector(".axes").textContent = data.words.axes;
  canvas.setAttribute("aria-valuemin", 0);
  canvas.setAttribute("aria-valuemax", data.labels.length - 1);
  canvas.setAttribute("aria-valuenow", 0);
  tell(root, isTouched() ? data.words.hint_touch : data.words.hint);
  root.numbers = (words) => [numbers(root, words)];
  draw(root);
  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, least] = [0, Infinity];
    for (let i = 0; i < data.labels.length; i++) {
      const [a, b] = root.place(root.xy[2 * i], root.xy[2 * i + 1]);
      const far = (a - x) ** 2 + (b - y) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    if (best !== root.read) read(root, best);
  };
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const last = data.labels.length - 1;
    read(root, Math.min(Math.max((root.read ?? -step) + step, 0), last));
  };
  watchSize(canvas, () => draw(root));
}
