"""A photo or a scan that a person brings along: from the bytes of a file to a gray picture, safely.

The bytes are not to be trusted. What is read, and what stays out:

- PNG, JPEG, WebP, GIF and BMP: what browsers, phones, scanners and drawing programs write. Their
  decoders are small or under constant test, as every browser has them.
- TIFF stays out (libtiff with its dozen codecs has a long record of faults), and so do JPEG 2000,
  Photoshop files, icons and whatever else Pillow knows and nobody photographs with. AVIF and HEIC
  need whole video decoders, and for HEIC there is none here.

Everything is bounded before anything is decoded: the bytes of the file, the number of its parts
(`mnistviz.digits.photo.headers`), its pixels. One picture is decoded at a time.
"""

import base64
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image

from mnistviz.digits import file_kinds
from mnistviz.digits.arrays import Pixels
from mnistviz.digits.photo import headers
from mnistviz.digits.photo.headers import AGAIN, Headers, PictureError, damaged
from mnistviz.words import say
from mnistviz.words.quantities import either
from mnistviz.words.untrusted import file_name

FORMATS: Final = ("PNG", "JPEG", "WebP", "GIF", "BMP")
"""What is read, as one says it."""

MAX_BYTES: Final = 10_000_000
"""Of the file. A phone's photo has 2 to 6 million."""

MAX_PIXELS: Final = 16_000_000
"""Of the picture. A page scanned at 300 dots to the inch has 9 million. Measured at this limit: a
picture takes less than a second, and up to 260 MB, which a WebP needs."""

MAX_JPEG_PIXELS: Final = 50_000_000
"""Of a JPEG, which is decoded in an eighth of its size. A phone's photo has 12 or, at most, 50."""

MIN_SIDE: Final = 8
"""Pixels of the shorter side: with less one could not tell the digits."""

MAX_ASPECT: Final = 20
"""How many times as long as its shorter side the longer one may be: a line of many digits."""

LONGEST: Final = 1024
"""Pixels of the longer side, after the reduction."""

_STRIP: Final = 4_000_000
"""Pixels that are turned to gray at once."""

NAME_LENGTH: Final = 40
"""Characters of a file's name that are shown."""

_ORIENTATION: Final = 0x0112
"""The Exif tag that says how the camera was held."""

_TURNS: Final = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False)} | {
    7: (1, True),
    8: (1, False),
}
"""What each value of that tag asks for: quarter turns to the left, then left and right swapped."""

_OPAQUE: Final = 128
"""Of 255: what is less opaque lets more of the background through than it shows."""

_ONE: Final = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture that a person brought along, gray and at most `LONGEST` pixels long. Read-only.

    Attributes:
        gray: uint8 of shape (H, W), 0 is black and 255 is white, upright.
        original_size: width and height in pixels as they were brought, upright.
        format: one of `FORMATS`.
        notes: what was done to it that one might not expect, each a sentence.
    """

    gray: Pixels
    original_size: tuple[int, int]
    format: str
    notes: tuple[str, ...] = ()


def read(data: bytes, name: str = "") -> Photo:
    """Read a picture: its first frame, upright, gray, reduced to at most `LONGEST` pixels.

    Its format is recognized by its bytes, never by its name. Gray is the luminance of ITU-R
    BT.601, as Pillow and JPEG have it. The reduction averages over areas.

    Args:
        data: the bytes of the file.
        name: what the person calls it, for the sentence about a file that is something else.

    Raises:
        PictureError: it is not a picture of `FORMATS`, too large, too small, too long, cut short
            or damaged; the text is one clear sentence or two.
    """
    if not data:
        raise PictureError(say("errors/photo", "empty", name=_called(name), again=AGAIN))
    if len(data) > MAX_BYTES:
        raise PictureError(
            say("errors/photo", "large", name=_called(name), bytes=len(data), most=MAX_BYTES)
        )
    header = headers.read(data)
    if header is None:
        raise PictureError(_other(data, name))
    _bound(header.format, header.width, header.height)
    with _ONE:
        try:
            return _decoded(header)
        except PictureError:
            raise
        # Given wrong bytes, a decoder may fail with anything; Pillow's own fail with OSError,
        # ValueError, SyntaxError, EOFError, IndexError, struct.error and more.
        except Exception as error:
            raise _failed(header, error) from error


def of_image(picture: Image.Image) -> Photo:
    """Bring a Pillow image into the same form; see `read`.

    Raises:
        PictureError: it is too large, too small or too long.
    """
    form = picture.format or "PNG"
    _bound(form, *picture.size)
    return _in_form(picture, picture.size, form, _turn(picture))


def turned(photo: Photo, quarters: int) -> Photo:
    """Turn a photo; no pixel changes.

    Args:
        photo: the photo.
        quarters: of a full turn, to the left; to the right if negative.
    """
    gray = np.ascontiguousarray(np.rot90(photo.gray, quarters))
    gray.flags.writeable = False
    width, height = photo.original_size
    size = (height, width) if quarters % 2 else (width, height)
    return replace(photo, gray=gray, original_size=size)


def data_uri(photo: Photo) -> str:
    """Write a photo as a `data:` address for the browser; as JPEG, a fifth of what PNG needs."""
    buffer = BytesIO()
    Image.fromarray(photo.gray).save(buffer, "JPEG", quality=85)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def shortened(name: str) -> str:
    """Return the last part of a file's name, printable and of at most 40 characters."""
    return file_name(name, NAME_LENGTH, end=9)


def _called(name: str) -> str:
    """Begin a sentence about the file, with its name if it has one."""
    return say("errors/photo", "file", name=shortened(name)).strip()


def _other(data: bytes, name: str) -> str:
    if file_kinds.kind_of(data) in ("heic", "heif"):
        return say("errors/photo", "heic", name=_called(name), formats=either(FORMATS))
    kind = file_kinds.describe(data)
    formats = either(FORMATS)
    if kind is None:
        return say("errors/photo", "other", name=_called(name), bytes=len(data), formats=formats)
    return say("errors/photo", "named", name=_called(name), found=kind, formats=formats)


def _bound(form: str, width: int, height: int) -> None:
    size = say("errors/photo", "size", width=width, height=height)
    short, long = sorted((width, height))
    if short < MIN_SIDE:
        raise PictureError(say("errors/photo", "small", size=size, least=MIN_SIDE))
    if long > MAX_ASPECT * short:
        raise PictureError(say("errors/photo", "long", size=size, most=MAX_ASPECT))
    limit = MAX_JPEG_PIXELS if form == "JPEG" else MAX_PIXELS
    if width * height > limit:
        raise PictureError(
            say(
                "errors/photo",
                "pixels",
                size=size,
                width=_millions(width * height),
                form=form,
                limit=_millions(limit),
            )
        )


def _millions(count: int) -> str:
    return say("errors/photo", "millions", count=f"{count / 1_000_000:,.1f}".removesuffix(".0"))


def _failed(header: Headers, error: Exception) -> PictureError:
    reason = str(error).lower()
    if "truncated" in reason or isinstance(error, EOFError):
        return PictureError(
            say(
                "errors/photo",
                "cut_pixels",
                format=header.format,
                width=header.width,
                height=header.height,
                again=AGAIN,
            )
        )
    return damaged(
        header.format,
        say("errors/photo", "pixels_unreadable", width=header.width, height=header.height),
    )


def _decoded(header: Headers) -> Photo:
    with Image.open(BytesIO(header.data), formats=[header.format]) as picture:
        # The decoder goes by what it has read itself.
        _bound(header.format, *picture.size)
        width, height = picture.size
        turn = _turn(picture)
        if header.format == "JPEG":
            # The decoder then leaves the color out and makes half, a quarter or an eighth of it.
            scale = max(width, height) / LONGEST
            if scale > 1:
                picture.draft("L", (int(width / scale), int(height / scale)))
            else:
                picture.draft("L", picture.size)
        # In a file of several pictures it is the first one; nothing seeks further.
        picture.load()
        return _in_form(picture, (width, height), header.format, turn)


def _in_form(picture: Image.Image, size: tuple[int, int], form: str, turn: int) -> Photo:
    """Make a gray, upright, reduced photo of a picture that was `size` as it was brought."""
    notes, (width, height) = [], size
    gray, opacity = _reduced(picture)
    if opacity is not None:
        gray, note = _laid(gray, opacity)
        notes.append(note)
    if form == "GIF":
        notes.append(say("errors/photo", "gif_moves"))
    if turn in _TURNS:
        quarters, swapped = _TURNS[turn]
        gray = np.rot90(gray, quarters)
        gray = gray[:, ::-1] if swapped else gray
        notes.append(say("errors/photo", "turned"))
    upright = (height, width) if turn in (5, 6, 7, 8) else (width, height)
    gray = np.ascontiguousarray(gray)
    gray.flags.writeable = False
    return Photo(gray, upright, form, tuple(notes))


def _turn(picture: Image.Image) -> int:
    """Return how the camera was held, by the Exif tag; 1, upright, where that cannot be read."""
    try:
        turn = picture.getexif().get(_ORIENTATION)
    # As above: what is wrong in there is no reason to refuse the pixels.
    except Exception:
        turn = None
    return turn if isinstance(turn, int) else 1


def _reduced(
    picture: Image.Image,
) -> tuple[Pixels, Pixels | None]:
    """Turn a picture to gray and reduce it, strip by strip: a copy of all of it would be large.

    Returns:
        Gray and opacity, uint8 of shape (H, W) each; opacity is None where all is opaque.
    """
    factor = max(max(picture.size) // LONGEST, 1)
    clear = picture.has_transparency_data
    strips = [strip.reduce(factor) for strip in _strips(picture, factor, clear)]
    mode = strips[0].mode
    whole = Image.new(mode, (strips[0].width, sum(strip.height for strip in strips)))
    top = 0
    for strip in strips:
        whole.paste(strip, (0, top))
        top += strip.height
    longest = max(whole.size)
    if longest > LONGEST:
        size = tuple(max(round(side * LONGEST / longest), 1) for side in whole.size)
        whole = whole.resize((size[0], size[1]), Image.Resampling.BOX)
    pixels = np.asarray(whole)
    if mode == "L":
        return pixels, None
    opacity = pixels[:, :, 1]
    return pixels[:, :, 0], None if opacity.min() == 255 else opacity


def _strips(picture: Image.Image, factor: int, clear: bool) -> Iterator[Image.Image]:
    """Yield the rows of a picture, some at a time, as gray or as gray with opacity."""
    width, height = picture.size
    rows = max(_STRIP // width // factor, 1) * factor
    for top in range(0, height, rows):
        strip = picture.crop((0, top, width, min(top + rows, height)))
        if strip.mode.startswith("I"):
            # 16 bits: 65,535 is white. Pillow would cut off at 255.
            wide = np.asarray(strip).astype(np.int32)
            yield Image.fromarray(np.clip((wide + 128) // 257, 0, 255).astype(np.uint8))
        elif clear:
            yield strip.convert("RGBA").convert("LA")
        elif strip.mode == "CMYK":
            yield strip.convert("RGB").convert("L")
        else:
            yield strip.convert("L")


def _laid(gray: Pixels, opacity: Pixels) -> tuple[Pixels, str]:
    """Lay a picture that one can see through over a background.

    Ink on nothing lies on what it can be read on: dark ink on white, light ink on black. Where
    most of it is opaque it is a page with holes or round corners, and these get the page's own
    gray: any other would look like ink.
    """
    solid = gray[opacity >= _OPAQUE]
    if 2 * solid.size > gray.size:
        behind = int(np.median(solid))
        note = say("errors/photo", "behind", behind=behind)
    elif solid.size and int(solid.mean()) >= 128:
        behind, note = 0, say("errors/photo", "on_black")
    else:
        behind, note = 255, say("errors/photo", "on_white")
    share = opacity.astype(np.float32) / 255
    mixed = gray * share + behind * (1 - share)
    return np.rint(mixed).astype(np.uint8), note
