"""Runs: one computation for all who ask, only while somebody watches, bounded in memory."""

import os
import sys
import threading
import time
from dataclasses import replace

import pytest
import torch

from mnistviz import limits
from mnistviz.digits import mnist
from mnistviz.digits.mnist import SAMPLE_ROOT
from mnistviz.spec.fields import Activation, Optimizer, Style
from mnistviz.spec.specs import NetworkSpec, TrainSpec
from mnistviz.training import pool, runs
from mnistviz.training.loop import train
from mnistviz.training.runs import Progress, Run, Runs

SPEC = NetworkSpec(hidden=(12,), training=TrainSpec(epochs=4, batch_size=64))
LONG = replace(SPEC, training=TrainSpec(epochs=50, batch_size=1))


@pytest.fixture(scope="module")
def examples() -> mnist.Examples:
    return mnist.examples(mnist.load(SAMPLE_ROOT))


def threads() -> int:
    return sum(thread.name == "mnistviz-run" for thread in threading.enumerate())


def finish(run: Run, who: str = "me") -> Progress:
    progress = run.go_on(who)
    while not progress.finished:
        run.watch(who)
        progress = run.wait(0.5)
    run.leave(who)
    return progress


def tensors(run: Run) -> list[torch.Tensor]:
    return [tensor for layer in run.layers for tensor in (layer.weight, layer.bias)]


def expected(spec: NetworkSpec, examples: mnist.Examples) -> tuple[list[float], list[torch.Tensor]]:
    assert spec.training is not None
    records = list(train(spec.untrained, spec.training, examples))
    mark = records[-1].mark
    assert mark is not None
    assert mark.layers is not None
    layers = [tensor for layer in mark.layers for tensor in (layer.weight, layer.bias)]
    return [record.loss for record in records[1:]], layers


def test_a_run_records_what_training_yields(examples: mnist.Examples) -> None:
    run = Run(SPEC, lambda: examples)
    progress = finish(run)
    losses, layers = expected(SPEC, examples)
    assert list(run.losses) == pytest.approx(losses, rel=1e-6)
    assert all(map(torch.equal, tensors(run), layers))
    assert progress.step == progress.steps == SPEC.training.steps
    assert progress.seconds > 0
    assert not progress.running
    assert not progress.error
    assert threads() == 0


def test_nothing_is_computed_before_somebody_watches(examples: mnist.Examples) -> None:
    run = Run(SPEC, lambda: examples)
    assert run.progress() == Progress(0, SPEC.training.steps, 0.0, False, False)
    assert not run.marks
    assert threads() == 0


@pytest.mark.parametrize("moment", [0, 1, 40])
def test_interrupted_at_any_step_nothing_is_lost(examples: mnist.Examples, moment: int) -> None:
    run = Run(SPEC, lambda: examples)
    kept, seen = run._keep, threading.Event()

    def keep(record: object) -> None:
        kept(record)
        if len(run.losses) == moment and not seen.is_set():
            seen.set()
            run.leave("me")

    run._keep = keep  # type: ignore[method-assign]
    run.watch("me")
    assert seen.wait(60)
    progress = run.wait(60)
    assert (progress.running, progress.finished, progress.step) == (False, False, moment)
    assert threads() == 0
    finish(run)
    losses, layers = expected(SPEC, examples)
    assert list(run.losses) == pytest.approx(losses, rel=1e-6)
    assert all(map(torch.equal, tensors(run), layers))
    assert threads() == 0


def test_who_does_not_look_any_more_counts_as_gone(
    examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "UNSEEN", 0.02)
    run = Run(LONG, lambda: examples)
    run.watch("a closed tab")
    progress = run.wait(60)
    assert not progress.running
    assert not progress.finished
    assert threads() == 0


def test_a_pause_is_the_own_affair(examples: mnist.Examples) -> None:
    run = Run(LONG, lambda: examples)
    run.watch("me")
    run.watch("you")
    run.pause("me")
    assert run.is_paused("me")
    assert not run.is_paused("you")
    assert run.watch("me").running
    run.leave("you")
    assert not run.wait(60).running
    assert not run.watch("me").running
    assert run.go_on("me").running
    run.leave("me")
    run.wait(60)
    assert threads() == 0


def test_a_pause_names_the_step_where_the_run_stays(examples: mnist.Examples) -> None:
    run = Run(LONG, lambda: examples)
    for _ in range(5):
        run.go_on("me")
        run.pause("me")
        paused = run.progress()
        assert not paused.running
        run.wait(60)
        assert run.progress().step == paused.step
    assert threads() == 0


def test_two_sessions_one_computation(examples: mnist.Examples) -> None:
    asked: list[TrainSpec] = []

    def give(training: TrainSpec) -> mnist.Examples:
        asked.append(training)
        return examples

    shared = Runs(give)
    found: list[Run] = []
    many = [
        threading.Thread(target=lambda n=n: (found.append(shared.get(SPEC)), finish(found[0], n)))
        for n in map(str, range(8))
    ]
    for thread in many:
        thread.start()
    for thread in many:
        thread.join()
    assert len({id(run) for run in found}) == 1
    assert asked == [SPEC.training]
    assert len(found[0].losses) == SPEC.training.steps
    assert threads() == 0


def test_styles_with_modules_share_a_run(examples: mnist.Examples) -> None:
    shared = Runs(lambda _: examples)
    runs_of = {style: shared.get(replace(SPEC, style=style)) for style in Style}
    assert runs_of[Style.MODULE] is runs_of[Style.FUNCTIONAL] is runs_of[Style.SEQUENTIAL]
    assert runs_of[Style.TENSORS] is not runs_of[Style.MODULE]


def test_runs_are_bounded_by_bytes(examples: mnist.Examples) -> None:
    specs = [
        replace(SPEC, seed=seed, training=TrainSpec(epochs=1, batch_size=1000)) for seed in range(4)
    ]
    size = runs.RECORD_BYTES + 5 * 4 * SPEC.parameter_count + 8 * 4
    shared = Runs(lambda _: examples, limit=2 * size + runs.RECORD_BYTES)
    kept = [shared.get(spec) for spec in specs[:2]]
    for run in kept:
        finish(run)
        assert run.size == size
    assert shared.get(specs[0]) is kept[0]
    finish(shared.get(specs[2]))
    shared.get(specs[3])
    assert shared.size <= 2 * size + runs.RECORD_BYTES
    assert shared.get(specs[0]) is kept[0]
    assert shared.get(specs[1]) is not kept[1]


def test_a_watched_run_is_never_forgotten(examples: mnist.Examples) -> None:
    shared = Runs(lambda _: examples, limit=-1)
    run = shared.get(LONG)
    run.watch("me")
    shared.get(SPEC)
    assert shared.get(LONG) is run
    shared.leave("me")
    run.wait(60)
    shared.get(SPEC)
    assert shared.get(LONG) is not run


def test_runs_take_turns(examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "CORES", pool.Turns(1))
    monkeypatch.setattr(pool, "SLICE", 0.01)
    some = [Run(replace(LONG, seed=seed), lambda: examples) for seed in range(3)]
    deadline = time.monotonic() + 60
    while not all(len(run.losses) > 50 for run in some):
        assert time.monotonic() < deadline
        for run in some:
            run.watch("me")
        time.sleep(0.01)
    for run in some:
        run.leave("me")
        run.wait(60)
    assert threads() == 0


def test_turns_are_handed_on_in_the_order_of_asking() -> None:
    turns, order = pool.Turns(1), []

    def work(name: int) -> None:
        with turns:
            order.append(name)

    with turns:
        waiting = []
        for name in range(5):
            waiting.append(threading.Thread(target=work, args=(name,)))
            waiting[-1].start()
            while len(turns._waiting) <= name:
                time.sleep(0.001)
    for thread in waiting:
        thread.join()
    assert order == list(range(5))


def test_a_pause_outlives_a_visit_elsewhere(examples: mnist.Examples) -> None:
    run = Run(LONG, lambda: examples)
    run.pause("me")
    run.leave("me")
    assert not run.watch("me").running
    run.stop("me")
    assert run.watch("me").running
    run.stop("me")
    run.wait(60)
    assert threads() == 0


def test_what_has_failed_is_tried_again() -> None:
    def broken(_: TrainSpec) -> mnist.Examples:
        raise MemoryError("no room")

    shared = Runs(broken)
    run = shared.get(SPEC)
    run.watch("me")
    assert run.wait(60).error == "MemoryError: no room"
    assert shared.get(SPEC) is run
    run.leave("me")
    assert shared.get(SPEC) is not run


def test_at_the_end_nothing_goes_on(examples: mnist.Examples) -> None:
    shared = Runs(lambda _: examples)
    run = shared.get(LONG)
    run.watch("me")
    shared.close()
    assert not run.progress().running
    assert threads() == 0


def test_leaving_leaves_all_but_one(examples: mnist.Examples) -> None:
    shared = Runs(lambda _: examples)
    one, other = shared.get(LONG), shared.get(replace(LONG, seed=1))
    one.watch("me")
    other.watch("me")
    shared.leave("me", but=other)
    assert not one.wait(60).running
    assert other.progress().running
    shared.leave("me")
    assert not other.wait(60).running
    assert threads() == 0


def test_an_error_of_ours_is_told() -> None:
    def broken() -> mnist.Examples:
        raise RuntimeError("no digits")

    run = Run(SPEC, broken)
    run.watch("me")
    progress = run.wait(60)
    assert progress.finished
    assert progress.error == "RuntimeError: no digits"
    assert threads() == 0


def test_an_exploded_run_is_finished(examples: mnist.Examples) -> None:
    spec = replace(
        SPEC,
        activation=Activation.LEAKY_RELU,
        training=TrainSpec(optimizer=Optimizer.SGD, lr=100.0),
    )
    run = Run(spec, lambda: examples)
    progress = finish(run)
    assert run.exploded
    assert progress.finished
    assert progress.step < 20


class TestLine:
    def test_some_have_a_place_and_the_others_know_theirs(self) -> None:
        line = pool.Line(at_once=2, tenure=1.0)
        assert [line.wait(who, 0) for who in "abcd"] == [True, True, False, False]
        assert [line.ahead(who) for who in "abcde"] == [0, 0, 1, 2, 0]
        line.leave("a")
        assert [line.wait(who, 0) for who in "bcd"] == [True, True, False]
        assert line.ahead("d") == 1

    def test_who_had_its_tenure_goes_to_the_end_if_others_wait(self) -> None:
        line = pool.Line(at_once=1, tenure=1.0)
        line.wait("a", 0)
        line.spend("a", 5.0)
        assert line.ahead("a") == 0
        for who in "bc":
            line.wait(who, 0)
        line.spend("a", 0.1)
        assert [line.ahead(who) for who in "bca"] == [0, 1, 2]
        line.spend("b", 0.9)
        assert [line.ahead(who) for who in "bca"] == [0, 1, 2]

    def test_who_was_never_there_can_leave(self) -> None:
        line = pool.Line()
        line.leave("a")
        assert line.ahead("a") == 0


def test_a_run_that_waits_tells_its_place_and_can_be_left(
    examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "LINE", pool.Line(at_once=1, tenure=1e9))
    first, second, third = (Run(replace(LONG, seed=seed), lambda: examples) for seed in range(3))
    for number, run in enumerate((first, second, third)):
        run.watch("me")
        while not run.losses if number == 0 else run.progress().ahead != number:
            first.watch("me")
            run.wait(0.01)
    second.leave("me")
    second.wait(60)
    assert (second.progress().step, third.progress().ahead) == (0, 1)
    first.leave("me")
    while not third.losses:
        third.watch("me")
        third.wait(0.01)
    third.leave("me")
    for run in (first, third):
        assert not run.wait(60).running
    assert threads() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a thread has no niceness")
def test_a_training_stands_behind_the_pages() -> None:
    before = os.getpriority(os.PRIO_PROCESS, 0)
    found: list[int] = []

    def work() -> None:
        pool.stand_back()
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [max(before, limits.NICE)]
    assert os.getpriority(os.PRIO_PROCESS, 0) == before


class TestCourtesy:
    def test_it_waits_until_no_page_is_computed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pool, "GIVES_WAY", 60.0)
        courtesy, asked = pool.Courtesy(), iter((True, True, False, False))
        courtesy.give_way()
        courtesy.towards(lambda: next(asked))
        courtesy.give_way()
        assert courtesy.share == pool.SLICE
        assert list(asked) == []

    def test_pages_that_are_always_computed_do_not_hold_up_a_training(
        self, examples: mnist.Examples, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pool, "GIVES_WAY", 0.01)
        courtesy = pool.Courtesy()
        courtesy.towards(lambda: True)
        monkeypatch.setattr(pool, "COURTESY", courtesy)
        run = Run(SPEC, lambda: examples)
        assert finish(run).step == SPEC.training.steps
