"""What a file does not tell: the activation and the normalization, against numpy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from mnistviz.network.files.hints import (
    MEASURED,
    NORMALIZATIONS,
    OURS,
    accuracies,
    by_activation,
    refolded,
)
from mnistviz.network.files.loading import LoadedNetwork, WeightsError, read
from mnistviz.spec.fields import Activation
from tests.helpers.weight_files import arrays, safetensors

PIXELS = np.random.default_rng(3).integers(0, 256, (200, 784)) / 255
INPUTS = torch.from_numpy(((PIXELS - 0.5) / 0.5).astype(np.float32))

FUNCTIONS: dict[Activation, Any] = {
    Activation.SIGMOID: lambda x: 1 / (1 + np.exp(-x)),
    Activation.TANH: np.tanh,
    Activation.RELU: lambda x: np.maximum(x, 0),
    Activation.LEAKY_RELU: lambda x: np.where(x > 0, x, 0.01 * x),
    Activation.GELU: lambda x: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))),
    Activation.SILU: lambda x: x / (1 + np.exp(-x)),
    Activation.SOFTPLUS: lambda x: np.log1p(np.exp(x)),
    Activation.NONE: lambda x: x,
}


def network(*sizes: int) -> LoadedNetwork:
    return read(safetensors(arrays(*sizes)), "mine")


def logits(sizes: tuple[int, ...], activation: Activation, mean: float, std: float) -> Any:
    """The network on pixels that were normalized another way, in float64."""
    own = arrays(*sizes)
    x = (PIXELS - mean) / std
    for number in range(1, len(sizes)):
        x = x @ own[f"fc{number}.weight"].T.astype(float) + own[f"fc{number}.bias"]
        if number < len(sizes) - 1:
            x = FUNCTIONS[activation](x)
    return x


def test_each_candidate_is_what_numpy_finds() -> None:
    sizes = (784, 30, 20, 10)
    wanted = {
        (activation, normalization): logits(sizes, activation, *normalization)
        for normalization in NORMALIZATIONS
        for activation in Activation
    }
    labels = wanted[Activation.TANH, MEASURED].argmax(axis=1)
    found = accuracies(network(*sizes), INPUTS, torch.from_numpy(labels))
    assert [(one.normalization, one.activation) for one in found] == [
        (normalization, activation) for normalization in NORMALIZATIONS for activation in Activation
    ]
    for one in found:
        right = (wanted[one.activation, one.normalization].argmax(axis=1) == labels).mean()
        # One digit of 200 may lie so close that float32 decides otherwise.
        assert abs(one.accuracy - right) <= 0.005
    assert max(found, key=lambda one: one.accuracy).activation is Activation.TANH
    assert by_activation(found, MEASURED)[Activation.TANH] >= 0.995
    assert list(by_activation(found)) == list(Activation)


def test_without_hidden_layers_all_activations_are_one() -> None:
    labels = logits((784, 10), Activation.NONE, *OURS).argmax(axis=1)
    found = accuracies(network(784, 10), INPUTS, torch.from_numpy(labels))
    assert set(by_activation(found).values()) == {1.0}


def test_a_network_that_overflows_reads_nothing() -> None:
    own = arrays(784, 5, 5, 10)
    own["fc1.weight"][:] = own["fc2.weight"][:] = 1e30
    broken = read(safetensors(own), "mine")
    found = by_activation(accuracies(broken, INPUTS, torch.zeros(200, dtype=torch.int64)))
    assert found[Activation.RELU] == 0.0


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_a_folded_normalization_gives_the_same_sums(normalization: tuple[float, float]) -> None:
    before = network(784, 30, 10)
    after = refolded(before, *normalization)
    first = after.layers[0]
    sums = INPUTS.double() @ first.weight.double().T + first.bias.double()
    own = arrays(784, 30, 10)
    z = (PIXELS - normalization[0]) / normalization[1]
    np.testing.assert_allclose(
        sums.numpy(), z @ own["fc1.weight"].T.astype(float) + own["fc1.bias"], atol=1e-4
    )
    assert after.layers[1] is before.layers[1]
    assert first.weight.dtype == first.bias.dtype == torch.float32
    if normalization == OURS:
        assert after.digest == before.digest


def test_what_float32_cannot_hold_is_said() -> None:
    own = arrays(784, 10)
    own["fc1.weight"][0, 0] = 3e38
    with pytest.raises(WeightsError, match=r"mean 0\.1307 and standard deviation 0\.3081"):
        refolded(read(safetensors(own), "mine"), *MEASURED)


@pytest.mark.parametrize("count", [0, 3])
def test_digits_and_labels_have_to_be_as_many(count: int) -> None:
    with pytest.raises(ValueError, match=f"{count} labels"):
        accuracies(network(784, 10), INPUTS, torch.zeros(count, dtype=torch.int64))
