// The canvas, the 28 by 28 pixels that the network sees, and its ten bars, live: all of it is
// computed here while the hand moves. Python hears of the drawing when the hand rests.
const SOON = 200;

// Showing

// Which digit the pixels and the bars are about: the chosen one, else the one with the newest ink.
function inWork(root) {
  const { digits, newest, chosen } = root;
  if (chosen !== null && chosen < digits.length) return chosen;
  const far = ({ box }) =>
    Math.hypot(
      Math.max(box.left - newest[0], newest[0] - box.right, 0),
      Math.max(box.top - newest[1], newest[1] - box.bottom, 0),
    );
  return digits.reduce((best, digit, i) => (far(digit) < far(digits[best]) ? i : best), 0);
}

function showBoxes(root, shown) {
  const { digits } = root;
  const boxes = root.find(".boxes");
  const many = digits.length > 1 ? digits : [];
  while (boxes.children.length < many.length) add(add(boxes, "div"), "span");
  while (boxes.children.length > many.length) boxes.lastChild.remove();
  many.forEach(({ box, says }, i) => {
    const { classList, firstChild } = boxes.children[i];
    placeBox(boxes.children[i], box, CANVAS, CANVAS);
    classList.toggle("shown", i === shown);
    classList.toggle("high", box.top < 24);
    firstChild.textContent = says ?? "?";
  });
}

function showReading(root, shown) {
  const { digits, words } = root;
  const line = root.find(".read");
  while (line.children.length < digits.length) {
    const number = line.children.length;
    const button = add(line, "button");
    button.type = "button";
    button.onclick = () => {
      root.chosen = number;
      schedule(root);
    };
  }
  while (line.children.length > digits.length) line.lastChild.remove();
  digits.forEach(({ says }, i) => {
    const button = line.children[i];
    button.textContent = says ?? "?";
    button.disabled = digits.length === 1;
    button.title = digits.length === 1 ? "" : fill(words.show_digit, { number: i + 1 });
    button.setAttribute("aria-pressed", String(i === shown));
  });
  let name = "reads";
  if (!digits.length) name = "empty";
  else if (!digits[0].shares) name = "waits";
  else if (digits.every((digit) => digit.shares.some(Number.isNaN))) name = "broken";
  else if (digits.every((digit) => digit.says === null)) name = "open";
  root.find(".says").textContent = words[name];
  // On a phone, where the bars may be below the screen.
  const [only] = digits.length === 1 ? digits : [];
  root.find(".sure").textContent = only?.says == null ? "" : percents(only.shares)[only.says];
}

function showBars(root, digit) {
  const shares = digit?.shares;
  const texts = percents(shares ?? []);
  root.bars.forEach((bar, i) => {
    const share = shares ? shares[i] : NaN;
    showShare(bar, share);
    bar.value.textContent = texts[i] ?? "";
    bar.row.classList.toggle("best", Boolean(shares) && i === digit.says);
  });
}

function compute(root) {
  const { data, ink, probabilities } = root;
  const network = root.shared.networks.get(data.digest);
  const key = `${data.digest} ${data.steps.normalize}`;
  if (root.probabilitiesOf !== key) probabilities.clear();
  root.probabilitiesOf = key;
  root.digits = digitsOf(ink, data.steps, data.paper).map((digit) => {
    // What has not changed is not asked again: with several digits, all but one.
    const same = String.fromCharCode(...digit.pixels);
    if (network && !probabilities.has(same)) {
      if (probabilities.size > 200) probabilities.clear();
      probabilities.set(same, classify(network, digit.pixels, data.steps.normalize));
    }
    const shares = probabilities.get(same);
    return { ...digit, shares, says: bestOf(shares) };
  });
}

function draw(root) {
  root.timer = undefined;
  if (root.growing?.touched) {
    inkWithin(root.ink, root.shares, root.growing.touched);
    root.growing.touched = null;
  }
  paintGray(root.canvas, root.ink.data, CANVAS, CANVAS, root.data.paper === "white");
  compute(root);
  const shown = inWork(root);
  const digit = root.digits[shown];
  paintGray(root.find(".pixels"), digit?.pixels ?? new Uint8Array(COUNT), SIDE, SIDE);
  const { words, digits } = root;
  root.find(".of").textContent =
    digits.length > 1 ? fill(words.of, { number: shown + 1, count: digits.length }) : words.pixels;
  root.find(".hint").hidden = Boolean(root.growing || root.kept.strokes.length);
  showBoxes(root, shown);
  showReading(root, shown);
  showBars(root, digit);
  root.drawn = (root.drawn ?? 0) + 1;
  if (!root.growing) rest(root);
}

function schedule(root) {
  root.timer ??= requestAnimationFrame(() => draw(root));
}

// All strokes anew: after undo, redo, clear, or from Python.
function rebuild(root) {
  root.shares = sharesOf(root.kept.strokes);
  inkWithin(root.ink, root.shares, { top: 0, left: 0, bottom: CANVAS, right: CANVAS });
  schedule(root);
}

function showTools(root) {
  const { kept, words } = root;
  for (const tool of ["pen", "eraser"])
    root.find(`.${tool}`).setAttribute("aria-pressed", String(kept.tool === tool));
  // A button that is really disabled would lose the focus, and the keyboard its place.
  const off = { undo: !kept.before.length, redo: !kept.after.length, clear: !kept.strokes.length };
  for (const [name, is] of Object.entries(off))
    root.find(`.${name}`).setAttribute("aria-disabled", String(is));
  const range = root.find(".width input");
  range.value = String(kept.width);
  range.setAttribute("aria-valuetext", fill(words.width_now, { width: kept.width }));
  root.find(".dot").style.setProperty("--width", kept.width);
  root.find(".cursor").style.setProperty("--width", kept.width);
}

// Telling

// What is read, for a screen reader.
function textOf(digits, words) {
  if (!digits.length) return words.empty;
  const all = digits.map((digit) => digit.says ?? "?").join("");
  if (digits.length > 1) return fill(words.live_many, { all, count: digits.length });
  const [{ shares, says }] = digits;
  if (!shares) return words.waits;
  if (says === null) return shares.some(Number.isNaN) ? words.broken : words.live_open;
  return fill(words.live_one, { all, percent: percents(shares)[says] });
}

// The hand rests: say the reading aloud, and let Python compare its own numbers with these.
function rest(root) {
  const { digits, data, kept, words } = root;
  const text = textOf(digits, words);
  if (root.spoken !== text) root.find(".spoken").textContent = text;
  root.spoken = text;
  const ready = digits.length > 0 && digits.every((digit) => digit.shares);
  const state = JSON.stringify([kept.revision, data.digest, data.steps, data.paper]);
  if (!ready || state === root.shared.checked) {
    if (kept.told !== kept.revision) tell(root);
    return;
  }
  root.shared.checked = state;
  root.shared.check = {
    revision: kept.revision,
    digest: data.digest,
    steps: data.steps,
    paper: data.paper,
    digits: digits.map(({ pixels, shares }) => ({ sum: checksum(pixels), shares })),
  };
  tell(root);
}

// The last word always arrives; quick ones before it may be left out.
function tell(root) {
  const wait = SOON - (performance.now() - (root.toldAt ?? -SOON));
  if (wait <= 0) return flush(root);
  root.telling ??= setTimeout(() => flush(root), wait);
}

function flush(root) {
  const { kept } = root;
  clearTimeout(root.telling);
  root.telling = undefined;
  root.toldAt = performance.now();
  const { session, epoch, revision, strokes } = kept;
  if (kept.told !== revision) storeKept("drawing", strokes);
  kept.told = revision;
  // Of two messages that wait for a busy server the later one alone arrives, so each holds it all.
  root.tell({ session, epoch, revision, strokes, check: root.shared.check ?? null });
}

// The hand

function endOf(root) {
  if (!root.growing) return;
  endStroke(root.kept, root.growing);
  if (root.growing.touched) inkWithin(root.ink, root.shares, root.growing.touched);
  root.growing = null;
  showTools(root);
  cancelAnimationFrame(root.timer);
  // At once, not with the next picture: the page may be left before that.
  draw(root);
}

// One stroke, from its first place to its last.
function strokeOf(root, note) {
  const go = (at, to) => {
    if (!root.growing) return;
    root.newest = at;
    if (to(root.growing, at)) return schedule(root);
    endOf(root);
    note("full_points");
  };
  return {
    begin(at, tool) {
      const { kept } = root;
      note("");
      endOf(root);
      if (kept.strokes.length >= MAX_STROKES) return note("full_strokes"), false;
      if (pointsOf(kept.strokes) >= MAX_POINTS) return note("full_points"), false;
      root.growing = beginStroke(kept, root.shares, tool ?? kept.tool, at);
      root.chosen = null;
      root.newest = at;
      schedule(root);
      return true;
    },
    curve: (at) => go(at, curveTo),
    line: (at) =>
      go(at, (growing) => {
        growing.last = at;
        return lineTo(growing, at);
      }),
    end: () => endOf(root),
  };
}

function handOf(root) {
  const note = (name) => (root.find(".note").textContent = name ? root.words[name] : "");
  const say = (name, values = {}) => (root.find(".spoken").textContent = fill(root.words[name], values));
  // Where the keyboard draws, both are to be heard: that the pen is up, and what is read.
  const lifted = () => {
    endOf(root);
    root.find(".spoken").textContent = `${root.words.pen_up} ${textOf(root.digits, root.words)}`;
  };
  const changed = () => {
    note("");
    root.chosen = null;
    showTools(root);
    rebuild(root);
  };
  return {
    ...strokeOf(root, note),
    undo: () => step(root.kept, root.kept.before, root.kept.after) && changed(),
    redo: () => step(root.kept, root.kept.after, root.kept.before) && changed(),
    clear() {
      if (!root.kept.strokes.length) return;
      change(root.kept, []);
      changed();
    },
    tool(name) {
      root.kept.tool = name;
      showTools(root);
      say(name);
    },
    width(more) {
      const range = root.find(".width input");
      root.kept.width = Math.min(Math.max(root.kept.width + more, Number(range.min)), Number(range.max));
      showTools(root);
    },
    say,
    lifted,
  };
}

function connect(root) {
  const hand = handOf(root);
  root.hand = hand;
  connectPointer(root.canvas, hand);
  connectKeys(root, root.canvas, root.find(".cursor"), hand);
  connectToolbar(root.find(".buttons"));
  for (const tool of ["pen", "eraser"]) onPress(root.find(`.${tool}`), () => hand.tool(tool));
  for (const name of ["undo", "redo", "clear"]) onPress(root.find(`.${name}`), hand[name]);
  root.find(".width input").oninput = (event) => {
    root.kept.width = Number(event.target.value);
    showTools(root);
  };
  root.bars = makeBars(root.find(".bars"));
  for (const { row } of root.bars) row.setAttribute("role", "listitem");
}

// What was drawn before the page was loaded anew; it can be undone.
async function bringBack(root) {
  const strokes = await recallKept("drawing");
  if (!strokes || root.growing || root.kept.revision || root.kept.strokes.length) return;
  change(root.kept, strokes);
  showTools(root);
  rebuild(root);
}

function label(root, words) {
  for (const name of ["pen", "eraser", "undo", "redo", "clear"]) {
    const button = root.find(`.${name}`);
    button.title = words[`${name}_title`];
    button.setAttribute("aria-label", words[`${name}_label`]);
  }
  root.find(".width").title = words.width_title;
  root.find(".width input").setAttribute("aria-label", words.width_label);
  root.find(".buttons").setAttribute("aria-label", words.tools);
  root.canvas.setAttribute("aria-label", words.canvas);
  root.find(".pixels").setAttribute("aria-label", words.pixels_alt);
  root.find(".bars").setAttribute("aria-label", words.bars_alt);
  root.find("h2").textContent = words.title;
  root.find("#how").textContent = isTouched() ? "" : words.canvas_keys;
  root.find(".keys").textContent = words.keys;
  root.find(".hint").textContent = words.hint;
  root.find(".seen-title").textContent = words.seen;
}

// The digit that the bars are about: what it is read as, and its pixels.
function numbers(root, words) {
  const digit = root.digits[inWork(root)];
  const note = textOf(root.digits, root.words);
  const name = root.words.bars_alt;
  if (!digit) return [{ name, note }];
  const rows = percents(digit.shares ?? []).map((text, at) => [at, text]);
  return [
    { name, note, head: [words.digit, words.probability], rows },
    pixelTable(root.words.pixels_alt, words, digit.pixels),
  ];
}

export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".pad");
  const first = root.data === undefined;
  root.data = data;
  root.words = data.words;
  root.tell = (message) => setTriggerValue("drawn", message);
  if (first) {
    root.find = (selector) => root.querySelector(selector);
    root.canvas = root.find(".ink");
    root.shared = globalThis.mnistvizDraw ??= { networks: new Map() };
    root.kept = root.shared.drawing ??= keepDrawing();
    root.ink = blank(CANVAS, CANVAS);
    root.probabilities = new Map();
    root.newest = [CANVAS / 2, CANVAS / 2];
    root.chosen = null;
    root.arrived = () => schedule(root);
    document.addEventListener("mnistviz-network", root.arrived);
    connect(root);
  }
  root.numbers = (words) => numbers(root, words);
  label(root, data.words);
  const before = root.kept.strokes;
  if (root.growing && data.epoch > root.kept.epoch) root.hand.end();
  const isNew = root.kept.session === null;
  meet(root.kept, data);
  if (isNew && !root.kept.revision) bringBack(root);
  if (first || root.kept.strokes !== before) rebuild(root);
  showTools(root);
  schedule(root);
  return () => {
    document.removeEventListener("mnistviz-network", root.arrived);
    cancelAnimationFrame(root.timer);
    if (root.growing) root.hand.end();
    if (root.telling) flush(root);
  };
}
