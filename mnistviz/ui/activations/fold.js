// Ten pictures in a row or two: the weights of the folded layer, one picture for each digit.
const numbers = (data, words) => ({
  name: fill(data.alt, { digit: words.each_digit }),
  note: words.colors,
});

export default function ({ parentElement, data }) {
  const figures = data.pictures.map((source, digit) =>
    makeFigure(source, fill(data.alt, { digit }), digit),
  );
  const pictures = parentElement.querySelector(".pictures");
  pictures.replaceChildren(...figures);
  pictures.numbers = (words) => [numbers(data, words)];
}
