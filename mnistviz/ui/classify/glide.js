// Lets the bars of the chart glide from what they showed to what they show, when it is asked for.
// Plotly draws its chart anew at every change; between two of them, this draws what lies in between.
const CHART = ".st-key-softmax_bars .js-plotly-plot";
const PATH = /^M0,([\d.]+)V([\d.]+)H([\d.]+)V/;
// Milliseconds in which the bars go two thirds of their way, and pixels from which they are there.
const TIME = 380;
const CLOSE = 0.5;
// Milliseconds that one picture stands for at most: a slow machine shows the way too, in more time.
const LONGEST = 100;
// Milliseconds in which a slow machine has drawn the chart anew after it was asked for, and in which
// it may be drawn once more.
const LATEST = 15000;
const SOON = 2000;
// From this width on the letters are larger. Plotly keeps the room it has once found that a text takes:
// in a window that has grown to it, a text would begin in its bar.
const LARGE = matchMedia("(min-width: 1700px)");
const GAP = 3;
const SHIFT = /^translate\(([-\d.]+),\s*([-\d.]+)\)$/;

// For a moment there may be two charts: one that is about to go, and the one that stays.
const barsNow = () => [
  ...([...document.querySelectorAll(CHART)].at(-1)?.querySelectorAll(".bars .point") ?? []),
];

const widths = (points) =>
  points.map((point) => Number(PATH.exec(point.firstElementChild?.getAttribute("d") ?? "")?.[3]));

// How much farther a text has to stand from the end of its bar than Plotly has put it.
function farther({ lastElementChild: text }, end) {
  const shift = SHIFT.exec(text?.getAttribute("transform") ?? "");
  if (!shift || !LARGE.matches || "present" in document.documentElement.dataset) return 0;
  const missing = end + GAP + text.getBBox().width / 2 - Number(shift[1]);
  return missing > 1 ? missing : 0;
}

// One bar as long as `width`, and its text behind it; where that is its end, as Plotly has drawn it.
function draw(point, width, end, more) {
  const [path, text] = point.children;
  const [, top, bottom] = PATH.exec(path.getAttribute("d"));
  path.style.d = width === end ? "" : `path("M0,${top}V${bottom}H${width}V${top}Z")`;
  const shift = SHIFT.exec(text?.getAttribute("transform") ?? "");
  if (!shift) return;
  const x = Number(shift[1]) + width - end + more;
  text.style.transform = x === Number(shift[1]) ? "" : `translate(${x}px, ${shift[2]}px)`;
}

// Each moment the bars go the same share of the way that is left: they may be given another end while
// they are on their way. What is returned tells whether the chart shows another end than before.
function glider() {
  let shown = null;
  let ends = null;
  let more = [];
  let last = 0;
  let waiting = 0;

  // What is drawn in the meantime stands in the style: the chart's own attributes stay.
  const step = () => {
    const points = barsNow();
    waiting = 0;
    if (points.length !== ends.length) return;
    const now = performance.now();
    const share = 1 - Math.exp(-Math.min(now - last, LONGEST) / TIME);
    last = now;
    shown = shown.map((width, bar) => width + (ends[bar] - width) * share);
    const done = shown.every((width, bar) => Math.abs(ends[bar] - width) < CLOSE);
    if (done) shown = ends;
    points.forEach((point, bar) => draw(point, shown[bar], ends[bar], more[bar]));
    if (!done) waiting = requestAnimationFrame(step);
  };

  return (glides) => {
    const points = barsNow();
    const now = widths(points);
    if (!now.length || now.some(Number.isNaN)) return false;
    const isSame = ends?.every((end, bar) => end === now[bar]) ?? false;
    // On their way, they go on where the chart was drawn anew with the same end.
    const goes = shown !== ends && isSame;
    if (!(glides || goes) || shown?.length !== now.length) shown = now;
    if (!waiting) last = performance.now();
    ends = now;
    more = points.map((point, bar) => farther(point, now[bar]));
    cancelAnimationFrame(waiting);
    step();
    return !isSame;
  };
}

export default function ({ parentElement, data }) {
  const root = parentElement.querySelector(".glide");
  const wanted = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (data.glides > root.count) root.until = performance.now() + LATEST;
  root.count = data.glides;
  const follow = () => {
    const now = performance.now();
    const isOther = root.move(wanted && (data.live || now < root.until));
    if (isOther) root.until = Math.min(root.until, now + SOON);
  };
  root.move ??= glider();
  root.watcher?.disconnect();
  root.watcher = new MutationObserver(follow);
  root.watcher.observe(document.querySelector('[data-testid="stMain"]'), {
    subtree: true,
    childList: true,
    attributeFilter: ["d"],
  });
  follow();
  return () => root.watcher.disconnect();
}
