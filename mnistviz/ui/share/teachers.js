// The panel For teachers: what stands in it is fetched when it is opened for the first time.
const LESSON_KEYS = ["hide", "lock", "task"];

// Of the link of now, what a lesson does not begin with.
const LEFT_OUT = [...LESSON_KEYS, "present"];

// `*What to press*` and code, as the words have them.
function addRich(parent, tag, text) {
  const element = add(parent, tag, "", "");
  for (const piece of text.split(/(\*[^*]+\*|`[^`]+`)/)) {
    const inner = piece.slice(1, -1);
    if (/^\*/.test(piece)) add(element, "em", "", inner);
    else if (/^`/.test(piece)) add(element, "code", "", inner);
    else element.append(piece);
  }
  return element;
}

function addClasses(panel, { words, classes }, root) {
  add(panel, "h3", "", words.classes);
  const list = add(panel, "ol", "classes", "");
  for (const { address, minutes, title, say, ask } of classes) {
    const item = add(list, "li", "", "");
    const link = add(item, "a", "", title);
    link.href = `${root}${address}`;
    link.target = "_blank";
    add(item, "span", "minutes", ` · ${words.minutes.replace("{minutes}", minutes)}`);
    addRich(item, "p", say);
    addRich(item, "p", `*${words.ask}* ${ask}`);
  }
}

function addLabeled(parent, label, control) {
  const row = add(parent, "label", "chosen", "");
  add(row, "span", "", label);
  row.append(control);
  return control;
}

function makeSelect(options, value) {
  const select = make("select");
  for (const [key, text] of options) select.add(new Option(text, key));
  select.value = value;
  return select;
}

// What the link of now hides and fixes is chosen already.
function addChoices(panel, { words, pages, settings, parts, longest }) {
  const now = new URLSearchParams(location.search);
  const [hidden, locked] = ["hide", "lock"].map((key) => (now.get(key) ?? "").split(","));
  const ways = ["shown", "fixed", "hidden"].map((key) => [key, words[key]]);
  const page = location.pathname.split("/").at(-1);
  const here = pages.find(({ path }) => path === page) ?? pages[0];
  const titles = pages.map(({ path, title }) => [path, title]);
  const start = addLabeled(panel, words.start, makeSelect(titles, here.path));
  const task = addLabeled(panel, words.task, make("input", "task"));
  task.maxLength = longest;
  task.value = now.get("task") ?? "";
  const ofSettings = add(panel, "details", "", "");
  add(ofSettings, "summary", "", words.settings);
  // Each page begins with weights of its own, so the link names those that are fixed.
  const weights = now.get("weights") ?? here.weights;
  const rows = settings.map(({ key, label, default: usual }) => {
    const way = locked.includes(key) ? "fixed" : hidden.includes(key) ? "hidden" : "shown";
    const text = `${label}: ${key === "weights" ? weights : (now.get(key) ?? usual)}`;
    return { key, way: addLabeled(ofSettings, text, makeSelect(ways, way)) };
  });
  const ofParts = add(panel, "details", "", "");
  add(ofParts, "summary", "", words.parts);
  const boxes = parts.map(({ key, label }) => {
    const box = addLabeled(ofParts, label, make("input"));
    box.type = "checkbox";
    box.checked = hidden.includes(key);
    return { key, box };
  });
  const chosen = (name) => rows.filter(({ way }) => way.value === name).map(({ key }) => key);
  return () => ({
    start: start.value,
    task: task.value.trim(),
    weights: chosen("fixed").includes("weights") ? weights : "",
    lock: chosen("fixed").join(","),
    hide: [...chosen("hidden"), ...boxes.filter(({ box }) => box.checked).map(({ key }) => key)].join(
      ",",
    ),
  });
}

function lessonLink(root, { start, ...asked }) {
  const link = new URL(currentLink());
  link.pathname = new URL(root, location.origin).pathname + start;
  for (const key of LEFT_OUT) link.searchParams.delete(key);
  for (const key of [...LESSON_KEYS, "weights"]) if (asked[key]) link.searchParams.set(key, asked[key]);
  return link.href;
}

function addBuilder(panel, told, root) {
  const { words } = told;
  add(panel, "h3", "", words.builder);
  add(panel, "p", "", words.builder_idea);
  const builder = add(panel, "div", "builder", "");
  const chosen = addChoices(builder, told);
  const copied = add(builder, "div", "copied", "");
  const label = add(copied, "label", "", words.link);
  const row = add(copied, "div", "", "");
  const link = add(row, "textarea", "", "");
  Object.assign(link, { id: "lesson-link", readOnly: true, rows: 3 });
  label.htmlFor = link.id;
  const copy = add(row, "button", "copy", words.copy);
  copy.dataset.of = link.id;
  copy.ariaLabel = `${words.copy}: ${words.link}`;
  const see = add(row, "button", "see", words.preview);
  const box = add(builder, "div", "preview", "");
  box.hidden = true;
  const write = () => {
    link.value = lessonLink(root, chosen());
  };
  builder.oninput = write;
  see.onclick = () => {
    box.hidden = false;
    box.replaceChildren();
    const frame = add(box, "iframe", "", "");
    frame.title = words.preview_title;
    frame.src = link.value;
  };
  write();
}

async function fillTeachers(panel, root) {
  const answer = await fetch(`${root}_share/teachers.json`);
  const told = await answer.json();
  panel.replaceChildren();
  addClasses(panel, told, root);
  addBuilder(panel, told, root);
  const said = add(panel, "p", "share-said", "");
  said.setAttribute("role", "status");
}

function connectTeachers(root, landing) {
  const panel = root.querySelector(".teaching");
  const words = JSON.parse(root.querySelector(".sharing").dataset.words);
  const fill = () =>
    fillTeachers(panel, appRoot(landing)).then(
      () => connectCopies(panel, words),
      () => panel.replaceChildren(make("p", "", words.teachers_failed)),
    );
  return connectDialog(root, "teachers", fill);
}

// The button of the landing page opens it too, and has nothing to ask of the server.
function connectTeachersButton(teachers) {
  const onClick = (event) => {
    if (!event.target.closest?.(".st-key-teachers button")) return;
    event.preventDefault();
    event.stopPropagation();
    teachers.open();
  };
  document.addEventListener("click", onClick, true);
}
