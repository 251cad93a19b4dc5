"""Networks worth seeing, by a short name; their labels stand with the words."""

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
