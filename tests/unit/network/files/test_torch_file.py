"""Pickles that are refused, each with one exact sentence, and nothing in them is run."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch
import torch._weights_only_unpickler as unpickler
from torch import nn

from mnistviz.network.files import child_process
from mnistviz.network.files.loading import Readers, WeightsError, read
from mnistviz.network.files.readers import explain
from mnistviz.network.files.torch_file import ALLOWED
from tests.helpers.weight_files import (
    Payload,
    bomb,
    refusal,
    refusal_of,
    rezipped,
    saved,
    tensors,
)


class Network(nn.Module):
    """A learner's class, to be saved whole."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 10)


@pytest.mark.parametrize("form", ["pickle", "old", "zip", "zip 4"])
def test_a_payload_is_named_and_not_run(tmp_path: Path, form: str) -> None:
    target = tmp_path / "made"
    value = {"fc1.weight": torch.zeros(10, 784), "payload": Payload(target)}
    data = {
        "pickle": lambda: pickle.dumps(Payload(target)),
        "old": lambda: pickle.dumps(Payload(target), protocol=2),
        "zip": lambda: saved(value),
        "zip 4": lambda: saved(value, pickle_protocol=4),
    }[form]()
    text = refusal(data)
    assert f"wants to call `{os.name}.system`" in text
    assert "Nothing in the file was run" in text
    assert not target.exists()
    # The payload works: whoever opens it as a pickle makes the file.
    subprocess.run(
        [sys.executable, "-c", "import pickle, sys; pickle.load(sys.stdin.buffer)"],
        input=pickle.dumps(Payload(target)),
        check=True,
    )
    assert target.exists()


def test_a_whole_model_is_told_from_its_numbers() -> None:
    text = refusal(saved(Network()))
    assert f"it names `{__name__}.Network`" in text
    assert '`torch.save(model.state_dict(), "weights.pt")`' in text
    assert "holds a whole model" in refusal(saved(nn.Linear(784, 10)))


def test_a_plain_pickle_without_a_payload() -> None:
    assert "`pickle.dump`" in refusal(pickle.dumps({"a": 1}))


def test_another_protocol() -> None:
    text = refusal(saved(tensors(784, 10), pickle_protocol=4))
    assert "without `pickle_protocol`" in text


def test_a_program_of_torchscript() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("m/data.pkl", b"")
        archive.writestr("m/constants.pkl", b"")
    assert "TorchScript" in refusal(out.getvalue())


def test_what_is_packed_is_not_unpacked() -> None:
    data = bomb(100)
    assert len(data) < 250_000
    text = refusal(data)
    assert "`archive/data" in text
    assert "is compressed" in text
    assert "kB that claim to hold 100\N{NO-BREAK SPACE}MB" in text


def test_members_that_claim_more_than_there_is() -> None:
    whole = saved(tensors(784, 10))
    place = whole.rindex(b"PK\x01\x02")
    large = whole[: place + 20] + b"\x00\xca\x9a\x3b" * 2 + whole[place + 28 :]
    assert "1\N{NO-BREAK SPACE}GB" in refusal(large)


def test_a_long_pickle() -> None:
    one = saved({"a": torch.zeros(1)})
    assert "1.2\N{NO-BREAK SPACE}MB" in refusal(rezipped(one, {"data.pkl": bytes(1_200_000)}))
    orders = b"\x80\x02" + b"N0" * 90_000 + b"."
    assert "over 100,000 instructions" in refusal(rezipped(one, {"data.pkl": orders}))


@pytest.mark.parametrize(
    "orders", [b"", b"\x80", b"\x80\x02", b"\x80\x02X\xff\xff\xff\x7f", b"\xff"]
)
def test_a_damaged_pickle(orders: bytes) -> None:
    one = saved({"a": torch.zeros(1)})
    assert "cut short or damaged" in refusal(rezipped(one, {"data.pkl": orders}))


def test_bytes_of_memory_cannot_be_asked_for() -> None:
    # PyTorch's own list has it: a few bytes of a file would become any amount of memory.
    hungry = b"\x80\x02c__builtin__\nbytearray\nJ\x00\xca\x9a\x3b\x85R."
    one = saved({"a": torch.zeros(1)})
    assert "`builtins.bytearray`" in refusal(rezipped(one, {"data.pkl": hungry}))


def test_what_is_allowed_pytorch_allows_too() -> None:
    assert set(unpickler._get_allowed_globals()) >= ALLOWED


# The child's reasons, put into words


def test_dicts_that_go_round_in_circles_end() -> None:
    circle: dict[str, Any] = {}
    circle["a"] = circle["b"] = circle
    assert "holds no tensor" in refusal_of(circle)
    wide: Any = 1
    for _ in range(6):
        wide = [wide] * 30
    assert "far too many values" in refusal_of(wide)


def test_many_tensors() -> None:
    assert "far too many values" in refusal_of({str(n): torch.zeros(1) for n in range(1001)})


def test_two_ways_to_one_key() -> None:
    assert "`a.b` twice" in refusal_of({"a": {"b": torch.zeros(1)}, "a.b": torch.zeros(1)})


def test_what_a_child_says_is_not_trusted() -> None:
    for facts in ({}, {"reason": 7}, {"reason": []}, {"reason": "large", "shape": "x", "key": {}}):
        assert explain(facts)
    long = explain({"reason": "unreadable", "text": "a\n" * 10_000})
    assert len(long) < 400
    sly = explain({"reason": "unreadable", "text": "`![](http://a.b/c)", "shape": ["*"]})
    assert "(`'![](http://a.b/c)`)" in sly
    assert long.isprintable()


def test_a_system_without_limits_reads_no_pickle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "can_limit", lambda: False)
    readers = Readers()
    readers.warm()
    with pytest.raises(WeightsError) as caught:
        read(saved(tensors(784, 10)), "mine", readers)
    assert 'save_file(model.state_dict(), "weights.safetensors")' in str(caught.value)
