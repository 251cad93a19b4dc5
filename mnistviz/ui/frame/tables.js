// What a page shows, read when somebody asks for it: each chart and each component in sight with its
// name, a sentence and its numbers.
//
// A component contributes what an element of its own says: `element.numbers = (words) => [{ name,
// head, rows, note }]`. `name` may be a text alternative: up to its first colon or full stop it is
// the name, and the rest a sentence. `head` and `rows` hold texts and numbers; without rows there is
// no table. `note` is a sentence. `words` are those of `words/en/numbers.md`.
const PARTS = '.stPlotlyChart, [data-testid="stBidiComponentIsolated"]';

// A panel that lies over the page is no part of it.
const OVER = '[data-testid="stDialog"]';

function plain(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.textContent.replace(/\s+/g, " ").trim();
}

function splitName(text) {
  const at = text.search(/[.:] /);
  if (at < 0) return [text.replace(/\.$/, ""), ""];
  return [text.slice(0, at), text.slice(at + 2)];
}

// What one reads when pointing at a bar or a dot is a name and a value: "3: 10.3 %".
function hoverRows(traces) {
  return traces.flatMap((trace) =>
    trace.hovertext.map((text) => {
      const said = plain(text);
      const at = said.indexOf(": ");
      return at < 0 ? [said, ""] : [said.slice(0, at), said.slice(at + 2)];
    }),
  );
}

// What is written at a bar or a dot is rounded; these are its numbers themselves.
function exactRows(traces) {
  return traces.flatMap(({ hovertext, x = [], y = [] }) =>
    hovertext.map((_, n) => [x[n] ?? "", y[n] ?? ""]),
  );
}

// One table for each pair of axes; the annotations of a chart with several are their titles.
function chartTables(chart, words) {
  const plot = chart.querySelector(".js-plotly-plot") ?? {};
  const { _fullData: data = [], layout = {} } = plot;
  const panels = Map.groupBy(
    data.filter(({ hovertext }) => Array.isArray(hovertext)),
    ({ xaxis = "x", yaxis = "y" }) => xaxis + yaxis,
  );
  const tables = [...panels.values()].map((traces) => ({
    rows: hoverRows(traces),
    exact: { head: [words.across, words.up], rows: exactRows(traces) },
  }));
  const several = tables.length > 1;
  const whole = { name: chart.getAttribute("aria-label") ?? "", ...(several ? {} : tables[0]) };
  const parts = several
    ? tables.map((table, n) => ({ ...table, name: plain(layout.annotations[n].text) }))
    : [];
  return [whole, ...parts].map((table) => ({ ...table, head: [words.name, words.value] }));
}

function componentTables(host, words) {
  return [...host.shadowRoot.querySelectorAll("*")]
    .filter((element) => element.numbers && element.checkVisibility())
    .flatMap((element) => element.numbers(words));
}

// What is in sight, each part with its tables: those of a component that tells none are none.
function readParts(words) {
  return [...document.querySelectorAll(PARTS)]
    .filter((part) => part.checkVisibility({ visibilityProperty: true }) && !part.closest(OVER))
    .map((part) => ({
      part,
      tables: (part.shadowRoot ? componentTables : chartTables)(part, words).map(withTitle),
    }));
}

function withTitle({ name, note = "", head = [], rows = [], exact = null }) {
  const [title, said] = splitName(plain(name));
  return { title, said: [said, plain(note)].filter(Boolean).join(" "), head, rows, exact };
}
