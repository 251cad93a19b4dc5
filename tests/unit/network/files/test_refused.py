"""Files of weights that are refused: each with one exact sentence, and nothing run."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest
import torch

from mnistviz.network.files.kinds import LARGEST
from tests.helpers.weight_files import (
    arrays,
    refusal,
    refusal_of,
    rezipped,
    safetensors,
    saved,
    tensors,
    with_header,
)

# What is no file of weights


def keras() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("model.weights.h5", b"")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it has 0 bytes"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "a PNG picture"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "a JPEG picture"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "a WebP picture"),
        (b"%PDF-1.7\n" + bytes(50), "a PDF document"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "Keras"),
        (b"\x93NUMPY\x01\x00" + bytes(50), "np.save"),
        (keras(), "a Keras model"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b'{"fc1": [1, 2]}', "a JSON file"),
        ("0.5, 0.7\nüber".encode(), "a text"),
        (b"\x00\x00\x08\x03" + bytes(12), "an IDX file of digits"),
        (b"\x00" * 300, "begins with the bytes `00 00 00 00`"),
        (b"\x07", "1\N{NO-BREAK SPACE}byte that begins with the bytes `07`"),
        (b"PK\x05\x06" + bytes(18), "an empty zip archive"),
    ],
)
def test_other_kinds_are_named(data: bytes, said: str) -> None:
    text = refusal(data)
    assert said in text
    assert "Load a safetensors file, or the file that `torch.save(model.state_dict()" in text


def test_a_file_that_is_too_large() -> None:
    text = refusal(bytes(LARGEST + 1))
    assert "64\N{NO-BREAK SPACE}MB" in text


# safetensors


def test_a_header_of_two_gigabytes() -> None:
    text = refusal((2**31).to_bytes(8, "little") + b'{"a":' + bytes(100))
    assert "2,147,483,648" in text
    assert "the whole file has 113" in text


def test_a_header_of_all_the_numbers_there_are() -> None:
    assert "18,446,744,073,709,551,615" in refusal(b"\xff" * 8 + b"{}")


def test_ten_thousand_layers() -> None:
    row = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
    table = {f"fc{number}.{part}": row for number in range(10_000) for part in ("weight", "bias")}
    assert "holds 20,000 tensors" in refusal(with_header(table, bytes(4)))
    hundred = arrays(784, *[3] * 100, 10)
    text = refusal(safetensors(hundred))
    assert "101 dense layers, from `fc1.weight` to `fc101.weight`" in text
    members = refusal(rezipped(saved({"a": torch.zeros(1)}), {"version": b"PK\x01\x02" * 20_000}))
    assert "more than 1,100 parts" in members


def test_six_layers_are_one_too_many() -> None:
    assert "6 dense layers" in refusal(safetensors(arrays(784, 5, 5, 5, 5, 5, 10)))


def test_a_long_header() -> None:
    text = refusal(with_header({"a": "x" * 1_100_000}))
    assert "1.1\N{NO-BREAK SPACE}MB" in text


def test_a_truncated_file() -> None:
    whole = safetensors(arrays(784, 10))
    text = refusal(whole[:-10])
    assert "`fc1.bias` should end at byte 31,400" in text
    assert "31,390" in text
    assert "table of contents" in refusal(whole[:60])
    assert "cut short or damaged" in refusal(saved(tensors(784, 10))[:-100])


ROW = {"dtype": "F32", "shape": [10, 784], "data_offsets": [0, 31360]}


@pytest.mark.parametrize(
    "row",
    [
        7,
        None,
        {},
        {**ROW, "shape": [-10, 784]},
        {**ROW, "shape": [10.0, 784]},
        {**ROW, "shape": [True, 784]},
        {**ROW, "shape": "large"},
        {**ROW, "shape": [10, 783]},
        {**ROW, "shape": [2**60, 784]},
        {**ROW, "dtype": 7},
        {**ROW, "data_offsets": [0]},
        {**ROW, "data_offsets": [31360, 0]},
        {**ROW, "data_offsets": [-4, 31356]},
        {**ROW, "data_offsets": [0, 10**30]},
    ],
)
def test_rows_that_cannot_be_right(row: object) -> None:
    assert "`fc1.weight`" in refusal(with_header({"fc1.weight": row}, bytes(31360)))


@pytest.mark.parametrize("header", [b"{", b"{]}", b'{"a":' * 100_000, b"{\xff}", b"{}" * 2])
def test_headers_that_are_no_json(header: bytes) -> None:
    assert "its table of contents cannot be read" in refusal(with_header(header))


def test_tensors_that_overlap() -> None:
    assert "overlap" in refusal(with_header({"a": ROW, "b": ROW}, bytes(31360)))


def test_a_key_twice() -> None:
    row = json.dumps(ROW)
    text = refusal(with_header(f'{{"a": {row}, "a": {row}}}'.encode(), bytes(31360)))
    assert "lists `a` twice" in text


def test_no_tensor_at_all() -> None:
    assert "holds no tensor" in refusal(with_header({}))
    assert "holds no tensor" in refusal_of({"epoch": 3})


def test_keys_that_are_not_fit_to_be_shown() -> None:
    text = refusal(safetensors({"a`\n<b>\x1b[31m" + "x" * 5000: np.zeros((3, 3), np.float32)}))
    assert "`a' <b>\N{REPLACEMENT CHARACTER}[31mxx" in text
    lone = with_header(b'{"\\ud800": ' + json.dumps({**ROW, "shape": [1, 7840]}).encode() + b"}")
    refusal(lone + bytes(31360)).encode("utf-8")


# Numbers


@pytest.mark.parametrize(
    ("bad", "shown"), [(np.nan, "NaN"), (np.inf, "∞"), (-np.inf, "\N{MINUS SIGN}∞")]
)
def test_numbers_that_are_not_finite(bad: float, shown: str) -> None:
    own = arrays(784, 10)
    own["fc1.weight"][3, 5] = own["fc1.weight"][7, 1] = bad
    text = refusal(safetensors(own))
    assert "`fc1.weight`, shape (10, 784), holds 2 numbers that are not finite" in text
    assert f"the first is {shown}, at [3, 5]" in text
    own = arrays(784, 10)
    own["fc1.bias"][9] = bad
    assert f"one number that is not finite: the first is {shown}, at [9]" in refusal(
        safetensors(own)
    )


def test_a_float64_beyond_float32() -> None:
    own = arrays(784, 10)
    own["fc1.bias"] = own["fc1.bias"].astype(np.float64)
    own["fc1.bias"][4] = -1e39
    text = refusal(safetensors(own))
    assert "`fc1.bias`, shape (10,), holds \N{MINUS SIGN}1" in text
    assert "10³⁹ at [4], which float32 cannot hold" in text


@pytest.mark.parametrize(("dtype", "said"), [("int8", "int8"), ("bool", "bool")])
def test_whole_numbers(dtype: str, said: str) -> None:
    own = arrays(784, 10)
    own["fc1.weight"] = own["fc1.weight"].astype(dtype)
    text = refusal(safetensors(own))
    assert f"`fc1.weight`, shape (10, 784), holds numbers of the type {said}" in text


def test_other_types_of_safetensors() -> None:
    for kind, said in (("C64", "complex64"), ("F8_E4M3", "float8_e4m3fn"), ("F4", "F4")):
        width = {"C64": 8}.get(kind, 1)
        row = {**ROW, "dtype": kind, "data_offsets": [0, 7840 * width]}
        text = refusal(with_header({"fc1.weight": row}, bytes(7840 * width)))
        assert "`fc1.weight`" in text
        assert said in text
        assert "(10, 784)" in text


def special(name: str) -> torch.Tensor:
    weight = torch.ones(10, 784)
    return {
        "complex": lambda: weight.to(torch.complex64),
        "float8": lambda: weight.to(torch.float8_e4m3fn),
        "sparse": lambda: weight.to_sparse(),
        "meta": lambda: weight.to("meta"),
        "quantized": lambda: torch.quantize_per_tensor(weight, 0.1, 0, torch.qint8),
        "repeated": lambda: torch.ones(1, 784).expand(5000, 784),
    }[name]()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("complex", "of the type `complex64`"),
        ("float8", "of the type `float8_e4m3fn`"),
        ("sparse", "`tensor.to_dense()`"),
        ("meta", "the `meta` device"),
        ("quantized", "is quantized"),
        ("repeated", "`tensor.clone()`"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_tensors_that_are_no_plain_numbers(name: str, said: str) -> None:
    text = refusal_of({"fc1.weight": special(name)})
    assert "`fc1.weight`, shape (" in text
    assert said in text


# Shapes


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        ({"conv1.weight": (32, 1, 3, 3)}, ["`conv1.weight`", "(32, 1, 3, 3)", "convolution"]),
        ({"c.weight": (32, 1, 3)}, ["`c.weight`", "(32, 1, 3)", "3 dimensions"]),
        ({"bn.running_mean": (64,)}, ["`bn.running_mean`", "(64,)", "batch normalization"]),
        ({"norm.weight": (64,)}, ["`norm.weight`", "(64,)", "has one dimension"]),
        ({"scale": ()}, ["`scale`", "a single number"]),
        ({"fc1.bias": (10,)}, ["no weight of two dimensions", "`fc1.bias`", "(10,)"]),
        ({"fc1.weight": (0, 784)}, ["`fc1.weight`", "(0, 784)", "is empty"]),
        ({"fc1.weight": (10, 1024)}, ["`fc1.weight`", "(10, 1024)", "takes 1,024", "784"]),
        ({"fc1.weight": (26, 784)}, ["`fc1.weight`", "(26, 784)", "gives 26", "has to give 10"]),
        (
            {"fc1.weight": (128, 784), "fc2.weight": (10, 64)},
            ["`fc1.weight`, shape (128, 784), gives 128", "`fc2.weight`, shape (10, 64), takes 64"],
        ),
        (
            {"w1": (784, 128), "w2": (64, 10)},
            ["`w1`, shape (784, 128), gives 128", "`w2`, shape (64, 10), takes 64"],
        ),
        (
            {"fc1.weight": (1025, 784), "fc2.weight": (10, 1025)},
            ["`fc1.weight`, shape (1025, 784), makes a layer of 1,025 units", "1,024"],
        ),
        (
            {"fc1.weight": (10, 784), "fc1.bias": (9,)},
            ["`fc1.bias`, shape (9,), does not fit", "`fc1.weight`, shape (10, 784),"],
        ),
        (
            {"a.weight": (5, 784), "b.weight": (10, 5), "c": (5,)},
            ["which weight `c`, shape (5,), belongs to", "2 weights and 1 bias"],
        ),
        ({"deep": (1,) * 9}, ["`deep` has 9 dimensions"]),
    ],
)
def test_shapes_that_are_no_network_here(
    shapes: dict[str, tuple[int, ...]], said: list[str]
) -> None:
    text = refusal(safetensors({k: np.zeros(shape, np.float32) for k, shape in shapes.items()}))
    for part in said:
        assert part in text
