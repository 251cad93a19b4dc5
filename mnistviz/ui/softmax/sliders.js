// Ten sliders that are bars too: the knob is the logit, the bar what exp gets of it. The bar follows
// the hand at once; Python hears of it at most once in PAUSE milliseconds.
const PAUSE = 90;

function words(value) {
  if (Math.abs(value) < 1e-4) return "0";
  return (value > 0 ? "+" : "") + written(value, true);
}

function makeRows(box) {
  for (let digit = 0; digit < 10; digit++) {
    const row = add(box, "div", "row");
    row.innerHTML =
      '<label></label><div class="track"><div class="bar"></div><input type="range"></div><output></output>';
    const input = row.querySelector("input");
    input.id = `logit-${digit}`;
    row.querySelector("label").htmlFor = input.id;
  }
}

// A logit that is no finite number comes as null, and its words in data.odd.
function paint(row, value, data, odd) {
  const scaled = value / data.temperature + data.constant;
  const share = value === null ? 0 : Math.max(-1, Math.min(1, scaled / data.end));
  const bar = row.querySelector(".bar");
  bar.style.left = `${50 + Math.min(share, 0) * 50}%`;
  bar.style.width = `${Math.abs(share) * 50}%`;
  bar.style.background = share < 0 ? data.negative : data.positive;
  row.querySelector("output").textContent = value === null ? odd : words(scaled);
}

const numbers = (box, data, words) => ({
  name: data.title,
  head: [words.digit, words.value],
  rows: [...box.children].map((row) =>
    ["label", "output"].map((part) => row.querySelector(part).textContent),
  ),
});

export default function ({ parentElement, data, setTriggerValue }) {
  const box = parentElement.querySelector(".rows");
  if (!box.children.length) makeRows(box);
  box.numbers = (spoken) => [numbers(box, data, spoken)];
  parentElement.querySelector(".title").innerHTML = data.title;
  const ends = parentElement.querySelectorAll(".ends span");
  [words(-data.end), "0", words(data.end)].forEach((text, i) => (ends[i].textContent = text));
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
    label.className = digit === data.truth ? "true" : "";
    input.setAttribute("aria-label", fill(box.dataset.name, { digit }));
    input.min = -data.end;
    input.max = data.end;
    input.step = data.step;
    if (!box.held) input.value = box.values[digit] ?? 0;
    paint(row, box.values[digit], data, data.odd[digit]);
    input.onpointerdown = () => (box.held = true);
    input.oninput = () => {
      box.values[digit] = Number(input.value);
      paint(row, box.values[digit], data);
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
