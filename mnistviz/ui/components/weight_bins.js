// Histograms of the weights, one row for each layer, on one axis. One bin is marked in all of them;
// moving the mark asks the server nothing.
const WIDTH = 610;
const HEIGHT = 100;

function svg(name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function written(value) {
  const size = Math.abs(value);
  if (size < 1e-9) return "0";
  return (value < 0 ? "\u2212" : "") + size.toLocaleString("en-US", { maximumSignificantDigits: 3 });
}

function bars(row, data) {
  const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  picture.append(svg("rect", { class: "mark", y: 0, width: WIDTH / data.bins, height: HEIGHT }));
  const step = WIDTH / data.bins;
  const tallest = Math.max(...row.counts);
  row.counts.forEach((count, bin) => {
    if (count === 0) return;
    // A bar that is there is seen.
    const height = Math.max((count / tallest) * HEIGHT, 1.5);
    const fill = 2 * bin + 1 < data.bins ? data.negative : data.positive;
    const middle = 2 * bin + 1 === data.bins;
    picture.append(
      svg("rect", {
        x: bin * step,
        y: HEIGHT - height,
        width: step * 0.9,
        height,
        fill: middle ? "rgba(128, 128, 128, 0.75)" : fill,
      }),
    );
  });
  return picture;
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
  element.append(name, bars(row, data));
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
