"""The headers of a picture, read before anything is decoded: its size, and its parts within limits.

Pillow reads most headers in Python, part by part, and a file can consist of millions of parts; it
also unpacks texts and color profiles that nobody asked for. So the parts are walked here first,
with a limit on their number, and only those that make the picture are handed on.

Pillow alone would not serve. Measured with Pillow 13: 9.6 MB of empty PNG chunks take it 1.7 s, and
each 75 bytes of a progressive JPEG of 49 million pixels 20 ms more; it has no limit on either.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from mnistviz.words import say

PNG_PARTS = 20_000
"""Chunks of a PNG. Encoders write the pixels of a large one in some thousand chunks of 8 kB."""

JPEG_PARTS = 1_000
"""Segments of a JPEG before its pixels. A long color profile makes some hundred of 64 kB."""

JPEG_WORK = 600_000_000
"""Pixels of a progressive JPEG, times how often it goes over them. Encoders go about ten times, and
a few bytes can ask for one pass more."""

GIF_BLOCKS = 20_000
"""Blocks of a GIF before its first picture, of up to 255 bytes each."""

AGAIN = say("errors/photo", "again")


class PictureError(ValueError):
    """A picture cannot be used; the text says what it is, and what to do."""


@dataclass(frozen=True, slots=True)
class Headers:
    """The size and the parts of a picture, as its headers give them.

    Attributes:
        format: `PNG`, `JPEG`, `WebP`, `GIF` or `BMP`.
        width: its pixels from left to right, as stored: a photo may have to be turned.
        height: its pixels from top to bottom.
        data: the file, without what is not needed for its pixels.
    """

    format: str
    width: int
    height: int
    data: bytes


class _Cut(Exception):
    """The file ends before what it announces."""


def read(data: bytes) -> Headers | None:
    """Read the headers of a picture; it is recognized by its bytes.

    Args:
        data: the bytes of a file.

    Returns:
        None if it is none of the five formats.

    Raises:
        PictureError: it is one of them, cut short or damaged or made of too many parts.
    """
    for form, beginning, walk in _WALKS:
        if data.startswith(beginning) and (form != "WebP" or data[8:12] == b"WEBP"):
            try:
                return walk(data)
            except _Cut as error:
                raise PictureError(
                    say(
                        "errors/photo",
                        "cut_short",
                        form=form,
                        bytes=len(data),
                        error=error,
                        again=AGAIN,
                    )
                ) from None
    return None


def damaged(form: str, what: str) -> PictureError:
    """Say that a picture is damaged.

    Args:
        form: its format.
        what: what is wrong with it, to stand behind a colon.
    """
    return PictureError(say("errors/photo", "damaged", form=form, what=what, again=AGAIN))


def _number(data: bytes, start: int, length: int, order: str = "little") -> int:
    if start + length > len(data):
        raise _Cut(say("errors/photo", "cut_header"))
    piece = data[start : start + length]
    return int.from_bytes(piece, "big" if order == "big" else "little")


def _too_many(form: str, limit: int, what: str) -> PictureError:
    return PictureError(say("errors/photo", "too_many", form=form, limit=limit, what=what))


_PNG_KEPT: Final = (b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND")
"""The chunks that make the picture: no texts, no color profile, no further pictures."""


def _png(data: bytes) -> Headers:
    parts, start = [data[:8]], 8
    if data[12:16] not in (b"IHDR", b""):
        raise damaged("PNG", say("errors/photo", "png_begins"))
    width, height = _number(data, 16, 4, "big"), _number(data, 20, 4, "big")
    for _ in range(PNG_PARTS):
        length = _number(data, start, 4, "big")
        name = data[start + 4 : start + 8]
        end = start + 12 + length
        if end > len(data):
            left = max(len(data) - start - 8, 0)
            raise _Cut(say("errors/photo", "cut_part", left=left, length=length))
        if name in _PNG_KEPT:
            parts.append(data[start:end])
        if name == b"IEND":
            return Headers("PNG", width, height, b"".join(parts))
        start = end
    raise _too_many("PNG", PNG_PARTS, "parts")


_STANDALONE: Final = frozenset((0x01, *range(0xD0, 0xD9)))
"""Markers of a JPEG without a segment behind them."""

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers in front of the size of a JPEG."""

_COMMON_FRAMES: Final = (0xC0, 0xC1, 0xC2)
"""Those that cameras and programs write: Huffman coded, in one pass or progressive."""

_DROPPED: Final = frozenset((*range(0xE2, 0xEE), 0xEF, 0xFE))
"""Segments for color profiles, further pictures and comments. APP0, APP1 (where Exif says how the
camera was held) and APP14 (how colors are coded) stay."""


def _jpeg(data: bytes) -> Headers:
    parts, start, size = [data[:2]], 2, (0, 0)
    for _ in range(JPEG_PARTS):
        if _number(data, start, 1) != 0xFF:
            raise damaged("JPEG", say("errors/photo", "jpeg_part", start=start))
        marker = _number(data, start + 1, 1)
        if marker == 0xDA:
            if size == (0, 0):
                raise damaged("JPEG", say("errors/photo", "jpeg_no_size"))
            parts.append(_scans(data, start, *size))
            return Headers("JPEG", *size, b"".join(parts))
        if marker == 0xD9:
            raise damaged("JPEG", say("errors/photo", "jpeg_no_pixels"))
        # A marker may be filled up with 255s in front.
        length = 1 if marker == 0xFF else 2
        if marker != 0xFF and marker not in _STANDALONE:
            length += max(_number(data, start + 2, 2, "big"), 2)
        if marker in _FRAMES:
            if marker not in _COMMON_FRAMES:
                raise PictureError(say("errors/photo", "jpeg_kind", number=marker - 192))
            size = _number(data, start + 7, 2, "big"), _number(data, start + 5, 2, "big")
        exif = data[start + 4 : start + 10] == b"Exif\x00\x00"
        if marker not in _DROPPED and (marker != 0xE1 or exif):
            parts.append(data[start : start + length])
        start += length
    raise _too_many("JPEG", JPEG_PARTS, say("errors/photo", "jpeg_parts"))


def _scans(data: bytes, start: int, width: int, height: int) -> bytes:
    """Return the pixels of a JPEG as they are coded, and nothing that comes behind them.

    Within them a 255 is followed by a 0 unless it begins a marker, so both markers can be found
    without reading on. Behind them, phones put a film.
    """
    end = data.find(b"\xff\xd9", start)
    if end < 0:
        raise _Cut(say("errors/photo", "cut_end"))
    passes = data.count(b"\xff\xda", start, end)
    if passes > 1 and passes * width * height > JPEG_WORK:
        raise PictureError(
            say("errors/photo", "jpeg_passes", passes=passes, width=width, height=height)
        )
    return data[start : end + 2]


def _webp(data: bytes) -> Headers:
    end = 8 + _number(data, 4, 4)
    if end > len(data):
        raise _Cut(say("errors/photo", "cut_announced", end=end))
    name = data[12:16]
    if name == b"VP8X":
        width, height = _number(data, 24, 3) + 1, _number(data, 27, 3) + 1
    elif name == b"VP8L":
        packed = _number(data, 21, 4)
        width, height = (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    elif name == b"VP8 ":
        width, height = _number(data, 26, 2) & 0x3FFF, _number(data, 28, 2) & 0x3FFF
    else:
        raise damaged("WebP", say("errors/photo", "gif_begins"))
    return Headers("WebP", width, height, data[:end])


def _gif(data: bytes) -> Headers:
    width, height, flags = _number(data, 6, 2), _number(data, 8, 2), _number(data, 10, 1)
    start = 13 + (3 << (flags & 7) + 1 if flags & 128 else 0)
    head, control = data[:start], b""
    blocks = 0
    while (mark := _number(data, start, 1)) == ord("!"):
        label, first = _number(data, start + 1, 1), start
        start += 2
        while length := _number(data, start, 1):
            start += 1 + length
            blocks += 1
            if blocks > GIF_BLOCKS:
                raise _too_many("GIF", GIF_BLOCKS, say("errors/photo", "gif_blocks"))
        start += 1
        blocks += 1
        if label == 0xF9:
            control = data[first:start]
        if blocks > GIF_BLOCKS:
            raise _too_many("GIF", GIF_BLOCKS, say("errors/photo", "gif_blocks"))
    if mark != ord(","):
        raise damaged("GIF", say("errors/photo", "gif_empty"))
    # A picture may be larger than the screen that it is for.
    width = max(width, _number(data, start + 1, 2) + _number(data, start + 5, 2))
    height = max(height, _number(data, start + 3, 2) + _number(data, start + 7, 2))
    return Headers("GIF", width, height, head + control + data[start:])


def _bmp(data: bytes) -> Headers:
    if _number(data, 14, 4) == 12:
        return Headers("BMP", _number(data, 18, 2), _number(data, 20, 2), data)
    width, height = _number(data, 18, 4), _number(data, 22, 4)
    packing = _number(data, 30, 4)
    if packing not in (0, 3):
        # Pillow unpacks runs in Python, byte by byte.
        raise PictureError(say("errors/photo", "bmp_packed", packing=packing))
    # Counted down from 2 to the power of 32 where the rows begin at the top.
    return Headers("BMP", width, min(height, 2**32 - height), data)


_WALKS: Final[tuple[tuple[str, bytes, Callable[[bytes], Headers]], ...]] = (
    ("PNG", b"\x89PNG\r\n\x1a\n", _png),
    ("JPEG", b"\xff\xd8\xff", _jpeg),
    ("WebP", b"RIFF", _webp),
    ("GIF", b"GIF87a", _gif),
    ("GIF", b"GIF89a", _gif),
    ("BMP", b"BM", _bmp),
)
