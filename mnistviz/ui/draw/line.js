// The line of a digit, as `lines.py` in `mnistviz/digits/` has it: how wide and how dark it is, and
// as wide and dark as in MNIST.
const FINE = 100;
const [THINNEST, THICKEST] = [1.7, 5];
const [WIDENED, THINNED] = [2.2, 4.8];
const BLOB = 9;
const FULL = 254;

// The shorter side of the rectangle with the same area and length of the edge.
function lineWidthOf({ height, width, data }, level) {
  let [mass, straight, diagonal] = [0, 0, 0];
  const wide = width + 2;
  const gray = new Uint8Array(wide * (height + 2));
  for (let row = 0; row < height; row += 1)
    gray.set(data.subarray(row * width, (row + 1) * width), (row + 1) * wide + 1);
  // From each pixel to the right, down, and down to both sides; the frame is paper.
  for (let at = 0; at < gray.length - wide - 1; at += 1) {
    const value = gray[at];
    mass += value;
    straight += Math.abs(value - gray[at + 1]) + Math.abs(value - gray[at + wide]);
    diagonal += Math.abs(value - gray[at + wide + 1]) + Math.abs(gray[at + 1] - gray[at + wide]);
  }
  const half = ((straight + diagonal / Math.sqrt(2)) * Math.PI) / 16 / level;
  return (half - Math.sqrt(Math.max(half * half - (4 * mass) / level, 0))) / 2;
}

// What a line is and what it is to become; null if there is none.
function lineOf(fine) {
  const level = fine.data.reduce((most, value) => Math.max(most, value), 0);
  if (!level) return null;
  const width = (lineWidthOf(fine, level) * INNER) / FINE;
  if (width > BLOB) return null;
  let made = width;
  if (width < THINNEST) made = WIDENED;
  else if (width > THICKEST) made = THINNED;
  return { level, width, made, growth: (FINE * (made - width)) / (2 * (INNER - made)) };
}

const mapped = (picture, change) => ({ ...picture, data: picture.data.map(change) });

const raised = (picture, level) =>
  mapped(picture, (value) => Math.min(Math.floor((value * 2 * FULL + level) / (2 * level)), 255));

function discOf(radius, wide) {
  const reach = Math.ceil(radius + 1);
  const disc = [];
  for (let row = -reach; row <= reach; row += 1)
    for (let column = -reach; column <= reach; column += 1) {
      const away = Math.sqrt(row * row + column * column);
      const weight = rounded(Math.min(Math.max(radius + 1 - away, 0), 1) * 255);
      if (weight) disc.push([row * wide + column, weight]);
    }
  return disc;
}

// A disc over each pixel, as dark as that is, with more room on each side.
function spread({ height, width, data }, radius) {
  const reach = Math.ceil(radius + 1);
  const wide = width + 2 * reach;
  const most = new Uint16Array(wide * (height + 2 * reach));
  const disc = discOf(radius, wide);
  for (let at = 0; at < data.length; at += 1) {
    const value = data[at];
    if (!value) continue;
    const middle = (Math.floor(at / width) + reach) * wide + (at % width) + reach;
    for (const [offset, weight] of disc)
      if (value * weight > most[middle + offset]) most[middle + offset] = value * weight;
  }
  const result = blank(height + 2 * reach, wide);
  most.forEach((value, at) => (result.data[at] = Math.floor((value + 127) / 255)));
  return result;
}

function widened(fine, growth) {
  const grown = spread(fine, growth);
  let [mass, square] = [0, 0];
  for (const value of grown.data) {
    mass += value;
    square += value * value;
  }
  return mapped(grown, (value) => Math.min(Math.floor((value * FULL * mass) / Math.max(square, 1)), 255));
}

const padded = ({ height, width, data }, edge) => {
  const sheet = blank(height + 2 * edge, width + 2 * edge);
  for (let row = 0; row < height; row += 1)
    sheet.data.set(data.subarray(row * width, (row + 1) * width), (row + edge) * sheet.width + edge);
  return sheet;
};

// The middle of a picture, without an edge on each side.
const middleOf = (picture, edge) =>
  cut(picture, {
    top: edge,
    left: edge,
    bottom: picture.height - edge,
    right: picture.width - edge,
  });

function thinned(fine, loss) {
  const reach = Math.ceil(loss + 1);
  return turned(middleOf(spread(turned(padded(fine, reach)), loss), 2 * reach));
}

const longerOf = ({ height, width }) => Math.max(height, width);
const reduced = (picture) => resized(picture, ...sidesOf(picture, FINE));

// A picture with its line as in MNIST; itself where nothing has to be done.
function lined(cropped, inked) {
  const line = lineOf(reduced(inked));
  if (!line) return cropped;
  const lit = line.level < FULL ? raised(cropped, line.level) : cropped;
  if (line.made === line.width) return lit;
  const fine = reduced(lit);
  const growth = (line.growth * longerOf(inked)) / longerOf(lit);
  const changed = growth > 0 ? widened(fine, growth) : thinned(fine, -growth);
  if (!changed.data.some(Boolean)) return lit;
  if (lit.height === inked.height && lit.width === inked.width)
    return cut(changed, boundsOf(changed));
  return middleOf(changed, (changed.height - fine.height) / 2);
}
