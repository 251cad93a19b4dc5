// A photo with a numbered box around each digit, and what is read there below it.
// Share of the height that the words need.
const ROOM = 0.12;

function box(one, number, size) {
  const made = document.createElement("div");
  // At the lower edge there is no room for the words below, unless there is none above either.
  const above = one.bottom > size.height * (1 - ROOM) && one.top > size.height * ROOM;
  made.className = above ? "box above" : "box";
  made.style.left = `${(100 * one.left) / size.width}%`;
  made.style.top = `${(100 * one.top) / size.height}%`;
  made.style.width = `${(100 * (one.right - one.left)) / size.width}%`;
  made.style.height = `${(100 * (one.bottom - one.top)) / size.height}%`;
  const tag = document.createElement("div");
  tag.className = "tag";
  for (const [name, text] of [["number", number], ["text", one.text]]) {
    const part = document.createElement("span");
    part.className = name;
    part.textContent = text;
    tag.append(part);
  }
  made.append(tag);
  return made;
}

export default function ({ parentElement, data }) {
  const photo = parentElement.querySelector(".photo");
  photo.setAttribute("aria-label", data.alt);
  // As wide as the page, unless it would become higher than one can see at once.
  photo.style.width = `min(100%, ${Math.round((data.highest * data.width) / data.height)}px)`;
  const image = document.createElement("img");
  image.src = data.picture;
  image.alt = "";
  image.width = data.width;
  image.height = data.height;
  image.style.height = "auto";
  photo.replaceChildren(image, ...data.boxes.map((one, n) => box(one, n + 1, data)));
}
