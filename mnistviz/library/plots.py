"""The figures of a training, of weights and of a network's errors."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go
import torch
from torch import nn

from mnistviz.digits.arrays import Floats
from mnistviz.figures import confusion, curves, weight_pictures
from mnistviz.library.networks import Asked, Training, build, probabilities
from mnistviz.library.sample import SampleDigits
from mnistviz.network.answers import NO_ANSWER, prediction
from mnistviz.network.styles.tensors import TensorNetwork
from mnistviz.spec.fields import INPUTS
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import evaluation
from mnistviz.words import say

MOST = 64
"""First units that are drawn unless one names others."""


def plot_curves(record: Training) -> go.Figure:
    """Draw loss and accuracy of a training by step.

    Args:
        record: what `train` returned.

    Returns:
        A Plotly figure: the loss above, the share of right answers below; a thin line for the
        batches, a dashed one for the test digits.

    Raises:
        ValueError: it is no record.

    Examples:
        >>> from mnistviz import NetworkSpec, TrainSpec, plot_curves, train
        >>> figure = plot_curves(train(NetworkSpec(hidden=(16,)), TrainSpec(epochs=1)))
        >>> len(figure.data[0].y)
        63
    """
    if not isinstance(record, Training):
        raise ValueError(say("errors/library", "no_record", found=type(record).__name__))
    return curves.figure(
        (record.losses, record.accuracies),
        record.test_steps,
        (record.test_losses, record.test_accuracies),
    )


def plot_weights(
    network: NetworkSpec | Training | object, units: Sequence[int] | None = None
) -> go.Figure:
    """Draw the weights of first units as pictures, as each unit meets the pixels.

    Args:
        network: a spec, what `build` or `train` returned, a `torch.nn.Module` of your own whose
            first layer has 784 inputs, or weights of shape (units, 784).
        units: which units, from 0; by default the first 64.

    Returns:
        A Plotly figure: blue above 0, orange below, all pictures on one scale.

    Raises:
        ValueError: there are no such weights, or no such unit.

    Examples:
        >>> from mnistviz import NetworkSpec, plot_weights
        >>> figure = plot_weights(NetworkSpec(hidden=(128, 64)), units=[0, 5, 9])
        >>> figure.data[0].z.shape
        (30, 90)
    """
    weights = _first_weights(network)
    last = len(weights) - 1
    chosen = list(range(min(len(weights), MOST))) if units is None else _whole(units, last)
    for unit in chosen:
        if not 0 <= unit <= last:
            raise ValueError(say("errors/library", "no_unit", unit=unit, last=last))
    if not chosen:
        raise ValueError(say("errors/library", "no_units", last=last))
    return weight_pictures.figure(weights[chosen], chosen)


def plot_confusion(network: Asked, digits: SampleDigits | None = None) -> go.Figure:
    """Draw how many digits of each kind get each answer.

    Args:
        network: a spec, what `build` or `train` returned, or a network of your own that takes
            (B, 784) and ends in a softmax.
        digits: which digits it answers; by default the 1,000 test digits that come along. Anything
            with `images` (N, 1, 28, 28) and `labels` (N,) will do.

    Returns:
        A Plotly figure: a row for each true digit, a column for each answer. What the network has
        no single answer to is left out.

    Raises:
        ValueError: there are no digits, or the network gives no probabilities.

    Examples:
        >>> from mnistviz import NetworkSpec, TrainSpec, plot_confusion, train
        >>> record = train(NetworkSpec(hidden=(16,)), TrainSpec(epochs=1))
        >>> figure = plot_confusion(record)
        >>> int(figure.data[0].customdata.sum())
        1000
    """
    asked = SampleDigits(train=False) if digits is None else digits
    if not len(asked.labels):
        raise ValueError(say("errors/library", "no_digits"))
    rows = probabilities(network, asked.images).numpy()
    says = (prediction(row) for row in rows)
    answers = np.array([NO_ANSWER if one is None else one for one in says], dtype=np.int64)
    return confusion.figure(evaluation.confusion(np.asarray(asked.labels), answers))


def _whole(units: Sequence[int], last: int) -> list[int]:
    """Return the numbers of units as Python has them, of whatever kind they are."""
    numbers = np.asarray(units)
    # An empty list is one of floats, for NumPy.
    if numbers.ndim != 1 or (numbers.size and numbers.dtype.kind not in "iu"):
        raise ValueError(say("errors/library", "units_whole", last=last))
    return [int(number) for number in numbers]


def _first_weights(network: object) -> Floats:
    if isinstance(network, NetworkSpec):
        network = build(network)
    held: object = network
    if isinstance(network, Training):
        held = network.layers[0].weight
    elif isinstance(network, TensorNetwork):
        held = network.weights[0].t()
    elif isinstance(network, nn.Module):
        shapes = (one for one in network.parameters() if one.shape[1:] == (INPUTS,))
        held = next(shapes, None)
    elif isinstance(network, np.ndarray | list | tuple):
        held = torch.tensor(np.asarray(network, dtype=np.float32))
    weights = held.detach().cpu().float() if isinstance(held, torch.Tensor) else torch.empty(0)
    if weights.ndim != 2 or weights.shape[1] != INPUTS or not len(weights):
        raise ValueError(say("errors/library", "no_first_layer"))
    return weights.numpy()
