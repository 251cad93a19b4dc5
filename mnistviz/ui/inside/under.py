"""The expanders about one unit on the page Inside; none computes anything before it is opened."""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import streamlit as st

from mnistviz.digits.arrays import Doubles, Floats, Integers
from mnistviz.figures import pictures
from mnistviz.lessons.inside import figures, many_digits, microscope, script
from mnistviz.results import kept
from mnistviz.spec import fields
from mnistviz.spec.fields import Activation, Data, Weights
from mnistviz.spec.specs import NetworkSpec
from mnistviz.ui.elements import digit_cards, digit_picker, show, unit_rows
from mnistviz.ui.inside.choice import View
from mnistviz.ui.session import cached
from mnistviz.words import Lesson, sums
from mnistviz.words.quantities import a_digit, number

SHOWN = 12
"""Digits that are shown at either end."""

WIDTH = "4rem"
"""How narrow the picture of a digit may be."""

STEP = 0.1
"""By how much a pixel is raised in the example; from black to full ink it is 2."""

QUESTIONED = 0.3
"""By how much the unit of the question raises one logit more than the other."""


@kept(maxsize=2)
def test_outputs(spec: NetworkSpec, data: Data, layer: int) -> Floats:
    """Return the activations of a layer for all test digits.

    Args:
        spec: a network that stands for all with the same numbers; see `cached.same_numbers`.
        data: the set whose test digits are asked.
        layer: number of the layer, from 1.

    Returns:
        float32 of shape (M, units).
    """
    inputs = cached.examples(data).test_inputs
    return many_digits.layer_outputs(spec, cached.parameters(spec), inputs, layer)


def _values(view: View) -> Floats:
    """Return the output of the chosen unit for each test digit, float32 of shape (M,)."""
    spec = cached.same_numbers(view.hand.network)
    outputs = test_outputs(spec, view.hand.digit.data, view.layer)
    if view.other is None:
        return outputs[:, view.unit]
    return outputs[:, view.unit] - outputs[:, view.other]


@contextmanager
def _opened_values(view: View, title: str, key: str) -> Iterator[Floats | None]:
    """Draw an expander; yield the unit's values once it is open, unless some are no numbers."""
    with show.opened(title, key) as is_open:
        values = _values(view) if is_open else None
        if values is not None and not np.isfinite(values).all():
            st.markdown(view.lesson.parts["broken"])
            values = None
        yield values


def fires(view: View) -> None:
    """Show the test digits for which the output of the unit is largest and smallest."""
    words = view.lesson.parts
    with _opened_values(view, words["fires_title"], "inside_fires_open") as values:
        if values is None:
            return
        if _says_that_all_are_equal(view, values):
            return
        st.markdown(words["fires"].format(which=which(view), quantity=view.named("quantity")))
        most, least = many_digits.extremes(values, SHOWN)
        columns = st.columns(2, gap="large")
        for column, name, numbers in zip(columns, ("most", "least"), (most, least), strict=True):
            with column:
                st.markdown(words[f"fires_{name}"])
                _draw_cards(view, values, numbers.tolist(), f"inside_{name}", name)
                end = values[numbers[0]]
                tied = int((values == end).sum())
                if tied > SHOWN:
                    facts = {"tied": f"{tied:,}", "value": number(float(end))}
                    st.markdown(words["fires_tied"].format(**facts))


def which(view: View) -> str:
    """Say which digits are meant, the test digits, and whether the network has seen them."""
    part = view.lesson.parts[f"which_{view.hand.network.weights}"]
    return part.format(count=f"{len(cached.examples(view.hand.digit.data).test_labels):,}")


def _says_that_all_are_equal(view: View, values: Floats) -> bool:
    """Say it where the unit has one value for all digits; return whether it has."""
    if values.min() != values.max():
        return False
    st.markdown(
        view.lesson.parts["fires_same"].format(
            count=f"{len(values):,}",
            quantity=view.named("quantity"),
            value=number(float(values[0])),
        )
    )
    return True


def _draw_cards(view: View, values: Floats, numbers: list[int], key: str, name: str) -> None:
    words, data = view.lesson.parts, view.hand.digit.data
    labels = cached.examples(data).test_labels
    cards = []
    for each in numbers:
        truth = int(labels[each])
        facts = {"number": f"{each:,}", "truth": truth}
        cards.append(
            {
                "picture": digit_cards.picture(data, each),
                "alt": words["card_alt"].format(**facts),
                "lines": [
                    number(float(values[each])),
                    words["card_truth"].format(a_digit=a_digit(truth, bold=False)),
                    words["card_number"].format(**facts),
                ],
            }
        )
    digit_cards.draw(key, words[f"fires_{name}"].strip("*"), cards, least=WIDTH)


def classes(view: View) -> None:
    """Show the mean output of the unit for each class."""
    words = view.lesson.parts
    with _opened_values(view, words["classes_title"], "inside_classes_open") as values:
        if values is None:
            return
        if _says_that_all_are_equal(view, values):
            return
        labels = cached.examples(view.hand.digit.data).test_labels.numpy()
        means = many_digits.class_means(values, labels)
        st.markdown(_describe_means(view, means))
        _draw_means(view, means, np.bincount(labels, minlength=len(means)))


def _describe_means(view: View, means: Doubles) -> str:
    words = view.lesson.parts
    ends = means.max(), means.min()
    most, least = (
        ", ".join(f"**{digit}**" for digit in np.flatnonzero(means == end)) for end in ends
    )
    greatest, smallest = (number(float(end)) for end in ends)
    line = words["classes"].format(
        which=which(view),
        quantity=view.named("quantity"),
        most=most,
        greatest=greatest,
        least=least,
        smallest=smallest,
    )
    if not view.is_output:
        near = int((means > sum(ends) / 2).sum())
        part = "classes_unit_one" if near == 1 else "classes_unit"
        return f"{line} {words[part].format(near=near)}"
    if view.hand.network.weights is Weights.INITIAL:
        return f"{line} {words['classes_initial']}"
    own = "classes_own" if most == f"**{view.unit}**" else "classes_not_own"
    return f"{line} {words[own].format(unit=view.unit)}"


def _draw_means(view: View, means: Doubles, counts: Integers) -> None:
    words, quantity = view.lesson.parts, view.named("quantity")
    texts = [number(float(mean)) for mean in means]
    hover = [
        words["classes_hover"].format(value=value, count=f"{count:,}")
        for value, count in zip(texts, counts, strict=True)
    ]
    rows = ", ".join(f"{digit}: {value}" for digit, value in enumerate(texts))
    show.figure(
        figures.class_bars(means, hover, is_signed=view.is_output),
        key="inside_classes",
        alt=words["classes_alt"].format(quantity=quantity, rows=rows),
    )


def saliency(view: View) -> None:
    """Show the gradient of the sum with respect to the pixels."""
    words = view.lesson.parts
    with show.opened(words["saliency_title"], "inside_saliency_open") as is_open:
        if not is_open:
            return
        slopes = _gradient(view)
        limit = float(np.abs(slopes).max())
        if not np.isfinite(limit):
            st.markdown(words["broken"])
            return
        if not limit:
            st.markdown(words["saliency_none"])
            return
        st.markdown(_describe_slopes(view, slopes, limit))
        linear = set(view.hand.network.activations[: view.layer - 1]) <= {Activation.NONE}
        if linear:
            st.markdown(words["saliency_linear" if view.layer == 1 else "saliency_linear_none"])
        _draw_saliency(view, slopes, limit)
        st.markdown(words["saliency_limits_linear" if linear else "saliency_limits"])


def _describe_slopes(view: View, slopes: Floats, limit: float) -> str:
    words = view.lesson.parts
    places = np.flatnonzero(np.abs(slopes) == limit)
    row, column = divmod(int(places[0]), fields.SIDE)
    most = "saliency_most" if len(places) == 1 else "saliency_most_of"
    if len(places) == slopes.size:
        most = "saliency_most_all"
    return words["saliency"].format(
        sum=view.named("sum"),
        limit=number(limit),
        most=words[most].format(count=f"{len(places):,}"),
        row=row,
        column=column,
        step=number(STEP),
        change=number(STEP * float(slopes[places[0]])),
    )


def _draw_saliency(view: View, slopes: Floats, limit: float) -> None:
    words = view.lesson.parts
    signed = [pictures.signed(values, limit) for values in (slopes, slopes * view.walk.inputs)]
    row = {
        "words": digit_picker.bold(words["saliency_row"]),
        "pictures": [cached.picture(view.hand.digit), *map(pictures.data_uri, signed)],
        "names": [words[f"saliency_{name}"] for name in ("digit", "picture", "both")],
        "alts": [
            words["picture_digit_alt"],
            *(words[f"saliency_{name}_alt"] for name in ("picture", "both")),
        ],
    }
    unit_rows.draw("inside_saliency", [row])


def _gradient(view: View) -> Floats:
    digit = view.hand.digit
    return microscope.gradient(
        view.hand.network,
        view.parameters,
        cached.inputs(digit)[digit.image],
        view.layer,
        view.unit,
        view.other,
    )


def question_words(view: View) -> dict[str, object]:
    """Return what the question's answer says of this network and this digit."""
    return {"factor": number(math.exp(-QUESTIONED)), "example": _example(view)}


def _example(view: View) -> str:
    """Say of a unit that raises both of the two largest logits for which it argues."""
    words, walk, layer = view.lesson.parts, view.walk, len(view.walk.layers)
    first = int(walk.logits.argmax())
    second = microscope.strongest_other(walk.logits, first)
    found = microscope.raises_both(walk, view.parameters, first, second)
    if found is None:
        return words["example_none"]
    place, one, other = found
    to = sums.scale((one, -other), one - other)
    up, down = sums.added_up((one, -other), one - other, to)
    source = words["example_unit"].format(unit=f"{place:,}", layer=layer - 1)
    if layer == 1:
        row, column = divmod(place, fields.SIDE)
        source = words["example_pixel"].format(row=row, column=column)
    return words["example"].format(
        source=source,
        first=to.text(up),
        unit=first,
        second=to.text(-down),
        other=second,
        difference=to.text(up + down),
        winner=first if one > other else second,
    )


def code(view: View, lesson: Lesson) -> None:
    """Show the script that computes the chosen sum."""
    hand = view.hand
    show.script(
        lesson,
        lambda: script.script(hand.network, hand.digit, view.layer, view.unit, view.other),
        script.FILE_NAME,
        network=hand.network,
    )
