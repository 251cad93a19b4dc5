// What Streamlit draws and cannot be told to name: put right in the browser, where it is drawn.

// Milliseconds after which it is: a page is drawn in many pieces, and a click must not wait for this.
const LATER = 200;

// The words of a chart stand for it: the texts inside are not read as well. The tester is what
// Plotly measures its texts with, far off the screen.
function nameCharts() {
  for (const chart of document.querySelectorAll('.stPlotlyChart[role="figure"]'))
    chart.setAttribute("role", "img");
  const silent = ":is(.js-plotly-plot, #js-plotly-tester):not([aria-hidden])";
  for (const part of document.querySelectorAll(silent)) part.setAttribute("aria-hidden", "true");
}

// Names come as they are written, as Markdown: "the [batch](#term-batch)", "`view`".
function nameWidgets() {
  const raw = '[aria-label*="`"], [aria-label*="*"], [aria-label*="]("]';
  for (const widget of document.querySelectorAll(raw)) {
    const name = widget.getAttribute("aria-label");
    const said = name
      .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
      .replace(/`([^`]+)`/g, "$1")
      .replace(/(\*{1,2})(?=\S)(.+?)\1/g, "$2");
    if (said !== name) widget.setAttribute("aria-label", said);
  }
}

// A slider's input would be called by its own name and by that of the group around it, the same.
function nameSliders() {
  for (const input of document.querySelectorAll('input[type="range"][aria-labelledby]')) {
    const name = input.getAttribute("aria-label");
    if (name && input.closest('[role="group"]')?.getAttribute("aria-label") === name)
      input.removeAttribute("aria-labelledby");
  }
}

// Help that stands behind a text says nothing of it.
function nameHelp(words) {
  for (const help of document.querySelectorAll('button[aria-label="Help"]')) {
    const text = help.closest('[data-testid="stElementContainer"]')?.textContent.trim();
    if (text) help.setAttribute("aria-label", fill(words.help_for, { name: splitName(text)[0] }));
  }
}

// A step counts from the least value for a browser: 0.01 would be no valid value above 0.0001.
function allowNumbers() {
  for (const input of document.querySelectorAll('input[type="number"][step*="."]'))
    input.step = "any";
}

function reach(box, name) {
  const scrolls = box.scrollWidth > box.clientWidth;
  if (scrolls === (box.tabIndex === 0)) return;
  if (!scrolls) return box.removeAttribute("tabindex");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", name);
}

function nameTables() {
  const counts = new Map();
  for (const table of document.querySelectorAll('[data-testid="stTable"] table')) {
    const place = table.closest("details")?.querySelector("summary") ?? document.querySelector("h1");
    const count = (counts.get(place) ?? 0) + 1;
    counts.set(place, count);
    const name = (place?.querySelector("p") ?? place)?.textContent ?? "";
    table.setAttribute("aria-label", count > 1 ? `${name}, ${count}` : name);
    reach(table.parentElement, table.getAttribute("aria-label"));
    for (const cell of table.querySelectorAll("tbody td:first-child"))
      cell.setAttribute("role", "rowheader");
  }
}

// The frame of a code block is a stop of the keyboard; what scrolls is within.
function nameCode(words) {
  for (const code of document.querySelectorAll('[data-testid="stCode"]')) {
    code.tabIndex = -1;
    for (const lines of code.querySelectorAll("pre")) reach(lines, words.code);
  }
}

// The first stop after the heading, seen once it has the focus.
function offerNumbers(words, open) {
  const place = document.querySelector('.st-key-heading [data-testid="stHeading"]');
  let button = place?.querySelector(":scope > .numbers-first");
  if (!button) {
    button = make("button", "numbers-first", words.first);
    button.type = "button";
    place?.append(button);
  }
  button.onclick = open;
}

function connectNames(words, open) {
  let waiting = 0;
  const mend = () => {
    waiting = 0;
    nameCharts();
    nameWidgets();
    nameSliders();
    nameHelp(words);
    allowNumbers();
    nameTables();
    nameCode(words);
    offerNumbers(words, open);
  };
  const soon = () => (waiting ||= setTimeout(mend, LATER));
  const watcher = new MutationObserver(soon);
  watcher.observe(document.body, {
    subtree: true,
    childList: true,
    attributeFilter: ["aria-label", "role"],
  });
  addEventListener("resize", soon);
  mend();
  return () => {
    watcher.disconnect();
    clearTimeout(waiting);
    removeEventListener("resize", soon);
  };
}
