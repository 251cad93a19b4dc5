// Ten pictures in a row or two: the weights of the folded layer, one picture for each digit.
export default function ({ parentElement, data }) {
  const figures = data.pictures.map((source, digit) =>
    makeFigure(source, fill(data.alt, { digit }), digit),
  );
  parentElement.querySelector(".pictures").replaceChildren(...figures);
}
