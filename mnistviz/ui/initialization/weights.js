// Histograms of the weights, one row for each layer, on one axis. One bin is marked in all of them;
// moving the mark asks the server nothing.
const WIDTH = 610;
const HEIGHT = 100;

function written(value) {
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  return (value < 0 ? "\u2212" : "") + size.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

// One path for the bars of a color: an element for each bar would cost the browser much more.
function bars(row, data) {
  const step = WIDTH / data.bins;
  const tallest = Math.max(...row.counts);
  const paths = { [data.negative]: "", "rgba(128, 128, 128, 0.75)": "", [data.positive]: "" };
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
  const element = document.createElement("div");
  element.className = "layer";
  const name = document.createElement("div");
  name.className = "name";
  const bold = document.createElement("b");
  bold.textContent = row.name;
  const more = document.createElement("span");
  more.textContent = row.more;
  name.append(bold, more);
  element.append(name);
  element.insertAdjacentHTML("beforeend", bars(row, data));
  return element;
}

export default function ({ parentElement, data }) {
  const all = parentElement.querySelector(".layers");
  const reading = parentElement.querySelector(".reading");
  all.setAttribute("aria-label", data.alt);
  all.replaceChildren(...data.rows.map((row) => layer(row, data)));
  const ends = [-data.end, 0, data.end].map(written);
  parentElement.querySelectorAll(".ends span").forEach((place, n) => {
    place.textContent = ends[n];
  });

  const show = (bin) => {
    all.bin = bin;
    const step = WIDTH / data.bins;
    for (const mark of all.querySelectorAll(".mark")) mark.setAttribute("x", bin * step);
    const edge = (n) => written(-data.end + (2 * data.end * n) / data.bins);
    const counts = data.rows.map((row) => `${row.counts[bin].toLocaleString("en-US")} in ${row.name}`);
    reading.textContent = data.reading
      .replace("{from}", edge(bin))
      .replace("{to}", edge(bin + 1))
      .replace("{counts}", counts.join(", "));
  };
  const point = (event) => {
    const box = all.querySelector("svg").getBoundingClientRect();
    const bin = Math.floor(((event.clientX - box.left) / box.width) * data.bins);
    show(Math.max(0, Math.min(data.bins - 1, bin)));
  };
  all.onpointermove = point;
  all.onpointerdown = point;
  all.onkeydown = (event) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    const to = all.bin + steps[event.key];
    if (!(to >= 0 && to < data.bins)) return;
    event.preventDefault();
    show(to);
  };
  show(all.bin ?? (data.bins - 1) / 2);
}
