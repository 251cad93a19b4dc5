"""Files that are no picture to read: each gets one clear sentence, in time, within memory."""

from __future__ import annotations

import json
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mnistviz.digits.photo import headers, loading
from mnistviz.digits.photo.headers import PictureError

LIMIT = 1.0
"""Seconds that any file may take."""


def refused(data: bytes, name: str = "") -> str:
    """Return the sentence with which a file is refused."""
    start = time.process_time()
    with pytest.raises(PictureError) as caught:
        loading.read(data, name)
    assert time.process_time() - start < LIMIT
    text = str(caught.value)
    assert text.endswith(".")
    assert len(text) < 300
    assert "\n" not in text
    return text


def outcome(data: bytes) -> loading.Photo | str:
    """Read a picture, or return the sentence with which it is refused."""
    try:
        return loading.read(data)
    except PictureError as error:
        return str(error)


def file(form: str, size: tuple[int, int] = (40, 30), mode: str = "L", **more: object) -> bytes:
    width, height = size
    pixels = (np.arange(width) * 5 + np.arange(height)[:, None] * 3).astype(np.uint8)
    buffer = BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, form, **more)
    return buffer.getvalue()


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *more: bytes, pixels: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), *more, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_nothing() -> None:
    assert "0 bytes" in refused(b"", "empty.png")


def test_forty_megabytes() -> None:
    text = refused(bytes(40_000_000), "scan.png")
    assert "40,000,000 bytes" in text
    assert "10,000,000" in text


@pytest.mark.parametrize("side", [30_000, 100_000, 2**31 - 1, 2**32 - 1])
def test_a_decompression_bomb(side: int) -> None:
    data = png(side, side, pixels=zlib.compress(bytes(1_000_000), 9))
    assert f"{side:,} by {side:,}" in refused(data)


def test_a_bomb_of_each_other_format() -> None:
    jpeg = bytearray(file("JPEG"))
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 5 : frame + 9] = struct.pack(">HH", 60_000, 65_000)
    assert "65,000 by 60,000" in refused(bytes(jpeg))
    gif = bytearray(file("GIF"))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    assert "65,535 by 65,535" in refused(bytes(gif))
    webp = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4
    webp += (16_382).to_bytes(3, "little") * 2
    assert "16,383 by 16,383" in refused(webp)
    bmp = bytearray(file("BMP"))
    bmp[18:26] = struct.pack("<ii", 50_000, -50_000)
    assert "50,000 by 50,000" in refused(bytes(bmp))


def test_one_pixel_and_a_long_strip() -> None:
    assert "1 by 1 pixels" in refused(file("PNG", (1, 1)))
    assert "20,000 by 10 pixels" in refused(file("PNG", (20_000, 10)))
    assert "0 by 40 pixels" in refused(png(0, 40))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_truncated_file(form: str) -> None:
    whole = file(form, (200, 150))
    for length in (len(whole) // 2, len(whole) * 9 // 10, 40, 20):
        text = refused(whole[:length])
        assert "cut short" in text
        assert form.lower() in text.lower()
        assert f"{length:,} bytes" in text or "200 by 150" in text


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_damaged_file(form: str) -> None:
    data = bytearray(file(form, (60, 60)))
    middle = slice(len(data) // 3, len(data) * 2 // 3)
    data[middle] = b"\xff\xd8" * ((middle.stop - middle.start) // 2) + b"\xff" * (
        (middle.stop - middle.start) % 2
    )
    assert form.lower() in str(outcome(bytes(data))).lower()


def test_ten_thousand_frames_cost_what_one_costs() -> None:
    one = file("GIF", (64, 48))
    # From the graphic control or the image descriptor to the last block of the picture.
    start = 13 + (3 << (one[10] & 7) + 1)
    body = one[start:-1]
    data = one[:start] + body * min(10_000, (loading.MAX_BYTES - start) // len(body)) + b";"
    assert data.count(body) > 1_000
    begin = time.process_time()
    got = loading.read(data)
    assert time.process_time() - begin < 0.2
    assert np.array_equal(got.gray, loading.read(one).gray)
    small = Image.new("P", (10, 10))
    buffer = BytesIO()
    small.save(buffer, "GIF")
    tiny = buffer.getvalue()
    start = tiny.index(b",")
    many = tiny[:start] + tiny[start:-1] * 10_000 + b";"
    begin = time.process_time()
    assert loading.read(many).gray.shape == (10, 10)
    assert time.process_time() - begin < 0.2


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "an SVG"),
        (b'<?xml version="1.0"?>\n<!-- x -->\n<svg/>', "an SVG"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "a PDF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIC"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00", "AVIF"),
        (b"\x00\x00\x00\x1cftypisom\x00\x00\x00\x00", "a video"),
        (b"II*\x00\x08\x00\x00\x00", "TIFF"),
        (b"PK\x03\x04\x14\x00", "zip"),
        (b"MZ\x90\x00", "a Windows program"),
        (b"hello there", "a text"),
        ("Übung".encode(), "a text"),
        ("Übung".encode("utf-16"), "a text"),
        (b'{"a": [1, 2]}', "JSON"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (pickle.dumps({"a": 1}), "pickle"),
        (struct.pack("<Q", 30) + json.dumps({"fc1": {"dtype": "F32"}}).encode(), "weights"),
        (bytes(100), "nothing in its 100 bytes"),
        (bytes(range(128, 256)), "nothing in its 128 bytes"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "an audio"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, said: str) -> None:
    text = refused(data, "digit.png")
    assert said in text
    assert "digit.png" in text
    assert "PNG, JPEG, WebP, GIF or BMP" in text


@pytest.mark.parametrize("form", ["TIFF", "PPM", "ICO", "TGA", "JPEG2000", "AVIF"])
def test_other_formats_of_pillow_are_not_read(form: str) -> None:
    refused(file(form, (64, 64), "RGB"), "digit.png")


def test_a_name_is_shortened_and_without_control_characters() -> None:
    text = refused(b"hello", "C:\\secret\\" + "long" * 50 + "\x1b[31m\n.png")
    assert "secret" not in text
    assert "…" in text
    assert text.isprintable()


def test_texts_and_color_profiles_are_not_unpacked() -> None:
    bomb = zlib.compress(bytes(100_000_000), 9)
    good = file("PNG")
    extra = [
        chunk(b"zTXt", b"a\0\0" + bomb),
        chunk(b"iTXt", b"a\0\1\0\0\0" + bomb),
        chunk(b"iCCP", b"a\0\0" + bomb),
        chunk(b"acTL", struct.pack(">II", 2**31, 0)),
        chunk(b"fcTL", bytes(26)),
        chunk(b"eXIf", os.urandom(500)),
    ]
    begin = time.process_time()
    got = loading.read(good[:33] + b"".join(extra) + good[33:])
    assert time.process_time() - begin < 0.2
    assert np.array_equal(got.gray, loading.read(good).gray)


def test_a_film_behind_a_jpeg_is_left_alone() -> None:
    good = file("JPEG")
    got = loading.read(good + os.urandom(3_000_000))
    assert np.array_equal(got.gray, loading.read(good).gray)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (png(40, 30, *[chunk(b"vpAg", b"")] * 800_000), "20,000"),
        (png(40, 30, *[chunk(b"IDAT", b"")] * 800_000), "20,000"),
        (b"\xff\xd8" + b"\xff" * 9_000_000, "1,000"),
        (b"\xff\xd8" + b"\xff\xfe\x00\x02" * 2_000_000, "1,000"),
        (b"GIF89a\x10\x00\x10\x00\x00\x00\x00" + b"!\xfe" + b"\x01a" * 4_000_000, "20,000"),
        (b"GIF89a\x10\x00\x10\x00\x00\x00\x00" + b"!\xfe\x00" * 3_000_000, "20,000"),
    ],
    ids=["chunks", "empty pixels", "fill", "comments", "blocks", "extensions"],
)
def test_millions_of_parts(data: bytes, said: str) -> None:
    assert len(data) < loading.MAX_BYTES
    text = refused(data)
    assert "more than" in text
    assert said in text


def test_a_progressive_jpeg_that_never_ends() -> None:
    buffer = BytesIO()
    Image.new("L", (4000, 3000), 200).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = data.rindex(b"\xff\xda")
    many = data[:last] + data[last:-2] * 200 + b"\xff\xd9"
    assert len(many) < loading.MAX_BYTES
    text = refused(many)
    assert "4,000 by 3,000" in text
    assert "205 passes" in text


def test_rare_kinds() -> None:
    jpeg = file("JPEG").replace(b"\xff\xc0", b"\xff\xc9", 1)
    assert "SOF9" in refused(jpeg)
    bmp = bytearray(file("BMP"))
    bmp[30] = 1
    assert "method 1" in refused(bytes(bmp))
    assert "no picture" in refused(b"GIF89a\x10\x00\x10\x00\x00\x00\x00;")


def test_what_a_header_says_and_a_decoder_reads_is_checked_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lying = headers.Headers("PNG", 40, 40, file("PNG", (20_000, 10)))
    monkeypatch.setattr(headers, "read", lambda data: lying)
    assert "20,000 by 10" in refused(b"x")


def test_pillow_is_left_as_it_was() -> None:
    before = Image.MAX_IMAGE_PIXELS
    done: list[loading.Photo] = []
    data = file("PNG")
    threads = [threading.Thread(target=lambda: done.append(loading.read(data))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert before == Image.MAX_IMAGE_PIXELS


@cache
def seeds() -> tuple[bytes, ...]:
    exif = Image.Exif()
    exif[0x0112] = 6
    return (
        file("PNG"),
        file("PNG", mode="RGBA", exif=exif),
        file("PNG", mode="P"),
        file("JPEG", exif=exif, mode="RGB"),
        file("JPEG", progressive=True),
        file("WEBP", mode="RGB", exif=exif),
        file("WEBP", mode="RGBA", lossless=True),
        file("GIF"),
        file("BMP", mode="RGB"),
        file("BMP", mode="1"),
    )


@settings(
    max_examples=600,
    deadline=1500,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.data())
def test_changed_bytes_give_a_photo_or_a_sentence(source: st.DataObject) -> None:
    data = bytearray(source.draw(st.sampled_from(seeds())))
    for _ in range(source.draw(st.integers(1, 6))):
        place = source.draw(st.integers(0, len(data) - 1))
        kind = source.draw(st.sampled_from(["set", "cut", "insert", "copy", "early"]))
        if kind == "set":
            data[place] = source.draw(st.sampled_from([0, 1, 127, 128, 254, 255]))
        elif kind == "early":
            data[min(place % 64, len(data) - 1)] = source.draw(st.integers(0, 255))
        elif kind == "cut":
            del data[place : place + source.draw(st.integers(1, 8))]
        elif kind == "insert":
            data[place:place] = source.draw(st.binary(min_size=1, max_size=8))
        else:
            data[place:place] = data[: source.draw(st.integers(1, 40))]
        if not data:
            break
    got = outcome(bytes(data))
    if isinstance(got, str):
        assert got.endswith(".")
    else:
        assert got.gray.dtype == np.uint8
        assert got.gray.ndim == 2
        assert max(got.gray.shape) <= loading.LONGEST


MEASURED = """
import io, json, resource, sys
from PIL import Image
from mnistviz.digits.photo import loading

def most() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

whole = io.BytesIO()
Image.effect_noise((4000, 4000), 60).resize((4000, 4000)).save(whole, "WEBP", quality=40)
before = most()
loading.read(whole.getvalue())
print(json.dumps(most() - before))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted otherwise elsewhere")
def test_the_largest_webp_takes_bounded_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEASURED],
        cwd=Path(__file__).resolve().parents[4],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert int(done.stdout) < 400_000_000
