// The focus is never lost. Where what has it vanishes, is disabled or is hidden, the same control
// gets it once it is there again, else what stands next to it in the same group, else the heading
// above it: a control that has nothing to do with it would be pressed by mistake.
const KEYED = '[class*="st-key-"]';

const SIDEBAR = '[data-testid="stSidebar"]';

const GROUP = `${KEYED}, [data-testid="stColumn"], details, [role="dialog"]`;

const NO_GROUP = '[class*="stage"], details, :has(h1)';

const TITLE = "h1, h2, h3, summary";

const CLOSED_IN = '[class*="_question"], details';

const LEARNING = ".st-key-learning h1";

const LONGEST_WAIT = 1500;

const keyOf = (element) => element?.className.match(/st-key-(\S+)/)?.[1];

const withKey = (key) => key && document.querySelector(`.st-key-${CSS.escape(key)}`);

const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent.trim();

// What cannot be pressed yet in the row of a button.
function asleepBeside(keyed) {
  const row = keyed && closest(keyed.parentNode, KEYED);
  return row ? [...row.querySelectorAll("button:disabled")] : [];
}

// Where an element stands, so that its place is known when it is gone: the way up from it, and the
// part of that which is within its group.
function placeOf(element) {
  const keyed = closest(element, KEYED);
  const alone = keyed !== null && controls(keyed).length === 1;
  const groups = closest(element, SIDEBAR) ? SIDEBAR : GROUP;
  const isGroup = (parent) => parent.matches?.(groups) && !(parent === keyed && alone);
  const way = [];
  let child = element;
  let inGroup = null;
  for (const parent of ancestors(parentOf(element))) {
    const at = parent.children ? [...parent.children].indexOf(child) : -1;
    if (at >= 0) way.push({ parent, at, key: parent.matches?.(KEYED) ? keyOf(parent) : undefined });
    if (isGroup(parent)) inGroup ??= way.length - parent.matches(NO_GROUP);
    child = parent;
    if (parent.matches?.(MAIN)) break;
  }
  return {
    element,
    way,
    inGroup: inGroup ?? 0,
    key: keyOf(keyed),
    tag: element.tagName,
    name: nameOf(element),
    alone,
    asleep: asleepBeside(keyed),
  };
}

function sameControl({ key, tag, name, alone }) {
  const keyed = withKey(key);
  if (!keyed) return null;
  const there = controls(keyed).filter((element) => element.tagName === tag);
  return there.find((element) => nameOf(element) === name) ?? (alone ? there[0] : null) ?? null;
}

// The parts of a way that are still there, with what stood before and after in each.
function* left(way) {
  for (const { parent, at, key } of way) {
    const there = parent.isConnected ? parent : withKey(key);
    const children = [...(there?.children ?? [])];
    if (there) yield { there, before: children.slice(0, at), after: children.slice(at) };
  }
}

// What comes next in the group, else what comes before. On a touch screen not a field: it would
// bring the keyboard up, which nobody asked for.
function nextControl({ way, inGroup }) {
  const fits = (element) => !element.matches(BESIDE) && !(hand.touched && element.matches(FIELD));
  const find = (nodes) => nodes.flatMap(reachable).filter(fits);
  const steps = [...left(way.slice(0, inGroup))];
  for (const { after } of steps) if (find(after).length) return find(after)[0];
  for (const { before } of steps) if (find(before).length) return find(before).at(-1);
  return null;
}

// What stands above: not within a question or what opens, where the way does not lead through it.
function titleAbove({ way, element }) {
  for (const { there, before, after } of left(way)) {
    const around = new Set(ancestors(there));
    const isAbove = (title) => {
      const section = closest(title, CLOSED_IN);
      return isSeen(title) && (!section || around.has(section));
    };
    const nodes = element.matches(TITLE) ? [...before, ...after.slice(0, 1)] : before;
    const titles = nodes.flatMap((node) =>
      node.matches(TITLE) ? [node] : [...node.querySelectorAll(TITLE)],
    );
    const found = titles.filter(isAbove).at(-1);
    if (found) return found;
  }
  return null;
}

function connectFocus(onChange) {
  let kept = null;
  let lostAt = null;

  const isLost = ({ element }) =>
    !element.isConnected ||
    element.matches(":disabled") ||
    (inFocus() !== element && !isSeen(element));

  // While a training is waited for, its title has it; what had it before gets it back.
  const lend = () => {
    const title = document.querySelector(LEARNING);
    const before = kept;
    if (title && !inFocus()) focusHeading(title);
    kept = before;
  };

  const look = () => {
    if (!kept || !isLost(kept)) {
      lostAt = null;
      return;
    }
    // Another page comes: its heading gets it.
    if ("waits" in document.documentElement.dataset) {
      lend();
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
    const next = same ?? (awake || nextControl(kept));
    const title = next ? null : titleAbove(kept);
    kept = null;
    if (next) focus(next);
    else if (title) focusHeading(title);
    else toHeading();
    // With the mouse the page stays where it is; by keyboard one has to see where one is.
    if (hand.typed) inFocus()?.scrollIntoView({ block: "nearest" });
  };

  const keep = (event) => {
    const element = event.composedPath()[0];
    if (element.matches?.(`${FOCUSABLE}, ${TITLE}`) && !element.matches(MAIN)) kept = placeOf(element);
  };

  // Who presses beside everything has left it.
  const leave = (event) => {
    if (kept && !event.composedPath().includes(kept.element) && !isLost(kept)) kept = null;
  };

  document.addEventListener("focusin", keep, true);
  document.addEventListener("pointerdown", leave, true);
  document.addEventListener("mnistviz:shown", look);
  onChange(look);
}
