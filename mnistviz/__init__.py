"""See how a neural network classifies a handwritten digit, with real PyTorch.

The app is started by the command `mnistviz`. What follows is for a notebook or a program of your
own. It brings 5,000 digits of MNIST along, and downloads nothing.

```python
from mnistviz import NetworkSpec, TrainSpec, sample_loader, train, view_classify

record = train(NetworkSpec(hidden=(128, 64)), TrainSpec(epochs=5))
images, labels = next(iter(sample_loader(train=False)))
view_classify(images[0], record.network(images[0].view(1, 784)), truth=labels[0])
```

- To see: `view_classify`, `plot_curves`, `plot_weights`, `plot_confusion`.
- Digits: `SampleDigits`, `sample_loader`, `read_digits`.
- Networks: `NetworkSpec`, `TrainSpec`, `build`, `probabilities`, `train`, `Training`.
- Code to take home: `script`, `DigitSpec`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnistviz.library.networks import Training, build, probabilities, script, train
    from mnistviz.library.plots import plot_confusion, plot_curves, plot_weights
    from mnistviz.library.sample import SampleDigits, sample_loader
    from mnistviz.library.view import view_classify
    from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
    from mnistviz.training.reading import read_digits

__all__ = [
    "DigitSpec",
    "NetworkSpec",
    "SampleDigits",
    "TrainSpec",
    "Training",
    "build",
    "plot_confusion",
    "plot_curves",
    "plot_weights",
    "probabilities",
    "read_digits",
    "sample_loader",
    "script",
    "train",
    "view_classify",
]

__version__ = "0.1.0"

_PLACES = {
    "library.networks": ("Training", "build", "probabilities", "script", "train"),
    "library.plots": ("plot_confusion", "plot_curves", "plot_weights"),
    "library.sample": ("SampleDigits", "sample_loader"),
    "library.view": ("view_classify",),
    "spec.specs": ("DigitSpec", "NetworkSpec", "TrainSpec"),
    "training.reading": ("read_digits",),
}
"""Where what is public lies, as one reads it there."""


def __getattr__(name: str) -> Any:
    # PyTorch and Plotly are loaded for those who use them alone: `import mnistviz` stays light.
    for place, names in _PLACES.items():
        if name in names:
            # Kept, so that it is asked for once.
            globals()[name] = getattr(import_module(f"{__name__}.{place}"), name)
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
