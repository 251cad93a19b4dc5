"""Networks worth seeing, by a short name; their labels stand with the words."""

from collections.abc import Mapping
from types import MappingProxyType

from mnistviz.spec.fields import (
    Activation,
    Augment,
    Bias,
    Data,
    Init,
    Optimizer,
    Style,
    Value,
    Weights,
    defaults,
)
from mnistviz.spec.specs import NetworkSpec

PRESETS: Mapping[str, Mapping[str, Value]] = MappingProxyType(
    {
        "by_hand": MappingProxyType(
            {
                "style": Style.TENSORS.value,
                "layers": 1,
                "w1": 256,
                "activation": Activation.SIGMOID.value,
                "init": Init.NORMAL.value,
                "std": 1.0,
                "bias": Bias.NORMAL.value,
            }
        ),
        "exercise": MappingProxyType(
            {
                "style": Style.MODULE.value,
                "layers": 2,
                "w1": 128,
                "w2": 64,
                "activation": Activation.RELU.value,
                "init": Init.DEFAULT.value,
                "bias": Bias.DEFAULT.value,
            }
        ),
        "linear": MappingProxyType(
            {
                "style": Style.SEQUENTIAL.value,
                "layers": 0,
                "init": Init.DEFAULT.value,
                "bias": Bias.DEFAULT.value,
            }
        ),
    }
)
"""By name, the settings that each network changes."""

HANDS: Mapping[str, Value] = MappingProxyType(
    {
        "data": Data.SAMPLE.value,
        "layers": 2,
        "w1": 256,
        "w2": 128,
        "activation": Activation.RELU.value,
        "init": Init.DEFAULT.value,
        "bias": Bias.DEFAULT.value,
        "seed": 7,
        "weights": Weights.TRAINED.value,
        "optimizer": Optimizer.MOMENTUM.value,
        "lr": 0.02,
        "batch_size": 64,
        "epochs": 50,
        "augment": Augment.LIGHT.value,
    }
)
"""The network that reads other people's digits best, of those that learn the sample in a few
seconds: of the settings that were tried, measured on test digits, on test digits drawn anew, and on
digits drawn with strokes by chance."""


def hands_network() -> NetworkSpec:
    """Return the network that reads other people's digits best, with its training; see `HANDS`."""
    return NetworkSpec.from_settings({**defaults(), **HANDS})
