"""A network that a person brings along: what is read from a file of weights, and why one is refused."""

import hashlib
from dataclasses import dataclass

from mnistviz.fields import Activation
from mnistviz.parameters import Parameters


class WeightsError(ValueError):
    """A file of weights cannot be used; the text says what it holds, and what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadedNetwork:
    """The parameters of a file, checked: they fit a network that the app can show.

    Attributes:
        layers: `fc1`, `fc2`, … from the 784 pixels to the ten outputs; float32, finite, weights of
            shape (outputs, inputs) as `nn.Linear` stores them. Read-only.
        activation: the function on the hidden layers; None if the file does not say.
        name: what the person knows the file by.
        notes: what was changed on the way in, each a sentence; none for a file of this app.
    """

    layers: Parameters
    activation: Activation | None
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
