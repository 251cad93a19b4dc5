// Sentences with places for values: `{name}`; and the little Markdown that stands in them.
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

const rich = (text) =>
  text.replace(/\*\*(.+?)\*\*/g, "<b>$1</b>").replace(/`(.+?)`/g, "<code>$1</code>");

// A digit at its bar; the label of the image has a mark.
const digitName = (digit, truth) => (digit === truth ? `\u2713 ${digit}` : String(digit));
