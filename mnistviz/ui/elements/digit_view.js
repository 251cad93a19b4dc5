// One digit, large: `picture` with its `alt`, and buttons to the one before and the one after.
export default function ({ parentElement, data, setTriggerValue }) {
  const picture = parentElement.querySelector(".picture");
  picture.src = data.picture;
  picture.alt = data.alt;
  picture.numbers = (words) => [pictureTable(picture, data.alt, words)];
  parentElement.querySelector(".title").innerHTML = data.title;
  const go = (image) => setTriggerValue("image", image);
  const steps = parentElement.querySelector(".steps");
  connectSteps(steps, data.image, data.count, go, data.fixed?.includes("image"));
}
