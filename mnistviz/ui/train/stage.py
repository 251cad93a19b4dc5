"""The stage of the page Train: the buttons, the run, its curves and its pictures."""

import base64
import math
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from mnistviz.digits.arrays import Floats
from mnistviz.figures import theme
from mnistviz.lessons.train import playback
from mnistviz.network.parameters import Parameters
from mnistviz.results import kept
from mnistviz.spec.fields import CLASSES, Data
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training import loop
from mnistviz.training.runs import Progress, Run
from mnistviz.ui.elements import components, digit_picker
from mnistviz.ui.session import cached, learning, links, state
from mnistviz.ui.session.memo import Memo
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import duration, epochs, number

REDRAW_EVERY = 0.2
"""Seconds between two drawings of a run while it learns."""

SPEEDS = (2, 5, 15)
"""Seconds in which a whole training is played."""

LOSS_ENDS = (3, 10, 30, 100, 300, 1000, 10_000, 100_000)
"""Where the axis of the loss may end."""

_player = components.make(
    "train/player",
    '<div class="player"><h2 class="title"></h2><div class="stage">'
    '<div class="bars" role="img"></div><div class="curves"><svg role="img"></svg></div></div>'
    '<div class="controls"><button type="button" class="play"></button>'
    '<input type="range" class="place" min="0" step="1"><div class="steps">'
    '<button type="button" class="first">&#124;&lsaquo;</button>'
    '<button type="button" class="back">&lsaquo;</button>'
    '<button type="button" class="on">&rsaquo;</button>'
    '<button type="button" class="last">&rsaquo;&#124;</button></div>'
    '<div class="speed" role="group"></div></div><div class="reading"></div></div>',
    css=("elements/stage", "elements/picture", "elements/buttons", "elements/bars"),
    js=("elements/dom", "elements/words", "elements/numbers", "elements/answers", "elements/bars"),
)

_film = components.make(
    "train/film",
    '<div class="film"><h2 class="title"></h2><canvas role="img"></canvas>'
    '<div class="scale"></div></div>',
    css=("elements/stage",),
    js=("elements/dom", "elements/bytes", "elements/pixels"),
)


_rows = Memo[Floats](maxsize=1024)
"""The probabilities of a batch at a step of a training, by spec, step and first digit."""


def run_of(hand: InHand) -> Run | None:
    """Return the run that the page shows; none while the weights are the initial ones."""
    return None if hand.network.training is None else cached.run(hand.network)


def draw_buttons(hand: InHand, lesson: Lesson) -> None:
    """Draw the buttons that start, pause and end a training."""
    words = lesson.parts
    run, who = run_of(hand), learning.who()
    progress = run.progress() if run else None
    running = run is not None and not run.is_paused(who) and not run.progress().finished
    paused = run is not None and run.is_paused(who) and not run.progress().finished
    with st.container(key="train_buttons", horizontal=True, gap="small"):
        st.button(
            words["again"] if paused else words["train"],
            key="train_go",
            type="primary",
            icon=":material/play_arrow:",
            help=words["train_help"],
            disabled=running
            or (progress is not None and progress.finished)
            or state.is_refused({"weights": "trained"}),
            on_click=_go,
        )
        st.button(words["pause"], key="train_pause", disabled=not running, on_click=_pause)
        st.button(words["stop"], key="train_stop", disabled=run is None, on_click=_stop)


def _go() -> None:
    hand = state.current()
    state.apply({"weights": "trained"})
    cached.run(hand.trained).go_on(learning.who())


def _pause() -> None:
    cached.run(state.current().trained).pause(learning.who())


def _stop() -> None:
    cached.run(state.current().trained).stop(learning.who())
    state.apply({"weights": "initial"})


def watch(hand: InHand) -> tuple[Run | None, Progress | None]:
    """Watch the run, so that it goes on; return it and how far it is."""
    run = run_of(hand)
    if run is None:
        return None, None
    return run, run.watch(learning.who())


def redraw_every(hand: InHand) -> float | None:
    """Return the seconds between two drawings of the run; None where nothing is to come."""
    run = run_of(hand)
    if run is None or run.is_paused(learning.who()) or run.progress().finished:
        return None
    return REDRAW_EVERY


def redraw_page(hand: InHand, progress: Progress | None, redrawn: bool) -> None:
    """Draw the whole page anew where its buttons have to follow.

    At the end of a run that was drawn again and again; and where a run is on that is not, as one
    that the server had dropped begins anew.

    Args:
        hand: what is in hand.
        progress: of the run, from `watch`.
        redrawn: whether the run is drawn again and again already.
    """
    ended = redrawn and progress is not None and progress.finished
    if ended or (not redrawn and redraw_every(hand) is not None):
        st.rerun()


def draw_status(hand: InHand, run: Run | None, progress: Progress | None, lesson: Lesson) -> None:
    """Say how far the training is."""
    words, training = lesson.parts, hand.training
    with st.container(key="train_status"):
        if run is None or progress is None:
            text = words["status_initial"].format(
                epochs=epochs(training.epochs),
                steps=f"{training.steps:,}",
                digits=f"{training.digits:,}",
            )
            st.progress(0.0, text=text)
            return
        step, steps = f"{progress.step:,}", f"{progress.steps:,}"
        digits = training.digits * progress.step / progress.steps
        rate = f"{digits / progress.seconds:,.0f}" if progress.seconds else ""
        if progress.error:
            text = progress.error
        elif progress.finished and run.exploded:
            text = words["status_exploded"].format(
                step=step, steps=steps, value=number(run.losses[-1])
            )
        elif progress.finished:
            text = words["status_done"].format(
                steps=steps, seconds=duration(progress.seconds), rate=rate
            )
        elif run.is_paused(learning.who()):
            text = words["status_paused"].format(step=step, steps=steps)
        elif waits := learning.describe_wait(progress):
            text = waits
        elif not progress.step or not progress.seconds:
            text = words["status_starts"]
        else:
            left = progress.seconds * (progress.steps - progress.step) / progress.step
            text = words["status_running"].format(
                step=step, steps=steps, rate=rate, left=duration(left)
            )
        st.progress(progress.step / progress.steps, text=text)


def marks(hand: InHand, run: Run | None) -> dict[int, loop.Mark]:
    """Return what is recorded of the run so far; before a run, the mark of its start."""
    recorded = dict(run.marks) if run else {}
    return recorded or {0: _start(hand.network.untrained, hand.training.data)}


def _with_layers(recorded: Mapping[int, loop.Mark]) -> list[int]:
    """Return the steps whose parameters are recorded, in order."""
    return sorted(step for step, mark in recorded.items() if mark.layers is not None)


def _start(network: NetworkSpec, data: Data) -> loop.Mark:
    return loop.Mark(*_evaluate(network, data), cached.parameters(network))


@kept(maxsize=64)
def _evaluate(network: NetworkSpec, data: Data) -> tuple[float, float]:
    examples, layers = cached.examples(data), cached.parameters(network)
    return loop.evaluate(network, layers, examples.test_inputs, examples.test_labels)


def step_in_hand(run: Run, frame: int) -> int:
    """Return the step of a snapshot."""
    return playback.stored_steps(run)[frame]


def layers_at(run: Run, step: int) -> Parameters:
    """Return the parameters of a step whose snapshot is kept."""
    layers = run.marks[step].layers
    assert layers is not None
    return layers


def select_snapshot(run: Run | None, lesson: Lesson) -> int:
    """Draw the way to a snapshot by its number, behind a button.

    Returns:
        The number of the snapshot in hand, 0 for the start; the last one that there is for more.
    """
    words, last = lesson.parts, loop.MARKS - 1
    with st.popover(words["goto"], key="train_goto"):
        selected = st.number_input(
            words["snapshot"],
            min_value=0,
            max_value=last,
            value=last,
            **links.bound("train_snapshot"),
            help=words["snapshot_help"].format(last=last),
        )
    count = len(playback.stored_steps(run)) if run else 1
    return min(int(selected), max(count - 1, 0))


def draw_player(hand: InHand, run: Run | None, frame: int, lesson: Lesson) -> None:
    """Show the digit's probabilities and the curves, with the way through time."""
    recorded = marks(hand, run)
    steps = _with_layers(recorded)
    progress = run.progress() if run else None
    finished = progress is not None and progress.finished
    guess, guess_share = math.log(CLASSES), 1 / CLASSES
    end = next((end for end in LOSS_ENDS if end >= recorded[0].test_loss), LOSS_ENDS[-1])
    _player(
        key="train_player",
        data={
            "run": _name(hand) if run else "",
            "finished": finished,
            "running": progress is not None and progress.running and not finished,
            "planned": len(loop.snapshot_steps(hand.network, hand.training)),
            # A run that has exploded is over: the axis ends where it did.
            "steps": max(recorded) if run and run.exploded else hand.training.steps,
            "epoch_steps": hand.training.steps // hand.training.epochs,
            "frames": steps,
            "frame": frame,
            "probabilities": [_digit_probabilities(hand, step, recorded[step]) for step in steps],
            "truth": cached.label(hand.digit),
            "tests": {
                "steps": sorted(recorded),
                "loss": [_json_number(recorded[step].test_loss) for step in sorted(recorded)],
                "accuracy": [recorded[step].test_accuracy for step in sorted(recorded)],
            },
            "curve": _curve(run),
            "loss_end": end,
            "loss_ticks": [0, end / 3, 2 * end / 3, end]
            if end == LOSS_ENDS[0]
            else [0, end / 2, end],
            "guess": guess,
            "guess_share": guess_share,
            "speeds": SPEEDS,
            "words": _words(lesson),
        },
        on_frame_change=_take_frame,
    )


def _name(hand: InHand) -> str:
    return str(hand.trained)


def _take_frame() -> None:
    frame = st.session_state["train_player"].frame
    if isinstance(frame, int) and 0 <= frame < loop.MARKS:
        st.session_state["train_snapshot"] = frame


def _words(lesson: Lesson) -> dict[str, str]:
    parts = lesson.parts
    names = ("play", "to_start", "back", "on", "to_end", "place", "speed", "axis", "loss")
    more = ("accuracy", "batch", "test", "guess", "first", "frame", "curves", "bars")
    return {
        **{name: parts[name] for name in (*names, *more)},
        "pause": parts["player_pause"],
        "pause_name": parts["player_pause_name"],
        "title": digit_picker.bold(parts["player_title"]),
    }


def _curve(run: Run | None) -> dict[str, list[float | None]]:
    if run is None:
        return {"steps": [], "loss": [], "accuracy": []}
    curve = playback.curve(run)
    return {
        "steps": [round(float(step), 1) for step in curve.steps],
        "loss": [_json_number(loss) for loss in curve.losses],
        "accuracy": [round(float(share), 4) for share in curve.accuracies],
    }


def _json_number(value: float) -> float | None:
    """Make a number that JSON can hold."""
    return float(f"{value:.5g}") if math.isfinite(value) else None


def _digit_probabilities(hand: InHand, step: int, mark: loop.Mark) -> list[float | None]:
    """Return the ten probabilities of the digit in hand at a step."""
    spec = hand.trained if step else hand.network.untrained

    def compute() -> Floats:
        assert mark.layers is not None
        return playback.probabilities(spec, mark.layers, cached.inputs(hand.digit))

    rows = _rows.get((spec, step, replace(hand.digit, image=0)), compute)
    # As they are: rounded, two of them might seem to be the same.
    return [float(p) if math.isfinite(p) else None for p in rows[hand.digit.image]]


def draw_film(hand: InHand, run: Run | None, frame: int, lesson: Lesson) -> None:
    """Show the first units of the first layer as pictures, one set for each snapshot."""
    words = lesson.parts
    recorded = marks(hand, run)
    steps = _with_layers(recorded)
    finished = run is not None and run.progress().finished
    # While it runs, the newest is enough: to send all of them again and again takes too long.
    steps = steps if finished else steps[-1:]
    frames = [
        playback.weight_pictures(layers) for step in steps if (layers := recorded[step].layers)
    ]
    pictures, limit = playback.film(frames)
    units = pictures.shape[1]
    _film(
        key="weight_film",
        data={
            "run": f"{_name(hand)} {finished}" if run else "",
            "frame": frame if finished else 0,
            "film": base64.b64encode(pictures.tobytes()).decode("ascii"),
            "units": units,
            "limit": limit,
            "positive": _rgba(theme.POSITIVE),
            "negative": _rgba(theme.NEGATIVE),
            "title": digit_picker.bold(
                words["film_title"].format(count=units, units=hand.network.sizes[1])
            ),
            "scale": words["film_scale"].format(limit=number(limit)),
            "alt": words["film_alt"].format(count=units),
        },
    )


def _rgba(color: str) -> list[int]:
    return [*(int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(",")), 0]
