"""Tests of the arithmetic of one update: it adds up as printed, and is that of the training."""

from __future__ import annotations

import math
from decimal import Context, Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnistviz.lessons.train.update_lines import State, Update, distinct_texts, loss_written, written
from mnistviz.spec.fields import Optimizer
from tests.helpers.paper import PLENTY, assert_adds_up, value_of

each_optimizer = pytest.mark.parametrize("optimizer", Optimizer)


def made(optimizer: Optimizer, lr: float, count: int, numbers: tuple[float, ...]) -> Update:
    """Make an update in float32, as the training does."""
    before, grad, mean, square = (np.float32(number) for number in numbers)
    square = abs(square)
    old = np.float32(lr)
    if optimizer is Optimizer.SGD:
        after = before - old * grad
        return Update(optimizer, lr, count, float(before), float(grad), State(), float(after))
    if optimizer is Optimizer.MOMENTUM:
        after = before - old * (np.float32(0.9) * mean + grad)
        state = State(float(mean))
        return Update(optimizer, lr, count, float(before), float(grad), state, float(after))
    # The mean of squares is never far below the square of the mean.
    square += mean**2 / 10
    m, s = np.float64(0.9) * mean + 0.1 * grad, 0.999 * square + 0.001 * np.float64(grad) ** 2
    fair = s / (1 - 0.999**count)
    after = np.float32(before - lr * (m / (1 - 0.9**count)) / (math.sqrt(fair) + 1e-8))
    state = State(float(mean), float(square))
    return Update(optimizer, lr, count, float(before), float(grad), state, float(after))


class TestLines:
    @each_optimizer
    @settings(max_examples=60, deadline=None)
    @given(
        st.sampled_from([0.05, 0.001, 0.00001, 1.0, 0.3, 100.0]),
        st.integers(1, 100_000),
        st.tuples(*[st.floats(-2, 2, width=32)] * 2),
        st.tuples(*[st.floats(-0.5, 0.5, width=32)] * 2),
    )
    def test_they_add_up_as_printed(
        self,
        optimizer: Optimizer,
        lr: float,
        count: int,
        numbers: tuple[float, float],
        state: tuple[float, float],
    ) -> None:
        update = made(optimizer, lr, count, numbers + state)
        lines = written(update)
        assert lines
        assert_adds_up(update, lines)

    def test_sgd_reads_like_arithmetic(self) -> None:
        update = made(Optimizer.SGD, 0.05, 1, (0.01234, 0.00218, 0, 0))
        assert written(update) == ("w = 0.012340 − 0.05 × 0.0021800 = 0.012231",)  # noqa: RUF001

    def test_signs(self) -> None:
        (line,) = written(made(Optimizer.SGD, 0.05, 1, (-0.5, -0.25, 0, 0)))
        assert line == "w = −0.5000 − 0.05 × (−0.25) = −0.4875"  # noqa: RUF001
        line, _ = written(made(Optimizer.MOMENTUM, 0.1, 1, (0.5, -0.25, 0.5, 0)))
        assert line == "v = 0.9 × 0.5 + (−0.25) = 0.20"  # noqa: RUF001

    def test_a_power_of_ten_stands_in_brackets(self) -> None:
        lines = written(made(Optimizer.ADAM, 0.05, 1, (0.5, 1e-8, 0, 0)))
        assert lines[2].startswith("v = 0.999 × 0 + 0.001 × (10⁻⁸)² = ")  # noqa: RUF001

    def test_a_gradient_of_zero_changes_nothing(self) -> None:
        for optimizer in Optimizer:
            lines = written(made(optimizer, 0.05, 3, (0.25, 0, 0, 0)))
            assert lines[-1].startswith("w = 0.2500 ")
            assert lines[-1].endswith(" = 0.2500")

    def test_a_step_that_float32_cannot_take(self) -> None:
        update = made(Optimizer.SGD, 0.00001, 1, (1.5, 1e-5, 0, 0))
        assert update.after == update.before
        assert_adds_up(update, written(update))

    @pytest.mark.parametrize("bad", [math.nan, math.inf])
    def test_what_is_no_number_is_not_written(self, bad: float) -> None:
        for optimizer in Optimizer:
            state = State(0.0, 0.0) if optimizer is Optimizer.ADAM else State(0.0)
            assert written(Update(optimizer, 0.1, 1, bad, 0.1, state, bad)) == ()

    def test_the_printed_state_is_the_true_one(self) -> None:
        # 0.9 v + g all but cancels: five digits of each would leave a state of one digit.
        update = made(Optimizer.MOMENTUM, 0.1, 5, (0.5, -0.09000001, 0.1, 0))
        line, _ = written(update)
        wanted = Decimal(update.state_after.mean or 0)
        assert abs(value_of(line.split(" = ")[2]) - wanted) <= Decimal("1e-9")

    @pytest.mark.parametrize("loss", [0.0, 1e-9, 1.2e-7, 0.00016, 0.0918, 2.302585, 88.0, 1e4])
    def test_the_loss_of_a_digit(self, loss: float) -> None:
        expression, result = loss_written(loss).split(" = ")
        p = value_of(expression.removeprefix("\N{MINUS SIGN}log"))
        rounded = Context(prec=3).plus(-PLENTY.ln(p))
        assert rounded == value_of(result) == Context(prec=3).create_decimal(loss)

    def test_two_losses_are_told_apart(self) -> None:
        assert distinct_texts(2.2201, 2.2199) == ("2.2201", "2.2199")
        assert distinct_texts(2.5, 1.25) == ("2.5", "1.25")
        assert distinct_texts(0.123456, 0.123456) == ("0.123", "0.123")
        assert distinct_texts(-0.5, 0.5) == ("\N{MINUS SIGN}0.5", "0.5")
