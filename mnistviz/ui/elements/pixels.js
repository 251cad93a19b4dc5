// Pictures made of pixels, most of them 28 by 28: how they are painted, and where a pixel is.
const SIDE = 28;
const COUNT = SIDE * SIDE;

// Paint pixels from 0, black, to 255, white; `turned` the other way around.
function paintGray(canvas, pixels, width, height, turned = false) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const image = new ImageData(width, height);
  // Red, green, blue and opacity in one number; a loop over each of them takes as long as all else.
  const colors = new Uint32Array(image.data.buffer);
  const turn = turned ? 255 : 0;
  for (let at = 0; at < pixels.length; at += 1)
    colors[at] = 0xff000000 | ((pixels[at] ^ turn) * 0x010101);
  canvas.getContext("2d").putImageData(image, 0, 0);
}

// Paint 28 by 28 signed values with their corner at x and y: a color for each sign, as red, green
// and blue, which shows the less the nearer a value is to 0. From `limit` on it is full.
function paintSigned(context, values, { negative, positive }, limit, x = 0, y = 0) {
  const image = new ImageData(SIDE, SIDE);
  values.forEach((value, at) => {
    image.data.set(value < 0 ? negative : positive, 4 * at);
    image.data[4 * at + 3] = (255 * Math.abs(value)) / limit;
  });
  context.putImageData(image, x, y);
}

// Put a mark that lies over 28 by 28 pixels on one of them.
function placeMark(mark, index) {
  mark.style.left = `${(100 * (index % SIDE)) / SIDE}%`;
  mark.style.top = `${(100 * Math.floor(index / SIDE)) / SIDE}%`;
}

const within = (part, count) => Math.min(Math.max(Math.floor(part * count), 0), count - 1);

// Which of `columns` times `rows` pixels an event points at.
function pointedAt(field, event, columns, rows) {
  const box = field.getBoundingClientRect();
  const column = within((event.clientX - box.left) / box.width, columns);
  return within((event.clientY - box.top) / box.height, rows) * columns + column;
}

// The 28 by 28 values as a table; see `frame/twins.js`.
const pixelTable = (name, words, values) => ({
  name,
  head: [words.row, ...Array(SIDE).keys()],
  rows: Array.from({ length: SIDE }, (_, row) => [
    row,
    ...values.subarray(row * SIDE, (row + 1) * SIDE),
  ]),
});

// The same of an `img`: gray from 0 to 255; or signed values, of which the picture holds what share
// of the strongest color each has.
function pictureTable(picture, name, words) {
  const context = new OffscreenCanvas(SIDE, SIDE).getContext("2d");
  context.drawImage(picture, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const at = (index) => data.subarray(4 * index, 4 * index + 4);
  const isGray = data.every((value, place) => place % 4 !== 3 || value === 255);
  const share = ([red, , blue, opacity]) =>
    Math.round((100 * opacity) / 255) * (red > blue ? -1 : 1) || 0;
  const values = Int16Array.from({ length: COUNT }, (_, index) =>
    isGray ? at(index)[0] : share(at(index)),
  );
  return { ...pixelTable(name, words, values), note: isGray ? words.gray : words.signed };
}
