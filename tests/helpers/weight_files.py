"""Files of weights, good and bad, made for the tests that read them."""

from __future__ import annotations

import io
import itertools
import json
import os
import struct
import time
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from mnistviz.network.files import child_process
from mnistviz.network.files.child_process import Refused
from mnistviz.network.files.loading import LoadedNetwork, Readers, read
from mnistviz.network.files.readers import explain
from mnistviz.network.files.records import WeightsError

NAMES = {"float64": "F64", "float32": "F32", "float16": "F16", "int8": "I8", "bool": "BOOL"}


class Here(Readers):
    """Reads files of the tests' own making without a child."""

    def tensors(self, data: bytes) -> bytes:
        try:
            return b"".join(child_process.read(data, torch))
        except Refused as refused:
            raise WeightsError(explain(json.loads(json.dumps(refused.facts)))) from None


def load(value: Any, name: str = "mine.pt") -> LoadedNetwork:
    """Save with torch, and read again in this process."""
    return read(saved(value), name, Here())


def saved(value: Any, **options: Any) -> bytes:
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def with_header(header: object, numbers: bytes = b"") -> bytes:
    """Write a safetensors file with whatever as its table of contents."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + numbers


def safetensors(
    arrays: Mapping[str, np.ndarray[Any, Any]], metadata: Mapping[str, str] | None = None
) -> bytes:
    """Write the format by hand, in the order of the arrays."""
    table: dict[str, object] = {"__metadata__": metadata} if metadata else {}
    numbers = b""
    for key, array in arrays.items():
        raw = array.tobytes()
        table[key] = {
            "dtype": NAMES[array.dtype.name],
            "shape": list(array.shape),
            "data_offsets": [len(numbers), len(numbers) + len(raw)],
        }
        numbers += raw
    return with_header(table, numbers)


def arrays(*sizes: int, seed: int = 7) -> dict[str, np.ndarray[Any, Any]]:
    """Draw `fc1.weight`, `fc1.bias`, … of a network of these sizes."""
    drawn = np.random.default_rng(seed)
    found = {}
    for number, (before, after) in enumerate(itertools.pairwise(sizes), start=1):
        found[f"fc{number}.weight"] = drawn.normal(0, 0.1, (after, before)).astype(np.float32)
        found[f"fc{number}.bias"] = drawn.normal(0, 0.1, after).astype(np.float32)
    return found


def tensors(*sizes: int, seed: int = 7) -> dict[str, torch.Tensor]:
    return {key: torch.from_numpy(array) for key, array in arrays(*sizes, seed=seed).items()}


def rezipped(
    data: bytes,
    changed: Mapping[str, bytes] | None = None,
    compression: int = zipfile.ZIP_STORED,
) -> bytes:
    """Write a file of `torch.save` anew, with other contents in some of its members."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(out, "w", compression, allowZip64=True) as target,
    ):
        for name in source.namelist():
            content = (changed or {}).get(name.split("/", 1)[1], source.read(name))
            target.writestr(name, content)
    return out.getvalue()


@cache
def bomb(megabytes: int) -> bytes:
    """A file that is small and whose one tensor is large: its zeros are packed."""
    numbers = megabytes * 1_000_000 // 4
    one = saved({"fc1.weight": torch.zeros(numbers)})
    return rezipped(one, compression=zipfile.ZIP_DEFLATED)


class NeverReaders(Readers):
    """Readers for files that must not reach a child."""

    def tensors(self, data: bytes) -> bytes:
        raise AssertionError("the file went to a child")


def refusal(data: bytes) -> str:
    """The sentence with which a file is refused before a child is asked, within a second."""
    start = time.process_time()
    with pytest.raises(WeightsError) as caught:
        read(data, "mine", NeverReaders())
    assert time.process_time() - start < 1
    text = str(caught.value)
    assert text.endswith((".", "`"))
    # Lines of code alone stand on lines of their own.
    words, *code = text.split("\n\n```python\n")
    assert words.replace("\N{NO-BREAK SPACE}", " ").isprintable()
    assert all(each.endswith("\n```") for each in code)
    assert len(text) < 900
    return text


def refusal_of(value: Any) -> str:
    """The sentence for a file of `torch.save` that is read, in this process."""
    with pytest.raises(WeightsError) as caught:
        load(value)
    return str(caught.value)


class Payload:
    """Unpickled by a careless reader, it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)
