// The canvas by pointer and by keyboard: what a hand does, as calls of `hand`, whose functions the
// pad gives: begin(at, tool), curve(at), line(at), end(), undo(), redo(), clear(), tool(name),
// width(change), say(words), lifted().
const PALM = 1000;
const CLICK_AFTER = 600;
const PIXEL = CANVAS / SIDE;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ERASER_END = 32;

function connectPointer(canvas, hand) {
  let active = null;
  let penAt = -Infinity;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) / box.width) * CANVAS,
      ((event.clientY - box.top) / box.height) * CANVAS,
    ];
  };
  canvas.onpointerdown = (event) => {
    if (event.pointerType === "pen") penAt = event.timeStamp;
    // One line at a time; beside a pen, what touches is the palm.
    const palm = event.pointerType === "touch" && event.timeStamp - penAt < PALM;
    if (active !== null || palm || !event.isPrimary) return;
    if (event.button !== 0 && !(event.buttons & ERASER_END)) return;
    canvas.classList.add("by-pointer");
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    active = event.pointerId;
    // Pressure counts for nothing: mouse and finger have none, and the same digit has to come out
    // the same on every device.
    hand.begin(place(event), event.buttons & ERASER_END ? "eraser" : undefined);
  };
  canvas.onpointermove = (event) => {
    if (event.pointerType === "pen") penAt = event.timeStamp;
    if (event.pointerId !== active) return;
    const between = event.getCoalescedEvents?.() ?? [];
    for (const each of between.length ? between : [event]) hand.curve(place(each));
  };
  const end = (event) => {
    if (event.pointerId !== active) return;
    active = null;
    if (event.type === "pointerup") hand.curve(place(event));
    hand.end();
  };
  canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = end;
  canvas.oncontextmenu = (event) => event.preventDefault();
}

// A tap right after a fast line brings no click: the browser takes it for the end of a fling. So a
// finger counts when it is lifted, and its click, if one follows, does not count again.
function onPress(button, act) {
  let lifted = -Infinity;
  button.onpointerup = (event) => {
    if (event.pointerType !== "touch") return;
    lifted = event.timeStamp;
    act();
  };
  button.onclick = (event) => {
    if (event.timeStamp - lifted > CLICK_AFTER) act();
  };
}

// A pen that the keyboard moves over the canvas; `cursor` shows where it is.
function keyboardPen(canvas, cursor, hand) {
  let at = [CANVAS / 2, CANVAS / 2];
  let down = false;
  const show = () => {
    canvas.classList.remove("by-pointer");
    cursor.hidden = false;
    cursor.style.left = `${(100 * at[0]) / CANVAS}%`;
    cursor.style.top = `${(100 * at[1]) / CANVAS}%`;
    cursor.classList.toggle("down", down);
  };
  const lift = () => {
    if (!down) return;
    down = false;
    hand.lifted();
    show();
  };
  const press = () => {
    if (down) return lift();
    down = hand.begin(at);
    if (down) hand.say("pen_down");
    show();
  };
  const move = ([x, y], fine) => {
    const far = fine ? 1 : PIXEL;
    at = [at[0] + far * x, at[1] + far * y].map((v) => Math.min(Math.max(v, 0), CANVAS));
    if (down) hand.line(at);
    const cell = at.map((v) => Math.min(Math.floor(v / PIXEL), SIDE - 1) + 1);
    hand.say("place", { row: cell[1], column: cell[0] });
    show();
  };
  return { show, lift, press, move };
}

function connectFocus(canvas, cursor, { show, lift }) {
  canvas.onblur = () => {
    lift();
    cursor.hidden = true;
    canvas.classList.remove("by-pointer");
  };
  canvas.onfocus = () => canvas.classList.contains("by-pointer") || show();
  canvas.addEventListener("pointerdown", () => {
    lift();
    cursor.hidden = true;
  }, true);
}

// One stop of the Tab key for all buttons; the arrow keys go from one to the next.
function connectToolbar(bar) {
  const buttons = [...bar.children];
  const stopAt = (stop) => {
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  };
  stopAt(buttons[0]);
  bar.addEventListener("focusin", ({ target }) => stopAt(target.closest("button")));
  bar.onkeydown = ({ key, target }) => {
    const at = buttons.indexOf(target.closest("button"));
    const places = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 };
    if (key in places) buttons.at(places[key] % buttons.length).focus();
  };
}

function connectKeys(root, canvas, cursor, hand) {
  const pen = keyboardPen(canvas, cursor, hand);
  const { lift, press, move } = pen;
  connectFocus(canvas, cursor, pen);
  const keys = {
    e: () => hand.tool("eraser"),
    p: () => hand.tool("pen"),
    u: () => (lift(), hand.undo()),
    r: () => (lift(), hand.redo()),
    "+": () => hand.width(2),
    "=": () => hand.width(2),
    "-": () => hand.width(-2),
    delete: () => (lift(), hand.clear()),
    escape: lift,
  };
  const withControl = { z: keys.u, y: keys.r, Z: keys.r };
  const doOf = (event) => {
    if (event.altKey) return undefined;
    if (event.ctrlKey || event.metaKey) return withControl[event.key];
    if (event.target === canvas) {
      if (ARROWS[event.key]) return () => move(ARROWS[event.key], event.shiftKey);
      if (event.key === " " || event.key === "Enter") return event.repeat ? () => {} : press;
    }
    return keys[event.key.toLowerCase()];
  };
  root.onkeydown = (event) => {
    const act = doOf(event);
    if (!act) return;
    // The page has keys of its own: an R there would run it anew.
    event.preventDefault();
    event.stopPropagation();
    act();
  };
}
