"""An archive of `np.savez`, read with every size checked before a number is unpacked."""

import io
import math
import zipfile
import zlib
from typing import Any

import numpy as np

from mnistviz.network.files.records import AGAIN, SHOWABLE, WeightsError, in_bytes
from mnistviz.network.files.safetensors_file import Entry
from mnistviz.words import say
from mnistviz.words.untrusted import code

LARGEST = 64_000_000
"""Bytes that the arrays may have together, unpacked."""

MOST_ARRAYS = 1_000


def members(data: bytes) -> tuple[str, ...]:
    """Return the names in a zip archive that holds arrays alone; none if it is another one."""
    # Each member is announced by this mark; the archive's own count of them may say anything.
    if data.count(b"PK\x01\x02") > MOST_ARRAYS:
        return ()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = tuple(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, IndexError):
        return ()
    return names if all(name.endswith(".npy") for name in names) else ()


def entries(data: bytes) -> tuple[Entry, ...]:
    """Read all arrays of an archive.

    Args:
        data: the whole file, of which `members` has found some.

    Raises:
        WeightsError: it claims too much, or an array in it is damaged or holds no plain numbers.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
        claimed = sum(info.file_size for info in infos)
        if claimed > LARGEST:
            sizes = {"claimed": in_bytes(claimed), "most": in_bytes(LARGEST)}
            raise WeightsError(say("errors/weights", "arrays_large", **sizes, showable=SHOWABLE))
        return tuple(_entry(archive, info) for info in infos)


def _entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Entry:
    """Read one array; the archive's reader gives no more bytes than the archive claims."""
    key = info.filename.removesuffix(".npy")
    damaged = WeightsError(say("errors/weights", "array_damaged", key=code(key), again=AGAIN))
    try:
        stream = io.BytesIO(archive.read(info))
        shape, turned, dtype = _header(stream)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, SyntaxError, RuntimeError):
        raise damaged from None
    except (NotImplementedError, RecursionError, MemoryError, TypeError, OverflowError):
        raise damaged from None
    if dtype.hasobject or dtype.kind not in "fiub":
        kind = code(str(dtype), 20)
        raise WeightsError(say("errors/weights", "array_type", key=code(key), kind=kind))
    raw = stream.read()
    if any(size < 0 for size in shape) or math.prod(shape) * dtype.itemsize != len(raw):
        raise damaged
    if len(shape) > 8:
        text = say("errors/weights", "tensor_dimensions", key=code(key), count=len(shape))
        raise WeightsError(text)
    numbers = np.frombuffer(raw, dtype).reshape(shape, order="F" if turned else "C")
    plain = np.ascontiguousarray(numbers, dtype.newbyteorder("<")).tobytes()
    return Entry(key, dtype.newbyteorder("=").name, shape, memoryview(plain))


def _header(stream: io.BytesIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Read what stands before the numbers: shape, whether by columns, and type."""
    if np.lib.format.read_magic(stream) == (1, 0):
        return np.lib.format.read_array_header_1_0(stream)
    return np.lib.format.read_array_header_2_0(stream)
