"""The softmax page: its knobs, its bars and its sentence."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch

from mnistviz.digits.arrays import Floats
from mnistviz.figures import theme
from mnistviz.lessons.softmax import computed, figures
from mnistviz.lessons.softmax.computed import LOGIT_LIMIT, Chain
from mnistviz.network import forward
from mnistviz.network.answers import prediction
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from mnistviz.ui.elements import components, digit_picker, question, widgets
from mnistviz.ui.session import cached, links
from mnistviz.ui.session.memo import once_per_batch
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson
from mnistviz.words.quantities import number, percents

CHAIN_KEY = "softmax_sliders"
LOGITS_KEY = "softmax_logits"

SCALES = (1, 3, 10, 100)
"""How far the knobs may reach."""

EXAMPLE = 2.0
"""What the question adds to every logit."""


_chain = components.make(
    "softmax/chain",
    (
        '<div class="room"><div class="chain"><div class="head"><h2></h2><span></span><span></span>'
        '<span class="short"></span><span class="short"></span></div>'
        '<p class="unseen"></p><div class="rows"></div>'
        '<div class="foot"><div class="ends"><span></span><span></span><span></span></div>'
        '<button type="button"></button></div></div></div>'
    ),
    css=("elements/unseen", "elements/buttons", "elements/ends"),
    js=("elements/dom", "elements/words", "elements/numbers"),
)


@dataclass(frozen=True, slots=True)
class Knobs:
    """What the person has set on this page.

    Attributes:
        temperature: what each logit is divided by, above 0.
        constant: what is added to each then.
        scale: how far the sliders reach.
        own: ten logits in the place of the digit's, or None.
    """

    temperature: float
    constant: float
    scale: int
    own: tuple[float, ...] | None


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One row of logits on its way to probabilities, and where it comes from.

    Attributes:
        hand: the network of the sidebar and its digit.
        knobs: what is set on the page.
        logits: float32 of shape (10,), as they are before temperature and constant.
        chain: every step.
        truth: the digit's label.
    """

    hand: InHand
    knobs: Knobs
    logits: Floats
    chain: Chain
    truth: int

    @property
    def mark(self) -> int | None:
        """The digit that gets a `✓`: none, when the logits are not those of a digit."""
        return self.truth if self.knobs.own is None else None


@once_per_batch(maxsize=128)
def logits_of(network: NetworkSpec, digit: DigitSpec) -> torch.Tensor:
    """Return the logits of the batch in hand, float32 of shape (B, 10). Shared: read-only."""
    return forward.logits(network, cached.parameters(network), cached.inputs(digit))


def knobs(lesson: Lesson) -> Knobs:
    """Draw what the person can set beside the ten sliders."""
    with st.container(key="softmax_knobs"):
        temperature = _slider("temperature", lesson, least=0.1, most=10.0, value=1.0, step=0.1)
        constant = _slider("constant", lesson, least=-5.0, most=5.0, value=0.0, step=0.5)
        scale = widgets.choose(
            "softmax_scale", lesson.parts["label_scale"], SCALES, lesson.parts["help_scale"]
        )
        own = _own_logits(lesson)
    return Knobs(temperature, constant, scale, own)


def _slider(
    name: str, lesson: Lesson, *, least: float, most: float, value: float, step: float
) -> float:
    return st.slider(
        lesson.parts[f"label_{name}"],
        min_value=least,
        max_value=most,
        value=value,
        step=step,
        help=lesson.parts[f"help_{name}"],
        **links.bound(f"softmax_{name}"),
    )


def _own_logits(lesson: Lesson) -> tuple[float, ...] | None:
    words = lesson.parts
    limits = {"least": f"{-LOGIT_LIMIT:.0f}", "most": f"{LOGIT_LIMIT:.0f}"}
    text = st.text_input(
        words["label_logits"],
        help=words["help_logits"].format(**limits),
        placeholder=words["no_logits"],
        max_chars=200,
        **links.bound(LOGITS_KEY),
    )
    return _own(str(text or ""), lesson)


def _own(text: str, lesson: Lesson) -> tuple[float, ...] | None:
    try:
        return computed.parse_logits(text)
    except ValueError as error:
        st.warning(lesson.parts["bad_logits"].format(reason=error), icon=":material/edit:")
        return None


def row(hand: InHand, knobs: Knobs) -> Row:
    """Compute the row that the page shows."""
    if knobs.own is None:
        logits = logits_of(hand.network, hand.digit)[hand.digit.image].numpy()
    else:
        logits = np.array(knobs.own, dtype=np.float32)
    chain = computed.chain(logits, knobs.temperature, knobs.constant)
    return Row(hand, knobs, logits, chain, cached.label(hand.digit))


def chain(row: Row, lesson: Lesson) -> None:
    """Draw the ten logits as sliders that are bars too, and what becomes of each beside it."""
    steps, words = row.chain, lesson.parts
    own = row.knobs.own is not None
    end = figures.logit_end(np.concatenate([row.logits, steps.scaled]), row.knobs.scale)
    exp_end = figures.exp_end(steps.scaled, row.knobs.scale)
    exps, probabilities = figures.exps_and_probabilities(steps.exps, steps.probabilities, exp_end)
    _chain(
        key=CHAIN_KEY,
        data={
            "title": digit_picker.bold(words["from_person" if own else "from_digit"]),
            # What the browser could not read as a number goes there in words.
            "logits": [float(value) if np.isfinite(value) else None for value in row.logits],
            "odd": ["" if np.isfinite(value) else number(float(value)) for value in row.logits],
            "temperature": row.knobs.temperature,
            "constant": row.knobs.constant,
            "own": own,
            "truth": row.mark,
            "says": prediction(steps.probabilities),
            "end": end,
            "step": end / 100,
            "positive": theme.POSITIVE,
            "negative": theme.NEGATIVE,
            "columns": [
                {"title": words["exponentials"], "bars": exps},
                {"title": words["probabilities"], "bars": probabilities},
            ],
            "words": {
                "name": words["slider"],
                "spoken": words["slider_spoken"],
                "back": words["use_digit"],
                "logit": words["logit"],
                "all": words["chain_name"],
                "short": lesson.names("short_columns"),
            },
            "alt": figures.alt(steps.scaled, steps.exps, steps.probabilities),
        },
        on_logits_change=_take,
        on_digit_change=_forget,
    )


def _take() -> None:
    """Keep what the sliders say, as the text that stands in the link."""
    values = st.session_state[CHAIN_KEY].logits
    if isinstance(values, list) and len(values) == 10 and np.isfinite(values).all():
        st.session_state[LOGITS_KEY] = computed.write_logits(values)


def _forget() -> None:
    st.session_state[LOGITS_KEY] = ""


def sentence(row: Row, lesson: Lesson) -> None:
    """Show the sentence about the row."""
    answered = question.answered().get("softmax_question") is not None
    with st.container(key="sentence"):
        st.markdown(describe(row, lesson, answered))


def formula(lesson: Lesson) -> None:
    """Show softmax's formula, and what its ten numbers are."""
    st.markdown(lesson.parts["formula"])
    st.markdown(lesson.parts["distribution"])


def describe(row: Row, lesson: Lesson, answered: bool = True) -> str:
    """Describe the row: first the fraction, then what the knobs do to it.

    Args:
        row: the row.
        lesson: the page's words.
        answered: whether what a constant does may be told, which the page asks.
    """
    chain, says = row.chain, row.chain.largest
    if np.isnan(chain.probabilities).any():
        return lesson.parts["broken"]
    values = {
        "says": says,
        "z": number(float(chain.scaled[says])),
        "exp": number(float(chain.exps[says])),
        "total": number(chain.total),
        "percent": percents(chain.probabilities)[says],
    }
    told = [lesson.parts[chain.failure or "sentence"].format(**values)]
    if not chain.failure:
        told.append(_describe_effect(row, lesson, answered))
    if prediction(chain.probabilities) is None:
        shared = int((chain.probabilities == chain.probabilities.max()).sum())
        part = "uniform" if shared == len(chain.probabilities) else "tie"
        told.append(lesson.parts[part].format(count=shared))
    return " ".join(filter(None, told))


def _describe_effect(row: Row, lesson: Lesson, answered: bool) -> str:
    chain, says, set_to = row.chain, row.chain.largest, row.knobs
    if set_to.constant:
        return _describe_constant(row, lesson) if answered else _ask_constant(row, lesson)
    if set_to.temperature != 1:
        plain = computed.chain(row.logits).probabilities
        return lesson.parts["temperature"].format(plain=percents(plain)[says])
    if prediction(chain.probabilities) is None:
        return ""
    second, first = np.sort(chain.scaled)[-2:].astype(float)
    ratio = float(torch.exp(torch.tensor(first - second)))
    if not np.isfinite(ratio):
        return ""
    # A lead so small that three digits would say 1 times.
    times = number(ratio) if number(ratio) != "1" else f"{ratio:.6g}"
    return lesson.parts["lead"].format(lead=number(first - second), ratio=times)


def _ask_constant(row: Row, lesson: Lesson) -> str:
    return lesson.parts["constant_asked"].format(constant=number(row.knobs.constant))


def _describe_constant(row: Row, lesson: Lesson) -> str:
    constant = row.knobs.constant
    without = computed.chain(row.logits, row.knobs.temperature).probabilities
    difference = float(np.abs(row.chain.probabilities - without).max())
    return lesson.parts["constant" if difference else "constant_exact"].format(
        constant=number(constant),
        factor=number(float(np.exp(constant))),
        difference=number(difference),
    )


def numbers(row: Row, lesson: Lesson) -> dict[str, object]:
    """Return what the question's answer tells of the row, with and without the 2."""
    before = computed.chain(row.logits, row.knobs.temperature)
    after = computed.chain(row.logits, row.knobs.temperature, EXAMPLE)
    says, part = before.largest, "seen"
    if np.isnan(before.probabilities).any():
        part = "seen_broken"
    elif before.failure or after.failure:
        # Some of the sums are not to be written down.
        part = "seen_overflow"
    seen = lesson.parts[part].format(
        says=says,
        before=number(before.total),
        after=number(after.total),
        p_before=percents(before.probabilities)[says],
        p_after=percents(after.probabilities)[says],
    )
    return {"factor": number(float(np.exp(EXAMPLE))), "seen": seen}
