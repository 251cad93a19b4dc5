// A function and its slope, one below the other, with the units of a layer at their sums and a
// marker that the person moves. All numbers come with the data; moving the marker asks the server
// nothing.
const TOP = 8;
const RUG = 34;
const AXIS = 42;
const LEFT = 42;
const RIGHT = 12;
const TANGENT = 44;
// What the rest leaves of the height is the curve's and the slope's.
const CURVE_SHARE = 0.63;

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

// Where numbers lie on the picture, for a picture of this size.
function scales(given, width, height) {
  const end = given.x[given.x.length - 1];
  const [low, high] = given.output_range;
  const [least, most] = given.slope_range;
  const free = height - TOP - RUG - AXIS;
  const [curve, slope] = [free * CURVE_SHARE, free * (1 - CURVE_SHARE)];
  const floor = height - AXIS;
  return {
    end,
    width,
    floor,
    curve,
    lower: TOP + curve + RUG,
    x: (value) => LEFT + ((value + end) / (2 * end)) * (width - LEFT - RIGHT),
    output: (value) => TOP + curve * (1 - (value - low) / (high - low)),
    slope: (value) => floor - slope * ((value - least) / (most - least)),
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
  const top = TOP + at.curve + 8;
  let text = "";
  for (const sum of given.sums)
    if (Math.abs(sum) <= at.end) text += `M${at.x(sum).toFixed(1)},${top}v${RUG - 16}`;
  return text;
}

function beyond(given, at) {
  const below = given.sums.filter((sum) => sum < -at.end).length;
  const above = given.sums.filter((sum) => sum > at.end).length;
  const y = TOP + at.curve + RUG / 2 + 5;
  const left = `<text class="beyond" x="${LEFT + 4}" y="${y}">\u2190 ${fill(given.words.beyond, { count: below })}</text>`;
  const right = `<text class="beyond end" x="${at.width - RIGHT - 4}" y="${y}">${fill(given.words.beyond, { count: above })} \u2192</text>`;
  return (below ? left : "") + (above ? right : "");
}

function grid(given, at) {
  const right = at.width - RIGHT;
  let text = "";
  for (const [a, b] of given.zones)
    for (const [top, height] of [[TOP, at.curve], [at.lower, at.floor - at.lower]])
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
    text += `<path class="${kind}" d="M${x},${TOP}v${at.curve}M${x},${at.lower}V${at.floor}"/>`;
    const anchor = share === 1 ? "end" : "middle";
    text += `<text class="${anchor}" x="${share === 1 ? right + 6 : x}" y="${at.floor + 18}">${written(share * at.end, true)}</text>`;
  }
  return `${text}<text class="middle" x="${(LEFT + right) / 2}" y="${at.floor + 38}">${given.words.axis}</text>`;
}

// The name of a curve stands at its right end, above it; where there is no room for it, below a curve
// that ends flat, or left of where one that rises comes as high as it.
function name(text, xs, ys, up, top, at) {
  const last = ys.length - 1;
  const y = up(ys[last]);
  const room = y - top > 24;
  const flat = Math.abs(up(ys[Math.round(0.8 * last)]) - y) < 4;
  const below = ys.findLastIndex((value) => up(value) >= top + 28);
  const right = at.width - RIGHT - 4;
  const x = room || flat ? right : Math.min(right, at.x(xs[Math.max(below, 0)]));
  const place = room ? y - 8 : flat ? y + 19 : top + 16;
  return `<text class="name end" x="${x}" y="${place}">${text}</text>`;
}

function names(given, at) {
  return (
    name(given.words.output, given.x, given.outputs, at.output, TOP, at) +
    name(given.words.slope, given.x, given.slopes, at.slope, at.lower, at)
  );
}

function still(given, at) {
  return (
    grid(given, at) +
    `<clipPath id="upper"><rect x="${LEFT}" y="${TOP}" width="${at.width - LEFT - RIGHT}" height="${at.curve}"/></clipPath>` +
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
    `<path class="line" d="M${x},${TOP}v${at.curve}M${x},${at.lower}V${at.floor}"/>` +
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
  const scale = letterScale();
  box.at = scales(given, picture.clientWidth / scale, picture.clientHeight / scale);
  picture.setAttribute("viewBox", `0 0 ${box.at.width} ${picture.clientHeight / scale}`);
  picture.querySelector(".still").innerHTML = still(given, box.at);
  picture.querySelector(".names").innerHTML = names(given, box.at);
  show(box, given, nearest(given, box.marked ?? given.start));
}

function connect(box, given) {
  const picture = box.querySelector("svg");
  const last = given.x.length - 1;
  const point = (event) => {
    const { left, width } = picture.getBoundingClientRect();
    const x = ((event.clientX - left) / width) * box.at.width;
    const share = (x - LEFT) / (box.at.width - LEFT - RIGHT);
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
  for (const name of ["heading", "hint", "note"])
    box.querySelector(`.${name}`).textContent = data.words[name];
  box.numbers = (words) => [...numbers(given, words)];
  connect(box, given);
  watchSize(box, () => draw(box, given));
  draw(box, given);
}
