// Ten sliders that are bars too, and what becomes of each logit: the knob is the logit, the bar what
// exp gets of it. The bar follows the hand at once; Python hears of it at most once in PAUSE
// milliseconds, and answers with exponentials and probabilities.
const PAUSE = 90;

function words(value) {
  if (Math.abs(value) < 1e-4) return "0";
  return (value > 0 ? "+" : "") + written(value, true);
}

// What is seen beside a slider is said by the slider itself.
const ROW =
  '<label class="digit"></label><div class="track"><div class="bar"></div><input type="range"></div>' +
  '<span class="logit" aria-hidden="true"></span>' +
  '<div class="cell exp" aria-hidden="true"><div class="bar"></div><span class="value"></span></div>' +
  '<div class="cell share" aria-hidden="true"><div class="bar"></div><span class="value"></span></div>';

function makeRows(box) {
  for (let digit = 0; digit < 10; digit++) {
    const row = add(box, "div", "row");
    row.innerHTML = ROW;
    const input = row.querySelector("input");
    input.id = `logit-${digit}`;
    row.querySelector("label").htmlFor = input.id;
  }
}

// A logit that is no finite number comes as null, and its words in data.odd.
function paint(row, value, data, digit) {
  const scaled = value / data.temperature + data.constant;
  const share = value === null ? 0 : Math.max(-1, Math.min(1, scaled / data.end));
  const bar = row.querySelector(".track .bar");
  bar.style.left = `${50 + Math.min(share, 0) * 50}%`;
  bar.style.width = `${Math.abs(share) * 50}%`;
  bar.style.background = share < 0 ? data.negative : data.positive;
  const logit = value === null ? data.odd[digit] : words(scaled);
  row.querySelector(".logit").textContent = logit;
  const percent = data.columns[1].bars[digit].text;
  const input = row.querySelector("input");
  input.setAttribute("aria-valuetext", fill(data.words.spoken, { logit, percent }));
}

function paintCell(cell, { share, text, color }) {
  const bar = cell.querySelector(".bar");
  bar.style.setProperty("--share", share);
  bar.style.background = color;
  cell.querySelector(".value").textContent = text;
}

function paintFrame(root, data) {
  root.querySelector("h2").innerHTML = data.title;
  root.querySelector(".unseen").textContent = data.alt;
  const names = [...data.columns.map((column) => column.title), ...data.words.short];
  root.querySelectorAll(".head span").forEach((place, n) => (place.textContent = names[n]));
  const ends = root.querySelectorAll(".ends span");
  [words(-data.end), "0", words(data.end)].forEach((text, n) => (ends[n].textContent = text));
}

// See `frame/twins.js`: a row for each digit.
function numbers(box, data, words) {
  const row = (one, digit) => [
    digitName(digit, data.truth),
    one.querySelector(".logit").textContent,
    ...data.columns.map(({ bars }) => bars[digit].text),
  ];
  const head = [words.digit, data.words.logit, ...data.columns.map(({ title }) => title)];
  return { name: data.words.all, head, rows: [...box.children].map(row) };
}

// The way back keeps the focus, and says when there is nothing to go back from.
function connectBack(button, data, setTriggerValue) {
  button.textContent = data.words.back;
  button.setAttribute("aria-disabled", !data.own);
  button.onclick = () => data.own && setTriggerValue("digit", true);
}

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".rows");
  if (!box.children.length) makeRows(box);
  box.numbers = (spoken) => [numbers(box, data, spoken)];
  paintFrame(parentElement, data);
  connectBack(parentElement.querySelector("button"), data, setTriggerValue);
  // While a hand is on a knob, an answer that comes late must not take it away.
  if (!box.held) box.values = [...data.logits];
  const send = () => {
    box.timer = undefined;
    box.sent = performance.now();
    setTriggerValue("logits", box.values.map((value) => value ?? 0));
  };
  [...box.children].forEach((row, digit) => {
    const input = row.querySelector("input");
    const label = row.querySelector("label");
    label.textContent = digitName(digit, data.truth);
    label.classList.toggle("true", digit === data.truth);
    row.classList.toggle("says", digit === data.says);
    input.setAttribute("aria-label", fill(data.words.name, { digit }));
    input.min = -data.end;
    input.max = data.end;
    input.step = data.step;
    if (!box.held) input.value = box.values[digit] ?? 0;
    paint(row, box.values[digit], data, digit);
    row.querySelectorAll(".cell").forEach((cell, n) => paintCell(cell, data.columns[n].bars[digit]));
    input.onpointerdown = () => (box.held = true);
    input.oninput = () => {
      box.values[digit] = Number(input.value);
      paint(row, box.values[digit], data, digit);
      const wait = PAUSE - (performance.now() - (box.sent ?? -PAUSE));
      box.timer ??= setTimeout(send, Math.max(0, wait));
    };
    input.onpointerup = input.onpointercancel = () => (box.held = false);
    input.onchange = () => {
      box.held = false;
      clearTimeout(box.timer);
      send();
    };
  });
}
