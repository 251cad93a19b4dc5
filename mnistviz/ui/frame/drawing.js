// What a part of the page looks like, as one SVG that needs nothing of the page: boxes, lines of
// text, pictures, and the SVG that is in it, at the places where the browser has put them.
const SVG = "http://www.w3.org/2000/svg";

const KEPT_STYLES = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"],
  ...["stroke-linecap", "stroke-linejoin", "opacity", "visibility", "display", "paint-order"],
  ...["font-family", "font-size", "font-weight", "font-style", "text-anchor", "dominant-baseline"],
  ...["image-rendering", "transform-box", "vector-effect"],
];

const SIDES = ["top", "right", "bottom", "left"];

const measure = document.createElement("canvas").getContext("2d");

function shape(parent, tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent.append(element);
  return element;
}

// Programs other than browsers know colors as `rgb(…)` alone.
function plainColor(text) {
  return text.replace(/color\(srgb ([^)]+)\)/g, (_, inside) => {
    const [channels, alpha = "1"] = inside.split(" / ");
    const bytes = channels.split(" ").map((part) => Math.round(255 * Number(part)));
    return `rgba(${bytes.join(", ")}, ${alpha})`;
  });
}

const isClear = (color) => /^rgba\(.*, 0\)$/.test(color) || color === "transparent";

function styleOf(from, to) {
  const style = getComputedStyle(from);
  for (const name of KEPT_STYLES) to.style.setProperty(name, plainColor(style.getPropertyValue(name)));
  if (style.transform !== "none" && !from.hasAttribute("transform")) {
    to.style.transform = style.transform;
    to.style.transformOrigin = style.transformOrigin;
  }
  to.removeAttribute("class");
}

function paintSvg(svg, into, { x, y, width, height }) {
  const copy = svg.cloneNode(true);
  const all = copy.querySelectorAll("*");
  svg.querySelectorAll("*").forEach((element, n) => styleOf(element, all[n]));
  styleOf(svg, copy);
  copy.style.overflow = getComputedStyle(svg).overflow;
  for (const [name, value] of Object.entries({ x, y, width, height })) copy.setAttribute(name, value);
  into.append(copy);
}

function paintImage(href, into, { x, y, width, height }, { imageRendering }) {
  const image = shape(into, "image", { href, x, y, width, height, preserveAspectRatio: "none" });
  image.style.imageRendering = imageRendering;
}

function paintSides(style, into, { x, y, width, height }) {
  const ends = { top: [0, 0, 1, 0], right: [1, 0, 1, 1], bottom: [0, 1, 1, 1], left: [0, 0, 0, 1] };
  for (const side of SIDES) {
    const size = parseFloat(style[`border-${side}-width`]);
    const stroke = plainColor(style[`border-${side}-color`]);
    if (!size || isClear(stroke)) continue;
    const [x1, y1, x2, y2] = ends[side];
    // A line is drawn to both sides of where it runs.
    const at = (from, length, share) => from + size / 2 + share * (length - size);
    shape(into, "line", {
      ...{ x1: at(x, width, x1), y1: at(y, height, y1), x2: at(x, width, x2), y2: at(y, height, y2) },
      ...{ stroke, "stroke-width": size },
    });
  }
}

function paintBox(style, into, box) {
  const fill = plainColor(style.backgroundColor);
  const rx = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
  if (!isClear(fill)) shape(into, "rect", { ...box, fill, rx });
  const picture = /url\("(data:[^"]+)"\)/.exec(style.backgroundImage);
  if (picture) paintImage(picture[1], into, box, style);
  paintSides(style, into, box);
  const size = parseFloat(style.outlineWidth);
  if (!size || style.outlineStyle === "none") return;
  const away = parseFloat(style.outlineOffset) + size / 2;
  const [x, y] = [box.x - away, box.y - away];
  const around = { x, y, width: box.width + 2 * away, height: box.height + 2 * away };
  const stroke = plainColor(style.outlineColor);
  shape(into, "rect", { ...around, fill: "none", stroke, "stroke-width": size });
}

// The lines into which the browser has broken a text, each with its place.
function linesOf(node) {
  const range = document.createRange();
  const lines = [];
  for (const { 0: word, index } of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, index);
    range.setEnd(node, index + word.trimEnd().length);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.top - box.top) < 2) {
      last.text += word;
      last.right = box.right;
    } else lines.push({ text: word, top: box.top, left: box.left, right: box.right });
  }
  return lines;
}

function paintText(node, into, from) {
  const style = getComputedStyle(node.parentElement);
  measure.font = style.font;
  const { fontBoundingBoxAscent: ascent } = measure.measureText("x");
  for (const { text, top, left, right } of linesOf(node)) {
    const element = shape(into, "text", {
      ...{ x: left - from.left, y: top - from.top + ascent, fill: plainColor(style.color) },
      ...{ textLength: right - left, lengthAdjust: "spacingAndGlyphs" },
    });
    for (const name of ["font-family", "font-size", "font-weight", "font-style"])
      element.style.setProperty(name, style.getPropertyValue(name));
    element.textContent = text.trimEnd();
  }
}

const hrefOf = (element) => {
  if (element.localName === "canvas") return element.toDataURL();
  if (element.src.startsWith("data:")) return element.src;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [element.naturalWidth, element.naturalHeight];
  canvas.getContext("2d").drawImage(element, 0, 0);
  return canvas.toDataURL();
};

function paint(node, into, from) {
  if (node.nodeType === Node.TEXT_NODE) return paintText(node, into, from);
  if (node.nodeType !== Node.ELEMENT_NODE || node.matches("style, script, dialog")) return;
  const style = getComputedStyle(node);
  if (style.display === "none" || Number(style.opacity) === 0) return;
  const at = node.getBoundingClientRect();
  const box = { x: at.left - from.left, y: at.top - from.top, width: at.width, height: at.height };
  const isSeen = style.visibility === "visible" && at.width > 1 && at.height > 1;
  const target = style.opacity < 1 ? shape(into, "g", { opacity: style.opacity }) : into;
  if (node.localName === "svg") return isSeen ? paintSvg(node, target, box) : undefined;
  if (isSeen) paintBox(style, target, box);
  if (isSeen && node.matches("img, canvas") && at.width && (node.naturalWidth ?? node.width))
    return paintImage(hrefOf(node), target, box, style);
  // What is for the ear alone is a point that hides what goes beyond it.
  if (style.overflow !== "visible" && !isSeen) return;
  for (const child of (node.shadowRoot ?? node).childNodes)
    if (style.visibility === "visible" || child.nodeType !== Node.TEXT_NODE)
      paint(child, target, from);
}

// Returned are the element and its size.
function drawSvg(part) {
  const box = part.getBoundingClientRect();
  const [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  const { backgroundColor } = getComputedStyle(document.querySelector('[data-testid="stApp"]'));
  shape(svg, "rect", { x: 0, y: 0, width, height, fill: plainColor(backgroundColor) });
  paint(part, svg, box);
  return { svg: new XMLSerializer().serializeToString(svg), width, height };
}

// A picture has two dots for one of the page, so that it is sharp on paper too.
const SHARP = 2;

async function drawPng({ svg, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [SHARP * width, SHARP * height];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}
