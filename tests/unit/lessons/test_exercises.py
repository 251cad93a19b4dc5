"""The solved exercises, against plain numpy."""

from __future__ import annotations

import numpy as np
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.softmax import exercise as softmax_exercise
from mnistviz.lessons.tensors import exercise

IMAGES = mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, 7).images


def held(code: str, **names: object) -> dict[str, torch.Tensor]:
    space: dict[str, object] = {"torch": torch, "print": lambda *_: None, **names}
    exec(code, space)
    return {name: value for name, value in space.items() if isinstance(value, torch.Tensor)}


def test_the_network_by_hand() -> None:
    solved = exercise.network_by_hand(IMAGES)
    assert solved.error == ""
    assert solved.printed.splitlines() == ["(64, 256)", "True", "(64, 10)"]
    got = {
        name: tensor.double().numpy() for name, tensor in held(solved.code, images=IMAGES).items()
    }
    sums = IMAGES.double().numpy().reshape(64, 784) @ got["weights_1"] + got["bias_1"]
    hidden = 1 / (1 + np.exp(-sums))
    np.testing.assert_allclose(got["hidden"], hidden, atol=1e-4)
    np.testing.assert_allclose(got["logits"], hidden @ got["weights_2"] + got["bias_2"], atol=1e-2)


def test_softmax() -> None:
    solved = softmax_exercise.softmax(32)
    assert solved.error == ""
    shape, between, sums = solved.printed.splitlines()
    assert (shape, between) == ("(32, 10)", "True")
    assert sums == "True"
    got = held(solved.code)
    exps = np.exp(got["logits"].double().numpy())
    wanted = exps / exps.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(got["probabilities"].numpy(), wanted, atol=1e-6)
