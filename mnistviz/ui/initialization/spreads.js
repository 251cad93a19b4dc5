// Two lines over the layers of a network, on an axis of powers of ten. One layer is marked, and read
// out below; moving the mark asks the server nothing. What is shown, and where, comes with the data.
const LEFT = 48;
const RIGHT = 104;
const TOP = 14;
const BOTTOM = 44;
const SIZE = 6;
const LINE = 17;

function scales(data, width, height) {
  const step = (width - LEFT - RIGHT) / Math.max(data.places.length - 1 + 0.5, 1);
  return {
    x: (place) => LEFT + step * (place + 0.3),
    y: (share) => TOP + (1 - share) * (height - TOP - BOTTOM),
    width,
    height,
    step,
    right: width - RIGHT + 8,
  };
}

function sign(kind, x, y) {
  if (kind === "cross") return `M${x - SIZE},${y - SIZE}l12,12m0,-12l-12,12`;
  if (kind === "diamond") return `M${x},${y - SIZE - 1}l7,7l-7,7l-7,-7z`;
  return `M${x - SIZE},${y}a6,6 0 1,0 12,0a6,6 0 1,0 -12,0z`;
}

function axes(data, at) {
  let text = "";
  // Where the lines are closer than their words are high, every second one has words.
  const apart = data.ticks.length > 1 ? at.y(data.ticks[0].at) - at.y(data.ticks[1].at) : LINE;
  const every = Math.ceil(LINE / apart);
  // The line of 1 has words in any case.
  const one = data.ticks.findIndex((tick) => tick.text === "1");
  for (const [n, tick] of data.ticks.entries()) {
    const y = at.y(tick.at);
    text += `<path class="grid" d="M${LEFT},${y}H${at.right}"/>`;
    if ((n - one) % every) continue;
    text += `<text class="end" x="${LEFT - 8}" y="${y + 5}">${tick.text}</text>`;
  }
  data.places.forEach((place, n) => {
    text += `<text class="middle" x="${at.x(n)}" y="${at.height - 24}">${place.name}</text>`;
    text += `<text class="middle" x="${at.x(n)}" y="${at.height - 6}">${place.size}</text>`;
  });
  return text;
}

// Where the two names stand: in a low window, farther apart than their lines end.
function nameHeights([one, other], at) {
  const heights = [at.y(one.name_at), at.y(other.name_at)];
  const short = Math.max(0, LINE - Math.abs(heights[0] - heights[1])) / 2;
  const down = heights[0] > heights[1] ? 1 : -1;
  return [heights[0] + down * short, heights[1] - down * short];
}

function line(one, at, nameHeight) {
  const spots = one.points.map((point, n) => [at.x(n + one.first), at.y(point.at), point]);
  const way = spots.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L");
  let text = `<path class="line${one.dashed ? " dashed" : ""}" style="stroke: ${one.color}" d="M${way}"/>`;
  for (const [x, y, point] of spots) {
    const kind = point.odd ? "cross" : one.sign;
    text += `<path class="point ${kind}" style="--color: ${one.color}" d="${sign(kind, x, y)}"/>`;
    // What has no place on the axis says what it is.
    if (point.odd) text += `<text class="middle odd" x="${x}" y="${y + (y < at.height / 2 ? 24 : -12)}">${point.text}</text>`;
  }
  const x = at.x(one.first + one.points.length - 1) + 14;
  return text + `<text class="name" x="${x}" y="${nameHeight + 5}">${one.name}</text>`;
}

function show(box, data, place) {
  box.place = Math.max(0, Math.min(data.places.length - 1, place));
  for (const mark of box.querySelectorAll(".mark, .chosen")) {
    mark.setAttribute("x", box.at.x(box.place) - box.at.step / 2);
    mark.setAttribute("width", box.at.step);
  }
  const { reading } = data.places[box.place];
  box.querySelector(".reading").textContent = reading;
  const picture = box.querySelector("svg");
  picture.setAttribute("aria-valuenow", box.place);
  picture.setAttribute("aria-valuetext", reading);
}

function draw(box, data) {
  // A hidden page has no width; it is drawn when it is seen.
  if (!box.clientWidth) return;
  const picture = box.querySelector("svg");
  const scale = letterScale();
  box.at = scales(data, picture.clientWidth / scale, picture.clientHeight / scale);
  const heights = nameHeights(data.lines, box.at);
  picture.setAttribute("viewBox", `0 0 ${box.at.width} ${box.at.height}`);
  picture.innerHTML =
    `<rect class="mark" y="${TOP}" height="${box.at.height - TOP - 1}"/>` +
    `<rect class="chosen" y="${box.at.height - BOTTOM + 5}" height="${BOTTOM - 6}" rx="4"/>` +
    axes(data, box.at) +
    data.lines.map((one, n) => line(one, box.at, heights[n])).join("");
  show(box, data, box.place ?? data.places.length - 1);
}

const numbers = (data, words) => ({
  name: data.alt,
  head: [words.layer, words.size, words.value],
  rows: data.places.map(({ name, size, reading }) => [name, size, reading.split(": ").at(-1)]),
});

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".spreads");
  const picture = box.querySelector("svg");
  box.numbers = (words) => [numbers(data, words)];
  watchSize(box, () => draw(box, data));
  box.querySelector(".unseen").textContent = data.alt;
  picture.setAttribute("aria-label", data.name);
  picture.setAttribute("aria-valuemin", 0);
  picture.setAttribute("aria-valuemax", data.places.length - 1);
  const point = (event) => {
    const { left, width } = picture.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * box.at.width;
    show(box, data, Math.round((x - box.at.x(0)) / box.at.step));
  };
  picture.onpointermove = point;
  picture.onpointerdown = point;
  picture.onkeydown = (event) => {
    const last = data.places.length - 1;
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, Home: -last, End: last };
    if (!(event.key in steps)) return;
    event.preventDefault();
    show(box, data, box.place + steps[event.key]);
  };
  draw(box, data);
}
