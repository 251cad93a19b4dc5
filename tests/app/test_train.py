"""The page Train without a browser: what it shows before, while and after a training."""

from __future__ import annotations

import json
import re
import threading
import time
from typing import Any

import pytest

from mnistviz.lessons.train import playback
from mnistviz.spec.fields import FIELDS, Optimizer, Style, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from mnistviz.training import pool
from mnistviz.training.runs import Progress
from mnistviz.ui.session import cached, learning
from mnistviz.ui.session.state import InHand
from mnistviz.ui.train import stage
from mnistviz.ui.train.presets import settings_by_name
from mnistviz.words import Lesson, read
from tests.app.session import NETWORKS, SMALL, Session

QUICK = {"epochs": "1", "batch_size": "512", "w1": "16", "w2": "8"}
ENDLESS = {"epochs": "50", "batch_size": "1", "w1": "4", "w2": "4"}
PRESETS = settings_by_name(read("train"))


def trained(**link: str) -> Session:
    """Open the page with trained weights and wait until they are."""
    session = Session.arrive("train", weights="trained", **link)
    deadline = time.monotonic() + 60
    while not finished(session):
        assert time.monotonic() < deadline
        session.run()
    return session


def finished(session: Session) -> bool:
    return re.search("digits per second\\.$|the loss became", status(session)) is not None


def status(session: Session) -> str:
    (bar,) = session.at.get("progress")
    return str(bar.proto.text)


def shown(session: Session, component: str) -> dict[str, Any]:
    found = {element.key: element for element in session.at.get("bidi_component")}
    data: dict[str, Any] = json.loads(found[component].proto.json)
    return data


def usable(session: Session) -> list[str]:
    return [
        key
        for key in ("train_go", "train_pause", "train_stop")
        if not session.at.button(key=key).disabled
    ]


def watching() -> int:
    return sum(thread.name == "mnistviz-run" for thread in threading.enumerate())


def test_before_the_training_there_is_its_start() -> None:
    session = Session.arrive("train", **QUICK)
    assert status(session) == "Ready: 1 epoch, 8 steps, 4,000 digits to look at."
    assert usable(session) == ["train_go"]
    player = shown(session, "train_player")
    assert player["frames"] == [0]
    assert not player["run"]
    assert player["curve"]["steps"] == []


def test_train_trains_and_tells_the_link() -> None:
    session = Session.arrive("train", **QUICK, seed="31").click("train_go")
    assert session.settings["weights"] == "trained"
    while not finished(session):
        session.run()
    assert usable(session) == ["train_stop"]
    player = shown(session, "train_player")
    assert player["frames"] == player["tests"]["steps"] == list(range(9))
    assert player["finished"]
    run = cached.run(cached.run(_spec(session)).spec)
    assert player["curve"]["loss"] == pytest.approx(list(run.losses), rel=1e-4)
    session.click("train_stop")
    assert session.settings["weights"] == "initial"
    assert usable(session) == ["train_go"]


def test_the_buttons_follow_a_run_that_ends_while_they_are_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    draw = stage.draw_buttons

    def draw_slowly(hand: InHand, lesson: Lesson) -> None:
        draw(hand, lesson)
        run = stage.run_of(hand)
        while run is not None and not run.progress().finished:
            run.wait(1)

    monkeypatch.setattr(stage, "draw_buttons", draw_slowly)
    session = Session.arrive("train", **QUICK, seed="32").click("train_go")
    assert finished(session)
    assert usable(session) == ["train_stop"]


def _spec(session: Session) -> Any:
    return NetworkSpec.from_settings({**defaults(), **session.settings})


@pytest.mark.parametrize("style", Style)
@pytest.mark.parametrize("optimizer", Optimizer)
def test_every_style_and_optimizer(style: Style, optimizer: Optimizer) -> None:
    session = trained(**QUICK, style=style.value, optimizer=optimizer.value, lr="0.01")
    film = shown(session, "weight_film")
    assert film["units"] == 16
    assert any("test" in text for text in session.texts)


@pytest.mark.parametrize("name", SMALL)
def test_every_network(name: str) -> None:
    link = {key: str(value) for key, value in NETWORKS[name].items()}
    session = trained(**{**link, "epochs": "1", "batch_size": "1024"})
    assert len(shown(session, "train_player")["probabilities"][0]) == 10


@pytest.mark.parametrize("name", PRESETS)
def test_every_training_to_try_can_be_chosen(name: str) -> None:
    session = Session.arrive("train")
    session.at.pills(key="train_preset").set_value(name)
    session.run()
    assert {key: session.settings[key] for key in PRESETS[name]} == PRESETS[name]
    assert any(text.startswith("**Why:**") for text in session.texts)


@pytest.mark.parametrize("key", ["lr", "batch_size", "epochs"])
@pytest.mark.parametrize("limit", ["minimum", "maximum"])
def test_settings_at_their_limits(key: str, limit: str) -> None:
    value = getattr(FIELDS[key], limit)
    session = Session.arrive("train", **{**QUICK, key: str(value)})
    assert session.settings[key] == value
    assert session.warnings == []


def test_a_bad_setting_in_a_link_is_named() -> None:
    session = Session.arrive("train", optimizer="rmsprop", lr="0", epochs="51")
    assert re.findall(r"`(\w+)=", "".join(session.warnings)) == ["optimizer", "lr", "epochs"]


@pytest.mark.parametrize("snapshot", ["0", "3", "40"])
def test_a_link_leads_to_a_snapshot(snapshot: str) -> None:
    session = trained(**QUICK, train_snapshot=snapshot)
    assert shown(session, "train_player")["frame"] == min(int(snapshot), 8)


def test_the_digit_of_the_link_is_shown_through_the_training() -> None:
    session = trained(**QUICK, image="9")
    player = shown(session, "train_player")
    run = cached.run(_spec(session))
    inputs = cached.inputs(DigitSpec())
    for frame, step in enumerate(playback.stored_steps(run)):
        layers = run.marks[step].layers
        assert layers is not None
        rows = playback.probabilities(run.spec, layers, inputs)
        assert player["probabilities"][frame] == pytest.approx(rows[9].tolist(), rel=1e-3, abs=1e-9)


def test_an_exploded_training_says_so() -> None:
    session = trained(activation="leaky_relu", optimizer="sgd", lr="50", **QUICK)
    assert re.search(
        "Training stopped at step [0-9]+ of 8: the loss became (NaN|∞)", status(session)
    )
    assert any("**The training exploded.**" in text for text in session.texts)
    assert any("**Try 30 epochs and a learning rate of" in text for text in session.texts)
    assert shown(session, "train_player")["probabilities"][-1] == [None] * 10


def test_a_pause_keeps_what_was_learned() -> None:
    session = Session.arrive("train", weights="trained", seed="41", **ENDLESS)
    run = cached.run(_spec(session))
    while not run.losses:
        time.sleep(0.01)
    session.click("train_pause")
    assert status(session).startswith("Paused at step")
    assert usable(session) == ["train_go", "train_stop"]
    assert not run.wait(5).running
    step = len(run.losses)
    assert step
    session.run()
    assert len(run.losses) == step
    session.click("train_go")
    while len(run.losses) == step:
        time.sleep(0.01)
    session.click("train_stop")
    assert not run.wait(5).running


def test_a_second_session_follows_the_same_run() -> None:
    link = {"weights": "trained", "seed": "42", **ENDLESS}
    first, second = Session.arrive("train", **link), Session.arrive("train", **link)
    run = cached.run(_spec(first))
    assert run is cached.run(_spec(second))
    assert watching() == 1
    first.click("train_stop")
    second.run()
    assert run.progress().running
    second.click("train_stop")
    assert not run.wait(5).running
    assert watching() == 0


def test_leaving_the_page_ends_the_work() -> None:
    session = Session.arrive("train", weights="trained", seed="43", **ENDLESS)
    run = cached.run(_spec(session))
    session.set(weights="initial")
    session.at.switch_page("../../../pages/digits.py")
    session.run()
    assert not run.wait(1).running
    assert watching() == 0


def test_another_setting_leaves_the_run() -> None:
    session = Session.arrive("train", weights="trained", seed="44", **ENDLESS)
    run = cached.run(_spec(session))
    session.set(epochs=49)
    assert not run.wait(1).running
    session.click("train_stop")


def test_before_the_first_step_there_is_no_rate() -> None:
    run = cached.run(NetworkSpec(seed=46, training=TrainSpec()))
    assert learning.describe(run, Progress(0, 1890, 0.0, True, False)) == (
        0.0,
        "Training begins …",
    )
    assert learning.describe(run, Progress(0, 1890, 0.1, True, False)) == (
        0.0,
        "Training begins …",
    )
    share, text = learning.describe(run, Progress(189, 1890, 0.5, True, False))
    assert share == 0.1
    assert (
        text
        == "Training: step 189 of 1,890, 24,000 digits per second, 4.5\N{NO-BREAK SPACE}s left."
    )


def test_who_waits_sees_for_what() -> None:
    run = cached.run(NetworkSpec(seed=46, training=TrainSpec()))
    waits = Progress(0, 1890, 0.0, True, False, ahead=3)
    assert learning.describe(run, waits) == (
        0.0,
        "This training waits for others: it has place 3 in the line.",
    )
    elsewhere = Progress(945, 1890, 0.0, True, False, elsewhere=True)
    assert learning.describe(run, elsewhere) == (
        0.5,
        "Another process of this server trains the network: step 945 of 1,890.",
    )


def test_the_page_says_that_a_training_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "LINE", pool.Line(at_once=1))
    pool.LINE.wait("somebody else", 0)
    session = Session.arrive("train", weights="trained", seed="47", **ENDLESS)
    run = cached.run(_spec(session))
    while not run.watch("a test").ahead:
        run.wait(0.01)
    run.leave("a test")
    session.run()
    assert "it has place 1 in the line" in status(session)
    # Other pages and settings are served meanwhile.
    session.click("train_stop")
    assert "Ready" in status(session)


def test_classify_waits_and_shows_what_was_learned() -> None:
    session = Session.open(weights="trained", seed="45", **QUICK)
    spec = _spec(session)
    inputs = cached.inputs(DigitSpec(seed=45))
    rows = playback.probabilities(spec, cached.run(spec).layers, inputs)
    assert session.bars == pytest.approx(rows[0].tolist(), abs=1e-6)


def test_what_opens_keeps_its_place_when_a_training_is_done() -> None:
    before = Session.arrive("train", **QUICK, train_good_open="true")
    after = trained(**QUICK)
    labels = [[one.label for one in session.expanders] for session in (before, after)]
    assert labels[0] == labels[1] != []
    assert read("train").parts["awaits"] in [text.value for text in before.at.markdown]
