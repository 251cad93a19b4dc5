"""Diagnosis and advice: each is followed, and the training is made once more."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from mnistviz.digits import mnist
from mnistviz.network.parameters import parameters
from mnistviz.spec.activations import Activations
from mnistviz.spec.fields import Activation, Bias, Init, Optimizer
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import advice, diagnosis
from mnistviz.training.advice import Remedy
from mnistviz.training.diagnosis import Kind
from mnistviz.training.loop import Mark, train
from mnistviz.training.runs import Run

MARGIN = 0.05
"""By how much of all test digits the advised training has to be better."""

RELU, SIGMOID, TANH = Activation.RELU, Activation.SIGMOID, Activation.TANH


def network(activation: Activations = RELU, /, **values: object) -> NetworkSpec:
    """Make a small network whose training is short; `lr` and the like are for the training."""
    own = {key: values.pop(key) for key in ("lr", "optimizer", "batch_size") if key in values}
    training = TrainSpec(**{"epochs": values.pop("epochs", 4), **own})
    return NetworkSpec(**{"hidden": (24,), "activation": activation, **values}, training=training)


NORMAL = {"init": Init.NORMAL, "std": 1.0}
ZEROS = {"init": Init.ZEROS, "bias": Bias.ZEROS}
FAULTS = {
    "too fast, no limit": (network(Activation.LEAKY_RELU, lr=0.5), Kind.EXPLODED),
    "a tenth explodes too": (network(Activation.NONE, lr=10.0), Kind.EXPLODED),
    "too fast, sgd": (network(Activation.LEAKY_RELU, lr=5.0, optimizer="sgd"), Kind.EXPLODED),
    "zeros, relu": (network(**ZEROS), Kind.STILL),
    "all below zero": (network(init=Init.CONSTANT, constant=100.0), Kind.STILL),
    "steps below float32": (network(SIGMOID, init=Init.CONSTANT, epochs=2), Kind.TINY),
    "zeros, sigmoid": (network(SIGMOID, **ZEROS, epochs=6), Kind.TWINS),
    "dead by momentum": (network(lr=0.5), Kind.DEAD),
    "dead by adam": (network(lr=0.5, optimizer=Optimizer.ADAM), Kind.DEAD),
    "dead, a tenth too": (network(lr=20.0), Kind.DEAD),
    "dead, batches of four": (network(batch_size=4, epochs=1, lr=0.2), Kind.DEAD),
    "dead from the start": (
        network(init=Init.CONSTANT, constant=0.2, bias=Bias.NORMAL, std=100.0),
        Kind.DEAD_BEFORE,
    ),
    "flat from the start": (network(TANH, **NORMAL), Kind.SATURATED),
    "flat by the biases": (network(TANH, bias=Bias.NORMAL, std=100.0), Kind.SATURATED),
    "driven": (network(TANH, lr=0.5), Kind.DRIVEN),
    "driven, sigmoid": (network(SIGMOID, lr=10.0), Kind.DRIVEN),
    "worse": (network(Activation.SOFTPLUS, lr=10.0), Kind.WORSE),
    "no steps to speak of": (network(lr=0.00001, optimizer="sgd"), Kind.STUCK),
    "the start is the cause": (network(Activation.GELU, **NORMAL, hidden=(24, 12)), Kind.STUCK),
    "slow": (network(TANH, lr=0.0001), Kind.SLOW),
    "few steps": (network(batch_size=1024, epochs=2), Kind.SLOW),
    "one unit": (network(SIGMOID, hidden=(1, 1)), Kind.SLOW),
}


@pytest.fixture(scope="module")
def examples() -> mnist.Examples:
    return mnist.examples(mnist.load(mnist.SAMPLE_ROOT))


def recorded(spec: NetworkSpec, examples: mnist.Examples) -> Run:
    run = Run(spec, lambda: examples)
    assert spec.training is not None
    for record in train(spec.untrained, spec.training, examples):
        run._keep(record)
    return run


def end(run: Run) -> Mark:
    return run.marks[max(run.marks)]


def followed(spec: NetworkSpec, examples: mnist.Examples) -> tuple[Run, Remedy | None, Run | None]:
    """Train, and train once more as advised; whatever is advised ends as it says."""
    run = recorded(spec, examples)
    kind = diagnosis.diagnose(run, examples).kind
    remedy = advice.remedy(spec, kind, examples, end(run)) if kind is not Kind.DONE else None
    if remedy is None:
        return run, None, None
    again = recorded(remedy.spec, examples)
    assert remedy.spec.training is not None
    assert remedy.own == end(run).test_accuracy
    if remedy.steps == remedy.spec.training.steps:
        assert remedy.accuracy == end(again).test_accuracy
    if remedy.losses is None:
        assert end(again).test_accuracy > end(run).test_accuracy + advice.GAINS
    else:
        assert remedy.losses == pytest.approx((end(again).test_loss, end(run).test_loss))
        assert end(again).test_loss < diagnosis.EVEN / 2
    return run, remedy, again


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_advised_helps(name: str, examples: mnist.Examples) -> None:
    spec, kind = FAULTS[name]
    run, remedy, again = followed(spec, examples)
    assert diagnosis.diagnose(run, examples).kind is kind
    assert remedy is not None
    assert again is not None
    assert remedy.spec.training is not None
    assert remedy.steps == remedy.spec.training.steps
    assert diagnosis.diagnose(again, examples).kind in (Kind.DONE, Kind.SLOW)
    assert end(again).test_accuracy > end(run).test_accuracy + MARGIN


def drawn(seed: int) -> NetworkSpec:
    """Draw a network and its training from all that can be set, but for what takes long."""
    chance = np.random.default_rng(seed)

    def one_of(kind: Any) -> Any:
        return list(kind)[chance.integers(len(kind))]

    hidden = tuple(round(2 ** chance.uniform(0, 6)) for _ in range(chance.integers(5)))
    training = TrainSpec(
        epochs=int(chance.integers(1, 3)),
        lr=float(10 ** chance.uniform(-5, 2)),
        optimizer=one_of(Optimizer),
        batch_size=round(2 ** chance.uniform(5, 10)),
        seed=seed,
    )
    return NetworkSpec(
        hidden=hidden,
        activation=one_of(Activation),
        init=one_of(Init),
        std=float(10 ** chance.uniform(-4, 2)),
        constant=float(chance.choice([-1, 1]) * 10 ** chance.uniform(-3, 2)),
        bias=one_of(Bias),
        seed=seed,
        training=training,
    )


@pytest.mark.parametrize("seed", range(6))
def test_what_is_advised_to_any_network_helps(seed: int, examples: mnist.Examples) -> None:
    followed(drawn(seed), examples)


def test_what_learns_in_a_trial_and_dies_later_is_not_advised(examples: mnist.Examples) -> None:
    spec = network(hidden=(8, 24, 1), **ZEROS, batch_size=16)
    *_, again = followed(spec, examples)
    assert again is None or diagnosis.diagnose(again, examples).kind in (Kind.DONE, Kind.SLOW)


@pytest.mark.parametrize(
    ("accuracy", "loss", "own", "own_loss", "betters"),
    [
        (0.6, 1.2, 0.1, 2.3, (True, False)),
        (0.6, 1.2, 0.1, float("nan"), (True, False)),
        (0.6, 1.2, 0.59, 1.3, (False, False)),
        (0.6, 2.4, 0.5, 2.3, (False, False)),
        # Where the loss is the fault, a change helps that makes it small.
        (0.874, 0.46, 0.876, 168.0, (False, True)),
        (0.85, 0.46, 0.876, 168.0, (False, False)),
    ],
)
def test_what_counts_as_better(
    accuracy: float, loss: float, own: float, own_loss: float, betters: tuple[bool, bool]
) -> None:
    trial = advice.Trial(63, (), (), 2.3, loss, accuracy)
    assert advice._betters(trial, Mark(own_loss, own, None)) == betters


def test_of_a_training_that_takes_long_the_first_steps_are_checked(
    examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advice, "CHECK", 100 * (advice.STEP + 64 * 19_000))
    spec = network(lr=0.0001)
    run = recorded(spec, examples)
    remedy = advice.remedy(spec, Kind.SLOW, examples, end(run))
    assert remedy is not None
    assert remedy.spec.training is not None
    assert advice.STEPS < remedy.steps < 110
    marks = recorded(
        replace(remedy.spec, training=replace(remedy.spec.training, epochs=2)), examples
    ).marks
    near = [mark.test_accuracy for step, mark in marks.items() if abs(step - remedy.steps) < 8]
    assert min(near) - 0.03 <= remedy.accuracy <= max(near) + 0.03


def test_a_tenth_is_not_enough_where_it_explodes_too(examples: mnist.Examples) -> None:
    spec, kind = FAULTS["a tenth explodes too"]
    assert spec.training is not None
    tenth = advice.with_rate(spec, spec.training.lr / 10)
    assert diagnosis.diagnose(recorded(tenth, examples), examples).kind is kind


def test_what_does_no_better_than_the_settings_is_not_advised(examples: mnist.Examples) -> None:
    spec = network(lr=0.0001)
    run = recorded(spec, examples)
    perfect = replace(end(run), test_accuracy=0.99)
    calm = replace(end(run), test_loss=0.0)
    for own in (perfect, calm):
        assert advice.remedy(spec, Kind.SLOW, examples, own) is None


def test_a_start_for_which_the_steps_are_too_large_gets_smaller_ones(
    examples: mnist.Examples,
) -> None:
    start = {"init": Init.CONSTANT, "constant": 10.0, "bias": Bias.ZEROS, "seed": 8}
    spec = network(Activation.SILU, **start, lr=0.05, batch_size=16)
    assert spec.training is not None
    spec = replace(spec, training=replace(spec.training, seed=6))
    alone = replace(spec, init=Init.DEFAULT, bias=Bias.DEFAULT)
    assert diagnosis.diagnose(recorded(alone, examples), examples).kind is Kind.STUCK
    _, remedy, again = followed(spec, examples)
    assert remedy is not None
    assert again is not None
    assert remedy.names == ("start", "lr")
    assert diagnosis.diagnose(again, examples).kind is Kind.DONE


def test_where_no_single_change_helps_nothing_is_advised(examples: mnist.Examples) -> None:
    spec = network(SIGMOID, hidden=(16, 16, 16, 16), epochs=2)
    run, remedy, _ = followed(spec, examples)
    assert diagnosis.diagnose(run, examples).kind is Kind.STUCK
    assert remedy is None


def test_a_training_that_comes_out_well_has_no_fault(examples: mnist.Examples) -> None:
    for spec in (network(), network(TANH), network(Activation.NONE, hidden=())):
        assert diagnosis.diagnose(recorded(spec, examples), examples).kind is Kind.DONE


def test_units_that_became_equal_did_not_start_so(examples: mnist.Examples) -> None:
    found = diagnosis.diagnose(recorded(network(lr=100.0), examples), examples)
    assert found.kind is not Kind.TWINS


def test_a_fault_is_looked_for_by_the_function_of_its_own_layer(examples: mnist.Examples) -> None:
    start = parameters(NetworkSpec(hidden=(24, 12)))
    inputs = diagnosis.asked(NetworkSpec(hidden=(24, 12)), examples)[:500]
    dead = tuple(replace(layer, bias=layer.bias - 100) for layer in start)
    for activation, found in [
        ((TANH, RELU), (Kind.DRIVEN, "fc1")),
        ((RELU, TANH), (Kind.DEAD, "fc1")),
        ((Activation.NONE, RELU), (Kind.DEAD, "fc2")),
        ((Activation.NONE, SIGMOID), (Kind.DRIVEN, "fc2")),
        ((Activation.NONE, Activation.LEAKY_RELU), None),
    ]:
        spec = NetworkSpec(hidden=(24, 12), activation=activation)
        last = tuple(replace(layer, weight=layer.weight * 1.01) for layer in dead)
        fault = diagnosis.fault_of(spec, start, last, inputs)
        assert (fault and (fault.kind, fault.layer)) == found


def test_relu_is_advised_for_every_layer_that_had_another() -> None:
    spec = network((SIGMOID, TANH), hidden=(16, 16))
    tried = dict(family[0] for family in advice._others(spec, spec, ()))
    assert tried["activations",].activation is RELU
    assert ("activation",) not in tried


class TestPull:
    @pytest.mark.parametrize("hidden", [(24,), (24, 12)])
    def test_its_parts_add_up_to_the_movement(
        self, hidden: tuple[int, ...], examples: mnist.Examples
    ) -> None:
        run = recorded(network(lr=0.5, hidden=hidden), examples)
        found = diagnosis.diagnose(run, examples)
        assert found.kind is Kind.DEAD
        assert found.examined == 4000
        x = examples.train_pixels.numpy() / 127.5 - 1
        first, last = run.marks[0].layers, run.layers
        assert first is not None
        sums = []
        for layers in (first, last):
            out = x
            for layer in layers:
                sum_ = out @ layer.weight.numpy().astype(np.float64).T + layer.bias.numpy()
                if layer.name == found.layer:
                    sums.append(sum_)
                    break
                out = np.maximum(sum_, 0)
        died = (sums[1] <= 0).all(axis=0) & ~(sums[0] <= 0).all(axis=0)
        moved = (sums[1] - sums[0])[:, died].mean()
        pull = found.pull
        assert pull is not None
        assert pull.weights + pull.bias + pull.inputs == pytest.approx(moved, rel=1e-3)
        assert found.share == pytest.approx((sums[1] <= 0).all(axis=0).mean())

    def test_the_weights_killed_the_units_of_the_training_to_try(
        self, examples: mnist.Examples
    ) -> None:
        spec = NetworkSpec(training=TrainSpec(lr=0.5, epochs=2))
        pull = diagnosis.diagnose(recorded(spec, examples), examples).pull
        assert pull is not None
        assert pull.cause == "weights"
        assert pull.weights < -50
        assert abs(pull.bias) < 1
        assert pull.inputs == 0


@pytest.mark.parametrize(("hidden", "count"), [((), 4000), ((128, 64), 4000), ((1024,) * 4, 976)])
def test_large_networks_are_asked_about_fewer_digits(
    hidden: tuple[int, ...], count: int, examples: mnist.Examples
) -> None:
    assert diagnosis.asked(NetworkSpec(hidden=hidden), examples).shape == (count, 784)
