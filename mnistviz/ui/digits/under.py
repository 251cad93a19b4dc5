"""The expanders of the page of the digits. Nothing is computed until one is opened."""

from functools import lru_cache

import streamlit as st

from mnistviz.digits import mnist
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.lessons.digits import batches, figures, pixels, script
from mnistviz.spec.fields import BATCH_SIZE, FIELDS, SIDE, TRAINING_DIGITS
from mnistviz.spec.specs import DigitSpec
from mnistviz.ui.digits import pictures
from mnistviz.ui.digits.stage import columns, place
from mnistviz.ui.elements import show, widgets
from mnistviz.ui.session import cached, links
from mnistviz.ui.session.state import InHand
from mnistviz.words import Lesson, quantities

SIZES = (1, 8, 32, 64, 128, 256)
OTHER_SEED = 8

SHOWN = 16
"""Digits of an order that are shown."""

TICKS = {"before": (0, 64, 128, 192, 255), "after": (-1, -0.5, 0, 0.5, 1)}
"""Where the axes of the histograms are labeled."""


def axes(hand: InHand, index: int, lesson: Lesson) -> None:
    """Take the batch apart, axis by axis."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["axes_title"], "digits_axes_open") as opened:
        if not opened:
            return
        batch = cached.batch_of(digit)
        length = len(batch.labels)
        st.markdown(words["axes"])
        pictures.axes(
            {
                **place(hand, index),
                "sheet": cached.sheet(digit),
                "shapes": pixels.indexing_shapes(batch.images, digit.image, index),
                "steps": columns(words["axes_steps"], ("name", "words")),
                "words": {
                    **{name: words[f"axes_{name}"] for name in ("image", "row", "column")},
                    "batch_alt": words["axes_batch_alt"].format(length=length, image=digit.image),
                    "picture_alt": words["axes_picture_alt"].format(image=digit.image),
                },
            }
        )
        st.markdown(
            words["axes_labels"].format(
                labels=tuple(batch.labels.shape), image=digit.image, label=cached.label(digit)
            )
        )
        _code(pixels.channel_error(batch.images, digit.image))


def flatten(hand: InHand, lesson: Lesson) -> None:
    """Tell what flattening does and what a dense layer wants with it."""
    words = lesson.parts
    with show.opened(words["flatten_title"], "digits_flatten_open") as opened:
        if not opened:
            return
        images = cached.batch_of(hand.digit).images
        inputs, units = mnist.flatten(images), hand.network.sizes[1]
        same = pixels.shares_memory(images)
        st.markdown(words["flatten"].format(images=tuple(images.shape), inputs=tuple(inputs.shape)))
        st.code("inputs = images.view(images.shape[0], -1)", language="python", width=show.LINE)
        st.markdown(
            words["flatten_after"].format(
                length=images.shape[0],
                side=SIDE,
                count=inputs.shape[1],
                memory=words["flatten_same" if same else "flatten_copied"],
                units=f"{units:,}",
                unit_word=words["unit_one" if units == 1 else "unit_many"],
                weights=f"{inputs.shape[1] * units:,}",
            )
        )


def histograms(hand: InHand, lesson: Lesson) -> None:
    """Count the pixels of the batch before and after normalizing."""
    words = lesson.parts
    with show.opened(words["histogram_title"], "digits_histogram_open") as opened:
        if not opened:
            return
        batch = cached.batch_of(hand.digit)
        both = dict(zip(("before", "after"), pixels.histograms(batch), strict=True))
        st.markdown(words["histogram"].format(pixels=f"{batch.pixels.numel():,}"))
        for column, (name, one) in zip(st.columns(2, gap="medium"), both.items(), strict=True):
            title = words[f"histogram_{name}"].format(
                mean=quantities.number(one.mean), std=quantities.number(one.std)
            )
            shares = ", ".join(quantities.percent(n / one.counts.sum()) for n in one.counts)
            with column:
                st.markdown(title)
                show.figure(
                    figures.histogram(one.counts, one.edges, TICKS[name]),
                    key=f"digits_histogram_{name}",
                    alt=words["histogram_alt"].format(title=title.replace("*", ""), shares=shares),
                )
        paper = float((batch.pixels == 0).double().mean())
        st.markdown(
            words["histogram_why"].format(shift=MEAN, scale=STD, paper=quantities.percent(paper))
        )


def loader(hand: InHand, lesson: Lesson) -> None:
    """Let the person choose a batch size and a seed, and show what a loader makes of them."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["loader_title"], "digits_loader_open") as opened:
        if not opened:
            return
        st.markdown(words["loader"])
        size, seed = _loader_controls(lesson)
        st.markdown(_describe_split(digit, size, lesson))
        _orders(digit, seed, lesson)
        st.markdown(words["orders_code"])
        text = script.loader_script(digit, size, seed, SHOWN)
        st.code(text, language="python")
        st.code(loader_output(digit, size, seed), language=None)
        st.markdown(words["old_next"])
        _code(batches.old_next_error())


def _loader_controls(lesson: Lesson) -> tuple[int, int]:
    words = lesson.parts
    with st.container(horizontal=True, gap="medium"):
        help_size = words["size_help"].format(size=BATCH_SIZE)
        size = widgets.choose("digits_size", words["size"], SIZES, help_size, BATCH_SIZE)
        seed = st.number_input(
            words["seed"],
            min_value=int(FIELDS["seed"].minimum),
            max_value=int(FIELDS["seed"].maximum),
            value=OTHER_SEED,
            help=words["seed_help"],
            width=180,
            **links.bound("digits_seed"),
        )
    return size, int(seed)


def _describe_split(digit: DigitSpec, size: int, lesson: Lesson) -> str:
    words, split = lesson.parts, batches.cut(TRAINING_DIGITS[digit.data], size)
    full = split.last == split.size
    return words["cut"].format(
        size=size,
        images=(size, 1, SIDE, SIDE),
        labels=(size,),
        count=f"{split.count:,}",
        batches=f"{split.batches:,}",
        word=words["batch_one" if split.batches == 1 else "batch_many"],
        last=words["last_full" if full else "last_short"].format(last=split.last),
    )


def _orders(digit: DigitSpec, seed: int, lesson: Lesson) -> None:
    """Show the beginnings of four orders: unshuffled, the sidebar's seed, two passes of another."""
    words, stored = lesson.parts, cached.digits(digit.data)
    count = TRAINING_DIGITS[digit.data]
    rows = [
        (words["order_stored"], tuple(range(SHOWN))),
        (_pass_name(digit.seed, 1, lesson), passes(count, digit.seed)[0]),
        (_pass_name(seed, 1, lesson), passes(count, seed)[0]),
        (_pass_name(seed, 2, lesson), passes(count, seed)[1]),
    ]
    st.markdown(words["orders"].format(shown=SHOWN))
    with st.container(key="digits_orders"):
        for name, order in rows:
            indices = list(order)
            labels = ", ".join(str(label) for label in stored.train_labels[indices].tolist())
            named, drawn = st.columns([2, 8], vertical_alignment="center")
            named.markdown(name)
            picture = figures.digit_row(stored.train_pixels[indices].numpy(), SHOWN)
            drawn.image(picture, width="stretch", alt=f"{name}: {labels}")


def _pass_name(seed: int, number: int, lesson: Lesson) -> str:
    return lesson.parts["order_pass"].format(seed=seed, number=number)


@lru_cache(maxsize=64)
def passes(count: int, seed: int) -> tuple[tuple[int, ...], ...]:
    """Return the beginnings of the first two orders of a loader; see `batches.passes`."""
    return tuple(tuple(order[:SHOWN].tolist()) for order in batches.passes(count, seed, 2))


def loader_output(digit: DigitSpec, size: int, seed: int) -> str:
    """Return what `script.loader_script` prints."""
    labels, count = cached.digits(digit.data).train_labels, TRAINING_DIGITS[digit.data]
    split = batches.cut(count, size)
    first = min(size, count)
    lines = [f"{(first, 1, SIDE, SIDE)} {(first,)} {split.batches}"]
    for number, order in enumerate(passes(count, seed), start=1):
        lines.append(f"pass {number} {labels[list(order)].tolist()}")
    return "\n".join(lines)


def counts(hand: InHand, lesson: Lesson) -> None:
    """Count the digits of the batch and of the set."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["counts_title"], "digits_counts_open") as opened:
        if not opened:
            return
        labels = {
            "batch": cached.batch_of(digit).labels,
            "set": cached.digits(digit.data).train_labels,
        }
        class_counts = {name: pixels.class_counts(some) for name, some in labels.items()}
        for column, (name, some) in zip(
            st.columns(2, gap="medium"), class_counts.items(), strict=True
        ):
            even = min(some) == max(some)
            title = words[f"counts_{name}{'_same' if even else ''}"].format(
                length=f"{sum(some):,}",
                least=f"{min(some):,}",
                most=f"{max(some):,}",
                set=words[f"set_{digit.data.value}"],
            )
            listed = ", ".join(f"{digit}: {count:,}" for digit, count in enumerate(some))
            with column:
                st.markdown(title)
                show.figure(
                    figures.class_bars(some),
                    key=f"digits_counts_{name}",
                    alt=words["counts_alt"].format(counts=listed),
                )
        guess = max(class_counts["set"]) / sum(class_counts["set"])
        st.markdown(words["counts"].format(guess=quantities.percent(guess)))


def code(hand: InHand, index: int, lesson: Lesson) -> None:
    """Show the script that computes what the page shows."""
    show.script(lesson, lambda: script.script(hand.network, hand.digit, index), script.FILE_NAME)


def _code(text: str) -> None:
    st.code(text, language=None, wrap_lines=True)
