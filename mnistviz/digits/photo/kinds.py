"""What a file is, told from its bytes: for the sentence about a file that is no picture to read."""

import json
from typing import Final

_BEGINNINGS: Final = (
    (b"%PDF-", "a PDF document"),
    (b"%!PS", "a PostScript file"),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"PK\x03\x04", "a zip archive, as documents and files of torch.save are"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
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
    (b"\x00\x00\x08\x01", "an IDX file of labels"),
    (b"\x00\x00\x08\x03", "an IDX file of pictures"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"ID3", "a sound"),
    (b"OggS", "a sound or a film"),
    (b"\x1a\x45\xdf\xa3", "a film"),
    (b"SQLite format 3", "a database"),
)
"""How files of other kinds begin."""

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

_LOOK = 1024
"""Bytes from the beginning that are looked at for text."""


def kind(data: bytes) -> str | None:
    """Say what a file is that is no PNG, JPEG, WebP, GIF or BMP.

    Only its first bytes are looked at: it is named, not checked.

    Args:
        data: the bytes of the file, at least one.

    Returns:
        Its kind with an article, as "a PDF document"; None where the bytes tell nothing.
    """
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], "a film")
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name
    head = data[:_LOOK]
    if head[:4] == b"RIFF":
        return "a sound or a film"
    if _is_safetensors(head):
        return "a file of weights (safetensors)"
    if head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        return "a pickle of Python"
    return _text(head)


def _is_safetensors(head: bytes) -> bool:
    """Tell whether the length of a header stands first, and then JSON."""
    length = int.from_bytes(head[:8], "little")
    return 2 <= length < 2**40 and head[8:10] in (b'{"', b"{}", b"{ ", b"{\n")


def _text(head: bytes) -> str | None:
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    # A character of several bytes may be cut in two at the end.
    text = (
        head.decode(encoding, errors="replace").rstrip("\N{REPLACEMENT CHARACTER}").lstrip("\ufeff")
    )
    if any(not (each.isprintable() or each.isspace()) for each in text) or not text.strip():
        return None
    if "\N{REPLACEMENT CHARACTER}" in text:
        return None
    lower = text.lower()
    if "<svg" in lower:
        return "an SVG, a drawing of lines without pixels"
    if lower.lstrip().startswith(("<!doctype html", "<html")):
        return "a page of the web"
    if lower.lstrip().startswith("<?xml"):
        return "an XML file"
    if _is_json(text):
        return "a JSON file"
    return "a text"


def _is_json(text: str) -> bool:
    try:
        json.JSONDecoder().raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return False
    return text.lstrip()[:1] in "[{"
