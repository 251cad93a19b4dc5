"""What links show: taken from a page, kept in `links_of_before.json`, and compared with it.

A link that somebody has sent, or put into a course, has to show the same numbers after the code was
rearranged. The file holds links to all pages and what each has shown. To add a link, add an entry
with `name` and `url` (and what the session `brings`, which buttons it `presses`), without `shown`.
Where numbers have changed on purpose, or a link was added, write the file anew and read what `git
diff` says of it:

    python -m tests.app.links_of_before

The file was written on one kind of processor. Another one rounds the last digits differently; the
tests are skipped there (see `arithmetic`).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import math
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from PIL import Image

from tests.app.session import Session, default_texts

FILE = Path(__file__).with_suffix(".json")
TEST = Path(__file__).with_name("test_links_of_before.py")

SENTENCES = frozenset(
    {
        "digits_values",
        "inside_other",
        "draw_set_show",
        "draw_mix",
        "draw_held",
        "draw_cell",
        "train_cell",
    }
)
"""Widgets whose value is what they show: the link may come to write something shorter."""

RANDOM = frozenset({"session"})
"""Entries of a component's data that name the visit."""

VALUES = (
    "button_group",
    "selectbox",
    "number_input",
    "toggle",
    "slider",
    "select_slider",
    "text_input",
    "radio",
)
"""The kinds of elements that hold a value; a radio holds the answer to a question."""

SHORT = 12
"""Up to so many numbers are kept as they are."""

CLOSE = 1e-6
"""What two numbers may lie apart, as a share of their size."""

TRACE = ("x", "y", "z", "text", "customdata", "error_x", "error_y")
"""The parts of a trace that hold what a chart shows."""

NUMBER = re.compile(r"[-\N{MINUS SIGN}]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?|\bNaN\b")
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

Entry = dict[str, Any]

rewritten: dict[str, Entry] | None = None
"""What each link shows now, by name, while the file is written anew; None in a test."""


def read() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def write(links: Sequence[Entry]) -> None:
    """Write the links with one line for each widget, chart and text, for `git diff`."""
    head = json.dumps({"arithmetic": arithmetic()})[:-1]
    FILE.write_text(f'{head}, "links": {_written(list(links), 4)}}}\n', encoding="utf-8")


def _written(value: Any, depth: int, indent: str = "") -> str:
    if not depth or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    more = indent + " "
    if isinstance(value, list):
        lines = [_written(one, depth - 1, more) for one in value]
        return "[\n" + ",\n".join(more + line for line in lines) + f"\n{indent}]"
    lines = [f"{json.dumps(key)}: {_written(one, depth - 1, more)}" for key, one in value.items()]
    return "{\n" + ",\n".join(more + line for line in lines) + f"\n{indent}}}"


def page_of(url: str) -> str:
    return urlsplit(url).path.strip("/") or "classify"


def query_of(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query, keep_blank_values=True, strict_parsing=True)


def arithmetic() -> str:
    """Name how this machine rounds: the same name, the same last digits."""
    numbers = np.sin(np.arange(64 * 784, dtype=np.float32)).astype(np.float32)
    rows = torch.from_numpy(numbers.reshape(64, 784))
    sums = rows @ rows.T / 8
    parts = [sums, sums.softmax(1), sums.tanh(), torch.nn.functional.gelu(sums), sums.std(1)]
    text = b"".join((part * 1.0).numpy().tobytes() for part in parts)
    return hashlib.blake2b(text, digest_size=8).hexdigest()


def follow(entry: Entry) -> Session:
    """Open a link as a person does who has brought something along, and press its buttons."""
    url = entry["url"]
    session = open_page(page_of(url), query_of(url), entry.get("brings", ()))
    for key in entry.get("presses", ()):
        session.click(key)
    return session


def open_page(
    page: str, query: Mapping[str, str | list[str]], brings: Iterable[str] = ()
) -> Session:
    """Open a link to a page, with the training done that it asks for."""
    if page == "train":
        # It shows a training while it runs. The landing page waits for its end.
        settings = default_texts()
        Session.follow("classify", {key: query[key] for key in query if key in settings})
    return Session.follow(page, query, brings)


def shown(session: Session) -> Entry:
    """Take down what a page shows: mainly its numbers, and all that it warns of."""
    seen: Entry = {
        "query": _query(session),
        "said": [*session.warnings, *session.notes, *session.errors],
        "widgets": {},
        "texts": [],
        "charts": {},
        "components": {},
    }
    for element in session.elements:
        kind, key = getattr(element, "type", ""), getattr(element, "key", None)
        if kind == "plotly_chart":
            seen["charts"][key] = _chart(element.proto)
        elif kind == "bidi_component":
            seen["components"][key] = _component(element.proto)
        elif key and kind in VALUES:
            seen["widgets"][key] = value_of(key, element)
        elif kind in ("markdown", "caption", "table", "code"):
            value = element.value.to_csv() if kind == "table" else str(element.value)
            if numbers := _numbers_of(value):
                seen["texts"].append([kind, *_kept(numbers)])
    return seen


def value_of(key: str, widget: Any) -> str:
    """Write what a widget holds; for those of `SENTENCES`, what it shows."""
    if key not in SENTENCES:
        return str(widget.value)
    if widget.type == "button_group":
        return str(widget.formatted_values[0])
    return str(widget.options[widget.index])


def _query(session: Session) -> dict[str, list[str]]:
    query = {
        key: [value] if isinstance(value, str) else list(value)
        for key, value in sorted(session.at.query_params.items())
    }
    return {key: [] if key in SENTENCES else value for key, value in query.items()}


def _chart(proto: Any) -> Entry:
    spec = json.loads(proto.spec)
    groups: dict[str, list[float]] = {}
    for number, trace in enumerate(spec["data"]):
        for part in TRACE:
            if part in trace:
                _collect(_plain(trace[part]), f"{number} {part}", groups)
    layout = spec["layout"]
    for axis in ("xaxis", "yaxis"):
        _collect(layout.get(axis, {}).get("range") or [], f"{axis} range", groups)
    return {"alt": proto.alt, **{path: _kept(numbers) for path, numbers in groups.items()}}


def _plain(value: Any) -> Any:
    """Unpack what Plotly has packed."""
    if isinstance(value, dict) and "bdata" in value:
        return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist()
    return value


def _component(proto: Any) -> Entry:
    groups: dict[str, list[float]] = {}
    if proto.WhichOneof("data") == "json":
        data = json.loads(proto.json)
        _collect(data, "", groups)
    elif proto.WhichOneof("data") == "bytes":
        # The network: a head of text, then its parameters.
        start = 4 + int.from_bytes(proto.bytes[:4], "little")
        groups["bytes"] = np.frombuffer(proto.bytes[start:], "<f4").astype(float).tolist()
    return {path: _kept(numbers) for path, numbers in groups.items()}


def _collect(value: Any, path: str, groups: dict[str, list[float]]) -> None:
    """Collect the numbers below a value by their path, with lists as one place."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key not in RANDOM:
                _collect(one, f"{path}.{key}" if path else str(key), groups)
    elif isinstance(value, list):
        for one in value:
            _collect(one, path, groups)
    elif isinstance(value, str):
        numbers = _bytes_of(value)
        groups.setdefault(path, []).extend(_numbers_of(value) if numbers is None else numbers)
    elif value is None:
        groups.setdefault(path, []).append(math.nan)
    else:
        groups.setdefault(path, []).append(float(value))


def _bytes_of(text: str) -> list[float] | None:
    """Return what a text stands for that is a picture or bytes; None for any other."""
    head, comma, body = text.partition(";base64,")
    if comma and head in ("data:image/png", "data:image/jpeg"):
        with Image.open(io.BytesIO(base64.b64decode(body))) as picture:
            return np.asarray(picture).astype(float).ravel().tolist()
    if len(text) < 64 or len(text) % 4:
        return None
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return np.frombuffer(content, np.uint8).astype(float).tolist()


def _numbers_of(text: str) -> list[float]:
    found = NUMBER.findall(text.translate(RAISED))
    return [float(one.replace(",", "").replace("\N{MINUS SIGN}", "-")) for one in found]


def _kept(numbers: Sequence[float]) -> list[Any]:
    """Keep a few numbers as they are; of many, what changes when one of them does.

    Returns:
        The numbers; or one record: how many there are, how many of them are no numbers, their sum,
        the sum of their sizes, and a sum in which each place counts otherwise.
    """
    if len(numbers) <= SHORT:
        return [_rounded(one) for one in numbers]
    values = np.array(numbers, dtype=np.float64)
    odd = ~np.isfinite(values)
    values[odd] = 0
    record = {
        "count": len(values),
        "odd": int(odd.sum()),
        "sum": _rounded(float(values.sum())),
        "size": _rounded(float(np.abs(values).sum())),
        "mixed": _rounded(float((values * np.cos(np.arange(len(values)))).sum())),
    }
    return [record]


def _rounded(value: float) -> float | str:
    if not math.isfinite(value):
        return str(value)
    short = float(f"{value:.9g}")
    return int(short) if short.is_integer() and abs(short) < 1e9 else short


def differences(before: Any, now: Any, path: str = "", size: float = 0.0) -> Iterator[str]:
    """Say where two things that are shown differ: numbers beyond rounding, all else at all.

    Args:
        before: what was taken down.
        now: what is shown now.
        path: where both stand.
        size: of the terms of a sum.
    """
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        # A sum of many numbers may be small where they are not.
        size = before.get("size", 0.0) if "mixed" in before else 0.0
        for key in sorted(before.keys() | now.keys()):
            if key not in before or key not in now:
                yield f"{path}.{key}: {'new' if key in now else 'gone'}"
            else:
                yield from differences(before[key], now[key], f"{path}.{key}", size)
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for place, (one, other) in enumerate(zip(before, now, strict=True)):
            yield from differences(one, other, f"{path}[{place}]")
    elif not _same(before, now, size):
        yield f"{path}: {before} was, {now} is"


def _same(one: Any, other: Any, size: float) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE * size)
    return bool(one == other)


def main() -> int:
    """Follow all links of the file and write down what they show now."""
    # Run by its name, this module is not the one that the tests import.
    from tests.app import links_of_before

    links_of_before.rewritten = {}
    done = pytest.main([str(TEST), "-q", "-p", "no:randomly", "-k", "shows_the_same"])
    entries = read()["links"]
    if done == 0:
        for entry in entries:
            entry["shown"] = links_of_before.rewritten[entry["name"]]
        write(entries)
    return int(done)


if __name__ == "__main__":
    sys.exit(main())
