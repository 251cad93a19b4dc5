"""mnistviz: see how a neural network classifies a handwritten digit, with real PyTorch."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnistviz.training.reading import read_digits

__all__ = ["read_digits"]

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    # PyTorch is loaded by those who read digits alone: `import mnistviz` stays light.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mnistviz.training import reading

    return getattr(reading, name)
