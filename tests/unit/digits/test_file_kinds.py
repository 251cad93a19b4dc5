"""Tests of how a file is named that cannot be read."""

from __future__ import annotations

import pickle

import pytest

from mnistviz.digits.file_kinds import describe


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"\x00\x00\x00\x18ftypheic", "a HEIC picture, the format of iPhones"),
        (b"\x00\x00\x00\x18ftypmp42", "a video"),
        (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "a WebP picture"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "an audio or video file"),
        (bytes(4) + b"TFL3", "a TensorFlow Lite model"),
        (b"notes.txt".ljust(257, b"\0") + b"ustar", "a tar archive"),
        ((40).to_bytes(8, "little") + b'{"fc1":', "a file of weights (safetensors)"),
        (pickle.dumps([1]), "a Python pickle"),
        (b"version https://git-lfs.github.com/spec/v1", "the placeholder that Git LFS keeps"),
        (b"\n<!DOCTYPE HTML><html><svg>", "an SVG drawing"),
        (b"\xef\xbb\xbf<HTML>", "a web page"),
        ("<?xml?>".encode("utf-16"), "an XML file"),
    ],
)
def test_a_file_is_named_by_its_first_bytes(data: bytes, name: str) -> None:
    named = describe(data)
    assert named is not None
    assert named.startswith(name)


@pytest.mark.parametrize(
    "text", ["{}", '{\n "a": 1', "[[1, 2], ", "[]", "[-1", "[true]", " [null]"]
)
def test_json_is_known_by_its_beginning(text: str) -> None:
    # The rest may be cut off, or megabytes away.
    assert describe(text.encode() + b" " * 10_000) == "a JSON file"


@pytest.mark.parametrize("text", ["[draft] hello", "{braces}", "hello", "Übung", "a" * 4095 + "ü"])
def test_other_texts(text: str) -> None:
    assert describe(text.encode()) == "a text file"


@pytest.mark.parametrize("data", [b"\x07", bytes(300), b" \n", b"\xc3(", bytes(range(128, 256))])
def test_bytes_that_tell_nothing(data: bytes) -> None:
    assert describe(data) is None
