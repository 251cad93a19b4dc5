"""The digit beside its ten bars: what the classic lesson's `helper` module had."""

import plotly.graph_objects as go

from mnistviz.figures import classified
from mnistviz.library import forms
from mnistviz.library.forms import Values


def view_classify(
    image: Values,
    probabilities: Values | None = None,
    *,
    logits: Values | None = None,
    log_probabilities: Values | None = None,
    truth: int | None = None,
) -> go.Figure:
    """Draw a digit beside the ten bars of its probabilities, as the app shows them.

    In a notebook the figure shows itself where it is the last line of a cell; `.show()` does it
    elsewhere.

    Args:
        image: one digit: a tensor or array of shape (784,), (1, 784), (28, 28) or (1, 28, 28), with
            values from -1 to 1, from 0 to 1 or from 0 to 255. With another normalization the least
            value is black and the largest is white.
        probabilities: ten of them, which sum to 1, of shape (10,) or (1, 10): what comes out of a
            softmax.
        logits: instead of them, the ten outputs before the softmax, of the same shapes.
        log_probabilities: instead of them, their logarithms, as `log_softmax` gives them.
        truth: the label of the digit, 0 to 9; it is marked `✓`, a wrong prediction `✗`.

    Returns:
        A Plotly figure. The prediction is the one bar in full color.

    Raises:
        ValueError: a shape or a value is not possible; the text says which, and what to do.

    Examples:
        >>> import torch
        >>> from mnistviz import NetworkSpec, SampleDigits, build, view_classify
        >>> image, label = SampleDigits()[0]
        >>> image.shape
        torch.Size([1, 28, 28])
        >>> network = build(NetworkSpec(hidden=(128, 64)))
        >>> with torch.no_grad():
        ...     probabilities = network(image.view(1, 784))
        >>> probabilities.shape
        torch.Size([1, 10])
        >>> figure = view_classify(image, probabilities, truth=label)
        >>> len(figure.data[0].x)
        10

        What comes before the softmax is named as such:

        >>> figure = view_classify(image, logits=torch.randn(10))

        What cannot be shown gets a sentence:

        >>> view_classify(image, torch.tensor([0.5] * 10))
        Traceback (most recent call last):
        ...
        ValueError: The ten values of `probabilities` add up to 5, but probabilities ...
    """
    pixels = forms.pixels(image)
    row = forms.row(probabilities, logits, log_probabilities)
    return classified.figure(pixels, row, forms.truth(truth))
