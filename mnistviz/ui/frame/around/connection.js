// The connection to the server: that it is gone is said, and that it is there again. Streamlit
// connects by itself; but where the server has forgotten the visit meanwhile, it knows none of the
// controls on the stage until the whole page has run: so that is asked for after each time. What was
// pressed meanwhile waits for that run (`elements/drawn.js`): before it, nobody may listen, and a run
// of the whole page drops that of a fragment that has not begun, with what it was told.
const CONNECTION = "data-test-connection-state";
const SCRIPT = "data-test-script-state";

// Pressed without a connection, they would leave a page with nothing on it.
const PAGES = '[data-testid="stPageLink-NavLink"], [data-testid="stTopNavLink"]';

const CLOSES = '[data-testid="stDialog"] [aria-label="Close"]';

// A connection that is back before one has noticed is not worth a word.
const NOTICED = 600;

// After so long without a run, that of the whole page is asked for anew, and so often at most: a page
// that fails does not answer.
const ANSWERED = 3000;
const MORE_ASKS = 3;

// Of a link with more keys the server is told of none.
const MOST_KEYS = 1000;

const isIdle = () => app()?.getAttribute(SCRIPT) === "notRunning";

// What goes to another page waits for a connection too, and for all else that has been pressed: the
// run of that page would drop it.
function connectPages(isGone) {
  let address = null;
  const go = () => {
    if (isGone() || address === null) return;
    if (TURNS.waits.length || TURNS.isOn || TURNS.told.length || !isIdle())
      return void setTimeout(go, NOTICED);
    const link = [...document.querySelectorAll(PAGES)].find(({ href }) => href === address);
    address = null;
    link?.click();
  };
  document.addEventListener(
    "click",
    (event) => {
      const link = event.target.closest?.(PAGES);
      if (!link || !isGone() || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      address = link.href;
    },
    true,
  );
  return go;
}

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
  const around = { words: {}, session: null, ask: () => {}, asked: null };
  let lost = false;
  let timer;
  let asking;
  const goOn = connectPages(isOffline);

  const say = (name, closes = false) => {
    clearTimeout(timer);
    strip.hidden = !name;
    close.hidden = !closes;
    close.textContent = around.words.close;
    text.textContent = name ? around.words[name] : "";
  };

  const lose = () => {
    lost = true;
    clearTimeout(asking);
    timer = setTimeout(() => say("offline"), NOTICED);
    dataset.offline = "";
    tellAgain();
  };

  // The whole page has run: whatever is pressed finds somebody who listens.
  const meetAgain = () => {
    clearTimeout(asking);
    around.asked = null;
    delete dataset.offline;
    nextTurn();
    goOn();
  };

  const ask = (left) => {
    around.ask(around.asked);
    asking = setTimeout(wait, ANSWERED, left);
  };

  const wait = (left) => {
    if (!isIdle()) asking = setTimeout(wait, ANSWERED, left);
    else if (left) ask(left - 1);
    else meetAgain();
  };

  const regain = () => {
    lost = false;
    around.asked = Date.now();
    say("");
    ask(MORE_ASKS);
  };

  const look = () => {
    const connected = app()?.getAttribute(CONNECTION) === "CONNECTED";
    if (connected && lost) regain();
    else if (!connected && !lost) lose();
  };

  new MutationObserver(look).observe(app(), { attributeFilter: [CONNECTION] });
  // Streamlit's own word for it would lie over the page, and end with the same connection.
  onChange(() => lost && document.querySelector(CLOSES)?.click());

  new MutationObserver(() => heard(!isIdle())).observe(app(), { attributeFilter: [SCRIPT] });

  const meet = ({ session, words, again }, ask) => {
    Object.assign(around, { words, ask });
    const isOther = around.session !== null && around.session !== session;
    if (isOther) say("forgotten", true);
    if (!lost && around.asked !== null && (isOther || again === around.asked)) meetAgain();
    const keys = location.search.split("&").length;
    if (around.session === null && keys > MOST_KEYS) say("too_many_keys", true);
    around.session = session;
  };
  return { meet, session: () => around.session };
}
