// What is told from its ground by its color: the letters, and the marks of the charts. What lies
// behind them is measured on a picture of the page without its letters.

const ICON = "[data-testid=stIconMaterial], .material-symbols-rounded";
// What cannot be used may be pale.
const OFF = ":disabled, [aria-disabled=true], [inert], [data-disabled=true], .hoverlayer";
const SHAPES = new Set(["path", "line", "polyline", "polygon", "rect", "circle", "ellipse"]);
// What helps to read a chart and says nothing itself, and grounds.
// Shades, what is yet to be played, and connections whose strength is a quantity are there too.
const QUIET = ".grid, .thin, .gridlayer, .zerolinelayer, .crisp, .bg, .bglayer, .draglayer, defs,"
  + " clipPath, .katex, .paper, .chosen > .fill, .zone, .future, .edge";
const FIELD = "textarea, input:not([type=range], [type=checkbox], [type=radio], [type=file])";
const BARS = ".bar, .fill, .marker";
const THIN = 4;
const LARGE = 24;
const LARGE_BOLD = 18.66;

// Red, green, blue and opacity of a color; one in another form is asked of a canvas.
const known = new Map();
const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
const read = (color) => {
  const plain = color.match(/^rgba?\(([\d., ]+)\)$/);
  if (plain) {
    const [r, g, b, a = 1] = plain[1].split(",").map(Number);
    return [r, g, b, a];
  }
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
  return [r, g, b, a / 255];
};
const numbersOf = (color) => {
  if (!known.has(color)) known.set(color, read(color));
  return known.get(color);
};

const joined = (one, other) => ({
  left: Math.max(one.left, other.left),
  top: Math.max(one.top, other.top),
  right: Math.min(one.right, other.right),
  bottom: Math.min(one.bottom, other.bottom),
});

// What an element is drawn through: how opaque it and all around it are, and what cuts it.
const WINDOW = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
const veils = new Map();
const veilOf = (element, style = element && getComputedStyle(element)) => {
  if (!element) return { opacity: 1, off: false, clip: WINDOW };
  if (veils.has(element)) return veils.get(element);
  const outer = veilOf(parentOf(element));
  const cuts = style.overflow !== "visible" && style.display !== "contents";
  const veil = {
    opacity: outer.opacity * Number(style.opacity),
    off: outer.off || element.matches(OFF),
    clip: cuts ? joined(outer.clip, element.getBoundingClientRect()) : outer.clip,
  };
  veils.set(element, veil);
  return veil;
};

// A line's box is higher than its letters.
const lettersOf = ({ left, top, right, bottom }) => ({
  left,
  right,
  top: top + 0.15 * (bottom - top),
  bottom: bottom - 0.1 * (bottom - top),
});

const boxOf = (rect, clip) => {
  const { left, top, right, bottom } = joined(rect, clip);
  return right - left < 2 || bottom - top < 2 ? null : [left, top, right, bottom];
};

const isLarge = (style) => {
  const size = parseFloat(style.fontSize);
  return size >= LARGE || (size >= LARGE_BOLD && Number(style.fontWeight) >= 700);
};

const veiled = (color, opacity) => {
  const [r, g, b, a] = numbersOf(color);
  return [r, g, b, a * opacity];
};

function textsOf(element, style, veil) {
  const isDrawn = element instanceof SVGElement;
  const found = [];
  const range = document.createRange();
  const add = (rect, text, color) => {
    const box = boxOf(lettersOf(rect), veil.clip);
    if (!box) return;
    const need = isLarge(style) || element.matches(ICON) ? 3 : 4.5;
    const ink = veiled(color, veil.opacity);
    found.push({ box, color: ink, need, halo, element, text });
  };
  const color = isDrawn ? style.fill : style.webkitTextFillColor;
  const hasHalo = isDrawn && style.paintOrder.startsWith("stroke")
    && parseFloat(style.strokeWidth) >= 3;
  const halo = hasHalo ? numbersOf(style.stroke) : null;
  for (const node of element.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE || !node.textContent.trim()) continue;
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) add(rect, node.textContent, color);
  }
  const value = element.matches(FIELD) && element.value;
  if (value) add(element.getBoundingClientRect(), value, color);
  return found;
}

function markOf(element, style, veil) {
  const isShape = SHAPES.has(element.tagName) && element instanceof SVGElement;
  if (!isShape && !element.matches(BARS)) return null;
  if (around(element, QUIET)) return null;
  const box = boxOf(element.getBoundingClientRect(), veil.clip);
  // Of a bar that is next to nothing its handle is seen.
  if (!box || (!isShape && box[2] - box[0] < THIN)) return null;
  const line = (width, color) => (parseFloat(width) > 0 ? color : "none");
  const paints = isShape
    ? [
      [style.fill, style.fillOpacity],
      [line(style.strokeWidth, style.stroke), style.strokeOpacity],
    ]
    : [
      [style.backgroundColor, 1],
      [line(style.borderTopWidth, style.borderTopColor), 1],
      [style.boxShadow.match(/rgba?\([^)]*\)/)?.[0] ?? "none", 1],
      [style.outlineStyle === "none" ? "none" : line(style.outlineWidth, style.outlineColor), 1],
    ];
  const colors = paints.filter(([color]) => !/^(none|url)/.test(color))
    .map(([color, opacity]) => veiled(color, opacity * veil.opacity))
    .filter(([, , , opacity]) => opacity > 0);
  if (colors.length === 0) return null;
  return { box, colors, element, text: element.getAttribute("class") ?? "" };
}

function inks() {
  const [texts, marks] = [[], []];
  for (const [element, style] of drawn(document.body)) {
    if (style.visibility !== "visible") continue;
    const veil = veilOf(element, style);
    if (veil.off) continue;
    texts.push(...textsOf(element, style, veil));
    const mark = markOf(element, style, veil);
    if (mark) marks.push(mark);
  }
  // Where they are is asked of those alone that are too pale.
  window.inked = [...texts, ...marks].map(({ element, text }) => [element, text]);
  const plain = ({ element, text, ...rest }) => rest;
  return { texts: texts.map(plain), marks: marks.map(plain) };
}

const places = (numbers) => numbers.map((number) => {
  const [element, text] = window.inked[number];
  return [placeOf(element), short(text)];
});

// In a layer it outweighs what is important on the page itself.
const UNWRITTEN = `@layer unwritten {
  *, ::before, ::after, ::placeholder {
    -webkit-text-fill-color: transparent !important;
    text-decoration-color: transparent !important;
    transition: none !important;
    animation: none !important;
  }
  text, tspan { fill: transparent !important; }
}`;

const rootsBelow = (root) => [root, ...[...root.querySelectorAll("*")]
  .filter((element) => element.shadowRoot).flatMap((element) => rootsBelow(element.shadowRoot))];

function write(is) {
  if (!window.unwritten) {
    window.unwritten = new CSSStyleSheet();
    window.unwritten.replaceSync(UNWRITTEN);
  }
  for (const root of rootsBelow(document)) {
    const others = [...root.adoptedStyleSheets].filter((sheet) => sheet !== window.unwritten);
    root.adoptedStyleSheets = is ? others : [...others, window.unwritten];
  }
}
