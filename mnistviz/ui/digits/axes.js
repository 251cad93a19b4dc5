// A batch taken apart: each of `steps` takes one axis away, from the batch down to one number.
const COLUMNS = 8;
const FORMS = ["sheet", "whole", "whole", "line", "one"];

function build(root, data) {
  const expression = root.querySelector(".expression");
  const part = (text) => add(expression, "code", "", text);
  const limits = { image: data.constants.length, row: SIDE, column: SIDE };
  const field = (name) => {
    const input = add(expression, "input", name);
    Object.assign(input, { type: "number", min: 0, max: limits[name] - 1, step: 1 });
    input.setAttribute("aria-label", data.words[name]);
    input.title = data.words[name];
  };
  part("images[");
  field("image");
  part(", 0, ");
  field("row");
  part(", ");
  field("column");
  part("]");
  add(expression, "code", "result");
  const chain = root.querySelector(".chain");
  for (const form of FORMS) {
    const step = add(chain, "div", "step");
    const picture = add(add(step, "div", "slot"), "div", `field ${form}`);
    if (form === "sheet") add(picture, "img").alt = "";
    else if (form !== "one") add(picture, "canvas");
    if (form !== "one") add(picture, "div", "mark");
    for (const name of ["name", "shape"]) add(step, "code", name);
    add(step, "div", "words");
  }
}

function drawBatch(root, data) {
  const { image, length } = data.constants;
  const sheet = root.querySelector(".sheet");
  sheet.querySelector("img").src = data.sheet;
  const mark = sheet.querySelector(".mark");
  mark.style.left = `${(100 * (image % COLUMNS)) / COLUMNS}%`;
  mark.style.top = `${(100 * Math.floor(image / COLUMNS)) / COLUMNS}%`;
  for (const canvas of root.querySelectorAll(".whole canvas"))
    paintGray(canvas, data.raw, SIDE, SIDE);
  const input = root.querySelector("input.image");
  input.max = length - 1;
  input.disabled = data.fixed?.includes("image") ?? false;
}

function shapeOf(shape) {
  // The axis that the next index takes away stands out.
  const parts = shape.map((size, at) => (at === 0 ? `<b>${size}</b>` : `${size}`));
  return `(${parts.join(", ")}${shape.length === 1 ? "," : ""})`;
}

function mark(root, data, index) {
  const values = placeOf(data, index);
  const { row, column, raw } = values;
  for (const ring of root.querySelectorAll(".whole .mark")) placeMark(ring, index);
  const line = data.raw.subarray(row * SIDE, (row + 1) * SIDE);
  paintGray(root.querySelector(".line canvas"), line, SIDE, 1);
  root.querySelector(".line .mark").style.left = `${(100 * column) / SIDE}%`;
  root.querySelector(".one").style.background = `rgb(${raw},${raw},${raw})`;
  root.querySelectorAll(".step").forEach((step, at) => {
    const name = fill(data.steps[at].name, values);
    step.querySelector(".name").textContent = name;
    // There are several of one picture: each is called by its step.
    const picture = step.querySelector(".whole, .line");
    picture?.setAttribute("aria-label", `${name}. ${data.words.picture_alt}`);
    step.querySelector(".shape").innerHTML = shapeOf(data.shapes[at]);
    step.querySelector(".words").innerHTML = rich(fill(data.steps[at].words, values));
  });
  root.querySelector(".result").textContent = `= ${values.normal}`;
  for (const name of ["image", "row", "column"]) {
    const input = root.querySelector(`input.${name}`);
    if (input !== input.getRootNode().activeElement || Number(input.value) !== values[name]) {
      input.value = values[name];
    }
  }
  for (const picture of root.querySelectorAll(".whole, .line")) {
    picture.setAttribute("aria-valuenow", index);
    picture.setAttribute("aria-valuetext", `${fill(data.steps[4].name, values)} ${values.normal}`);
  }
}

function connectSheet(root, data, choose) {
  const sheet = root.querySelector(".sheet");
  const { image, length } = data.constants;
  sheet.setAttribute("role", "slider");
  sheet.tabIndex = 0;
  sheet.setAttribute("aria-label", data.words.batch_alt);
  sheet.setAttribute("aria-valuemin", 0);
  sheet.setAttribute("aria-valuemax", length - 1);
  sheet.setAttribute("aria-valuenow", image);
  sheet.onclick = (event) => {
    const at = pointedAt(sheet, event, COLUMNS, COLUMNS);
    if (at < length) choose(at);
  };
  sheet.onkeydown = (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: COLUMNS, ArrowUp: -COLUMNS }[event.key];
    if (move === undefined) return;
    event.preventDefault();
    const to = (sheet.asked ?? image) + move;
    if (to < 0 || to >= length) return;
    sheet.asked = to;
    choose(to);
  };
  sheet.asked = undefined;
}

function connectInputs(root, data, keep, choose) {
  const value = (name, count) => {
    const input = root.querySelector(`input.${name}`);
    const typed = Math.round(Number(input.value));
    return input.value !== "" && typed >= 0 && typed < count ? typed : null;
  };
  const moved = () => {
    const [row, column] = [value("row", SIDE), value("column", SIDE)];
    if (row !== null && column !== null) keep(row * SIDE + column);
  };
  root.querySelector("input.row").oninput = moved;
  root.querySelector("input.column").oninput = moved;
  root.querySelector("input.image").onchange = () => {
    const to = value("image", data.constants.length);
    if (to !== null) choose(to);
  };
  for (const input of root.querySelectorAll("input")) {
    input.onblur = () => mark(root, data, root.kept);
  }
}

function numbers(root, data, words) {
  const values = placeOf(data, root.kept);
  const rows = data.steps.map((step, at) => [
    fill(step.name, values),
    `(${data.shapes[at].join(", ")})`,
    fill(step.words, values),
  ]);
  const name = data.words.batch_alt;
  return { name, head: [words.step, words.shape, words.what], rows };
}

export default function ({ parentElement, data: sent, setTriggerValue }) {
  const root = parentElement.querySelector(".axes");
  const data = { ...sent, raw: bytes(sent.pixels) };
  if (!root.querySelector(".step")) build(root, data);
  drawBatch(root, data);
  const show = (index) => mark(root, data, index);
  const keep = follow(root, data.index, show, (index) => setTriggerValue("index", index));
  for (const field of root.querySelectorAll(".whole, .line")) {
    field.tabIndex = 0;
    field.setAttribute("role", "slider");
    field.setAttribute("aria-valuemin", 0);
    field.setAttribute("aria-valuemax", COUNT - 1);
    const line = field.classList.contains("line");
    const at = (event) =>
      line
        ? Math.floor(root.kept / SIDE) * SIDE + pointedAt(field, event, SIDE, 1)
        : pointedAt(field, event, SIDE, SIDE);
    connectField(root, field, at, show, keep);
  }
  root.numbers = (words) => [numbers(root, data, words)];
  const choose = (image) => setTriggerValue("image", image);
  connectSheet(root, data, choose);
  connectInputs(root, data, keep, choose);
}
