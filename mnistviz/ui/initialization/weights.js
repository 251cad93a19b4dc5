// Histograms of the weights: `rows` of counts, one for each layer, on one axis. One bin is marked in
// all of them; moving the mark asks the server nothing.
const WIDTH = 610;
const HEIGHT = 100;

function plain(value) {
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  return signed(value, size.toLocaleString("en-US", { maximumSignificantDigits: 3 }));
}

// One path for the bars of a color: an element for each bar would cost the browser much more.
function bars(row, data) {
  const step = WIDTH / data.bins;
  const tallest = Math.max(...row.counts);
  const paths = { [data.negative]: "", "#808080": "", [data.positive]: "" };
  const fills = Object.keys(paths);
  row.counts.forEach((count, bin) => {
    if (count === 0) return;
    // A bar that is there is seen.
    const height = Math.max((count / tallest) * HEIGHT, 1.5).toFixed(1);
    const side = Math.sign(2 * bin + 1 - data.bins);
    paths[fills[side + 1]] += `M${(bin * step).toFixed(1)},${HEIGHT}v-${height}h${(step * 0.9).toFixed(1)}v${height}z`;
  });
  const drawn = fills.map((fill) => `<path fill="${fill}" d="${paths[fill]}"/>`).join("");
  return (
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">` +
    `<rect class="mark" y="0" width="${step}" height="${HEIGHT}"/>${drawn}</svg>`
  );
}

function layer(row, data) {
  const element = make("div", "layer");
  const name = add(element, "div", "name");
  add(name, "b", "", row.name);
  add(name, "span", "", row.more);
  element.insertAdjacentHTML("beforeend", bars(row, data));
  return element;
}

function numbers(data, words) {
  const edge = (n) => plain(-data.end + (2 * data.end * n) / data.bins);
  const row = (_, bin) => [edge(bin), edge(bin + 1), ...data.rows.map(({ counts }) => counts[bin])];
  const head = [words.from, words.to, ...data.rows.map(({ name }) => name)];
  return { name: data.alt, head, rows: Array.from({ length: data.bins }, row) };
}

export default function ({ parentElement, data }) {
  const all = parentElement.querySelector(".layers");
  const reading = parentElement.querySelector(".reading");
  parentElement.querySelector(".weights").classList.toggle("many", data.rows.length > 3);
  parentElement.querySelector(".unseen").textContent = data.alt;
  all.setAttribute("aria-label", data.name);
  all.setAttribute("aria-valuemin", 0);
  all.setAttribute("aria-valuemax", data.bins - 1);
  all.replaceChildren(...data.rows.map((row) => layer(row, data)));
  all.numbers = (words) => [numbers(data, words)];
  const ends = [-data.end, 0, data.end].map(plain);
  parentElement.querySelectorAll(".ends span").forEach((place, n) => {
    place.textContent = ends[n];
  });

  const show = (bin) => {
    all.bin = bin;
    const step = WIDTH / data.bins;
    for (const mark of all.querySelectorAll(".mark")) mark.setAttribute("x", bin * step);
    const edge = (n) => plain(-data.end + (2 * data.end * n) / data.bins);
    const count = (row) => fill(data.count, { count: whole(row.counts[bin]), name: row.name });
    const counts = data.rows.map(count).join(", ");
    const text = fill(data.reading, { from: edge(bin), to: edge(bin + 1), counts });
    reading.textContent = text;
    all.setAttribute("aria-valuenow", bin);
    all.setAttribute("aria-valuetext", text);
  };
  const point = (event) => {
    const box = all.querySelector("svg").getBoundingClientRect();
    const bin = Math.floor(((event.clientX - box.left) / box.width) * data.bins);
    show(Math.max(0, Math.min(data.bins - 1, bin)));
  };
  all.onpointermove = point;
  all.onpointerdown = point;
  all.onkeydown = (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
    const ends = { Home: 0, End: data.bins - 1 };
    const to = ends[event.key] ?? all.bin + steps[event.key];
    if (!(to >= 0 && to < data.bins)) return;
    event.preventDefault();
    show(to);
  };
  show(all.bin ?? (data.bins - 1) / 2);
}
