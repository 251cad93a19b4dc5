"""A network that a person brings along, and the one way to say why it cannot be used."""

import hashlib
from dataclasses import dataclass

from mnistviz.network.parameters import Parameters
from mnistviz.spec.activations import Activations
from mnistviz.spec.fields import CLASSES, INPUTS, MAX_LAYERS
from mnistviz.words import say

TO_SAVE = '`torch.save(model.state_dict(), "weights.pt")`'
"""The line that writes a file which can be read here."""

WANTED = say("errors/weights", "wanted", to_save=TO_SAVE)
"""What to bring instead."""

AGAIN = say("errors/weights", "again")
"""What to do about a file that is damaged."""

OTHERS = say("errors/weights", "others", inputs=INPUTS, last=CLASSES)
"""What to bring instead of a network that is another one."""

MOST_TENSORS = 2 * (MAX_LAYERS + 1)

SHOWABLE = say("errors/weights", "showable", most=MAX_LAYERS, tensors=MOST_TENSORS, others=OTHERS)
"""How much of a network can be shown."""


class WeightsError(ValueError):
    """A file of weights cannot be used; the text says what it holds, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedNetwork:
    """The parameters of a file, checked: they fit a network that the app can show.

    Attributes:
        layers: `fc1`, `fc2`, … from the 784 pixels to the ten outputs; float32, finite, weights of
            shape (outputs, inputs) as `nn.Linear` stores them. Read-only.
        activation: the function on the hidden layers, one for all or one for each; None if
            the file does not say.
        name: what the person knows the file by.
        notes: what was changed on the way in, each a sentence; none for a file of this app.
    """

    layers: Parameters
    activation: Activations | None
    name: str
    notes: tuple[str, ...] = ()

    @property
    def hidden(self) -> tuple[int, ...]:
        """Units of each hidden layer."""
        return tuple(len(layer.bias) for layer in self.layers[:-1])

    @property
    def digest(self) -> str:
        """The fingerprint of the parameters: 16 hexadecimal digits, the same for equal ones."""
        summed = hashlib.sha256()
        for layer in self.layers:
            for tensor in (layer.weight, layer.bias):
                summed.update(str(tuple(tensor.shape)).encode())
                summed.update(tensor.detach().contiguous().numpy().tobytes())
        return summed.hexdigest()[:16]


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as PyTorch code does: `(128, 784)`."""
    more = len(shape) > 6
    text = str(tuple(shape[:6]))
    return f"{text[:-1]}, …)" if more else text


def in_bytes(size: int) -> str:
    """Write a size as one says it: "812 bytes", "195 kB", "64 MB"."""
    if size < 10_000:
        return f"{size:,}\N{NO-BREAK SPACE}{'byte' if size == 1 else 'bytes'}"
    for unit, divisor in (("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)):
        if size < 999.5 * divisor or unit == "TB":
            return f"{size / divisor:,.3g}\N{NO-BREAK SPACE}{unit}"
    raise AssertionError
