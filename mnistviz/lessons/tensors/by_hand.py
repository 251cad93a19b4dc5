"""The network by hand: its steps for one digit, and the sum of a single unit."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from mnistviz.digits.arrays import Floats
from mnistviz.network.activations import FORMS
from mnistviz.network.forward import layer_by_layer
from mnistviz.network.parameters import Parameters
from mnistviz.spec.activations import for_layers
from mnistviz.spec.fields import Activation
from mnistviz.spec.specs import NetworkSpec
from mnistviz.words.quantities import number

PLAIN = 1e9
"""From this size of its total on, a sum is written with powers of ten."""


@dataclass(frozen=True, slots=True)
class HandStep:
    """One step of the network by hand.

    Attributes:
        name: what comes out, as the code calls it: `inputs`, `sums_1`, `hidden_1`, …, `logits`.
        formula: the right side of the line of code that computes it.
        operands: what the step multiplies with and adds, as `weights_1 (784, 256)`; or nothing.
        shape: the shape of what comes out, for the whole batch.
        values: float32 of shape (units,), what comes out for the chosen digit.
    """

    name: str
    formula: str
    operands: tuple[str, ...]
    shape: tuple[int, ...]
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class UnitSum:
    """The sum and the output of one unit of the first layer for one digit, with all terms.

    Attributes:
        inputs: float32 of shape (784,), -1 to 1.
        weights: float32 of shape (784,), the unit's column of `weights_1`.
        products: float32 of shape (784,), input times weight, pixel by pixel.
        bias: the unit's bias.
        total: what `torch.mm(inputs, weights_1) + bias_1` has for the digit and the unit.
        output: the total after the activation; for an output unit or `none` the total itself.
        activation: the name of the function between the two; empty where there is none.
        limit: the weight from which on a picture shows full color: three times the root of the mean
            square of all the layer's weights, or the largest one if that is less. At least tiny.
    """

    inputs: Floats
    weights: Floats
    products: Floats
    bias: float
    total: float
    output: float
    activation: str
    limit: float

    @property
    def sum(self) -> float:
        """The 784 products together, added in float64."""
        with np.errstate(invalid="ignore"):  # infinities of both signs
            return float(self.products.sum(dtype=np.float64))

    @property
    def positive(self) -> float:
        """The products above 0 together."""
        return float(self.products[self.products > 0].sum(dtype=np.float64))

    @property
    def negative(self) -> float:
        """The products below 0 together."""
        return float(self.products[self.products < 0].sum(dtype=np.float64))

    @property
    def difference(self) -> float:
        """How far the products and the bias, added in float64, are from PyTorch's total."""
        return abs(self.sum + self.bias - self.total)

    @property
    def is_plain(self) -> bool:
        """Whether the terms can be written out, with decimals: float32 reaches much further."""
        return abs(self.total) < PLAIN

    @property
    def decimals(self) -> int:
        """With how many decimals the terms are written, 2 to 5: the total has four digits."""
        size = abs(self.total) if self.is_plain else 0
        return min(max(3 - math.floor(math.log10(size)), 2), 5) if size else 5

    @property
    def rounded_terms(self) -> dict[str, float]:
        """The terms rounded so that what is written adds up.

        Each is rounded to `decimals`; what is missing then, a unit or two of the last decimal, is
        put to the larger of `positive` and `negative`. Where float32 itself is further off, nothing
        is moved.
        """
        if not self.is_plain:
            terms = {"positive": self.positive, "negative": self.negative, "sum": self.sum}
            return {**terms, "bias": self.bias, "total": self.total}
        places = self.decimals
        total, bias = round(self.total, places), round(self.bias, places)
        parts = {"positive": round(self.positive, places), "negative": round(self.negative, places)}
        added = round(sum(parts.values()), places)
        missing = round(total - bias - added, places)
        if abs(missing) < 2.5 * 10**-places:
            larger = max(parts, key=lambda name: abs(parts[name]))
            parts[larger] = round(parts[larger] + missing, places)
            added = round(total - bias, places)
        return {**parts, "sum": added, "bias": bias, "total": total}

    def written(self, value: float) -> str:
        """Write a term of the sum with as many decimals as all of them have.

        With three significant digits each, 303 and -301 would not seem to add up to 2.11. So it is
        done only where the numbers are too large, infinite or not a number.
        """
        if not (self.is_plain and math.isfinite(value)):
            return number(value)
        text = f"{value:,.{self.decimals}f}"
        # What rounds to nothing has no sign.
        text = text.removeprefix("-") if not float(text.replace(",", "")) else text
        return text.replace("-", "\N{MINUS SIGN}")

    @property
    def empty(self) -> int:
        """How many of the inputs are exactly -1: black, without ink."""
        return int((self.inputs == -1).sum())

    @property
    def empty_sum(self) -> float:
        """The sum of the products of the empty pixels."""
        with np.errstate(invalid="ignore"):  # infinities of both signs
            return float(self.products[self.inputs == -1].sum(dtype=np.float64))

    @property
    def empty_swapped(self) -> bool | None:
        """Whether a picture shows what the empty pixels do: that products are minus the weights.

        None where the products are no ordinary numbers; False where all of them are 0.
        """
        products = self.products[self.inputs == -1]
        return bool(products.any()) if np.isfinite(products).all() else None


def hand_steps(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, image: int
) -> tuple[HandStep, ...]:
    """Run a batch through the network as the lesson writes it, up to the logits.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784), -1 to 1.
        image: which digit of the batch, 0 to B - 1, the values are kept for.

    Returns:
        `inputs`; for each hidden layer `sums_…` and `hidden_…`, without the latter if no function
        is applied; `logits`.
    """
    records = [_step("inputs", "images.view(images.shape[0], -1)", (), inputs, image)]
    functions = (*for_layers(spec.activation, len(layers) - 1), Activation.NONE)
    name = "inputs"
    passed = layer_by_layer(spec.activation, layers, inputs, by_hand=True)
    for place, (function, step) in enumerate(zip(functions, passed, strict=True), start=1):
        layer, sums, outputs = step
        formula = f"torch.mm({name}, weights_{place}) + bias_{place}"
        operands = (
            f"weights_{place} {tuple(layer.weight.t().shape)}",
            f"bias_{place} {tuple(layer.bias.shape)}",
        )
        last = layer is layers[-1]
        active = function is not Activation.NONE
        name = "logits" if last else f"{'sums' if active else 'hidden'}_{place}"
        records.append(_step(name, formula, operands, sums, image))
        if active:
            formula, name = f"{FORMS[function].by_hand.__name__}({name})", f"hidden_{place}"
            records.append(_step(name, formula, (), outputs, image))
    return tuple(records)


def unit_sum(
    spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, image: int, unit: int
) -> UnitSum:
    """Return the sum of one unit of the first layer for one digit, with all of its terms.

    Args:
        spec: the network; its style does not matter here.
        layers: its parameters.
        inputs: float32 of shape (B, 784), -1 to 1.
        image: which digit of the batch, 0 to B - 1.
        unit: which unit of the first layer, from 0; an output unit where no layer is hidden.

    Raises:
        IndexError: the layer has no such unit.
    """
    weights_1, bias_1 = layers[0].weight.t(), layers[0].bias
    total = (torch.mm(inputs, weights_1) + bias_1)[image, unit]
    first = spec.activations[0] if spec.hidden else Activation.NONE
    output = FORMS[first].stable(total)
    mean_square = float(weights_1.double().square().mean())
    largest = float(weights_1.abs().max())
    return UnitSum(
        inputs=inputs[image].numpy(),
        weights=weights_1[:, unit].numpy(),
        products=(inputs[image] * weights_1[:, unit]).numpy(),
        bias=float(bias_1[unit]),
        total=float(total),
        output=float(output),
        activation="" if first is Activation.NONE else first.value,
        limit=max(min(3 * mean_square**0.5, largest), 1e-12) if math.isfinite(largest) else 1.0,
    )


def _step(
    name: str, formula: str, operands: tuple[str, ...], out: torch.Tensor, image: int
) -> HandStep:
    return HandStep(name, formula, operands, tuple(out.shape), out[image].numpy())
