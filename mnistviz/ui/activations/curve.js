// A function and its slope, one below the other, with the units of a layer at their sums and a
// marker that the person moves. All numbers come with the data; moving the marker asks the server
// nothing.
const TOP = 8;
const CURVE = 172;
const RUG = 34;
const SLOPE = 102;
const AXIS = 42;
const LEFT = 42;
const RIGHT = 12;
const HEIGHT = TOP + CURVE + RUG + SLOPE + AXIS;
const TANGENT = 44;

function read(data) {
  return {
    ...data,
    x: floats(data.x),
    outputs: floats(data.outputs),
    slopes: floats(data.slopes),
    sums: floats(data.sums),
    sumOutputs: floats(data.sum_outputs),
    sumSlopes: floats(data.sum_slopes),
    flat: bytes(data.flat),
  };
}

// Where numbers lie on the picture, for a picture of this width.
function scales(given, width) {
  const end = given.x[given.x.length - 1];
  const [low, high] = given.output_range;
  const [least, most] = given.slope_range;
  const floor = TOP + CURVE + RUG + SLOPE;
  return {
    end,
    width,
    floor,
    x: (value) => LEFT + ((value + end) / (2 * end)) * (width - LEFT - RIGHT),
    output: (value) => TOP + CURVE * (1 - (value - low) / (high - low)),
    slope: (value) => floor - SLOPE * ((value - least) / (most - least)),
  };
}

// A path through the samples; it is broken where the function jumps, and leaves the picture where
// the curve does.
function path(xs, ys, at, up) {
  let text = "";
  ys.forEach((value, i) => {
    const jump = i === 0 || Math.abs(value - ys[i - 1]) > 0.5 * Math.max(1, at.end / 8);
    text += `${jump ? "M" : "L"}${at.x(xs[i]).toFixed(1)},${up(value).toFixed(1)}`;
  });
  return text;
}

function dots(given, values, at, up, flat) {
  let text = "";
  given.sums.forEach((sum, i) => {
    if (Boolean(given.flat[i]) !== flat || !(Math.abs(sum) <= at.end)) return;
    text += `M${(at.x(sum) - 5).toFixed(1)},${up(values[i]).toFixed(1)}a5,5 0 1,0 10,0a5,5 0 1,0 -10,0`;
  });
  return text;
}

function rug(given, at) {
  const top = TOP + CURVE + 8;
  let text = "";
  for (const sum of given.sums)
    if (Math.abs(sum) <= at.end) text += `M${at.x(sum).toFixed(1)},${top}v${RUG - 16}`;
  return text;
}

function beyond(given, at) {
  const below = given.sums.filter((sum) => sum < -at.end).length;
  const above = given.sums.filter((sum) => sum > at.end).length;
  const y = TOP + CURVE + RUG / 2 + 5;
  const left = `<text class="beyond" x="${LEFT + 4}" y="${y}">\u2190 ${fill(given.words.beyond, { count: below })}</text>`;
  const right = `<text class="beyond end" x="${at.width - RIGHT - 4}" y="${y}">${fill(given.words.beyond, { count: above })} \u2192</text>`;
  return (below ? left : "") + (above ? right : "");
}

function grid(given, at) {
  const right = at.width - RIGHT;
  let text = "";
  for (const [a, b] of given.zones)
    for (const [top, height] of [[TOP, CURVE], [TOP + CURVE + RUG, SLOPE]])
      text += `<rect class="zone" x="${at.x(a)}" y="${top}" width="${at.x(b) - at.x(a)}" height="${height}"/>`;
  const lines = [
    ...given.output_ticks.map((value) => [value, at.output(value)]),
    ...given.slope_ticks.map((value) => [value, at.slope(value)]),
  ];
  for (const [value, y] of lines) {
    text += `<path class="${value ? "thin" : "axis"}" d="M${LEFT},${y}H${right}"/>`;
    text += `<text class="end" x="${LEFT - 6}" y="${y + 5}">${written(value, true)}</text>`;
  }
  for (const share of [-1, -0.5, 0, 0.5, 1]) {
    const x = at.x(share * at.end);
    const kind = share ? "thin" : "axis";
    text += `<path class="${kind}" d="M${x},${TOP}v${CURVE}M${x},${at.floor - SLOPE}v${SLOPE}"/>`;
    const anchor = share === 1 ? "end" : "middle";
    text += `<text class="${anchor}" x="${share === 1 ? right + 6 : x}" y="${at.floor + 18}">${written(share * at.end, true)}</text>`;
  }
  return `${text}<text class="middle" x="${(LEFT + right) / 2}" y="${at.floor + 38}">${given.words.axis}</text>`;
}

// The name of a curve stands at its right end: above it, or before it where there is no room.
function name(text, y, top, at) {
  const room = y - top > 22;
  const x = at.width - RIGHT - (room ? 4 : 40);
  return `<text class="name end" x="${x}" y="${room ? y - 8 : top + 14}">${text}</text>`;
}

function names(given, at) {
  const last = given.x.length - 1;
  const top = TOP + CURVE + RUG;
  return (
    name(given.words.output, at.output(given.outputs[last]), TOP, at) +
    name(given.words.slope, at.slope(given.slopes[last]), top, at)
  );
}

function still(given, at) {
  return (
    grid(given, at) +
    `<clipPath id="upper"><rect x="${LEFT}" y="${TOP}" width="${at.width - LEFT - RIGHT}" height="${CURVE}"/></clipPath>` +
    `<path class="rug" d="${rug(given, at)}"/>` +
    `<path class="curve" clip-path="url(#upper)" d="${path(given.x, given.outputs, at, at.output)}"/>` +
    `<path class="curve dashed" d="${path(given.x, given.slopes, at, at.slope)}"/>` +
    `<path class="dot" d="${dots(given, given.sumOutputs, at, at.output, false)}"/>` +
    `<path class="dot" d="${dots(given, given.sumSlopes, at, at.slope, false)}"/>` +
    `<path class="ring" d="${dots(given, given.sumOutputs, at, at.output, true)}"/>` +
    `<path class="ring" d="${dots(given, given.sumSlopes, at, at.slope, true)}"/>` +
    beyond(given, at)
  );
}

function marker(given, at, i) {
  const x = at.x(given.x[i]);
  const [y, below] = [at.output(given.outputs[i]), at.slope(given.slopes[i])];
  // The tangent: its slope in the picture is the function's slope, in the picture's two scales.
  const unit = at.x(1) - at.x(0);
  const rise = ((at.output(0) - at.output(1)) / unit) * given.slopes[i];
  const dx = TANGENT / Math.hypot(1, rise);
  return (
    `<path class="line" d="M${x},${TOP}v${CURVE}M${x},${TOP + CURVE + RUG}V${at.floor}"/>` +
    `<path class="tangent" d="M${x - dx},${y + rise * dx}L${x + dx},${y - rise * dx}"/>` +
    `<circle class="knob" cx="${x}" cy="${y}" r="6"/><circle class="knob" cx="${x}" cy="${below}" r="6"/>`
  );
}

function nearest(given, value) {
  const last = given.x.length - 1;
  const share = (value + given.x[last]) / (2 * given.x[last]);
  return Math.max(0, Math.min(last, Math.round(share * last)));
}

function show(box, given, i) {
  const picture = box.querySelector("svg");
  box.marked = given.x[i];
  picture.querySelector(".marker").innerHTML = marker(given, box.at, i);
  const [x, y, slope] = [given.x, given.outputs, given.slopes].map((all) => written(all[i], true));
  box.querySelector(".reading").innerHTML = fill(given.words.reading, { x, y, slope });
  picture.setAttribute("aria-valuenow", given.x[i]);
  picture.setAttribute("aria-valuetext", fill(given.words.spoken, { x, y, slope }));
}

function draw(box, given) {
  // A hidden page has no width; it is drawn when it is seen.
  if (!box.clientWidth) return;
  const picture = box.querySelector("svg");
  box.at = scales(given, box.clientWidth);
  picture.setAttribute("viewBox", `0 0 ${box.clientWidth} ${HEIGHT}`);
  picture.style.height = `${HEIGHT}px`;
  picture.querySelector(".still").innerHTML = still(given, box.at);
  picture.querySelector(".names").innerHTML = names(given, box.at);
  show(box, given, nearest(given, box.marked ?? given.start));
}

function connect(box, given) {
  const picture = box.querySelector("svg");
  const last = given.x.length - 1;
  const point = (event) => {
    const left = picture.getBoundingClientRect().left;
    const share = (event.clientX - left - LEFT) / (box.clientWidth - LEFT - RIGHT);
    show(box, given, nearest(given, (2 * share - 1) * given.x[last]));
  };
  picture.onpointermove = point;
  picture.onpointerdown = point;
  picture.onkeydown = (event) => {
    const at = nearest(given, box.marked);
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20 };
    const ends = { Home: 0, End: last };
    const to = ends[event.key] ?? at + steps[event.key];
    if (Number.isNaN(to)) return;
    event.preventDefault();
    show(box, given, Math.max(0, Math.min(last, to)));
  };
}

// The curve at whole numbers, and the units where they are.
function numbers(given, words) {
  const row = (value) => {
    const at = nearest(given, value);
    return [given.x[at], given.outputs[at], given.slopes[at]];
  };
  const end = Math.floor(given.x[given.x.length - 1]);
  const some = Array.from({ length: 2 * end + 1 }, (_, n) => row(n - end));
  const units = Array.from(given.sums, (sum, n) => [n, sum, given.sumOutputs[n], given.sumSlopes[n]]);
  const both = [given.words.output, given.words.slope];
  const all = [{ name: given.words.alt, note: given.words.note, head: ["x", ...both], rows: some }];
  if (units.length)
    all.push({ name: words.curve_units, head: [words.unit, words.sum, ...both], rows: units });
  return all;
}

export default function ({ parentElement, data }) {
  const box = parentElement.querySelector(".curve-box");
  const picture = box.querySelector("svg");
  const given = read(data);
  picture.setAttribute("aria-label", data.words.alt);
  picture.setAttribute("aria-valuemin", given.x[0]);
  picture.setAttribute("aria-valuemax", given.x[given.x.length - 1]);
  box.querySelector(".note").textContent = data.words.note;
  box.numbers = (words) => [...numbers(given, words)];
  connect(box, given);
  watchSize(box, () => draw(box, given));
  draw(box, given);
}
