"""What a file is, told by its content; its name may say anything."""

import struct
from enum import Enum

from mnistviz.network.files.records import WANTED, WeightsError, in_bytes

LARGEST = 64_000_000
"""Bytes that a file may have. Four hidden layers of 1,024 units take 16 MB in float32."""

TORCH_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How `torch.save` began a file before it wrote zip archives: a number, as a pickle."""

_BEGINNINGS = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"%PDF", "a PDF document"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes them"),
    (b"\x93NUMPY", "a NumPy array, as `np.save` writes it"),
    (b"\x00\x00\x08\x01", "an IDX file of labels, as MNIST has them"),
    (b"\x00\x00\x08\x03", "an IDX file of pictures, as MNIST has them"),
    (b"GGUF", "a GGUF file, as language models come in"),
    (b"\x1f\x8b", "a file packed with gzip"),
    (b"BZh", "a file packed with bzip2"),
    (b"\xfd7zXZ\x00", "a file packed with xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"MZ", "a program for Windows"),
    (b"\x7fELF", "a program for Linux"),
    (b"ID3", "a piece of music"),
    (b"OggS", "a piece of music"),
)
_TEXTS = (
    (
        b"version https://git-lfs",
        "the stand-in that Git LFS keeps for a large file; the file itself has to be fetched",
    ),
    (b"<svg", "an SVG drawing"),
    (b"<!doctype html", "a web page; perhaps the page about the file was saved, not the file"),
    (b"<html", "a web page; perhaps the page about the file was saved, not the file"),
    (b"<?xml", "an XML file"),
    (b"{", "a JSON text"),
    (b"[", "a JSON text"),
)


class Kind(Enum):
    """How a file that can hold weights is written."""

    SAFETENSORS = "safetensors"
    ZIP = "zip"
    PICKLE = "pickle"


def kind_of(data: bytes) -> Kind:
    """Tell by its first bytes what a file is.

    Args:
        data: the whole file.

    Raises:
        WeightsError: it is empty or too large, or its kind holds no weights that can be read here;
            the text says what it looks like.
    """
    if not data:
        raise WeightsError(f"The file is empty: it has 0 bytes. {WANTED}")
    if len(data) > LARGEST:
        raise WeightsError(
            f"The file has {in_bytes(len(data))}, and at most {in_bytes(LARGEST)} are read here; "
            "the largest network that the app shows takes 16\N{NO-BREAK SPACE}MB. If the file also "
            "keeps an optimizer's state, save `model.state_dict()` alone."
        )
    # The table of contents of a safetensors file begins after its own length, with a brace.
    if len(data) > 8 and data[8:9] == b"{" and not data.startswith(b"PK"):
        return Kind.SAFETENSORS
    if data.startswith(b"PK"):
        return Kind.ZIP
    if data[:1] == b"\x80" and data[1:2] in {bytes([number]) for number in range(1, 6)}:
        return Kind.PICKLE
    raise WeightsError(f"This is {_looks_like(data)}: no weights can be read from it. {WANTED}")


def _looks_like(data: bytes) -> str:
    """Say what a file is that holds no weights, as the middle of a sentence."""
    if data[:4] == b"RIFF":
        return "a WebP picture" if data[8:12] == b"WEBP" else "a piece of sound or video"
    if data[257:262] == b"ustar":
        return "a tar archive"
    if data[4:8] == b"TFL3":
        return "a TensorFlow Lite model"
    for beginning, what in _BEGINNINGS:
        if data.startswith(beginning):
            return what
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if _is_text(data[:4096]):
        return next((what for first, what in _TEXTS if start.startswith(first)), "a text")
    if len(data) >= 8 and struct.unpack("<Q", data[:8])[0] == len(data) - 8:
        return "the beginning of a safetensors file, and the rest is damaged"
    return f"a file of {in_bytes(len(data))} that begins with the bytes `{data[:4].hex(' ')}`"


def _is_text(start: bytes) -> bool:
    """Tell whether bytes are text; the last character may be cut in two."""
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 3:
            return False
        text = start[: error.start].decode("utf-8")
    return all(sign.isprintable() or sign in "\t\r\n\f" for sign in text) and bool(text)
