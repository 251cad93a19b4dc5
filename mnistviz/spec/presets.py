"""Networks worth seeing, by name."""

from collections.abc import Mapping
from types import MappingProxyType

from mnistviz.spec.fields import (
    Activation,
    Bias,
    Init,
    Style,
    Value,
)

PRESETS: Mapping[str, Mapping[str, Value]] = MappingProxyType(
    {
        "The lesson by hand": MappingProxyType(
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
        "The exercise": MappingProxyType(
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
        "No hidden layer": MappingProxyType(
            {
                "style": Style.SEQUENTIAL.value,
                "layers": 0,
                "init": Init.DEFAULT.value,
                "bias": Bias.DEFAULT.value,
            }
        ),
    }
)
"""Networks worth seeing, by name: the settings that each of them changes."""
