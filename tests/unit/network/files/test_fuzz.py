"""Damaged files of weights, hundreds of ways: each is read, or refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mnistviz.network.files.loading import LoadedNetwork, WeightsError, read
from mnistviz.network.files.torch_file import check, check_orders
from mnistviz.spec.fields import MAX_UNITS
from tests.helpers.weight_files import (
    arrays,
    rezipped,
    safetensors,
    saved,
    tensors,
    with_header,
)

SAFETENSORS = safetensors(arrays(784, 3, 10), {"mnistviz": json.dumps({"hidden": [3]})})
HEADER = 8 + int.from_bytes(SAFETENSORS[:8], "little")
TORCH = saved(tensors(784, 3, 10))
BEGIN = TORCH.index(b"\x80\x02")
ORDERS = TORCH[BEGIN : TORCH.index(b"PK\x07\x08")]

FUZZ = settings(max_examples=100, deadline=None, derandomize=True, database=None)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["set", "cut", "insert", "double"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=9),
    ),
    min_size=1,
    max_size=5,
)


def changed(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    for kind, where, piece in changes:
        place = int(where * len(data))
        data = {
            "set": data[:place] + piece + data[place + len(piece) :],
            "cut": data[:place] + data[place + 40 * len(piece) :],
            "insert": data[:place] + piece + data[place:],
            "double": data[:place] + data[place : place + 20] + data[place:],
        }[kind]
    return data


def is_sound(network: LoadedNetwork) -> bool:
    sizes = [784, *network.hidden, 10]
    return len(sizes) <= 6 and all(
        tuple(layer.weight.shape) == (after, before)
        and tuple(layer.bias.shape) == (after,)
        and 0 < after <= MAX_UNITS
        and bool(layer.weight.isfinite().all() and layer.bias.isfinite().all())
        for layer, before, after in zip(network.layers, sizes[:-1], sizes[1:], strict=True)
    )


def is_read_or_refused(data: bytes) -> bool:
    try:
        network = read(data, "mine")
    except WeightsError as error:
        text = str(error)
        # It can be shown: whole lines, no signs that steer a screen, no lone surrogates.
        words = text.encode("utf-8").decode().split("\n\n```python\n")[0]
        return words.replace("\N{NO-BREAK SPACE}", " ").isprintable() and 20 < len(text) < 900
    return is_sound(network)


@FUZZ
@given(CHANGES)
def test_changes_anywhere_in_a_safetensors_file(changes: list[tuple[str, float, bytes]]) -> None:
    assert is_read_or_refused(changed(SAFETENSORS, changes))


@FUZZ
@given(CHANGES)
def test_changes_of_its_table_of_contents(changes: list[tuple[str, float, bytes]]) -> None:
    table = changed(SAFETENSORS[8:HEADER], changes)
    data = with_header(table, SAFETENSORS[HEADER:])
    if data[8:9] == b"{":
        assert is_read_or_refused(data)


ROWS = st.fixed_dictionaries(
    {
        "dtype": st.sampled_from(["F32", "F16", "BF16", "F64", "I8", "BOOL", "C64", "X"]),
        "shape": st.lists(st.sampled_from([0, 1, 2, 3, 10, 784]), max_size=3),
    }
)


@FUZZ
@given(
    st.dictionaries(st.text(max_size=12), ROWS, max_size=6),
    st.binary(min_size=2, max_size=2),
)
def test_tables_that_are_whole_and_hold_anything(rows: dict[str, Any], filling: bytes) -> None:
    widths = {"F32": 4, "F16": 2, "BF16": 2, "F64": 8, "C64": 8}
    end = 0
    rows.pop("__metadata__", None)
    for row in rows.values():
        size = int(np.prod(row["shape"], dtype=int)) * widths.get(row["dtype"], 1)
        row["data_offsets"] = [end, end + size]
        end += size
    if end < 20_000_000:
        assert is_read_or_refused(with_header(rows, (filling * (end // 2 + 1))[:end]))


def looked_at(data: bytes, look: Callable[[bytes], object] = check) -> bool:
    """Whether a file goes on to a child, or is refused before."""
    try:
        look(data)
    except WeightsError as error:
        return 20 < len(str(error)) < 900
    return True


@FUZZ
@given(CHANGES)
def test_changes_anywhere_in_a_file_of_torch(changes: list[tuple[str, float, bytes]]) -> None:
    assert looked_at(changed(TORCH, changes))
    # The list of its members stands at the end.
    assert looked_at(TORCH[:-1500] + changed(TORCH[-1500:], changes))


@FUZZ
@given(CHANGES)
def test_changes_of_the_pickle_in_it(changes: list[tuple[str, float, bytes]]) -> None:
    orders = changed(ORDERS, changes)
    assert looked_at(rezipped(TORCH, {"data.pkl": orders}))


@FUZZ
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert looked_at(b"\x80\x02" + data, check_orders)
    if not data.startswith(b"PK"):
        assert is_read_or_refused(data)
