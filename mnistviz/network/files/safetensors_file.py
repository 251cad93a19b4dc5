"""A safetensors file, read with every length checked before anything is believed.

The format: eight bytes with the length of a table of contents, the table as JSON, then the numbers
(https://huggingface.co/docs/safetensors). Reading it runs nothing and takes no more memory than the
file has.
"""

# The library's own reader takes the last of two equal keys, any number of tensors and a table of
# 100 MB, and says "incomplete metadata" where a person needs the tensor, its shape and the byte.

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeGuard

import numpy as np

from mnistviz.digits.arrays import Doubles, Floats
from mnistviz.network.files.records import AGAIN, SHOWABLE, WeightsError, in_bytes, shape_text
from mnistviz.words import say
from mnistviz.words.untrusted import code

HEADER_LIMIT = 1_000_000
"""Bytes that a table of contents may have: ten times what 1,000 tensors take."""

MOST_TENSORS = 1_000
"""Tensors that a file may hold. Five layers have ten; an optimizer keeps a few for each."""

MOST_DIMENSIONS = 8

TYPES: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        "F64": ("float64", 8),
        "F32": ("float32", 4),
        "F16": ("float16", 2),
        "BF16": ("bfloat16", 2),
        "F8_E4M3": ("float8_e4m3fn", 1),
        "F8_E5M2": ("float8_e5m2", 1),
        "C64": ("complex64", 8),
        "I64": ("int64", 8),
        "I32": ("int32", 4),
        "I16": ("int16", 2),
        "I8": ("int8", 1),
        "U64": ("uint64", 8),
        "U32": ("uint32", 4),
        "U16": ("uint16", 2),
        "U8": ("uint8", 1),
        "BOOL": ("bool", 1),
    }
)
"""The types of the format: PyTorch's name of each, and the bytes of one number."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One tensor of a file, as it is stored.

    Attributes:
        key: its name in the file.
        dtype: its type, as PyTorch names it: `float32`.
        shape: any number of dimensions from none to eight.
        raw: its numbers, little-endian, row by row.
    """

    key: str
    dtype: str
    shape: tuple[int, ...]
    raw: memoryview

    @property
    def is_float(self) -> bool:
        """Whether `values` can give its numbers."""
        return self.dtype in ("float64", "float32", "float16", "bfloat16")

    def values(self) -> Doubles | Floats:
        """Return the numbers of a tensor of floats.

        Returns:
            Of its own shape: float64 for float64, else float32, which holds the numbers of float16
            and bfloat16 exactly.
        """
        if self.dtype == "float64":
            return np.frombuffer(self.raw, "<f8").astype(np.float64).reshape(self.shape)
        if self.dtype == "bfloat16":
            # A bfloat16 is the first half of a float32.
            upper = np.frombuffer(self.raw, "<u2").astype("<u4") << 16
            return np.frombuffer(upper.tobytes(), "<f4").astype(np.float32).reshape(self.shape)
        stored = np.frombuffer(self.raw, "<f4" if self.dtype == "float32" else "<f2")
        return stored.astype(np.float32).reshape(self.shape)


def entries(data: bytes) -> tuple[tuple[Entry, ...], dict[str, str]]:
    """Read the table of contents and check it.

    Args:
        data: the whole file, at least nine bytes.

    Returns:
        The tensors in the order of the table, and what stands beside them (the metadata).

    Raises:
        WeightsError: a length, an offset or a name is not as the format wants it.
    """
    table, begin = _table(data)
    metadata = table.pop("__metadata__", {})
    if not isinstance(metadata, dict):
        metadata = {}
    texts = {key: value for key, value in metadata.items() if isinstance(value, str)}
    if len(table) > MOST_TENSORS:
        raise _too_many(len(table))
    numbers = memoryview(data)[begin:]
    tensors = tuple(_entry(key, row, numbers) for key, row in table.items())
    if sum(len(entry.raw) for entry in tensors) > len(numbers):
        raise WeightsError(say("errors/weights", "st_overlap", again=AGAIN))
    return tensors, texts


def _table(data: bytes) -> tuple[dict[str, Any], int]:
    """Read the table of contents; returns it and the place at which the numbers begin."""
    length, rest = int.from_bytes(data[:8], "little"), len(data) - 8
    if length > rest:
        raise WeightsError(
            say("errors/weights", "st_cut", length=length, bytes=len(data), again=AGAIN)
        )
    count = data.count(b'"data_offsets"', 8, 8 + length)
    if count > MOST_TENSORS:
        raise _too_many(count)
    if length > HEADER_LIMIT:
        raise WeightsError(
            say(
                "errors/weights",
                "contents_large",
                length=in_bytes(length),
                most=in_bytes(HEADER_LIMIT),
            )
        )
    try:
        table = json.loads(data[8 : 8 + length], object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        if isinstance(error, WeightsError):
            raise
        table = None
    if not isinstance(table, dict):
        raise WeightsError(say("errors/weights", "contents_damaged", again=AGAIN))
    return table, 8 + length


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise WeightsError(say("errors/weights", "contents_twice", twice=code(twice), again=AGAIN))
    return table


def _too_many(count: int) -> WeightsError:
    return WeightsError(say("errors/weights", "tensors_many", count=count, showable=SHOWABLE))


def _entry(key: str, row: object, numbers: memoryview) -> Entry:
    """Check one row of the table and cut its numbers out."""
    wrong = WeightsError(say("errors/weights", "contents_wrong", key=code(key), again=AGAIN))
    if not isinstance(row, dict):
        raise wrong
    kind, shape, offsets = (row.get(name) for name in ("dtype", "shape", "data_offsets"))
    if not _are_sizes(shape) or not _are_sizes(offsets) or not isinstance(kind, str):
        raise wrong
    if len(shape) > MOST_DIMENSIONS:
        raise WeightsError(
            say("errors/weights", "tensor_dimensions", key=code(key), count=len(shape))
        )
    if kind not in TYPES:
        raise WeightsError(
            say(
                "errors/weights",
                "tensor_type",
                key=code(key),
                kind=code(kind, 20),
                shape=shape_text(tuple(shape)),
            )
        )
    dtype, width = TYPES[kind]
    if len(offsets) != 2 or not offsets[0] <= offsets[1]:
        raise wrong
    first, end = offsets
    if end > len(numbers):
        raise WeightsError(
            say(
                "errors/weights",
                "st_short",
                key=code(key),
                end=end,
                count=len(numbers),
                again=AGAIN,
            )
        )
    if math.prod(shape) * width != end - first:
        raise WeightsError(
            say(
                "errors/weights",
                "st_shape",
                key=code(key),
                shape=shape_text(tuple(shape)),
                dtype=dtype,
                shape_2=math.prod(shape) * width,
                end=end - first,
                again=AGAIN,
            )
        )
    return Entry(key, dtype, tuple(shape), numbers[first:end])


def _are_sizes(values: object) -> TypeGuard[list[int]]:
    """Tell whether a value of the table is a list of whole numbers that no file exceeds."""
    return isinstance(values, list) and all(
        type(value) is int and 0 <= value < 2**48 for value in values
    )
