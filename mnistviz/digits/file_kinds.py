"""What a file is, told by its first bytes: for the sentence about a file that cannot be read."""

import re
from typing import Final

from mnistviz.words import say

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
    (b"8BPS", "photoshop"),
    (b"\x00\x00\x01\x00", "icon"),
    (b"\x00\x00\x00\x0cjP  ", "jpeg_2000"),
    (b"\xff\x4f\xff\x51", "jpeg_2000"),
    (b"\xff\x0a", "jpeg_xl"),
    (b"\x00\x00\x00\x0cJXL ", "jpeg_xl"),
    (b"%PDF", "pdf"),
    (b"%!PS", "postscript"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"\x93NUMPY", "numpy"),
    (b"\x00\x00\x08\x01", "idx_labels"),
    (b"\x00\x00\x08\x03", "idx_pictures"),
    (b"GGUF", "gguf"),
    (b"PK\x03\x04", "zip"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"),
    (b"MZ", "windows_program"),
    (b"\x7fELF", "linux_program"),
    (b"ID3", "music"),
    (b"OggS", "sound_or_film"),
    (b"\x1a\x45\xdf\xa3", "film"),
    (b"SQLite format 3", "database"),
)
"""How files begin, and the parts of the words that say what they are."""

_BRANDS: Final = {
    b"avif": "avif",
    b"avis": "avif",
    b"heic": "heic",
    b"heix": "heic",
    b"heim": "heic",
    b"hevc": "heic",
    b"mif1": "heif",
    b"msf1": "heif",
}
"""What the first brand of an ISO media file says; every other one is a film."""

_TEXTS: Final = (
    (
        "version https://git-lfs",
        "git_lfs",
    ),
    ("<!doctype html", "web_page"),
    ("<html", "web_page"),
    ("<?xml", "xml"),
)
"""How texts begin, in small letters."""

_JSON: Final = re.compile(r'\{\s*["}]|\[\s*(["{\[\]\-\d]|true|false|null)')
"""How a JSON text of an object or an array begins."""

_HEAD: Final = 4096
"""Bytes from the beginning that are looked at for text."""


def describe(data: bytes) -> str | None:
    """Say what a file is.

    Only its first bytes are looked at: it is named, not checked.

    Args:
        data: the bytes of the file, at least one.

    Returns:
        Its kind with an article, as "a PDF document"; None where the bytes tell nothing.
    """
    kind = kind_of(data)
    return None if kind is None else say("errors/file_kinds", kind)


def kind_of(data: bytes) -> str | None:
    """Return the name of a file's kind as `describe` looks it up, or None."""
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "film")
    if data[4:8] == b"TFL3":
        return "tensorflow_lite"
    if data[257:262] == b"ustar":
        return "tar"
    if data[:4] == b"RIFF":
        return "webp" if data[8:12] == b"WEBP" else "sound_or_film"
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name
    if _is_safetensors(data):
        return "safetensors"
    if is_onnx(data):
        return "onnx"
    if data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "pickle"
    return _text(data[:_HEAD])


def is_onnx(data: bytes) -> bool:
    """Tell an ONNX model: its version, and then the name of what has written it, or its graph."""
    if len(data) < 12 or data[0] != 8 or not 1 <= data[1] <= 30:
        return False
    # The fields of the format: 0x12 a text, its length, its signs; 0x3a the graph.
    writer = data[4 : 4 + data[3]]
    named = (
        data[2] == 0x12 and 0 < data[3] < 60 and writer.isascii() and writer.decode().isprintable()
    )
    return named or (data[2] == 0x3A and data[3] > 0x7F)


def _is_safetensors(data: bytes) -> bool:
    """Tell whether the length of a header stands first, and then JSON."""
    length = int.from_bytes(data[:8], "little")
    return 2 <= length < 2**40 and data[8:10] in (b'{"', b"{}", b"{ ", b"{\n")


def _text(head: bytes) -> str | None:
    """Tell what kind of text it is; None if it is none."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    # A character of several bytes may be cut in two at the end.
    text = (
        head.decode(encoding, errors="replace").rstrip("\N{REPLACEMENT CHARACTER}").lstrip("\ufeff")
    )
    if any(not (each.isprintable() or each.isspace()) for each in text) or not text.strip():
        return None
    if "\N{REPLACEMENT CHARACTER}" in text:
        return None
    start = text.lower().lstrip()
    if "<svg" in start:
        return "svg"
    if _JSON.match(start):
        return "json"
    return next((name for beginning, name in _TEXTS if start.startswith(beginning)), "text")
