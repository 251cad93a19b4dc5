"""Tests of the clinic: each operation against numpy or a closed form; nothing given changes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import pytest
import torch

from mnistviz.digits import mnist
from mnistviz.lessons.clinic import measure, operations, pictures, weights
from mnistviz.lessons.clinic.operations import (
    LIMITS,
    ON_DIGIT,
    ON_NETWORK,
    Change,
    Limits,
    Operation,
)
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.fields import Activation, SpecError
from mnistviz.spec.specs import NetworkSpec
from tests.unit.lessons.clinic.changes import (
    NETWORKS,
    digits,
    each_operation,
    network_of,
    of,
    some,
)


def unchanged(layers: Parameters) -> list[npt.NDArray[np.float32]]:
    return [each.numpy().copy() for layer in layers for each in (layer.weight, layer.bias)]


def sampled(picture: npt.NDArray[np.float64], rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """A picture at places between its pixels, bilinear; outside is paper."""
    padded = np.pad(picture, 2)
    rows, columns = np.clip(rows, -1.5, 28.5) + 2, np.clip(columns, -1.5, 28.5) + 2
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = rows - top, columns - left
    return (
        padded[top, left] * (1 - down) * (1 - right)
        + padded[top + 1, left] * down * (1 - right)
        + padded[top, left + 1] * (1 - down) * right
        + padded[top + 1, left + 1] * down * right
    )


class TestPictures:
    @pytest.mark.parametrize(("right", "down"), [(0, 0), (3, 0), (-2, 5), (14, -14)])
    def test_a_shift_moves_whole_pixels_over_paper(self, right: int, down: int) -> None:
        given = some().numpy()
        wanted = np.zeros_like(given)
        rows = slice(max(down, 0), 28 + min(down, 0))
        columns = slice(max(right, 0), 28 + min(right, 0))
        back = slice(max(-down, 0), 28 - max(down, 0)), slice(max(-right, 0), 28 - max(right, 0))
        wanted[:, rows, columns] = given[:, back[0], back[1]]
        assert (pictures.shift(some(), right, down).numpy() == wanted).all()

    @pytest.mark.parametrize(("degrees", "quarters"), [(0, 0), (90, 1), (180, 2), (-90, 3)])
    def test_quarter_turns_are_exact(self, degrees: float, quarters: int) -> None:
        wanted = np.rot90(some().numpy(), quarters, axes=(1, 2))
        off = np.abs(pictures.rotate(some(), degrees).numpy().astype(int) - wanted)
        assert off.max() <= 1

    @pytest.mark.parametrize("degrees", range(-180, 181, 5))
    def test_every_turn_can_be_classified(self, degrees: int) -> None:
        inputs = operations.inputs_of(of(Operation.ROTATE, float(degrees)), some(), 7)
        wanted = pictures.rotate(some(), degrees).double().numpy().reshape(40, 784)
        np.testing.assert_allclose(inputs.numpy(), wanted / 127.5 - 1, atol=1e-6)

    @pytest.mark.parametrize(("degrees", "factor"), [(40, 1.0), (-25, 1.0), (0, 0.6), (0, 1.7)])
    def test_turned_and_scaled_pixels_are_bilinear(self, degrees: float, factor: float) -> None:
        given = some()
        made = pictures.rotate(given, degrees) if degrees else pictures.scale(given, factor)
        row, column = (each - 13.5 for each in np.mgrid[0:28, 0:28].astype(float))
        angle = math.radians(degrees)
        # Where each pixel of the result comes from; rows count downward.
        from_column = (math.cos(angle) * column - math.sin(angle) * row) / factor + 13.5
        from_row = (math.sin(angle) * column + math.cos(angle) * row) / factor + 13.5
        for number in range(5):
            picture = given[number].numpy().astype(float)
            wanted = sampled(picture, from_row, from_column)
            np.testing.assert_allclose(made[number].numpy(), wanted, atol=1.01)

    @pytest.mark.parametrize("sigma", [0.25, 1.5, 4.0])
    def test_blur_is_a_bell_of_each_row_and_column(self, sigma: float) -> None:
        reach = math.ceil(3 * sigma)
        at = np.arange(-reach, reach + 1)
        bell = np.exp(-(at**2) / (2 * sigma**2))
        bell /= bell.sum()
        picture = some()[3].numpy().astype(float)
        padded = np.pad(picture, reach, mode="reflect")
        rows = np.array([np.convolve(row, bell, "valid") for row in padded])
        wanted = np.array([np.convolve(column, bell, "valid") for column in rows.T]).T
        made = pictures.blur(some(), sigma)[3].numpy()
        np.testing.assert_allclose(made, wanted, atol=0.51)
        assert pictures.blur(some(), 0).equal(some())

    def test_noise_is_normal_seeded_and_kept_within_paper_and_ink(self) -> None:
        gray = torch.full((200, 28, 28), 128, dtype=torch.uint8)
        made = pictures.noise(gray, 0.1, 3)
        off = made.numpy().astype(float) - 128
        assert [off.mean(), off.std()] == pytest.approx([0, 25.5], abs=0.4)
        assert made.equal(pictures.noise(gray, 0.1, 3))
        assert not made.equal(pictures.noise(gray, 0.1, 4))
        assert pictures.noise(some(), 0, 3).equal(some())
        far = pictures.noise(gray, 1.0, 3).numpy()
        assert [far.min(), far.max()] == [0, 255]

    def test_ink_and_paper_are_exchanged(self) -> None:
        assert (pictures.invert(some()).numpy() == 255 - some().numpy()).all()

    @pytest.mark.parametrize(("row", "column", "side"), [(0, 0, 2), (8, 20, 8), (8, 8, 20)])
    def test_a_square_of_paper(self, row: int, column: int, side: int) -> None:
        wanted = some().numpy()
        wanted[:, row : row + side, column : column + side] = 0
        made = pictures.cover(some(), row, column, side)
        assert (made.numpy() == wanted).all()

    def test_inputs_with_and_without_normalization(self) -> None:
        wanted = some().numpy().reshape(40, 784).astype(np.float64) / 255
        plain = operations.inputs_of(None, some(), 7).numpy()
        raw = operations.inputs_of(of(Operation.RAW_INPUTS), some(), 7).numpy()
        np.testing.assert_allclose(plain, 2 * wanted - 1, atol=1e-6)
        np.testing.assert_allclose(raw, wanted, atol=1e-6)
        assert [raw.min(), raw.max()] == [0, 1]

    def test_the_moved_test_is_a_shift_to_the_right(self) -> None:
        made = operations.pixels_of(of(Operation.MOVED_TEST), some(), 7)
        assert (made[:, :, 2:] == some()[:, :, :-2]).all()
        assert (made[:, :, :2] == 0).all()


class TestWeights:
    @network_of
    def test_biases_are_zero_and_weights_stay(self, name: str) -> None:
        layers = parameters(NETWORKS[name])
        for old, new in zip(layers, weights.zero_biases(layers), strict=True):
            assert not new.bias.any()
            assert new.weight.equal(old.weight)

    def test_noise_is_as_wide_as_it_says(self) -> None:
        layers = parameters(NetworkSpec())
        made = weights.noisy(layers, 1.5, 3)
        for old, new in zip(layers[:2], made, strict=False):
            spread = old.weight.numpy().astype(float).std()
            noise = (new.weight - old.weight).numpy().astype(float)
            assert noise.std() / spread == pytest.approx(1.5, rel=0.03)
            assert new.bias.equal(old.bias)
        same = weights.noisy(layers, 0, 3)
        assert all(a.weight.equal(b.weight) for a, b in zip(layers, same, strict=True))

    @pytest.mark.parametrize("number", [1, 2, 3])
    def test_one_layer_is_zero(self, number: int) -> None:
        layers = parameters(NetworkSpec())
        made = weights.zero_layer(layers, number)
        for place, (old, new) in enumerate(zip(layers, made, strict=True), start=1):
            assert (new is old) == (place != number)
        assert not made[number - 1].weight.any()
        assert not made[number - 1].bias.any()

    @pytest.mark.parametrize("activation", Activation)
    @pytest.mark.parametrize("share", [0, 0.3, 1])
    def test_units_that_are_off_count_nothing(self, activation: Activation, share: float) -> None:
        spec = NetworkSpec(hidden=(6, 5), activation=activation)
        layers = parameters(spec)
        count = weights.off_count(6, share)
        assert count == {0: 1, 0.3: 2, 1: 6}[share]
        off = torch.randperm(6, generator=torch.Generator().manual_seed(3))[:count]
        on = np.setdiff1d(np.arange(6), off.numpy())
        # The same network without these units at all.
        smaller = (
            Layer("fc1", layers[0].weight[on], layers[0].bias[on]),
            Layer("fc2", layers[1].weight[:, on], layers[1].bias),
            layers[2],
        )
        made = weights.units_off(layers, 1, share, 3)
        found = measure.probabilities(spec, made, None, some()[0], 7)
        wanted = measure.probabilities(spec, smaller, None, some()[0], 7)
        np.testing.assert_allclose(found, wanted, rtol=1e-5)

    def test_a_layer_without_hidden_units_stays(self) -> None:
        layers = parameters(NetworkSpec(hidden=()))
        assert weights.units_off(layers, 1, 0.5, 3) is layers

    @pytest.mark.parametrize("bits", [2, 3, 8])
    @network_of
    def test_rounded_to_the_nearest_of_few_values(self, name: str, bits: int) -> None:
        layers = parameters(NETWORKS[name])
        for old, new in zip(layers, weights.rounded(layers, bits), strict=True):
            weight, most = old.weight.numpy()[:8].astype(float), np.abs(old.weight.numpy()).max()
            values = np.linspace(-most, most, 2**bits - 1)
            nearest = np.abs(weight[..., None] - values).min(axis=-1)
            np.testing.assert_allclose(
                np.abs(new.weight.numpy()[:8] - weight), nearest, atol=1e-6 * (1 + most)
            )
            assert len(new.weight.unique()) <= 2**bits - 1
            assert new.bias.equal(old.bias)

    @network_of
    @each_operation
    def test_what_is_given_stays_bit_for_bit(self, name: str, operation: Operation) -> None:
        spec = NETWORKS[name]
        layers, pixels = parameters(spec), some()
        before, state = unchanged(layers), torch.random.get_rng_state()
        change = of(operation)
        made = operations.layers_of(change, layers, 7)
        measure.answer_digits(spec, made, change, pixels, 7)
        measure.probabilities(spec, made, change, pixels[0], 7)
        measure.occlusion_map(spec, made, pixels[0], 8, 3)
        for old, now in zip(before, unchanged(layers), strict=True):
            assert old.tobytes() == now.tobytes()
        assert pixels.equal(some())
        # No generator of the whole process is touched.
        assert state.equal(torch.random.get_rng_state())
        again = operations.layers_of(change, layers, 7)
        for a, b in zip(unchanged(made), unchanged(again), strict=True):
            assert a.tobytes() == b.tobytes()

    def test_softmax_of_the_softmax(self) -> None:
        logits = torch.tensor([[100.0, *[0.0] * 9], [1.0, 2.0, *[0.0] * 8]])
        found = operations.probabilities_of(of(Operation.DOUBLE_SOFTMAX), logits).numpy()
        once = np.exp(logits.numpy().astype(float))
        once /= once.sum(axis=1, keepdims=True)
        twice = np.exp(once)
        np.testing.assert_allclose(found, twice / twice.sum(axis=1, keepdims=True), rtol=1e-5)
        assert found[0, 0] == pytest.approx(math.e / (math.e + 9))
        np.testing.assert_allclose(
            operations.probabilities_of(None, logits).numpy(), once, atol=1e-7
        )

    def test_shuffled_labels_are_the_same_labels(self) -> None:
        examples = mnist.examples(digits())
        kept = examples.train_labels.clone()
        made = operations.shuffled(examples, 7)
        assert made.train_labels.bincount().equal(kept.bincount())
        assert (made.train_labels == kept).float().mean() < 0.15
        assert made.train_labels.equal(operations.shuffled(examples, 7).train_labels)
        assert not made.train_labels.equal(operations.shuffled(examples, 8).train_labels)
        assert examples.train_labels.equal(kept)
        assert made.test_labels is examples.test_labels


class TestChange:
    def test_each_operation_is_in_one_group(self) -> None:
        assert (*ON_DIGIT, *ON_NETWORK) == tuple(Operation)
        assert ON_DIGIT[-1] is Operation.COVER

    @each_operation
    def test_limits_are_taken_and_more_is_not(self, operation: Operation) -> None:
        limits = LIMITS.get(operation, Limits(0, 0, 0, 1))
        assert limits.least <= limits.default <= limits.most
        for strength in (limits.least, limits.most):
            Change(operation, strength)
        for strength in (limits.least - 0.5, limits.most + 0.5, math.nan):
            with pytest.raises(SpecError, match="a number from"):
                Change(operation, strength)

    @pytest.mark.parametrize("bad", [{"down": 15}, {"layer": 0}, {"layer": 6}, {"row": 1}])
    def test_a_bad_place_is_refused(self, bad: dict[str, int]) -> None:
        with pytest.raises(SpecError):
            Change(Operation.SHIFT, 0, **bad)

    @pytest.mark.parametrize("side", [2, 20])
    def test_a_square_stays_on_the_digit(self, side: int) -> None:
        last = 28 - side
        assert Change(Operation.COVER, side, row=last, column=last).row == last
        for bad in ({"row": last + 1}, {"column": last + 1}, {"row": -1}):
            with pytest.raises(SpecError):
                Change(Operation.COVER, side, **bad)
