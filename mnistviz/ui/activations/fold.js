// Ten pictures in a row or two: the weights of the folded layer, one picture for each digit.
export default function ({ parentElement, data }) {
  parentElement.querySelector(".pictures").innerHTML = data.pictures
    .map(
      (source, digit) =>
        `<figure><img src="${source}" alt="${data.alt.replace("{digit}", digit)}"><figcaption>${digit}</figcaption></figure>`,
    )
    .join("");
}
