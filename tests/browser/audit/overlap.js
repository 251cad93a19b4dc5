// What is cut, laid over something else, or beyond the window's side. One walk over all that is
// drawn collects the boxes of texts and pictures; a sweep from top to bottom compares them.

const TOUCHING = 2; // Pixels by which two texts may reach into each other, in both directions.
const OVER_PICTURE = 4;
const MOST = 60;

const SKIPPED = new Set(
  ["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "OPTION", "math", "defs", "title", "desc"],
);
const ICONS = "[data-testid=stIconMaterial], .material-symbols-rounded";
const LAYERS = "dialog, [popover], [role=dialog], [role=tooltip], [data-baseweb=popover],"
  + " [data-testid=stSidebar], [data-testid=stHeader], [data-testid=stToastContainer], .hoverlayer";
const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0'], [role=button],"
  + " [role=radio], [role=slider], [role=switch], [role=tab], [role=checkbox]";
const PICTURES = new Set(["IMG", "CANVAS", "VIDEO", "svg", "BUTTON", "INPUT"]);
const REGIONS = "[data-testid=stMain], [data-testid=stSidebarContent], [role=dialog], [popover],"
  + " [data-testid=stPopoverBody]";

const EVERYWHERE = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
const NOWHERE = { hard: EVERYWHERE, seen: EVERYWHERE, scroller: null, sideways: false };

const common = (one, other) => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
});

const isEmpty = (box) => box.right - box.left < 1 || box.bottom - box.top < 1;

// A line's box is higher than its letters, and most letters end on the line.
const DEEP = /[gjpqy()[\]{}|,;@Q_$/]/;

const letters = (rect, text, isFormula) => {
  const height = rect.bottom - rect.top;
  const above = isFormula ? 0.25 : 0.17;
  const below = isFormula ? 0.25 : DEEP.test(text) ? 0.1 : 0.2;
  return {
    left: rect.left,
    right: rect.right,
    top: rect.top + above * height,
    bottom: rect.bottom - below * height,
  };
};

const CUTTING = new Set(["hidden", "clip"]);
const SCROLLING = new Set(["auto", "scroll", "overlay"]);

// What an element leaves of what is in it: `hard` cuts it for good; what lies outside of `seen` can
// be scrolled to.
const clipped = (element, style, clip) => {
  const hasBox = style.display !== "inline" || element.tagName === "svg";
  if (!hasBox || style.display === "contents") return clip;
  const [x, y] = [style.overflowX, style.overflowY];
  if (x === "visible" && y === "visible") return clip;
  const box = element.getBoundingClientRect();
  const sides = (set) => ({
    left: set.has(x) ? box.left : -Infinity,
    right: set.has(x) ? box.right : Infinity,
    top: set.has(y) ? box.top : -Infinity,
    bottom: set.has(y) ? box.bottom : Infinity,
  });
  const scrolls = SCROLLING.has(x) || SCROLLING.has(y);
  const free = { ...clip.hard };
  if (SCROLLING.has(x)) [free.left, free.right] = [-Infinity, Infinity];
  if (SCROLLING.has(y)) [free.top, free.bottom] = [-Infinity, Infinity];
  return {
    hard: common(free, sides(CUTTING)),
    seen: common(clip.seen, scrolls ? box : sides(CUTTING)),
    scroller: scrolls ? element : clip.scroller,
    sideways: clip.sideways || SCROLLING.has(x),
  };
};

const holdsAbsolute = (style) =>
  style.position !== "static" || style.transform !== "none" || style.filter !== "none"
  || /layout|paint|strict|content/.test(style.contain);

// Each measurement runs this file anew.
const faults = [];
const boxes = [];
const range = document.createRange();

const report = (kind, element, text, rect, other) => {
  faults.push({ kind, text: short(text), path: placeOf(element), rect: rounded(rect), ...other });
};

const beside = (element, text, rect, clip) => {
  if (clip.sideways && !around(clip.scroller, REGIONS)?.isSameNode(clip.scroller)) return;
  if (rect.right > innerWidth + 1 || rect.left < -1) report("beyond the side", element, text, rect);
};

const cutAt = (box, clip) =>
  box.left < clip.left - 1.5 || box.right > clip.right + 1.5
  || box.top < clip.top - 1 || box.bottom > clip.bottom + 1;

const addText = (node, element, text, rects, at) => {
  for (const rect of rects) {
    if (rect.width < 1 || rect.height < 1) continue;
    const box = letters(rect, text, at.formula !== null);
    if (!isEmpty(at.clip.hard) && cutAt(box, at.clip.hard)) {
      report("cut", element, text, rect);
      return;
    }
    beside(element, text, rect, at.clip);
    const held = common(box, at.clip.hard);
    if (isEmpty(held)) continue;
    boxes.push({ ...held, node, element, text, at, seen: common(held, at.clip.seen) });
  }
};

const addPicture = (element, at) => {
  const rect = element.getBoundingClientRect();
  const held = common(rect, at.clip.hard);
  if (isEmpty(held)) return;
  const isDrawn = !/^(BUTTON|INPUT)$/.test(element.tagName);
  if (isDrawn && (rect.right - held.right > OVER_PICTURE || held.left - rect.left > OVER_PICTURE)) {
    report("cut", element, "", rect);
  }
  const text = element.getAttribute("aria-label") ?? element.textContent;
  const picture = { ...held, node: element, element, text, at, isPicture: true };
  boxes.push({ ...picture, seen: common(held, at.clip.seen) });
};

const field = (element) => {
  const isText = element.tagName === "TEXTAREA" || /^(text|number|search|email|url)$/.test(element.type);
  if (isText && element.scrollWidth > element.clientWidth + 1) {
    report("cut", element, element.value, element.getBoundingClientRect());
  }
};

const ends = (element, style) => {
  const wider = style.textOverflow === "ellipsis" && CUTTING.has(style.overflowX)
    && element.scrollWidth > element.clientWidth + 1;
  const higher = style.webkitLineClamp !== "none" && element.scrollHeight > element.clientHeight + 2;
  if (wider || higher) report("cut", element, element.textContent, element.getBoundingClientRect());
};

const svgTexts = (element, style, at) => {
  if (style.visibility !== "visible" || style.fill === "none") return;
  if (Number(style.fillOpacity) < 0.05) return;
  // Slanted boxes are larger than their letters: that they are slanted is fault enough.
  const turned = /rotate\((-?[\d.]+)/.exec(element.getAttribute("transform") ?? "");
  if (turned && Number(turned[1]) !== 0 && element.parentElement.matches(".xtick")) {
    report("turned", element, element.textContent, element.getBoundingClientRect());
    return;
  }
  const parts = [...element.querySelectorAll("tspan.line")];
  for (const part of parts.length > 0 ? parts : [element]) {
    const text = part.textContent;
    if (text.trim()) addText(part, element, text, [part.getBoundingClientRect()], at);
  }
};

const visit = (element, up) => {
  if (SKIPPED.has(element.tagName) || element.matches(`.katex-mathml, ${ICONS}`)) return;
  const style = getComputedStyle(element);
  if (isGone(style, element)) return;
  const at = { ...up };
  if (style.position === "absolute") at.clip = up.positioned;
  if (style.position === "fixed") at.clip = NOWHERE;
  if (style.position === "fixed" || style.position === "sticky" || element.matches(LAYERS)) {
    at.layer = element;
  }
  if (element.matches(".katex, [data-testid=stElementContainer]")) at.block = element;
  if (element.matches(".katex")) at.formula = element;
  const isSeen = style.visibility === "visible";
  if (isSeen && PICTURES.has(element.tagName)) addPicture(element, at);
  if (isSeen && element.matches(CONTROLS)) {
    beside(element, element.textContent, element.getBoundingClientRect(), at.clip);
  }
  if (isSeen && /^(INPUT|TEXTAREA)$/.test(element.tagName)) return field(element);
  if (isSeen && element.childElementCount === 0) ends(element, style);
  if (element.tagName === "text") return svgTexts(element, style, at);
  at.clip = clipped(element, style, at.clip);
  if (holdsAbsolute(style)) at.positioned = at.clip;
  const closed = element.tagName === "DETAILS" && !element.open;
  for (const child of childrenOf(element)) {
    if (child.nodeType === Node.ELEMENT_NODE) {
      if (!closed || child.tagName === "SUMMARY") visit(child, at);
    } else if (isSeen && child.nodeType === Node.TEXT_NODE && child.data.trim()) {
      range.selectNodeContents(child);
      addText(child, element, child.data, range.getClientRects(), at);
    }
  }
};

const mayLie = (one, other) => {
  if (one.node === other.node || one.at.layer !== other.at.layer) return true;
  if (one.at.formula && one.at.formula === other.at.formula) return true;
  const pictures = one.isPicture || other.isPicture;
  if (pictures && one.at.block === other.at.block) return true;
  return pictures && (isInside(one.element, other.element) || isInside(other.element, one.element));
};

const sweep = () => {
  boxes.sort((one, other) => one.top - other.top);
  for (let first = 0; first < boxes.length && faults.length < MOST; first += 1) {
    const one = boxes[first];
    for (let second = first + 1; second < boxes.length; second += 1) {
      const other = boxes[second];
      if (other.top >= one.bottom - TOUCHING) break;
      if (other.left >= one.right - TOUCHING || other.right <= one.left + TOUCHING) continue;
      const together = one.at.clip.scroller === other.at.clip.scroller;
      const both = together ? common(one, other) : common(one.seen, other.seen);
      const least = one.isPicture || other.isPicture ? OVER_PICTURE : TOUCHING;
      if (both.right - both.left <= least || both.bottom - both.top <= least) continue;
      if (mayLie(one, other)) continue;
      const over = { text: short(other.text), path: placeOf(other.element), rect: rounded(other) };
      report("laid over", one.element, one.text, one, { over });
    }
  }
};

const regions = () => {
  for (const region of [document.documentElement, ...document.querySelectorAll(REGIONS)]) {
    if (getComputedStyle(region).visibility !== "visible" || region.clientWidth === 0) continue;
    if (region.scrollWidth > region.clientWidth + 1) {
      const wide = { left: 0, top: 0, right: region.scrollWidth, bottom: region.clientHeight };
      report("scrolls sideways", region, `${region.scrollWidth} in ${region.clientWidth}`, wide);
    }
  }
};

const nameOf = ({ kind, text, path, over }) => [kind, text, path, over?.path, over?.text].join("|");

function overlap() {
  faults.length = 0;
  boxes.length = 0;
  visit(document.body, { clip: NOWHERE, positioned: NOWHERE, layer: null, block: null, formula: null });
  sweep();
  regions();
  const told = new Map(faults.map((fault) => [nameOf(fault), fault]));
  return [...told.values()].slice(0, MOST);
}
