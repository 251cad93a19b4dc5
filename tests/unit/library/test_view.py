"""The digit beside its bars: what learners hand over, and what they are told."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from mnistviz import SampleDigits, view_classify

IMAGE, LABEL = SampleDigits()[3]
LOGITS = torch.tensor([0.5, -1.0, 2.0, 0.0, 4.0, -3.0, 1.0, 1.5, -0.5, 0.25])
ROW = torch.softmax(LOGITS, 0)
PIXELS = ((IMAGE + 1) / 2 * 255).round().numpy().reshape(28, 28).astype(np.uint8)


def parts(figure: Any) -> tuple[list[float], np.ndarray]:
    """Return the lengths of the bars and the pixels of the digit."""
    bars, digit = figure.data
    return list(bars.x), np.array(digit.z)


@pytest.mark.parametrize(
    "image",
    [
        IMAGE,
        IMAGE[0],
        IMAGE.view(784),
        IMAGE.view(1, 784),
        IMAGE.view(1, 1, 28, 28),
        IMAGE.numpy(),
        IMAGE.double(),
        IMAGE.clone().requires_grad_(),
        IMAGE.tolist(),
        (IMAGE + 1) / 2,
        PIXELS,
        PIXELS.astype(np.int64),
        PIXELS.astype(np.float64),
        # Another normalization, as many scripts have it.
        ((IMAGE + 1) / 2 - 0.1307) / 0.3081,
    ],
)
def test_a_digit_may_come_in_many_forms(image: Any) -> None:
    _, digit = parts(view_classify(image, ROW))
    assert digit.shape == (28, 28)
    assert digit.dtype == np.uint8
    np.testing.assert_array_equal(digit, PIXELS)


@pytest.mark.parametrize("shape", [(10,), (1, 10), (1, 1, 10)])
@pytest.mark.parametrize("of", [torch.Tensor.clone, torch.Tensor.numpy, torch.Tensor.tolist])
def test_probabilities_may_come_in_many_forms(shape: tuple[int, ...], of: Any) -> None:
    forms = ({"probabilities": ROW}, {"logits": LOGITS}, {"log_probabilities": ROW.log()})
    for form in forms:
        given = {name: of(values.view(shape)) for name, values in form.items()}
        bars, _ = parts(view_classify(IMAGE, **given))
        np.testing.assert_allclose(bars, ROW, atol=1e-6)


def test_gradients_half_precision_and_a_certain_answer_are_taken() -> None:
    bars, _ = parts(view_classify(IMAGE, ROW.clone().requires_grad_()))
    np.testing.assert_array_equal(bars, ROW)
    bars, _ = parts(view_classify(IMAGE, ROW.to(torch.bfloat16)))
    np.testing.assert_allclose(bars, ROW, atol=0.01)
    certain = torch.eye(10)[4]
    assert parts(view_classify(IMAGE, log_probabilities=certain.log()))[0] == certain.tolist()


def test_the_truth_is_marked() -> None:
    for truth in (4, torch.tensor(4), np.int64(4), torch.tensor([4])):
        bars = view_classify(IMAGE, ROW, truth=truth).data[0]
        assert [text for text in bars.text if "✓" in text] == [bars.text[4]]
    wrong = view_classify(IMAGE, ROW, truth=2).data[0]
    assert "✗" in wrong.text[4]


def test_it_is_a_figure_for_any_page() -> None:
    drawn = json.loads(view_classify(IMAGE, ROW).to_json())["layout"]
    # Dark letters on white, on a dark page too.
    assert drawn["paper_bgcolor"] == "#ffffff"
    assert drawn["font"]["color"] == "#1d1b26"
    # Side by side.
    assert drawn["xaxis2"]["domain"][1] < drawn["xaxis"]["domain"][0]


BATCH = torch.zeros(64, 1, 28, 28)
ROWS = torch.full((64, 10), 0.1)


@pytest.mark.parametrize(
    ("image", "row", "said"),
    [
        (BATCH, ROW, r"`image` has the shape \(64, 1, 28, 28\): 64 .*`image\[0\]`"),
        (torch.zeros(27, 28), ROW, r"the shape \(27, 28\), but a digit has 784 pixels"),
        (torch.zeros(0), ROW, r"the shape \(0,\), but a digit has 784 pixels"),
        (ROW, IMAGE, "The digit comes first"),
        (torch.full((784,), torch.nan), ROW, "`image` holds nan at 0, .* finite"),
        ("seven", ROW, "`image` holds .*, not numbers"),
        ([[1, 2], [3]], ROW, "rows of `image` differ in length"),
        (object(), ROW, "`image` holds object, not numbers"),
        (IMAGE, ROWS, r"the shape \(64, 10\): the answers to 64 digits.*`probabilities\[0\]`"),
        (IMAGE, torch.zeros(9), r"the shape \(9,\). It needs ten values"),
        (IMAGE, 0.5, r"the shape \(\). It needs ten values"),
        (IMAGE, LOGITS, r"holds -1 for digit 1, .* 0 and 1\. If these are logits, say so"),
        (IMAGE, LOGITS + 5, "holds 5.5 for digit 0"),
        (IMAGE, ROW.log(), "look like log-probabilities.*log_probabilities=…"),
        (IMAGE, torch.sigmoid(LOGITS), "add up to 5.79.*`dim=1`"),
        (IMAGE, torch.full((10,), torch.nan), "`probabilities` holds nan at 0.*learning rate"),
    ],
)
def test_what_is_not_possible_gets_a_sentence(image: Any, row: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"(?s){said}") as told:
        view_classify(image, row)
    assert str(told.value).endswith((".", "`"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "None of `probabilities`"),
        ({"probabilities": ROW, "logits": LOGITS}, "2 of `probabilities`"),
        ({"log_probabilities": LOGITS}, "holds 4 for digit 4, .* never above 0"),
        ({"log_probabilities": LOGITS - 9}, "add up to 0.00915"),
        ({"logits": torch.full((10,), torch.inf)}, "`logits` holds inf at 0"),
        ({"probabilities": ROW, "truth": 10}, "`truth` is 10, but a digit is"),
        ({"probabilities": ROW, "truth": 2.5}, "`truth` is 2.5"),
        ({"probabilities": ROW, "truth": "two"}, "`truth` holds"),
    ],
)
def test_what_is_named_otherwise_gets_a_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        view_classify(IMAGE, **given)
