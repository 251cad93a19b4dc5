"""The kind of a file, recognized by its content and not by its name."""

import struct
from enum import Enum

from mnistviz.digits import file_kinds
from mnistviz.network.files.converting import advice
from mnistviz.network.files.records import WANTED, WeightsError, in_bytes
from mnistviz.words import say

LARGEST = 64_000_000
"""Bytes that a file may have. Four hidden layers of 1,024 units take 16 MB in float32."""

TORCH_MAGIC = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How `torch.save` began a file before it wrote zip archives: a number, as a pickle."""

_MAGIC_ENDS = 2 + 9 + len(TORCH_MAGIC)
"""Before that number stand the protocol and, from the fourth on, the length of what follows."""


_CONVERTIBLE = ((b"\x89HDF\r\n\x1a\n", "keras"), (b"\x93NUMPY", "numpy"))
"""How files begin that two lines turn into one of ours, and the kind of those lines."""


class Kind(Enum):
    """The formats of files that can hold weights."""

    SAFETENSORS = "safetensors"
    ZIP = "zip"
    OLD = "old"
    PICKLE = "pickle"


def kind_of(data: bytes) -> Kind:
    """Return the format of a file, told by its first bytes.

    Args:
        data: the whole file.

    Raises:
        WeightsError: it is empty or too large, or its kind holds no weights that can be read here;
            the text says what it looks like.
    """
    if not data:
        raise WeightsError(say("errors/weights", "file_empty", wanted=WANTED))
    if len(data) > LARGEST:
        sizes = {"size": in_bytes(len(data)), "limit": in_bytes(LARGEST)}
        raise WeightsError(say("errors/weights", "file_too_large", **sizes))
    # The table of contents of a safetensors file begins after its own length, with a brace.
    if len(data) > 8 and data[8:9] == b"{" and not data.startswith(b"PK"):
        return Kind.SAFETENSORS
    if data.startswith(b"PK"):
        return Kind.ZIP
    if data[:1] == b"\x80" and data[1:2] in {bytes([number]) for number in range(1, 6)}:
        return Kind.OLD if TORCH_MAGIC in data[:_MAGIC_ENDS] else Kind.PICKLE
    wanted = WANTED
    convertible = next((kind for mark, kind in _CONVERTIBLE if data.startswith(mark)), None)
    if convertible is None and file_kinds.is_onnx(data):
        convertible = "onnx"
    if convertible is not None:
        wanted = f"{WANTED} {advice(convertible)}"
    raise WeightsError(say("errors/weights", "file_other", looks=_looks_like(data), wanted=wanted))


def _looks_like(data: bytes) -> str:
    """Say what a file is that holds no weights, as the middle of a sentence."""
    kind = file_kinds.describe(data)
    if kind is not None:
        return kind
    if len(data) >= 8 and struct.unpack("<Q", data[:8])[0] == len(data) - 8:
        return say("errors/weights", "file_cut")
    beginning = data[:4].hex(" ")
    return say("errors/weights", "file_unknown", size=in_bytes(len(data)), beginning=beginning)
