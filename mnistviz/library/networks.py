"""Networks of a spec: built, asked, trained, and written as a script."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch

from mnistviz.digits import mnist
from mnistviz.digits.arrays import Floats, Integers
from mnistviz.lessons.classify.script import script as script_of
from mnistviz.library import forms
from mnistviz.library.forms import Values
from mnistviz.network import styles
from mnistviz.network.parameters import Parameters
from mnistviz.network.styles import Network
from mnistviz.spec.fields import CLASSES
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training import keeping, loop
from mnistviz.words import say


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """What has happened in a training, and what came out of it.

    Attributes:
        spec: the network, with its training.
        losses: float32 of shape (steps,), of each step's batch before its update.
        accuracies: float32 of shape (steps,), the share of each batch that was right, 0 to 1.
        test_steps: int64 of shape (M,), the steps after which the test digits were asked, up to 41
            of them; 0 is before the first.
        test_losses: float32 of shape (M,).
        test_accuracies: float32 of shape (M,), 0 to 1.
        layers: the parameters at the end; each has `name`, `weight` and `bias`.
    """

    spec: NetworkSpec
    losses: Floats
    accuracies: Floats
    test_steps: Integers
    test_losses: Floats
    test_accuracies: Floats
    layers: Parameters

    @property
    def network(self) -> Network:
        """The trained network, in the style of its spec; a call gives probabilities."""
        return styles.build(self.spec, self.layers)


Asked = NetworkSpec | Training | Network | Callable[[torch.Tensor], torch.Tensor]
"""What can be asked for probabilities: a spec, a record, or any network that ends in a softmax."""


def build(spec: NetworkSpec) -> Network:
    """Build the network of a spec, in its style, with the numbers that the app has.

    Args:
        spec: the network. One with a training is trained first.

    Returns:
        A network: a call with inputs (B, 784), float32, gives probabilities (B, 10). In the styles
        `module`, `functional` and `sequential` it is a `torch.nn.Module`; printed, it shows its
        parts.

    Raises:
        ValueError: the spec is of weights that came from a file.

    Examples:
        >>> import torch
        >>> from mnistviz import NetworkSpec, build
        >>> network = build(NetworkSpec(style="sequential", hidden=(128, 64), seed=7))
        >>> network[0].weight.shape
        torch.Size([128, 784])
        >>> network(torch.zeros(64, 784)).shape
        torch.Size([64, 10])
    """
    _check_spec(spec)
    if spec.loaded:
        raise ValueError(say("errors/library", "loaded_built"))
    return styles.build(spec, keeping.learned(spec))


def probabilities(network: Asked, images: Values) -> torch.Tensor:
    """Ask a network what digits are, without recording anything for gradients.

    Args:
        network: a spec, which is built (and trained, if it has a training) by this call; what
            `build` or `train` returned; or a network of your own that takes (B, 784) and ends in a
            softmax.
        images: one digit or a batch: (784,), (28, 28), (1, 28, 28), (B, 784), (B, 28, 28) or
            (B, 1, 28, 28). Of uint8 they are normalized to -1 to 1; floats are taken as they are.

    Returns:
        float32 of shape (B, 10); each row sums to 1.

    Raises:
        ValueError: the images have another shape, or the network gives no probabilities.

    Examples:
        >>> from mnistviz import NetworkSpec, probabilities, sample_loader
        >>> images, labels = next(iter(sample_loader(seed=7)))
        >>> rows = probabilities(NetworkSpec(hidden=(128, 64)), images)
        >>> rows.shape
        torch.Size([64, 10])
        >>> rows[0].sum().item()  # doctest: +ELLIPSIS
        1.0...
    """
    asked = forms.inputs(images)
    rows = styles.probabilities(_callable(network), asked)
    if rows.shape != (len(asked), CLASSES):
        text = say("errors/library", "answers_shape", count=len(asked), shape=tuple(rows.shape))
        raise ValueError(text)
    totals = rows.sum(1)
    # A network that has exploded has none: NaN stands for itself.
    if (rows < 0).any() or ((totals - 1).abs() > forms.CLOSE).any():
        total = f"{float(totals[0]):.4g}"
        raise ValueError(say("errors/library", "answers_logits", total=total))
    return rows


def train(spec: NetworkSpec, training: TrainSpec | None = None) -> Training:
    """Train a network on the bundled digits, to the same weights as in the app, bit for bit.

    Args:
        spec: the network, from the weights it starts with.
        training: how; by default as the spec says, and else as the app does it: 30 epochs,
            momentum, a learning rate of 0.02. With `data="full"` all of MNIST is learned, which has
            to lie in the cache folder.

    Returns:
        The record. A loss that is no number any more ends the training early.

    Raises:
        ValueError: the spec is of weights that came from a file.
        mnistviz.digits.mnist.DataError: the digits cannot be read.

    Examples:
        >>> from mnistviz import NetworkSpec, TrainSpec, train
        >>> record = train(NetworkSpec(hidden=(32,)), TrainSpec(epochs=2))
        >>> record.losses.shape
        (126,)
        >>> bool(record.test_accuracies[-1] > 0.8)
        True
        >>> [layer.name for layer in record.layers]
        ['fc1', 'fc2']
    """
    _check_spec(spec)
    if spec.loaded:
        raise ValueError(say("errors/library", "loaded"))
    training = training or spec.training or TrainSpec()
    examples = mnist.examples(mnist.load(mnist.root_of(training.data)))
    with keeping.one_thread():
        records = tuple(loop.train(spec.untrained, training, examples))
    marks = [(record.step, record.mark) for record in records if record.mark is not None]
    return Training(
        spec=replace(spec, training=training),
        losses=np.array([one.loss for one in records[1:]], dtype=np.float32),
        accuracies=np.array([one.accuracy for one in records[1:]], dtype=np.float32),
        test_steps=np.array([step for step, _ in marks], dtype=np.int64),
        test_losses=np.array([mark.test_loss for _, mark in marks], dtype=np.float32),
        test_accuracies=np.array([mark.test_accuracy for _, mark in marks], dtype=np.float32),
        layers=[mark.layers for _, mark in marks if mark.layers is not None][-1],
    )


def script(spec: NetworkSpec, digit: DigitSpec | None = None) -> str:
    """Write the PyTorch script that builds a network and prints its answer to a digit.

    Args:
        spec: the network, in one of the four styles; one with a training is trained by the script.
        digit: which digit it answers; by default the first of the first batch, shuffled by the
            seed of the spec.

    Returns:
        Python that needs torch and torchvision alone, and downloads MNIST where it runs. Run by
        plain `python`, it prints ten lines, one for each probability.

    Raises:
        ValueError: the network was trained on another set than the digit's.

    Examples:
        >>> from mnistviz import NetworkSpec, script
        >>> text = script(NetworkSpec(style="module", hidden=(128, 64)))
        >>> "class Network(nn.Module):" in text
        True
    """
    _check_spec(spec)
    if digit is None:
        training = spec.training or TrainSpec()
        digit = DigitSpec(data=training.data, seed=spec.seed)
    return script_of(spec, digit)


def _callable(network: Asked) -> Network:
    if isinstance(network, NetworkSpec):
        return build(network)
    asked = network.network if isinstance(network, Training) else network
    # The class of a network is no network yet.
    if isinstance(asked, type) or not callable(asked):
        text = say("errors/library", "no_network", found=type(network).__name__)
        raise ValueError(text)
    return asked


def _check_spec(spec: object) -> None:
    if not isinstance(spec, NetworkSpec):
        raise ValueError(say("errors/library", "no_spec", found=type(spec).__name__))
