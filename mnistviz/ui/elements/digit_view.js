// One digit, large: `picture` with its `alt`, and buttons to the one before and the one after.
export default function ({ parentElement, data, setTriggerValue }) {
  const picture = parentElement.querySelector(".picture");
  picture.src = data.picture;
  picture.alt = data.alt;
  picture.numbers = (words) => [pictureTable(picture, data.alt, words)];
  parentElement.querySelector(".title").innerHTML = data.title;
  connectSteps(parentElement.querySelector(".steps"), data.image, data.count, (image) =>
    setTriggerValue("image", image),
  );
}
