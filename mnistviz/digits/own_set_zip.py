"""A set of one's own as a file: a zip that torchvision reads once it is unpacked, and PNGs.

What is read comes from a stranger. Nothing is written to the disk, no name in a zip is used as a
path, and every size is bounded before anything is unpacked.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from mnistviz.digits.own_set import LENGTH, MOST, OwnDigit, OwnSet, OwnSetError
from mnistviz.digits.packing import pack
from mnistviz.spec.fields import CLASSES, SIDE
from mnistviz.words import read, say
from mnistviz.words.untrusted import code

FILE_NAME = "own_digits.zip"

MAX_BYTES = 4_000_000
"""Bytes of a zip, and of all that is in it: three times what 500 digits take, not compressed."""

AGAIN = say("errors/own_set", "again")
"""What to do about a zip that cannot be read."""

MAX_MEMBERS = 1_200
"""Files of a zip: 500 pictures, what macOS puts beside each of them, and the rest."""

MAX_RATIO = 500
"""How much smaller a file may be in a zip. 500 times the same digit come to 300."""

MAX_PNG = 20_000
"""Bytes of a picture of 28 by 28 pixels; they take a few hundred."""

PARTS = ("train", "t10k")
IMAGES, LABELS = "{}-images-idx3-ubyte", "{}-labels-idx1-ubyte"
"""The names under which torchvision looks for a set, in the folder `MNIST/raw`."""

_IDX = frozenset(name.format(part) for part in PARTS for name in (IMAGES, LABELS))

IMAGES_MAGIC, LABELS_MAGIC = 2051, 2049
"""How IDX files of bytes begin, with three axes and with one.

Source: LeCun, Cortes, Burges, "The MNIST database"."""

_PNG = re.compile(r"([0-9]{1,9})_label_(.{1,9})\.png", re.IGNORECASE)

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
    OSError,
)
"""What `zipfile` and Pillow raise on a damaged file."""


def to_zip(own: OwnSet) -> bytes:
    """Write a set as a zip.

    In `MNIST/raw` lie the four IDX files of `torchvision.datasets.MNIST`, not compressed by
    themselves, all digits both as training and as test digits; in `png` each digit as a picture,
    `0000_label_7.png`; and a `README.txt` that says so.
    """
    count = len(own)
    images = struct.pack(">4I", IMAGES_MAGIC, count, SIDE, SIDE) + own.pixels.tobytes()
    labels = struct.pack(">2I", LABELS_MAGIC, count) + bytes(digit.label for digit in own.digits)
    files = {"README.txt": (read("draw/own_set").parts["readme"] + "\n").encode()}
    for part in PARTS:
        files[f"MNIST/raw/{IMAGES.format(part)}"] = images
        files[f"MNIST/raw/{LABELS.format(part)}"] = labels
    for number, digit in enumerate(own.digits):
        files[f"png/{number:04d}_label_{digit.label}.png"] = _png(digit)
    return pack(files)


def _png(digit: OwnDigit) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(digit.picture).save(buffer, "PNG")
    return buffer.getvalue()


def from_zip(data: bytes) -> OwnSet:
    """Read a set out of a zip that `to_zip` has written, or that looks like one.

    IDX files go before pictures. Training and test digits are put together, a picture that is
    in both once; one of the two is enough. Folders in front of the names do not matter.

    Raises:
        OwnSetError: it is no zip, too large, damaged, or holds something else.
    """
    if len(data) > MAX_BYTES:
        raise OwnSetError(
            say(
                "errors/own_set",
                "zip_large",
                bytes=len(data),
                most=MOST,
                most_2=MAX_BYTES,
                again=AGAIN,
            )
        )
    # Each member's entry in the directory begins so: counted before `zipfile` makes objects of it.
    members = data.count(b"PK\x01\x02")
    if members > MAX_MEMBERS:
        raise OwnSetError(
            say("errors/own_set", "zip_members", members=members, most=MAX_MEMBERS, again=AGAIN)
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            files = _bounded(opened)
            return _set_of(opened, files)
    except OwnSetError as error:
        raise OwnSetError(f"{error} {AGAIN}") from error
    except _UNREADABLE as error:
        raise OwnSetError(say("errors/own_set", "zip_unreadable", again=AGAIN)) from error


def _bounded(opened: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """Check what the directory of a zip declares; return the digits' files by their last name."""
    files: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in opened.infolist():
        *folders, name = info.filename.replace("\\", "/").split("/")
        if not name or name.startswith(".") or "__MACOSX" in folders:
            continue
        total += info.file_size
        if total > MAX_BYTES:
            raise OwnSetError(say("errors/own_set", "zip_unpacked", most=MAX_BYTES))
        if info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise OwnSetError(
                say(
                    "errors/own_set",
                    "zip_packed",
                    name=_plain(name),
                    packed=info.compress_size,
                    size=info.file_size,
                    most=MAX_RATIO,
                )
            )
        if name not in _IDX and not _PNG.fullmatch(name):
            continue
        if info.flag_bits & 1:
            raise OwnSetError(say("errors/own_set", "zip_encrypted", name=_plain(name)))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise OwnSetError(
                say("errors/own_set", "zip_method", name=_plain(name), method=info.compress_type)
            )
        if name in files:
            raise OwnSetError(say("errors/own_set", "zip_twice", name=_plain(name)))
        files[name] = info
    return files


def _set_of(opened: zipfile.ZipFile, files: Mapping[str, zipfile.ZipInfo]) -> OwnSet:
    digits: list[OwnDigit] = []
    for part in PARTS:
        names = (IMAGES.format(part), LABELS.format(part))
        missing = [name for name in names if name not in files]
        if len(missing) == 1:
            raise OwnSetError(say("errors/own_set", "zip_lacks", name=_plain(missing[0])))
        if not missing:
            # A pair of the size of a whole set is the most that is read of either file.
            images, labels = (_read(opened, files[name], 16 + MOST * LENGTH) for name in names)
            digits += _idx_digits(names, images, labels)
    if not digits:
        digits = _png_digits(opened, files)
    if not digits:
        raise OwnSetError(say("errors/own_set", "zip_empty"))
    return OwnSet().with_digits(digits)


def _read(opened: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """Unpack a file, and never more of it than it may hold, whatever its entry declares."""
    with opened.open(info) as stream:
        content = stream.read(most + 1)
    if len(content) > most:
        raise OwnSetError(
            say(
                "errors/own_set",
                "file_large",
                name=_plain(info.filename),
                size=info.file_size,
                most=most,
            )
        )
    return content


def _idx_digits(names: Sequence[str], images: bytes, labels: bytes) -> list[OwnDigit]:
    count, rows, columns = _header(names[0], images, IMAGES_MAGIC, 3)
    (label_count,) = _header(names[1], labels, LABELS_MAGIC, 1)
    if (rows, columns) != (SIDE, SIDE):
        raise OwnSetError(
            say(
                "errors/own_set",
                "idx_sides",
                name=_plain(names[0]),
                rows=rows,
                columns=columns,
                side=SIDE,
            )
        )
    if count != label_count:
        raise OwnSetError(
            say(
                "errors/own_set",
                "idx_counts",
                name=_plain(names[0]),
                count=count,
                name_2=_plain(names[1]),
                label_count=label_count,
            )
        )
    for name, held, wanted in (
        (names[0], len(images) - 16, count * LENGTH),
        (names[1], len(labels) - 8, count),
    ):
        if held != wanted:
            raise OwnSetError(
                say(
                    "errors/own_set",
                    "idx_length",
                    name=_plain(name),
                    count=count,
                    wanted=wanted,
                    held=held,
                )
            )
    pixels = np.frombuffer(images, np.uint8, offset=16).reshape(-1, LENGTH)
    return [
        OwnDigit(row.tobytes(), _label(names[1], label))
        for row, label in zip(pixels, labels[8:], strict=True)
    ]


def _header(name: str, content: bytes, magic: int, axes: int) -> tuple[int, ...]:
    """Check how an IDX file begins; return the lengths of its axes."""
    if len(content) < 4 * (axes + 1):
        raise OwnSetError(say("errors/own_set", "idx_short", name=_plain(name), bytes=len(content)))
    number, *sizes = struct.unpack_from(f">{axes + 1}I", content)
    if number != magic:
        raise OwnSetError(
            say("errors/own_set", "idx_magic", name=_plain(name), found=number, magic=magic)
        )
    if sizes[0] > MOST:
        raise OwnSetError(
            say("errors/own_set", "idx_many", name=_plain(name), count=sizes[0], most=MOST)
        )
    return tuple(sizes)


def _label(name: str, label: int | str) -> int:
    if str(label) not in map(str, range(CLASSES)):
        raise OwnSetError(
            say(
                "errors/own_set",
                "label_range",
                name=_plain(name),
                label=_plain(str(label)),
                last=CLASSES - 1,
            )
        )
    return int(label)


def _png_digits(opened: zipfile.ZipFile, files: Mapping[str, zipfile.ZipInfo]) -> list[OwnDigit]:
    """Read the pictures that are named as `to_zip` names them, in the order of their numbers."""
    matches = [(match, info) for name, info in files.items() if (match := _PNG.fullmatch(name))]
    if len(matches) > MOST:
        raise OwnSetError(say("errors/own_set", "pngs_many", count=len(matches), most=MOST))
    matches.sort(key=lambda pair: (int(pair[0][1]), pair[0][0]))
    return [
        OwnDigit(_pixels(match[0], _read(opened, info, MAX_PNG)), _label(match[0], match[2]))
        for match, info in matches
    ]


def _pixels(name: str, content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
            # The size stands in the header: known before a pixel is decoded.
            if image.size != (SIDE, SIDE):
                width, height = image.size
                raise OwnSetError(
                    say(
                        "errors/own_set",
                        "png_sides",
                        name=_plain(name),
                        width=width,
                        height=height,
                        side=SIDE,
                    )
                )
            return image.convert("L").tobytes()
    except OwnSetError:
        raise
    # Pillow says "damaged" with SyntaxError too.
    except (*_UNREADABLE, SyntaxError, Image.DecompressionBombError) as error:
        raise OwnSetError(say("errors/own_set", "png_unreadable", name=_plain(name))) from error


def _plain(path: str) -> str:
    """Write a name out of a zip as code; of a long one, its end says more than its beginning."""
    return code(path, 40, end=30)
