"""What the numbers of a passage amount to, in one word each way."""

from enum import StrEnum

from mnistviz.lessons.initialization.spreading import Passage
from mnistviz.spec.fields import Activation, Init
from mnistviz.spec.specs import NetworkSpec

SATURATING = (Activation.SIGMOID, Activation.TANH)
"""The activations that are flat on either side: their units saturate."""

MOSTLY = 0.5
"""From this share of saturated sums on they are what there is to say of a network."""

ROUNDED = 1e-6
"""A spread below this share of the numbers themselves is close to what float32 rounds off: the
last digit of a float32 is worth about 1e-7 of it, and a sum collects several such errors."""

FADING, STEADY, GROWING = 0.5, 0.8, 1.25
"""Factors per layer: below the first a size fades, below the second slowly; above the third it
grows, and above twice the size it may blow up."""

LARGE = 1.0
"""What grows fast blows up only where it reaches this: from 1e-9 to 1e-6 nothing has."""


class Course(StrEnum):
    """What becomes of the differences between digits, or of the gradients, from layer to layer."""

    FADES = "fades"
    FADES_SLOWLY = "fades_slowly"
    STEADY = "steady"
    GROWS = "grows"
    EXPLODES = "explodes"

    SATURATED = "saturated"
    """Most units are; the sizes tell nothing then."""

    LOST = "lost"
    """So small beside the numbers themselves that float32 rounds them away."""

    ZEROS = "zeros"
    """The weights are all 0: nothing passes, either way."""

    ALIKE = "alike"
    """On the way back only: the weights are alike, and the ten errors of a digit sum to 0."""

    FLAT = "flat"
    """On the way back only: in some layer every slope is 0."""

    NOTHING = "nothing"
    """Nothing passes, for a reason that is none of these."""


CUT_OFF = (Course.ZEROS, Course.ALIKE, Course.FLAT, Course.NOTHING)
"""No gradient comes back to hidden layer 1, but for rounding."""


def all_zero(network: NetworkSpec) -> bool:
    """Tell whether every weight starts at 0."""
    constant = network.init is Init.CONSTANT and network.constant == 0
    return constant or network.init is Init.ZEROS


def all_alike(network: NetworkSpec) -> bool:
    """Tell whether every weight starts at one number that is not 0."""
    return network.init is Init.CONSTANT and not all_zero(network)


def same_from(way: Passage) -> int | None:
    """Return the first hidden layer, from 1, whose units tell no digit from another, if any."""
    numbered = enumerate(way.hidden, start=1)
    return next((number for number, layer in numbered if layer.leaving == 0), None)


def flat_layer(way: Passage) -> int | None:
    """Return the last hidden layer, from 1, in which every slope is 0, if any: gradients end there.

    The last one, as gradients come from behind.
    """
    numbered = enumerate(way.hidden, start=1)
    return max((number for number, layer in numbered if layer.slope == 0), default=None)


def saturated_share(network: NetworkSpec, way: Passage) -> float:
    """Return the share of all hidden sums at which a unit is saturated, 0 to 1.

    Args:
        network: with at least one hidden layer.
        way: its passage.
    """
    count = sum(layer.outputs for layer in way.hidden)
    each = zip(network.activations, way.hidden, strict=True)
    flat = (layer.flat * layer.outputs for one, layer in each if one in SATURATING)
    return sum(flat) / count


def mostly_saturated(network: NetworkSpec, way: Passage) -> bool:
    """Tell whether most of the hidden sums lie where the units are saturated."""
    return saturated_share(network, way) >= MOSTLY


def there(network: NetworkSpec, way: Passage) -> Course:
    """Judge how the spread between digits goes from hidden layer 1 to the last one.

    Args:
        network: with at least one hidden layer.
        way: its passage.
    """
    if all_zero(network):
        return Course.ZEROS
    if same_from(way) is not None:
        return Course.NOTHING
    if mostly_saturated(network, way):
        return Course.SATURATED
    last = way.hidden[-1]
    if last.leaving < ROUNDED * last.size:
        return Course.LOST
    return _course(way.hidden[0].leaving, last.leaving, len(way.hidden) - 1)


def back(network: NetworkSpec, way: Passage) -> Course:
    """Judge how the size of the gradients goes from the last hidden layer back to hidden layer 1.

    The step before, from the ten logits, is smaller than the others in any scheme: ten products.

    Args:
        network: with at least one hidden layer.
        way: its passage.
    """
    if all_zero(network):
        return Course.ZEROS
    if all_alike(network):
        return Course.ALIKE
    first, last = way.hidden[0].gradient, way.hidden[-1].gradient
    if first == 0:
        return Course.FLAT if flat_layer(way) else Course.NOTHING
    if mostly_saturated(network, way):
        return Course.SATURATED
    return _course(last, first, len(way.hidden) - 1)


def factor(start: float, end: float, steps: int) -> float:
    """Return the factor per layer that leads from one size to another; 1 without a step.

    Args:
        start: above 0.
        end: the size after all steps.
        steps: how many layers lie between, from 0.
    """
    return float((end / start) ** (1 / steps)) if steps else 1.0


def _course(start: float, end: float, steps: int) -> Course:
    per_layer = factor(start, end, steps)
    if per_layer < FADING:
        return Course.FADES
    if per_layer < STEADY:
        return Course.FADES_SLOWLY
    if per_layer <= GROWING:
        return Course.STEADY
    return Course.EXPLODES if per_layer > 1 / FADING and end >= LARGE else Course.GROWS
