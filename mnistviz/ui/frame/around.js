// What goes on around the page, in the browser alone. It begins with the first page and goes on for
// as long as the document is there, whatever Streamlit draws anew: so it is kept by the document.
const AROUND = Symbol.for("mnistviz.around");

function begin() {
  const onChange = watchPage();
  connectHand();
  const arrive = connectHeading(onChange);
  connectFocus(onChange);
  connectPopovers(onChange);
  connectOpening();
  const hush = connectSaid(onChange);
  connectHeld(onChange);
  connectPaper();
  const present = connectPresent(onChange);
  const addButton = connectBar(onChange);
  const [share, teachers] = [{}, {}];
  connectTeachersButton(teachers);
  share.button = addButton("share", () => share.open());
  const name = connectPresentButton(addButton("present", () => present(true)));
  connectPointer();
  connectKeys(present);
  const lesson = connectLesson(onChange);
  const section = connectSection(onChange);
  const connection = connectConnection(onChange);
  return { page: null, arrive, hush, present, name, section, connection, share, teachers, lesson };
}

// Whoever went on from the end of a page begins the next one at its top.
function showPage(around, { page, title }) {
  if (around.page === page) return;
  const first = around.page === null;
  around.page = page;
  if (!first) showQuestion(false);
  around.hush();
  around.arrive(title, first);
}

export default function ({ parentElement, data, tellAtOnce }) {
  const root = parentElement;
  const around = (document[AROUND] ??= begin());
  around.section(data.section);
  around.lesson(data.lesson);
  // Ahead of all that waits for a connection.
  around.connection.meet(data, (number) => tellAtOnce("again", number));
  connectLetters(root, () => around.name(data.words));
  showPage(around, data);
  root.querySelector(".leave").onclick = () => around.present(false);
  connectDialog(root, "glossary");
  around.teachers.open = connectTeachers(root, data.landing);
  const { label, help, open } = connectShare(root, data);
  around.share.open = open;
  Object.assign(around.share.button, { textContent: label, title: help });
  root.disconnect?.();
  const words = JSON.parse(root.querySelector(".panels").dataset.words);
  const ends = [
    connectTerms(root, root.querySelector(".meaning")),
    connectNames(words, connectTwins(root, words)),
  ];
  root.disconnect = () => ends.forEach((end) => end());
  return () => root.disconnect();
}
