// Streamlit gathers what is told in one moment and answers it with one run: that of a fragment, where
// one has told anything, and what lies outside of it stays as it was. A press in the same moment is
// answered so, too. So what components tell waits its turn, and each has a moment of its own.
const TURNS = (globalThis.mnistvizTurns ??= { waits: [], told: [], isOn: false });

// Older than this, what was told has arrived, whatever became of its run.
const UNSURE = 10_000;

// What was told while a run was on may have been heard by that run, or by one that follows it at once.
// After so long without another, nothing of it is on its way.
const ARRIVED = 3000;

// What is told to nobody would be lost: `frame/around/connection.js` says when there is somebody.
const isOffline = () => "offline" in document.documentElement.dataset;

function nextTurn() {
  if (TURNS.isOn || !TURNS.waits.length || isOffline()) return;
  TURNS.isOn = true;
  setTimeout(() => {
    if (!isOffline()) {
      const one = TURNS.waits.shift();
      TURNS.told.push({ ...one, at: performance.now(), isRunning: false });
      one.tell(one.name, one.value);
    }
    // After the moment in which Streamlit sends it.
    setTimeout(() => {
      TURNS.isOn = false;
      nextTurn();
    });
  });
}

const inTurn = (tell) => (name, value) => {
  TURNS.waits.push({ tell, name, value });
  nextTurn();
};

// A run has begun or ended: what was told before it began has been heard when it ends.
function heard(isRunning) {
  clearTimeout(TURNS.settles);
  if (!isRunning) {
    TURNS.told = TURNS.told.filter((one) => !one.isRunning);
    TURNS.settles = setTimeout(() => (TURNS.told = []), ARRIVED);
  }
  for (const one of TURNS.told) one.isRunning = isRunning;
}

// The connection is lost, and with it what was on its way; it is told again. A component says where it
// stands, not what has changed: what has arrived all the same does no harm.
function tellAgain() {
  const since = performance.now() - UNSURE;
  TURNS.waits.unshift(...TURNS.told.filter(({ at }) => at > since));
  TURNS.told = [];
}

// What Streamlit calls of a component: it draws, and its host tells that it has drawn.
export default function (given) {
  try {
    const { setTriggerValue: tellAtOnce } = given;
    return drawComponent({ ...given, tellAtOnce, setTriggerValue: inTurn(tellAtOnce) });
  } finally {
    given.parentElement.getRootNode().host.dataset.drawn = "";
  }
}
