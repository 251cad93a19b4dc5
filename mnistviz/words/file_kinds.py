"""The kind of a file, told by its first bytes, for the message about one that cannot be read."""

import re
from typing import Final

_BEGINNINGS: Final = (
    (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF87a", "a GIF picture"),
    (b"GIF89a", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"II+\x00", "a TIFF picture"),
    (b"MM\x00+", "a TIFF picture"),
    (b"8BPS", "a Photoshop picture"),
    (b"\x00\x00\x01\x00", "an icon"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (b"%PDF", "a PDF document"),
    (b"%!PS", "a PostScript file"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras writes them"),
    (b"\x93NUMPY", "a NumPy array, as np.save writes it"),
    (b"\x00\x00\x08\x01", "an IDX file of labels, as MNIST has them"),
    (b"\x00\x00\x08\x03", "an IDX file of pictures, as MNIST has them"),
    (b"GGUF", "a GGUF file, as language models come in"),
    (b"PK\x03\x04", "a zip archive, as documents and files of torch.save are"),
    (b"\x1f\x8b", "a file packed with gzip"),
    (b"BZh", "a file packed with bzip2"),
    (b"\xfd7zXZ\x00", "a file packed with xz"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"MZ", "a program for Windows"),
    (b"\x7fELF", "a program for Linux"),
    (b"ID3", "a piece of music"),
    (b"OggS", "a sound or a film"),
    (b"\x1a\x45\xdf\xa3", "a film"),
    (b"SQLite format 3", "a database"),
)
"""How files begin."""

_BRANDS: Final = {
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
    b"heic": "a HEIC picture, as iPhones keep them",
    b"heix": "a HEIC picture, as iPhones keep them",
    b"heim": "a HEIC picture, as iPhones keep them",
    b"hevc": "a HEIC picture, as iPhones keep them",
    b"mif1": "a HEIF picture, as phones keep them",
    b"msf1": "a HEIF picture, as phones keep them",
}
"""What the first brand of an ISO media file says; every other one is a film."""

_WEB_PAGE: Final = "a web page; perhaps the page about the file was saved, not the file"

_TEXTS: Final = (
    (
        "version https://git-lfs",
        "the stand-in that Git LFS keeps for a large file; the file itself has to be fetched",
    ),
    ("<!doctype html", _WEB_PAGE),
    ("<html", _WEB_PAGE),
    ("<?xml", "an XML file"),
)
"""How texts begin, in small letters."""

_JSON: Final = re.compile(r'\{\s*["}]|\[\s*(["{\[\]\-\d]|true|false|null)')
"""How a JSON text of an object or an array begins."""

_HEAD: Final = 4096
"""Bytes from the beginning that are looked at for text."""


def kind(data: bytes) -> str | None:
    """Return the name of a file's kind.

    Only its first bytes are looked at: it is named, not checked.

    Args:
        data: the bytes of the file, at least one.

    Returns:
        Its kind with an article, as "a PDF document"; None where the bytes tell nothing.
    """
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "a film")
    if data[4:8] == b"TFL3":
        return "a TensorFlow Lite model"
    if data[257:262] == b"ustar":
        return "a tar archive"
    if data[:4] == b"RIFF":
        return "a WebP picture" if data[8:12] == b"WEBP" else "a sound or a film"
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name
    if _is_safetensors(data):
        return "a file of weights (safetensors)"
    if data[:1] == b"\x80" and data[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a pickle of Python"
    return _text(data[:_HEAD])


def _is_safetensors(data: bytes) -> bool:
    """Tell whether the length of a header stands first, and then JSON."""
    length = int.from_bytes(data[:8], "little")
    return 2 <= length < 2**40 and data[8:10] in (b'{"', b"{}", b"{ ", b"{\n")


def _text(head: bytes) -> str | None:
    """Say what kind of text it is; None if it is none."""
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
        return "an SVG drawing, made of lines without pixels"
    if _JSON.match(start):
        return "a JSON text"
    return next((name for beginning, name in _TEXTS if start.startswith(beginning)), "a text")
