// The focus is never lost. Where what has it vanishes, is disabled or is hidden, the same control
// gets it once it is there again, else what comes next in the nearest part of the page that is
// left.
const KEYED = '[class*="st-key-"]';

const LONGEST_WAIT = 1500;

const keyOf = (element) => element?.className.match(/st-key-(\S+)/)?.[1];

const withKey = (key) => key && document.querySelector(`.st-key-${CSS.escape(key)}`);

const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent.trim();

// What cannot be pressed yet in the row of a button.
function asleepBeside(keyed) {
  const row = keyed && closest(keyed.parentNode, KEYED);
  return row ? [...row.querySelectorAll("button:disabled")] : [];
}

// Where an element stands, so that its place is known when it is gone.
function placeOf(element) {
  const way = [];
  let child = element;
  for (const parent of ancestors(parentOf(element))) {
    const at = parent.children ? [...parent.children].indexOf(child) : -1;
    if (at >= 0) way.push({ parent, at, key: parent.matches?.(KEYED) ? keyOf(parent) : undefined });
    child = parent;
    if (parent.matches?.(MAIN)) break;
  }
  const keyed = closest(element, KEYED);
  return {
    element,
    way,
    key: keyOf(keyed),
    tag: element.tagName,
    name: nameOf(element),
    alone: keyed !== null && controls(keyed).length === 1,
    asleep: asleepBeside(keyed),
  };
}

function sameControl({ key, tag, name, alone }) {
  const keyed = withKey(key);
  if (!keyed) return null;
  const there = controls(keyed).filter((element) => element.tagName === tag);
  return there.find((element) => nameOf(element) === name) ?? (alone ? there[0] : null) ?? null;
}

// What comes next; what comes before only within what belongs together, which has a key. On a touch
// screen not a field: it would bring the keyboard up, which nobody asked for.
function nextControl({ way }, touched) {
  const fits = (element) => !element.matches(BESIDE) && !(touched && element.matches(FIELD));
  for (const { parent, at, key } of way) {
    const there = parent.isConnected ? parent : withKey(key);
    if (!there) continue;
    const children = [...there.children];
    const after = children.slice(at).flatMap(reachable).find(fits);
    if (after) return after;
    const before = key && children.slice(0, at).flatMap(reachable).filter(fits).at(-1);
    if (before) return before;
  }
  return null;
}

function connectFocus(onChange) {
  let kept = null;
  let lostAt = null;
  let touched = false;
  let typed = false;

  const isLost = ({ element }) =>
    !element.isConnected ||
    element.matches(":disabled") ||
    (inFocus() !== element && !element.checkVisibility({ visibilityProperty: true }));

  const look = () => {
    if (!kept || !isLost(kept)) {
      lostAt = null;
      return;
    }
    const now = inFocus();
    // Somebody is elsewhere already.
    if (now && now !== kept.element) {
      kept = null;
      return;
    }
    lostAt ??= performance.now();
    const isLate = performance.now() - lostAt > LONGEST_WAIT;
    const same = sameControl(kept);
    if (!same && isWorking() && !isLate) {
      setTimeout(look, 50);
      return;
    }
    // What wakes as it falls asleep takes its place: "Go on" that of "Pause".
    const awake = kept.element.isConnected && kept.asleep.find(canFocus);
    const next = same ?? (awake || nextControl(kept, touched));
    kept = null;
    if (!next) return toHeading();
    focus(next);
    // With the mouse the page stays where it is; by keyboard one has to see where one is.
    if (typed) next.scrollIntoView({ block: "nearest" });
  };

  const keep = (event) => {
    const element = event.composedPath()[0];
    if (element.matches?.(`${FOCUSABLE}, h1`) && !element.matches(MAIN)) kept = placeOf(element);
  };

  // Who presses beside everything has left it.
  const leave = (event) => {
    touched = event.pointerType === "touch";
    typed = false;
    if (kept && !event.composedPath().includes(kept.element) && !isLost(kept)) kept = null;
  };

  document.addEventListener("keydown", () => (typed = true), true);
  document.addEventListener("focusin", keep, true);
  document.addEventListener("pointerdown", leave, true);
  onChange(look);
}
