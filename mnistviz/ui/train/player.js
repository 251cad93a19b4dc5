// A recorded training, to be played: the ten probabilities of the digit, the curves, and a place in
// time. All frames come with the data; playing asks the server nothing.
// Room around the curves, in pixels where the letters are of the usual size.
const LEFT = 50;
const RIGHT = 56;
const ABOVE = 8;
const GAP = 24;
const AXIS = 26;
// How far above its line the middle of the word for guessing is; at which share the name of the shares is.
const GUESS_ABOVE = 11;
const LABEL_AT = 0.4;
const SETTLE = 300;
const FRAME_EVENT = "mnistviz-frame";

// The last index of a sorted list whose value is not above x.
function before(list, x) {
  let index = 0;
  while (index + 1 < list.length && list[index + 1] <= x) index += 1;
  return index;
}

// Two charts, one below the other, in a picture of a width and a height; `em` is what the letters
// are larger than usual.
function scales(data, width, height, em) {
  const [left, right, above] = [LEFT * em, width - RIGHT * em, ABOVE * em];
  const chart = (height - above - (GAP + AXIS) * em) / 2;
  const second = above + chart + GAP * em;
  return {
    em,
    left,
    right,
    above,
    x: (step) => left + (step / data.steps) * (right - left),
    loss: (value) => chart * (1 - Math.min(Math.max(value / data.loss_end, 0), 1)) + above,
    share: (value) => chart * (1 - value) + second,
  };
}

function path(steps, values, at, up) {
  let text = "";
  let drawing = false;
  steps.forEach((step, i) => {
    const value = values[i];
    if (value === null || !Number.isFinite(value)) {
      drawing = false;
      return;
    }
    text += `${drawing ? "L" : "M"}${at.x(step).toFixed(1)},${up(value).toFixed(1)}`;
    drawing = true;
  });
  return text;
}

function grid(data, at) {
  const { left, right, em } = at;
  let text = "";
  const line = (y, label) =>
    `<path class="thin" d="M${left},${y}H${right}"/><text class="end" x="${left - 6 * em}" y="${y + 5 * em}">${label}</text>`;
  for (const value of data.loss_ticks) text += line(at.loss(value), value);
  for (const share of [0, 0.5, 1]) text += line(at.share(share), `${100 * share}\u00a0%`);
  const below = at.share(0) + 20 * em;
  for (const [step, anchor] of [[0, "start"], [data.steps, "end"]])
    text += `<text class="${anchor}" x="${at.x(step)}" y="${below}">${whole(step)}</text>`;
  text += `<text class="middle" x="${(left + right) / 2}" y="${below}">${data.words.axis}</text>`;
  for (const y of [at.loss(data.guess), at.share(data.guess_share)])
    text += `<path class="guess" d="M${left},${y}H${right}"/>`;
  return text;
}

// What stands in the charts, over the lines: at the right, where few curves pass at that height, and
// apart from the mark of the place, which is there for long.
function labels(data, at) {
  const { words } = data;
  const text = (className, y, label) =>
    `<text class="end over ${className}" x="${at.right - 9 * at.em}" y="${y}">${label}</text>`;
  return (
    text("", at.loss(data.guess) + (5 - GUESS_ABOVE) * at.em, words.guess) +
    text("bold", at.loss(data.loss_end / 2) + 5 * at.em, words.loss) +
    text("bold", at.share(LABEL_AT) + 5 * at.em, words.accuracy)
  );
}

// The names at the lines' ends, pushed apart where they would lie on each other.
function names(data, at) {
  const ends = [
    [data.curve.loss, data.tests.loss, at.loss, [GUESS_ABOVE, data.guess], [0, data.loss_end / 2]],
    [data.curve.accuracy, data.tests.accuracy, at.share, [0, LABEL_AT]],
  ];
  let text = "";
  const reached = Math.max(data.curve.steps.at(-1) ?? 0, data.tests.steps.at(-1));
  // Close to the axis there is nothing to be told apart yet.
  if (reached < 0.15 * data.steps) return text;
  for (const [train, test, up, ...labeled] of ends) {
    const last = (list) => list.filter((v) => v !== null && Number.isFinite(v)).at(-1);
    if (last(train) === undefined) continue;
    const a = up(last(train));
    let b = up(last(test));
    const line = 16 * at.em;
    if (Math.abs(a - b) < line) b = a + (b >= a ? line : -line);
    const x = at.x(reached) + 8 * at.em;
    // While it learns, its lines may end where one of the labels is.
    const isTaken = ([above, value]) =>
      [a, b].some((y) => Math.abs(y - up(value) + above * at.em) < line);
    if (x < at.right && labeled.some(isTaken)) continue;
    text += `<text class="bold over" x="${x}" y="${a + 5 * at.em}">${data.words.batch}</text>`;
    text += `<text class="bold over" x="${x}" y="${b + 5 * at.em}">${data.words.test}</text>`;
  }
  return text;
}

function drawCurves(root, data) {
  const svg = root.querySelector("svg");
  const em = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const [width, height] = [Math.max(svg.clientWidth, 240), Math.max(svg.clientHeight, 160)];
  const at = scales(data, width, height, em);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const lines =
    `<path class="batch" d="${path(data.curve.steps, data.curve.loss, at, at.loss)}"/>` +
    `<path class="batch" d="${path(data.curve.steps, data.curve.accuracy, at, at.share)}"/>` +
    `<path class="test" d="${path(data.tests.steps, data.tests.loss, at, at.loss)}"/>` +
    `<path class="test" d="${path(data.tests.steps, data.tests.accuracy, at, at.share)}"/>`;
  svg.innerHTML =
    `<clipPath id="past"><rect x="0" y="0" width="0" height="${height}"/></clipPath>` +
    `${grid(data, at)}<g class="future">${lines}</g><g clip-path="url(#past)">${lines}</g>` +
    `<path class="head" d="M0,${at.above}V${at.share(0)}"/>` +
    `<circle class="dot" r="${5 * em}"/><circle class="dot" r="${5 * em}"/>` +
    labels(data, at) + names(data, at);
  // The picture is read by its name and by the slider below it; these are marks in it.
  for (const part of svg.children) part.setAttribute("aria-hidden", "true");
  root.parts = {
    at,
    clip: svg.querySelector("#past rect"),
    head: svg.querySelector(".head"),
    dots: [...svg.querySelectorAll(".dot")],
  };
}

function drawBars(root, data) {
  const list = root.querySelector(".bars");
  root.bars ??= makeBars(list);
  root.bars.forEach(({ row }, digit) => {
    row.querySelector(".digit").textContent = digitName(digit, data.truth);
    row.classList.toggle("truth", digit === data.truth);
  });
}

function showBars(root, data, frame) {
  const row = data.probabilities[frame];
  // Several that share the largest probability are no answer.
  const most = Math.max(...row);
  const best = row.indexOf(most) === row.lastIndexOf(most) ? row.indexOf(most) : -1;
  const texts = percents(row);
  root.bars.forEach((bar, digit) => {
    const p = row[digit] ?? NaN;
    const says = digit === best && Number.isFinite(p);
    showShare(bar, p);
    bar.row.classList.toggle("says", says);
    bar.value.textContent = texts[digit] + (says ? (digit === data.truth ? " \u2713" : " \u2717") : "");
  });
  const rows = texts.map((text, digit) => `${digit}: ${text}`).join(", ");
  root.querySelector(".bars").setAttribute("aria-label", fill(data.words.bars, { rows }));
}

// The value of a curve at a step, between its points on the line.
function along(steps, values, step) {
  const i = before(steps, step);
  const a = values[i];
  const b = values[i + 1];
  if (a === undefined || a === null) return NaN;
  if (b === undefined || b === null || steps[i + 1] === steps[i]) return a;
  const share = Math.min(Math.max((step - steps[i]) / (steps[i + 1] - steps[i]), 0), 1);
  return a + (b - a) * share;
}

function stepOf(data, place) {
  const i = Math.min(Math.floor(place), data.frames.length - 1);
  const next = data.frames[i + 1] ?? data.frames[i];
  return data.frames[i] + (next - data.frames[i]) * (place - i);
}

function render(root) {
  const { data, place, parts } = root;
  const frame = Math.min(Math.floor(place), data.frames.length - 1);
  const step = stepOf(data, place);
  const x = parts.at.x(step);
  parts.clip.setAttribute("width", x);
  parts.head.setAttribute("transform", `translate(${x},0)`);
  const values = [
    parts.at.loss(along(data.tests.steps, data.tests.loss, step)),
    parts.at.share(along(data.tests.steps, data.tests.accuracy, step)),
  ];
  parts.dots.forEach((dot, i) => {
    dot.setAttribute("visibility", Number.isFinite(values[i]) ? "visible" : "hidden");
    if (Number.isFinite(values[i])) dot.setAttribute("cx", x), dot.setAttribute("cy", values[i]);
  });
  root.drawn = (root.drawn ?? 0) + 1;
  if (frame === root.frame && data === root.shown) return;
  root.frame = frame;
  root.shown = data;
  showBars(root, data, frame);
  const range = root.querySelector("input");
  range.max = String(data.frames.length - 1);
  range.value = String(frame);
  range.disabled = data.frames.length < 2;
  const at = data.frames[frame];
  const test = before(data.tests.steps, at);
  const words = fill(at ? data.words.frame : data.words.first, {
    step: whole(at),
    steps: whole(data.steps),
    epoch: Math.ceil(at / data.epoch_steps),
    p: percents(data.probabilities[frame].map((p) => p ?? NaN))[data.truth],
    truth: data.truth,
    loss: written(data.tests.loss[test] ?? NaN),
    accuracy: percent(data.tests.accuracy[test] ?? NaN),
  });
  root.querySelector(".reading").textContent = words;
  range.setAttribute("aria-valuetext", words);
  document.dispatchEvent(new CustomEvent(FRAME_EVENT, { detail: frame }));
}

function play(root, from) {
  cancelAnimationFrame(root.timer);
  root.place = from;
  root.playing = true;
  let last = performance.now();
  const tick = (now) => {
    // Taken out of the page, by a change of the page, it must not go on.
    if (!root.isConnected || !root.playing) return;
    const end = root.data.frames.length - 1;
    const whole = root.data.finished ? end : root.data.planned - 1;
    const passed = Math.max(now - last, 0) / 1000 / root.seconds;
    root.place = Math.min(root.place + passed * whole, end);
    last = now;
    render(root);
    if (root.place >= end && root.data.finished) return stop(root);
    root.timer = requestAnimationFrame(tick);
  };
  root.timer = requestAnimationFrame(tick);
  buttons(root);
}

function stop(root) {
  root.playing = false;
  cancelAnimationFrame(root.timer);
  root.place = Math.min(Math.floor(root.place), root.data.frames.length - 1);
  render(root);
  buttons(root);
  settle(root);
}

// What lies under the stage follows when the hand rests.
function settle(root) {
  clearTimeout(root.settling);
  if (root.frame !== root.data.frame) ask(root, root.frame);
  root.settling = setTimeout(() => {
    if (!root.isConnected || root.playing || !root.data.finished) return;
    if (root.frame !== root.data.frame) root.tell(root.frame);
  }, SETTLE);
}

function go(root, place) {
  root.playing = false;
  cancelAnimationFrame(root.timer);
  root.place = Math.min(Math.max(place, 0), root.data.frames.length - 1);
  render(root);
  buttons(root);
  settle(root);
}

function buttons(root) {
  const { words } = root.data;
  const [sign, label] = root.playing ? ["\u275a\u275a", words.pause] : ["\u25b6", words.play];
  const shown = make("span", "", `${sign} `);
  shown.setAttribute("aria-hidden", "true");
  const play = root.querySelector(".play");
  play.replaceChildren(shown, label);
  // Another button of the page pauses the training.
  play.setAttribute("aria-label", root.playing ? words.pause_name : words.play);
  const still = root.data.frames.length < 2;
  for (const each of root.querySelectorAll("button")) each.disabled = still;
  for (const each of root.querySelectorAll(".speed button"))
    each.setAttribute("aria-pressed", String(Number(each.value) === root.seconds));
}

function connect(root) {
  root.seconds = root.data.speeds[1];
  const { words } = root.data;
  const named = { ".first": words.to_start, ".back": words.back, ".on": words.on, ".last": words.to_end };
  for (const [name, label] of Object.entries(named)) {
    root.querySelector(name).setAttribute("aria-label", label);
    root.querySelector(name).title = label;
  }
  root.querySelector("input").setAttribute("aria-label", words.place);
  root.querySelector("svg").setAttribute("aria-label", words.curves);
  root.querySelector(".speed").setAttribute("aria-label", words.speed);
  root.querySelector(".first").onclick = () => go(root, 0);
  root.querySelector(".back").onclick = () => go(root, Math.ceil(root.place) - 1);
  root.querySelector(".on").onclick = () => go(root, Math.floor(root.place) + 1);
  root.querySelector(".last").onclick = () => go(root, root.data.frames.length - 1);
  root.querySelector(".play").onclick = () => {
    if (root.playing) return stop(root);
    play(root, root.place >= root.data.frames.length - 1 ? 0 : root.place);
  };
  root.querySelector("input").oninput = (event) => go(root, Number(event.target.value));
  const speed = root.querySelector(".speed");
  speed.innerHTML = root.data.speeds
    .map((seconds) => `<button type="button" value="${seconds}">${seconds}\u00a0s</button>`)
    .join("");
  for (const each of speed.children)
    each.onclick = () => {
      root.seconds = Number(each.value);
      buttons(root);
    };
  watchSize(root.querySelector("svg"), () => {
    drawCurves(root, root.data);
    render(root);
  });
}

// The answer at the moment that is shown, and the two pairs of curves.
function numbers(root, words) {
  const { data, frame } = root;
  const texts = percents(data.probabilities[frame].map((p) => p ?? NaN));
  const bars = texts.map((text, digit) => [digitName(digit, data.truth), text]);
  const head = [words.step, data.words.loss, data.words.accuracy];
  const curve = ({ steps, loss, accuracy }) =>
    steps.map((step, at) => [step, loss[at] ?? NaN, percent(accuracy[at] ?? NaN)]);
  const reading = root.querySelector(".reading").textContent;
  return [
    { name: words.answer, note: reading, head: [words.digit, words.probability], rows: bars },
    { name: words.test_curve, head, rows: curve(data.tests) },
    { name: words.batch_curve, head, rows: curve(data.curve) },
  ].filter(({ rows }) => rows.length);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".player");
  const first = root.data === undefined;
  const before = root.data;
  root.data = data;
  root.tell = (frame) => setTriggerValue("frame", frame);
  if (first) connect(root);
  root.numbers = (words) => numbers(root, words);
  root.querySelector(".title").innerHTML = data.words.title;
  drawBars(root, data);
  drawCurves(root, data);
  const fresh = !first && data.run !== before.run;
  if (fresh && data.run) {
    // A training was asked for: it is watched from its start.
    play(root, 0);
  } else if (fresh || first || (data.frame !== before.frame && receive(root, data.frame))) {
    if (data.running) play(root, first ? data.frames.length - 1 : root.place);
    else go(root, data.frame);
  } else if (data.running && !before.running) {
    play(root, root.place);
  } else if (!data.running && !data.finished) {
    // It was paused: the hand may look around in what there is.
    if (root.playing) stop(root);
    else go(root, root.place);
  } else {
    root.place = Math.min(root.place, data.frames.length - 1);
    render(root);
    buttons(root);
    if (!root.playing) settle(root);
  }
}
