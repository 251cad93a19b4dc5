// Reads what `shift.js` has kept.

const isBlank = (box) => box.right - box.left < 1 || box.bottom - box.top < 1;

// Where a part stood or stands; what leaves the window has no place in it any more.
const highest = ({ from, to }) =>
  Math.min(...[from, to].filter((box) => !isBlank(box)).map((box) => box.top));

// The share of the window that parts moved over, times how far they moved, as the browser has it.
const score = (moved) => {
  const within = (box) => Math.max(0, Math.min(box.right, innerWidth) - Math.max(box.left, 0))
    * Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0));
  const far = ({ from, to }) => isBlank(from) || isBlank(to) ? 0
    : Math.max(Math.abs(from.left - to.left), Math.abs(from.top - to.top));
  const area = moved.reduce((sum, { from, to }) => sum + Math.max(within(from), within(to)), 0);
  const share = Math.min(1, area / (innerWidth * innerHeight));
  return share * Math.min(1, Math.max(0, ...moved.map(far)) / Math.max(innerWidth, innerHeight));
};

const named = (entry) => ({
  value: entry.value,
  time: Math.round(entry.time),
  moved: entry.moved.slice(0, 3).map(({ node, from, to }) =>
    `${node?.isConnected ? placeOf(node) : "(gone, or in a component)"} ${rounded(from)} → ${rounded(to)}`),
});

function shifts({ since, opened, load }) {
  const entries = window.shiftsOfLayout?.() ?? [];
  const top = opened ? document.querySelector(opened)?.getBoundingClientRect().top : Infinity;
  return entries
    .filter((entry) => entry.time >= since && !(load && entry.afterInput))
    .map((entry) => {
      const moved = entry.moved.filter((part) => highest(part) < top - 1);
      const value = moved.length === entry.moved.length ? entry.value : score(moved);
      return named({ ...entry, moved, value });
    })
    .filter((entry) => entry.value > 0);
}
