// The connection to the server: that it is gone is said, and that it is there again. Streamlit
// connects by itself; but where the server has forgotten the visit meanwhile, it knows none of the
// controls on the stage until the whole page has run: so that is asked for after each time.
const CONNECTION = "data-test-connection-state";

const CLOSES = '[data-testid="stDialog"] [aria-label="Close"]';

// A connection that is back before one has noticed is not worth a word.
const NOTICED = 600;

// Of a link with more keys the server is told of none.
const MOST_KEYS = 1000;

function makeStrip() {
  const strip = make("div", "mnistviz-connection");
  const text = add(strip, "p");
  const close = add(strip, "button");
  text.setAttribute("role", "status");
  close.type = "button";
  strip.hidden = true;
  close.onclick = () => (strip.hidden = true);
  document.body.append(strip);
  return { strip, text, close };
}

function connectConnection(onChange) {
  const { strip, text, close } = makeStrip();
  const { dataset } = document.documentElement;
  const around = { words: {}, session: null, ask: () => {} };
  let lost = false;
  let timer;

  const say = (name, closes = false) => {
    clearTimeout(timer);
    strip.hidden = !name;
    close.hidden = !closes;
    close.textContent = around.words.close;
    text.textContent = name ? around.words[name] : "";
  };

  const lose = () => {
    lost = true;
    timer = setTimeout(() => say("offline"), NOTICED);
    dataset.offline = "";
  };

  const regain = () => {
    lost = false;
    delete dataset.offline;
    say("");
    around.ask();
  };

  const look = () => {
    const connected = app()?.getAttribute(CONNECTION) === "CONNECTED";
    if (connected && lost) regain();
    else if (!connected && !lost) lose();
  };

  new MutationObserver(look).observe(app(), { attributeFilter: [CONNECTION] });
  // Streamlit's own word for it would lie over the page, and end with the same connection.
  onChange(() => lost && document.querySelector(CLOSES)?.click());

  const meet = ({ session, words }, ask) => {
    Object.assign(around, { words, ask });
    if (around.session !== null && around.session !== session) say("forgotten", true);
    const keys = location.search.split("&").length;
    if (around.session === null && keys > MOST_KEYS) say("too_many_keys", true);
    around.session = session;
  };
  return { meet, session: () => around.session };
}
