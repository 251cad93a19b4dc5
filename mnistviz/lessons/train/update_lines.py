"""The update of one weight as arithmetic on paper: every line adds up as it is printed."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal

from mnistviz.spec.fields import Optimizer
from mnistviz.training.learners import BETAS, EPS, MOMENTUM
from mnistviz.words.quantities import SUPERSCRIPTS

DIGITS = range(5, 10)
"""Significant digits with which gradients and states may be printed; float32 holds about seven."""

CHANGE_DIGITS = 3
"""Significant digits that the change of the weight shall show."""

WEIGHT_DIGITS = 9
"""Significant digits of the weight at most: with nine, every float32 is told from its neighbors."""

MORE = 6
"""Decimals that are tried: every other time, rounded numbers do not add up by chance."""

NEAR = Decimal("0.001")
"""How far a printed state may be from the true one, as a share of it."""
ZERO_DECIMALS = 10
"""Decimals of a 0 at most."""

_PLENTY = Context(prec=60)

_MINUS, _TIMES = "\N{MINUS SIGN}", "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class State:
    """The state of an optimizer for one weight.

    Attributes:
        mean: of the gradients: momentum's last step, or Adam's running mean; None for SGD.
        square: Adam's running mean of the squares; None for the others.
    """

    mean: float | None = None
    square: float | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """One update of one weight, as it was computed in float32.

    Attributes:
        optimizer: what made it.
        lr: the learning rate.
        count: which update of the training it is, from 1.
        before: the weight before.
        grad: its gradient.
        state: what the optimizer had collected before.
        after: the weight after.
    """

    optimizer: Optimizer
    lr: float
    count: int
    before: float
    grad: float
    state: State
    after: float

    @property
    def state_after(self) -> State:
        """The state of the optimizer after the update."""
        mean, square = self.state.mean, self.state.square
        if mean is None:
            return self.state
        if square is None:
            return State(MOMENTUM * mean + self.grad)
        return State(
            BETAS[0] * mean + (1 - BETAS[0]) * self.grad,
            BETAS[1] * square + (1 - BETAS[1]) * self.grad**2,
        )

    @property
    def finite(self) -> bool:
        """Whether all of its numbers are numbers."""
        after = self.state_after
        numbers = (self.before, self.grad, self.after, after.mean, after.square)
        return all(math.isfinite(number) for number in numbers if number is not None)


def written(update: Update) -> tuple[str, ...]:
    """Write an update out, for SGD as `w = 0.01234 - 0.05 x 0.00217 = 0.01223` with true signs.

    The weight has so many decimals that its change shows three significant digits, where float32
    has them. Each line is right for the numbers as they are printed, and the last one ends with the
    weight that the training really has, rounded.

    Returns:
        One line for SGD, two for momentum, five for Adam; none where a number is not finite.
    """
    if not update.finite:
        return ()
    chains = [_Chain(update, digits) for digits in DIGITS]
    # Where the terms of a state all but cancel, the most digits have to do.
    for chain, places in _tries(update, [chain for chain in chains if chain.near] or chains[-1:]):
        before = _rounded(update.before, places)
        after = _rounded(_PLENTY.subtract(before, chain.change), places)
        if after == _rounded(update.after, places):
            last = f"w = {_signed(before)} {_MINUS} {chain.factor} = {_signed(after)}"
            return (*chain.lines, last)
    return ()


def _tries(update: Update, chains: Sequence["_Chain"]) -> Iterator[tuple["_Chain", int]]:
    """Yield digits and decimals to try: those that show the change, then more, then fewer."""
    change = abs(chains[-1].change)
    places = CHANGE_DIGITS - 1 - change.adjusted() if change else WEIGHT_DIGITS // 2
    size = max(abs(update.before), abs(update.after))
    if size:
        places = min(places, WEIGHT_DIGITS - 1 - math.floor(math.log10(size)))
    yield from itertools.product(chains, range(places, places + MORE))
    # Where float32 rounds more than the change shows, in the end nothing is left of it.
    fewer = range(places - 1, places - WEIGHT_DIGITS - 3, -1)
    yield from ((chain, number) for number in fewer for chain in chains)


class _Chain:
    """The lines before the last one, each computed from the numbers as they are printed.

    Attributes:
        lines: those lines.
        factor: what is subtracted from the weight, in words.
        change: the same as a number.
        near: whether the printed states are close to the true ones.
    """

    def __init__(self, update: Update, digits: int) -> None:
        self.digits = digits
        self.lines: list[str] = []
        self.near = True
        lr, grad = _exactly(update.lr), self.cut(_true(update.grad))
        match update.optimizer:
            case Optimizer.SGD:
                self.change = _PLENTY.multiply(lr, grad)
                self.factor = f"{_text(lr)} {_TIMES} {_operand(grad)}"
            case Optimizer.MOMENTUM:
                v = self._momentum(update, grad)
                self.change = _PLENTY.multiply(lr, v)
                self.factor = f"{_text(lr)} {_TIMES} {_operand(v)}"
            case Optimizer.ADAM:
                m, v = self._adam(update, grad)
                root = _PLENTY.add(_PLENTY.sqrt(v), _exactly(EPS))
                self.change = _PLENTY.divide(_PLENTY.multiply(lr, m), root)
                below = f"(√{_operand(v)} + {_text(_exactly(EPS))})"
                self.factor = f"{_text(lr)} {_TIMES} {_operand(m)} / {below}"

    def cut(self, value: Decimal) -> Decimal:
        """Round to the digits that are printed."""
        return Context(prec=self.digits).plus(value) if value else Decimal(0)

    def _momentum(self, update: Update, grad: Decimal) -> Decimal:
        keep, old = _exactly(MOMENTUM), self.cut(_true(update.state.mean))
        v = self.cut(_PLENTY.fma(keep, old, grad))
        self._compare(v, update.state_after.mean)
        self.lines = [
            f"v = {_text(keep)} {_TIMES} {_operand(old)} + {_addend(grad)} = {_signed(v)}"
        ]
        return v

    def _adam(self, update: Update, grad: Decimal) -> tuple[Decimal, Decimal]:
        state, after = update.state, update.state_after
        corrected = []
        for name, power, old, new, beta in (
            ("m", 1, state.mean, after.mean, BETAS[0]),
            ("v", 2, state.square, after.square, BETAS[1]),
        ):
            keep, was = _exactly(beta), self.cut(_true(old))
            rest = 1 - keep
            value = self.cut(_PLENTY.fma(keep, was, _PLENTY.multiply(rest, grad**power)))
            self._compare(value, new)
            sign = "²" if power == 2 else ""
            self.lines.append(
                f"{name} = {_text(keep)} {_TIMES} {_operand(was)} + {_text(rest)} {_TIMES} "
                f"{_operand(grad)}{sign} = {_signed(value)}"
            )
            share = self.cut(1 - _PLENTY.power(keep, update.count))
            unbiased = self.cut(_PLENTY.divide(value, share))
            corrected.append(unbiased)
            self.lines.append(
                f"{name}\N{COMBINING CIRCUMFLEX ACCENT} = {_signed(value)} / {_text(share)} = "
                f"{_signed(unbiased)}"
            )
        return corrected[0], corrected[1]

    def _compare(self, printed: Decimal, true: float | None) -> None:
        wanted = _true(true)
        self.near = self.near and abs(printed - wanted) <= NEAR * abs(wanted)


def _true(value: float | None) -> Decimal:
    """Take a number as float32 holds it."""
    assert value is not None
    return Decimal(value)


def _exactly(value: float) -> Decimal:
    """Take a number as one writes it: 0.9 is 0.9."""
    return Decimal(repr(value))


def _rounded(value: float | Decimal, places: int) -> Decimal:
    return _PLENTY.quantize(Decimal(value), Decimal(1).scaleb(-places))


def _text(value: Decimal) -> str:
    """Write a number that is not negative: in full, or with a power of ten."""
    if not value:
        return f"{value:f}" if value.adjusted() >= -ZERO_DECIMALS else "0"
    if -5 <= value.adjusted() < 7 and int(value.as_tuple().exponent) <= 0:
        return f"{value:f}"
    power = f"{value.adjusted()}".translate(SUPERSCRIPTS)
    mantissa = value.scaleb(-value.adjusted())
    if mantissa == 1:
        return f"10{power}"
    return f"{mantissa:f} {_TIMES} 10{power}"


def _signed(value: Decimal) -> str:
    """Write a number with a true minus sign."""
    return f"{_MINUS if value < 0 else ''}{_text(abs(value))}"


def _operand(value: Decimal) -> str:
    """Write a number within a product: in brackets where it would not hold together."""
    text = _signed(value)
    return text if set(text) <= set("0123456789.") else f"({text})"


def _addend(value: Decimal) -> str:
    """Write a number that is added: in brackets if it is negative."""
    return f"({_signed(value)})" if value < 0 else _text(value)


def loss_written(loss: float) -> str:
    """Write the loss of one digit as `-log(0.912) = 0.0921` with a true sign, right as printed.

    Args:
        loss: -log p of the true digit, 0 or more, finite.
    """
    rounded = Context(prec=CHANGE_DIGITS).create_decimal(repr(loss) if loss else 0)
    true = _PLENTY.exp(-Decimal(loss))
    for digits in range(CHANGE_DIGITS, 40):
        p = Context(prec=digits).plus(true)
        if Context(prec=CHANGE_DIGITS).plus(-_PLENTY.ln(p)) == rounded:
            break
    return f"{_MINUS}log({_text(p)}) = {_text(rounded)}"


def distinct_texts(one: float, other: float) -> tuple[str, str]:
    """Write two numbers with three significant digits, or as many more as tell them apart.

    Args:
        one: any finite number.
        other: any finite number; equal ones get equal texts.
    """
    for digits in (*range(CHANGE_DIGITS, 18), CHANGE_DIGITS):
        first, second = (
            _signed(Context(prec=digits).create_decimal(repr(value))) for value in (one, other)
        )
        if first != second:
            break
    return first, second
