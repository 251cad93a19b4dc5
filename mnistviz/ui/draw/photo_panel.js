// A photo, `picture`, with numbered `boxes` around its digits, and what is read there below each.

// Share of the height that the words need.
const ROOM = 0.12;

// Where its words stand: below, or above, or beside it where both would cover other digits.
function sideOf(one, { height, boxes }) {
  const room = height * ROOM;
  const isFree = (top, bottom) =>
    top >= 0 &&
    bottom <= height &&
    !boxes.some(
      (other) =>
        other !== one &&
        other.top < bottom &&
        other.bottom > top &&
        other.left < one.right &&
        other.right > one.left,
    );
  if (isFree(one.bottom, one.bottom + room)) return "below";
  if (isFree(one.top - room, one.top)) return "above";
  return "beside";
}

function box(one, number, size) {
  const made = make("div", `box ${sideOf(one, size)}`);
  placeBox(made, one, size.width, size.height);
  const tag = add(made, "div", "tag");
  add(tag, "span", "number", number);
  add(tag, "span", "text", one.text);
  return made;
}

const numbers = (data, words) => ({
  name: data.alt,
  head: [words.number, words.reads],
  rows: data.boxes.map(({ text }, n) => [n + 1, text]),
});

// What offers another picture lies over this one: with a new one it has done its work.
function showNew(photo, picture) {
  const isAnother = photo.picture && photo.picture !== picture;
  photo.picture = picture;
  const offer = ".st-key-draw_photo_another button[aria-expanded=true]";
  if (isAnother) document.querySelector(offer)?.click();
}

export default function ({ parentElement, data, setTriggerValue }) {
  const photo = parentElement.querySelector(".photo");
  showNew(photo, data.picture);
  keepPhoto(data, (turns) => setTriggerValue("turns", turns));
  photo.setAttribute("aria-label", data.alt);
  // As wide as the page, unless it would become higher than one can see at once.
  photo.style.setProperty("--ratio", data.width / data.height);
  photo.numbers = (words) => [numbers(data, words)];
  const image = makeImage(data.picture, "");
  image.width = data.width;
  image.height = data.height;
  image.style.height = "auto";
  photo.replaceChildren(image, ...data.boxes.map((one, n) => box(one, n + 1, data)));
}
