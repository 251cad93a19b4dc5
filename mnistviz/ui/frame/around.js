// What goes on around the page, in the browser alone. It begins with the first page and goes on for
// as long as the document is there, whatever Streamlit draws anew: so it is kept by the document.
const AROUND = Symbol.for("mnistviz.around");

function begin() {
  const onChange = watchPage();
  const arrive = connectHeading(onChange);
  connectFocus(onChange);
  connectPopovers(onChange);
  const hush = connectSaid(onChange);
  connectPaper();
  return { page: null, arrive, hush };
}

export default function ({ parentElement, data }) {
  const root = parentElement;
  const around = (document[AROUND] ??= begin());
  if (around.page !== data.page) {
    if (around.page) document.querySelector(MAIN).scrollTo({ top: 0 });
    around.arrive(data.title, !around.page);
    around.hush();
    around.page = data.page;
  }
  connectDialog(root, "glossary");
  root.disconnect?.();
  const words = JSON.parse(root.querySelector(".panels").dataset.words);
  const ends = [
    connectTerms(root, root.querySelector(".meaning")),
    connectNames(words, connectTwins(root, words)),
  ];
  root.disconnect = () => ends.forEach((end) => end());
  return () => root.disconnect();
}
