"""The expanders of the page of the digits. Nothing is computed until one is opened."""

import streamlit as st

from mnistviz.codegen.parts import LOADERS
from mnistviz.digits import mnist
from mnistviz.digits.mnist import MEAN, STD
from mnistviz.lessons.digits import batches, figures, notebook_script, pixels, script
from mnistviz.results import kept
from mnistviz.spec.fields import BATCH_SIZE, FIELDS, INPUTS, SIDE, Data, Split, digit_count
from mnistviz.spec.specs import DigitSpec
from mnistviz.ui.digits import pictures
from mnistviz.ui.digits.stage import columns, neighbors, place
from mnistviz.ui.elements import exercises, show, widgets
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
        st.markdown(words["axes"])
        exercises.show_run(notebook_script.looking(digit, batch.images, batch.labels))
        st.markdown(words["axes_chain"])
        _chain(hand, index, lesson)
        st.markdown(
            words["axes_labels"].format(
                labels=tuple(batch.labels.shape), image=digit.image, label=cached.label(digit)
            )
        )
        st.code(pixels.channel_error(batch.images, digit.image), language=None, wrap_lines=True)
        st.markdown(words["axes_draw"])
        st.code(notebook_script.drawing(digit.image), language="python", width=show.LINE)


def _chain(hand: InHand, index: int, lesson: Lesson) -> None:
    words, digit = lesson.parts, hand.digit
    batch = cached.batch_of(digit)
    pictures.axes(
        {
            **place(hand, index),
            "sheet": cached.sheet(digit),
            "shapes": pixels.indexing_shapes(batch.images, digit.image, index),
            "steps": columns(words["axes_steps"], ("name", "words")),
            "words": {
                **{name: words[f"axes_{name}"] for name in ("image", "row", "column")},
                "batch_alt": words["axes_batch_alt"].format(
                    length=len(batch.labels), image=digit.image
                ),
                "picture_alt": words["axes_picture_alt"].format(image=digit.image),
            },
        }
    )


def flatten(hand: InHand, index: int, lesson: Lesson) -> None:
    """Tell what flattening does and what a fully connected layer wants with it."""
    words = lesson.parts
    with show.opened(words["flatten_title"], "digits_flatten_open") as opened:
        if not opened:
            return
        images = cached.batch_of(hand.digit).images
        inputs, units = mnist.flatten(images), hand.network.sizes[1]
        same = pixels.shares_memory(images)
        st.markdown(words["flatten"])
        st.code("inputs = images.view(images.shape[0], -1)", language="python", width=show.LINE)
        st.markdown(
            words["flatten_after"].format(
                images=tuple(images.shape),
                inputs=tuple(inputs.shape),
                side=SIDE,
                memory=words["flatten_same" if same else "flatten_copied"],
                **neighbors(index),
            )
        )
        st.markdown(
            words["flatten_layers"].format(
                count=INPUTS,
                units=f"{units:,}",
                unit_word=words["unit_one" if units == 1 else "unit_many"],
                weights=f"{INPUTS * units:,}",
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
        black = float((batch.pixels == 0).double().mean())
        st.markdown(
            words["histogram_why"].format(shift=MEAN, scale=STD, black=quantities.percent(black))
        )
        st.markdown(_describe_centering(hand.digit, both["after"], lesson))


def _describe_centering(digit: DigitSpec, normalized: pixels.Histogram, lesson: Lesson) -> str:
    mean, std = moments(digit.data, digit.split)
    return lesson.parts["histogram_centered"].format(
        shift=MEAN,
        scale=STD,
        mean=quantities.number(normalized.mean),
        std=quantities.number(normalized.std),
        count=f"{digit_count(digit.data, digit.split):,}",
        kind=_kind(digit, lesson),
        set_mean=mean,
        set_std=std,
        black_then=quantities.number(-mean / std),
        white_then=quantities.number((1 - mean) / std),
    )


@kept(maxsize=4)
def moments(data: Data, split: Split) -> tuple[float, float]:
    """Return mean and standard deviation of a part of a set; see `pixels.moments`."""
    return pixels.moments(cached.digits(data).part(split)[0])


def _kind(digit: DigitSpec, lesson: Lesson) -> str:
    return lesson.parts[f"kind_{digit.split.value}"]


def data(hand: InHand, lesson: Lesson) -> None:
    """Show how the digits are loaded, and the batches that they make."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["data_title"], "digits_data_open") as opened:
        if not opened:
            return
        st.markdown(words["data"])
        st.code(notebook_script.loading(digit.split, BATCH_SIZE), language="python")
        st.markdown(words["data_after"].format(loader=LOADERS[digit.split]))
        st.markdown(_describe_batches(digit, BATCH_SIZE, lesson))


def loader(hand: InHand, lesson: Lesson) -> None:
    """Let the person choose a batch size and a seed, and show what a loader makes of them."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["loader_title"], "digits_loader_open") as opened:
        if not opened:
            return
        st.markdown(words["loader"])
        size, seed = _loader_controls(lesson)
        st.markdown(_describe_batches(digit, size, lesson))
        _orders(digit, seed, lesson)
        st.markdown(words["orders_code"])
        st.code(script.loader_script(digit, size, seed, SHOWN), language="python")
        st.code(loader_output(digit, size, seed), language=None)


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


def _describe_batches(digit: DigitSpec, size: int, lesson: Lesson) -> str:
    words = lesson.parts
    cut = batches.cut(digit_count(digit.data, digit.split), size)
    full = cut.last == cut.size
    return words["cut"].format(
        size=size,
        images=(size, 1, SIDE, SIDE),
        labels=(size,),
        count=f"{cut.count:,}",
        kind=_kind(digit, lesson),
        batches=f"{cut.batches:,}",
        word=words["batch_one" if cut.batches == 1 else "batch_many"],
        last=words["last_full" if full else "last_short"].format(last=cut.last),
    )


def _orders(digit: DigitSpec, seed: int, lesson: Lesson) -> None:
    """Show the beginnings of four orders: unshuffled, the sidebar's seed, two epochs of another."""
    words = lesson.parts
    stored, stored_labels = cached.digits(digit.data).part(digit.split)
    count = len(stored_labels)
    rows = [
        (words["order_stored"], tuple(range(SHOWN))),
        (_order_name(digit.seed, 1, lesson), orders(count, digit.seed)[0]),
        (_order_name(seed, 1, lesson), orders(count, seed)[0]),
        (_order_name(seed, 2, lesson), orders(count, seed)[1]),
    ]
    st.markdown(words["orders"].format(shown=SHOWN, kind=_kind(digit, lesson)))
    with st.container(key="digits_orders"):
        for name, order in rows:
            indices = list(order)
            labels = ", ".join(str(label) for label in stored_labels[indices].tolist())
            named, drawn = st.columns([2, 8], vertical_alignment="center")
            named.markdown(name)
            picture = figures.digit_row(stored[indices].numpy(), SHOWN)
            drawn.image(picture, width="stretch", alt=f"{name}: {labels}")


def _order_name(seed: int, number: int, lesson: Lesson) -> str:
    return lesson.parts["order_epoch"].format(seed=seed, number=number)


@kept(maxsize=64)
def orders(count: int, seed: int) -> tuple[tuple[int, ...], ...]:
    """Return the beginnings of the first two orders of a loader; see `batches.epochs`."""
    return tuple(tuple(order[:SHOWN].tolist()) for order in batches.epochs(count, seed, 2))


def loader_output(digit: DigitSpec, size: int, seed: int) -> str:
    """Return what `script.loader_script` prints."""
    _, labels = cached.digits(digit.data).part(digit.split)
    count = len(labels)
    cut = batches.cut(count, size)
    first = min(size, count)
    lines = [f"{(first, 1, SIDE, SIDE)} {(first,)} {cut.batches}"]
    for number, order in enumerate(orders(count, seed), start=1):
        lines.append(f"epoch {number} {labels[list(order)].tolist()}")
    return "\n".join(lines)


def counts(hand: InHand, lesson: Lesson) -> None:
    """Count the digits of the batch and of its part of the set."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["counts_title"], "digits_counts_open") as opened:
        if not opened:
            return
        labels = {
            "batch": cached.batch_of(digit).labels,
            "set": cached.digits(digit.data).part(digit.split)[1],
        }
        class_counts = {name: pixels.class_counts(some) for name, some in labels.items()}
        for column, (name, some) in zip(
            st.columns(2, gap="medium"), class_counts.items(), strict=True
        ):
            with column:
                _class_bars(name, some, digit, lesson)
        all_of_them = class_counts["set"]
        st.markdown(
            words["counts"].format(
                guess=quantities.percent(max(all_of_them) / sum(all_of_them)),
                count=f"{sum(all_of_them):,}",
                kind=_kind(digit, lesson),
            )
        )


def _class_bars(name: str, some: tuple[int, ...], digit: DigitSpec, lesson: Lesson) -> None:
    words = lesson.parts
    even = min(some) == max(some)
    title = words[f"counts_{name}{'_same' if even else ''}"].format(
        length=f"{sum(some):,}",
        least=f"{min(some):,}",
        most=f"{max(some):,}",
        set=words[f"set_{digit.data.value}"],
        kind=_kind(digit, lesson),
    )
    st.markdown(title)
    listed = ", ".join(f"{number}: {count:,}" for number, count in enumerate(some))
    show.figure(
        figures.class_bars(some),
        key=f"digits_counts_{name}",
        alt=words["counts_alt"].format(title=title.replace("**", ""), counts=listed),
    )


def old(hand: InHand, lesson: Lesson) -> None:
    """Run what older notebooks write."""
    words, digit = lesson.parts, hand.digit
    with show.opened(words["old_title"], "digits_old_open") as opened:
        if not opened:
            return
        st.markdown(words["old_next"])
        exercises.show_run(notebook_script.old_next(digit.split))
        images = cached.batch_of(digit).images
        st.markdown(words["old_resize"])
        exercises.show_run(notebook_script.old_resize(images))
        full = len(images) == BATCH_SIZE
        st.markdown(
            words["old_resize_full" if full else "old_resize_short"].format(
                size=BATCH_SIZE, length=len(images), missing=BATCH_SIZE - len(images)
            )
        )


def code(hand: InHand, index: int, lesson: Lesson) -> None:
    """Show the script that computes what the page shows."""
    show.script(lesson, lambda: script.script(hand.network, hand.digit, index), script.FILE_NAME)
