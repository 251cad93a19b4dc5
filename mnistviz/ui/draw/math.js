// From strokes to the pixels of each digit, as `strokes.py`, `regions.py` and `preparation.py` in
// `mnistviz/digits/` have it: the same operations in the same order, so that both come to the same
// pixels. Pure functions.
// A picture is {height, width, data}, its data a Uint8Array row by row; 0 is paper, 255 is ink.
const CANVAS = 280;
const INNER = 20;
const MIDDLE = 14;
const HAIR = 1e-6;
const MOST = 100;
const PIECES = 400;
const SPECK = 20;

const blank = (height, width) => ({ height, width, data: new Uint8Array(height * width) });
const rounded = (value) => Math.floor(value + 0.5 + HAIR);

function span(low, high) {
  return [Math.max(Math.floor(low), 0), Math.min(Math.ceil(high), CANVAS)];
}

// Lay one straight piece down, in the pixels that it can reach; return those as a box, or null.
function layPiece(shares, stroke, start, end) {
  const reach = stroke.width / 2 + 0.5;
  const [x0, y0] = start;
  const [x1, y1] = end;
  const [left, right] = span(Math.min(x0, x1) - reach, Math.max(x0, x1) + reach);
  const [top, bottom] = span(Math.min(y0, y1) - reach, Math.max(y0, y1) + reach);
  if (left >= right || top >= bottom) return null;
  const pen = stroke.tool === "pen";
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length = dx * dx + dy * dy;
  for (let row = top; row < bottom; row += 1) {
    const y = row + 0.5 - y0;
    for (let column = left, at = row * CANVAS + left; column < right; column += 1, at += 1) {
      const x = column + 0.5 - x0;
      const along = length === 0 ? 0 : Math.min(Math.max((x * dx + y * dy) / length, 0), 1);
      const awayX = x - along * dx;
      const awayY = y - along * dy;
      const share = Math.min(Math.max(reach - Math.sqrt(awayX * awayX + awayY * awayY), 0), 1);
      if (pen) {
        if (share > shares[at]) shares[at] = share;
      } else if (1 - share < shares[at]) shares[at] = 1 - share;
    }
  }
  return { top, left, bottom, right };
}

function layStroke(shares, stroke) {
  const { points } = stroke;
  if (points.length === 1) layPiece(shares, stroke, points[0], points[0]);
  for (let i = 1; i < points.length; i += 1) layPiece(shares, stroke, points[i - 1], points[i]);
}

function sharesOf(strokes) {
  const shares = new Float64Array(CANVAS * CANVAS);
  for (const stroke of strokes) layStroke(shares, stroke);
  return shares;
}

// Bring the ink up to date within a box.
function inkWithin(ink, shares, box) {
  for (let row = box.top; row < box.bottom; row += 1)
    for (let at = row * CANVAS + box.left; at < row * CANVAS + box.right; at += 1)
      ink.data[at] = rounded(shares[at] * 255);
}

function raster(strokes) {
  const ink = blank(CANVAS, CANVAS);
  inkWithin(ink, sharesOf(strokes), { top: 0, left: 0, bottom: CANVAS, right: CANVAS });
  return ink;
}

// The digits of a picture. The canvas needs no cells: it has no more than 280 rows.

function rootOf(parents, number) {
  let at = number;
  while (parents[at] !== at) {
    parents[at] = parents[parents[at]];
    at = parents[at];
  }
  return at;
}

// Number the pieces from 1, in the order of their first pixels; 0 is paper.
function labelsOf(ink) {
  const { height, width, data } = ink;
  const parents = [];
  const runs = [];
  let above = [];
  for (let row = 0; row < height; row += 1) {
    const here = [];
    for (let column = 0; column < width; column += 1) {
      if (!data[row * width + column]) continue;
      const start = column;
      while (column < width && data[row * width + column]) column += 1;
      const number = runs.length;
      runs.push([row, start, column]);
      parents.push(number);
      here.push(number);
      for (const other of above) {
        if (runs[other][1] > column || start > runs[other][2]) continue;
        const one = rootOf(parents, other);
        const two = rootOf(parents, number);
        parents[Math.max(one, two)] = Math.min(one, two);
      }
    }
    above = here;
  }
  const numbers = new Map();
  const labels = new Int32Array(height * width);
  runs.forEach(([row, start, end], number) => {
    const root = rootOf(parents, number);
    if (!numbers.has(root)) numbers.set(root, numbers.size + 1);
    labels.fill(numbers.get(root), row * width + start, row * width + end);
  });
  return { labels, count: numbers.size };
}

function piecesOf(ink, labels, count) {
  const { width, data } = ink;
  const all = Array.from({ length: count }, (_, index) => ({
    labels: [index + 1],
    mass: 0,
    box: { top: Infinity, left: Infinity, bottom: 0, right: 0 },
  }));
  for (let at = 0; at < data.length; at += 1) {
    if (!labels[at]) continue;
    const piece = all[labels[at] - 1];
    const row = Math.floor(at / width);
    piece.mass += data[at];
    piece.box = joined(piece.box, { top: row, left: at % width, bottom: row + 1, right: (at % width) + 1 });
  }
  const order = all.map((_, index) => index).sort((a, b) => all[b].mass - all[a].mass || a - b);
  const greatest = order.slice(0, PIECES).sort((a, b) => a - b);
  const most = Math.max(0, ...all.map((piece) => piece.mass));
  return greatest.map((index) => all[index]).filter((piece) => SPECK * piece.mass >= most);
}

function joined(one, other) {
  return {
    top: Math.min(one.top, other.top),
    left: Math.min(one.left, other.left),
    bottom: Math.max(one.bottom, other.bottom),
    right: Math.max(one.right, other.right),
  };
}

const heightOf = ({ top, bottom }) => bottom - top;
const widthOf = ({ left, right }) => right - left;

// The middle one of the heights that are at least half of the greatest.
function typicalOf(pieces) {
  const heights = pieces.map(({ box }) => heightOf(box));
  const tall = heights.filter((height) => 2 * height >= Math.max(...heights)).sort((a, b) => a - b);
  return tall.length ? tall[Math.floor(tall.length / 2)] : 0;
}

function isOneDigit(one, other, typical) {
  const low = Math.min(heightOf(one), heightOf(other));
  const high = Math.max(heightOf(one), heightOf(other));
  const both = joined(one, other);
  const aside = Math.max(one.left, other.left) - Math.min(one.right, other.right);
  const gap = Math.max(one.top, other.top) - Math.min(one.bottom, other.bottom);
  const over = -2 * aside >= Math.min(widthOf(one), widthOf(other));
  if (2 * low > high) {
    if (over && -2 * gap >= low) return 2 * heightOf(both) <= 3 * high;
    const isWide = 10 * heightOf(both) <= 19 * Math.max(widthOf(one), widthOf(other));
    const halves = isWide || [one, other].every((box) => widthOf(box) >= heightOf(box));
    const near = 8 * gap <= Math.max(high, typical) && 2 * heightOf(both) <= 3 * widthOf(both) + high;
    return over && near && (halves || 5 * heightOf(both) <= 6 * typical);
  }
  if (over) return 4 * gap <= high && 2 * heightOf(both) <= 3 * Math.max(high, typical);
  const narrow = heightOf(one) < heightOf(other) ? widthOf(one) : widthOf(other);
  return 12 * Math.max(aside, gap) <= high && 2 * narrow <= high && 4 * heightOf(both) <= 5 * high;
}

// Join the first two pieces that are one digit; tell whether there were any.
function joinTwo(pieces, typical) {
  for (let first = 0; first < pieces.length; first += 1)
    for (let second = first + 1; second < pieces.length; second += 1) {
      const [one, other] = [pieces[first], pieces[second]];
      if (!isOneDigit(one.box, other.box, typical)) continue;
      pieces[first] = {
        labels: [...one.labels, ...other.labels],
        mass: one.mass + other.mass,
        box: joined(one.box, other.box),
      };
      pieces.splice(second, 1);
      return true;
    }
  return false;
}

// Lines from the top, each from the left: a digit is on a line if its middle lies within its height.
function inOrder(found) {
  const lines = [];
  found.sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left);
  for (const region of found) {
    const middle = region.box.top + region.box.bottom;
    const line = lines.find(
      (one) =>
        2 * Math.min(...one.map((r) => r.box.top)) <= middle &&
        middle < 2 * Math.max(...one.map((r) => r.box.bottom)),
    );
    if (line) line.push(region);
    else lines.push([region]);
  }
  for (const line of lines) line.sort((a, b) => a.box.left - b.box.left || a.box.top - b.box.top);
  return lines.flat();
}

function regionsOf(ink) {
  const { labels, count } = labelsOf(ink);
  const pieces = piecesOf(ink, labels, count);
  const typical = typicalOf(pieces);
  while (joinTwo(pieces, typical));
  return inOrder(
    pieces.sort((a, b) => b.mass - a.mass).slice(0, MOST).map((piece) => {
      const { top, left, bottom, right } = piece.box;
      const own = blank(bottom - top, right - left);
      for (let row = top; row < bottom; row += 1)
        for (let column = left; column < right; column += 1) {
          const at = row * ink.width + column;
          if (piece.labels.includes(labels[at]))
            own.data[(row - top) * own.width + column - left] = ink.data[at];
        }
      return { box: piece.box, ink: own };
    }),
  );
}

// A region's ink in the middle of a square sheet of its own.
function sheetOf(region) {
  const { height, width, data } = region.ink;
  const side = Math.floor((7 * Math.max(height, width) + 4) / 5);
  const sheet = blank(side, side);
  const top = Math.floor((side - height) / 2);
  const left = Math.floor((side - width) / 2);
  for (let row = 0; row < height; row += 1)
    sheet.data.set(data.subarray(row * width, (row + 1) * width), (top + row) * side + left);
  return sheet;
}

// The square of that sheet as it stands on the canvas, with the neighbors in it.
function around({ box, ink: { height, width } }, ink) {
  const side = Math.floor((7 * Math.max(height, width) + 4) / 5);
  const square = blank(side, side);
  const top = box.top - Math.floor((side - height) / 2);
  const left = box.left - Math.floor((side - width) / 2);
  for (let row = Math.max(-top, 0); row < side && top + row < ink.height; row += 1)
    for (let column = Math.max(-left, 0); column < side && left + column < ink.width; column += 1)
      square.data[row * side + column] = ink.data[(top + row) * ink.width + left + column];
  return square;
}

// The canvas without the specks: the ink of its only digit.
function alone(region, { height, width }) {
  const only = blank(height, width);
  for (let row = 0; row < region.ink.height; row += 1) {
    const from = row * region.ink.width;
    const at = (region.box.top + row) * width + region.box.left;
    only.data.set(region.ink.data.subarray(from, from + region.ink.width), at);
  }
  return only;
}

// The way into the form of MNIST

function boundsOf({ height, width, data }) {
  const box = { top: height, left: width, bottom: 0, right: 0 };
  for (let row = 0; row < height; row += 1)
    for (let column = 0; column < width; column += 1) {
      if (!data[row * width + column]) continue;
      if (row < box.top) box.top = row;
      if (column < box.left) box.left = column;
      if (column >= box.right) box.right = column + 1;
      box.bottom = row + 1;
    }
  return box.bottom ? box : { top: 0, left: 0, bottom: height, right: width };
}

// The old pixels that a new one covers, each with its share: [first, share, share, …].
function coverOf(old, count) {
  const step = old / count;
  return Array.from({ length: count }, (_, index) => {
    const start = index * step;
    const cover = [];
    for (let pixel = Math.max(Math.floor(start) - 1, 0); pixel < old && pixel < start + step; pixel += 1) {
      const share = Math.max(Math.min(start + step, pixel + 1) - Math.max(start, pixel), 0) / step;
      if (!cover.length) cover.push(pixel);
      cover.push(share);
    }
    return cover;
  });
}

function resized(picture, rows, columns) {
  const { height, width, data } = picture;
  const half = new Float64Array(rows * width);
  coverOf(height, rows).forEach(([first, ...shares], row) => {
    shares.forEach((share, i) => {
      if (!share) return;
      const from = (first + i) * width;
      for (let column = 0; column < width; column += 1)
        half[row * width + column] += share * data[from + column];
    });
  });
  const result = blank(rows, columns);
  coverOf(width, columns).forEach(([first, ...shares], column) => {
    for (let row = 0; row < rows; row += 1) {
      let mean = 0;
      for (let i = 0; i < shares.length; i += 1) mean += half[row * width + first + i] * shares[i];
      result.data[row * columns + column] = rounded(mean);
    }
  });
  return result;
}

function placeOf(side, moment, total) {
  if (!total) return Math.floor((SIDE - side) / 2);
  const wanted = Math.floor((2 * (MIDDLE * total - moment) + total) / (2 * total));
  return Math.min(Math.max(wanted, 0), SIDE - side);
}

function cut(picture, box) {
  const part = blank(box.bottom - box.top, box.right - box.left);
  for (let row = 0; row < part.height; row += 1) {
    const from = (box.top + row) * picture.width + box.left;
    part.data.set(picture.data.subarray(from, from + part.width), row * part.width);
  }
  return part;
}

// The sides in the same proportion, the longer one as long as asked.
function sidesOf({ height, width }, longest) {
  const longer = Math.max(height, width);
  const short = (side) => Math.max(1, Math.floor((2 * side * longest + longer) / (2 * longer)));
  return [short(height), short(width)];
}

// Bring a picture of one digit into 28 by 28 pixels. `steps` are the six switches of Python.
function prepare(gray, ink, steps) {
  const picture = steps.ink ? ink : gray;
  const inked = cut(picture, boundsOf(picture));
  let kept = steps.crop ? inked : picture;
  // With more ink than paper it is the paper that is light, and no line.
  const mass = picture.data.reduce((sum, value) => sum + value, 0);
  if (steps.line && 2 * mass < 255 * picture.data.length) kept = lined(kept, inked);
  const [rows, columns] = steps.scale ? sidesOf(kept, INNER) : [SIDE, SIDE];
  const scaled = resized(kept, rows, columns);
  let [total, down, across] = [0, 0, 0];
  scaled.data.forEach((value, at) => {
    total += value;
    down += value * Math.floor(at / columns);
    across += value * (at % columns);
  });
  const top = steps.center ? placeOf(rows, down, total) : Math.floor((SIDE - rows) / 2);
  const left = steps.center ? placeOf(columns, across, total) : Math.floor((SIDE - columns) / 2);
  const pixels = new Uint8Array(COUNT);
  for (let row = 0; row < rows; row += 1)
    pixels.set(scaled.data.subarray(row * columns, (row + 1) * columns), (top + row) * SIDE + left);
  return pixels;
}

const turned = (picture) => ({ ...picture, data: picture.data.map((value) => 255 - value) });

// Every digit of the canvas: its region, and its 28 by 28 pixels.
function digitsOf(ink, steps, paper) {
  const gray = (picture) => (paper === "white" ? turned(picture) : picture);
  const found = regionsOf(ink);
  return found.map((region) => {
    if (found.length > 1)
      return { ...region, pixels: prepare(gray(around(region, ink)), sheetOf(region), steps) };
    return { ...region, pixels: prepare(gray(ink), alone(region, ink), steps) };
  });
}

// CRC-32, as `zlib.crc32` has it.
function checksum(bytes) {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}
