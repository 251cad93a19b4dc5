"""The tensors of a network, picked out of whatever a file of `torch.save` holds.

It runs in the child process: torch is handed in, and of mnistviz `orders` alone is needed.
"""

import collections
import io
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Self

from mnistviz.network.files.orders import Orders

NETWORKS = ("model_state_dict", "state_dict", "model", "model_state", "network", "net", "weights")
"""Where a checkpoint keeps the network, the first that is there."""

WEIGHT_WORDS = frozenset({"weight", "weights", "w", "kernel", "kernels", "matrix", "wt"})
BIAS_WORDS = frozenset({"bias", "biases", "b", "offset", "offsets", "intercept", "intercepts"})
"""The words of a key that say what a tensor is, in small letters."""

PIXELS, DIGITS = 784, 10
"""What the first layer takes, and what the last one gives."""

BETWEEN = ", "
"""What stands between the keys of a network's parts."""

LEFT_LENGTH = 500
"""Characters that the keys of what was left out may take together."""

MOST_TENSORS = 1_000
MOST_VISITS = 20_000
DEPTH = 6

TYPES = {
    "torch.float64": "F64",
    "torch.float32": "F32",
    "torch.float16": "F16",
    "torch.bfloat16": "BF16",
    "torch.int64": "I64",
    "torch.int32": "I32",
    "torch.int16": "I16",
    "torch.int8": "I8",
    "torch.uint8": "U8",
    "torch.bool": "BOOL",
}
"""The types that go back, as safetensors names them."""


class Refused(Exception):
    """Raised when the file cannot be used; the parent puts the reason into words."""

    def __init__(self, reason: str, **facts: object) -> None:
        """Keep the reason, one word, and the facts that belong to it."""
        super().__init__(reason)
        self.facts = {"reason": reason, **facts}


class Anything:
    """Stands for an object beside the weights: takes what the pickle gives, and does nothing.

    The class that the file names is neither imported nor run.
    """

    def __new__(cls, *_: object) -> Self:
        """Be made of anything."""
        return super().__new__(cls)

    def __init__(self, *_: object) -> None:
        """Take anything."""

    def __setstate__(self, state: object) -> None:
        """Take any state."""

    def __setitem__(self, key: object, value: object) -> None:
        """Take any item."""


class NumberType:
    """Stands for `numpy.dtype`: its name, and the order of its bytes."""

    def __init__(self, name: object = "", *_: object) -> None:
        """Keep the name."""
        self.name, self.order = name, "<"

    def __setstate__(self, state: Any) -> None:
        """Keep the order of the bytes."""
        self.order = state[1]


class Array:
    """Stands for a NumPy array: its shape, type and bytes."""

    def __init__(self, *_: object) -> None:
        """Begin without numbers."""
        self.state: Any = None

    def __setstate__(self, state: Any) -> None:
        """Keep what makes up the array."""
        self.state = state

    def tensor(self, torch: Any) -> Any:
        """Return it as a tensor; None if it does not hold plain numbers."""
        _, shape, kind, turned, raw = self.state
        dtype = getattr(torch, ARRAY_TYPES.get(str(kind.name), ""), None)
        if dtype is None or kind.order == ">" or not raw:
            return None
        numbers = torch.frombuffer(bytearray(raw), dtype=dtype)
        if not turned:
            return numbers.reshape(shape)
        return numbers.reshape(shape[::-1]).permute(*reversed(range(len(shape))))


ARRAY_TYPES = {
    "f8": "float64",
    "f4": "float32",
    "f2": "float16",
    "i8": "int64",
    "i4": "int32",
    "i2": "int16",
    "i1": "int8",
    "u1": "uint8",
    "b1": "bool",
}
"""The types of NumPy that are read, by the names in a pickle, as PyTorch names them."""

STAND_INS: dict[str, type] = {
    **{f"numpy.{core}.multiarray.scalar": Anything for core in ("core", "_core")},
    **{f"numpy.{core}.multiarray._reconstruct": Array for core in ("core", "_core")},
    "numpy.ndarray": Array,
    "numpy.dtype": NumberType,
    "argparse.Namespace": Anything,
    "collections.defaultdict": Anything,
    "types.SimpleNamespace": Anything,
    "datetime.datetime": Anything,
    "datetime.timedelta": Anything,
    **{
        f"{module}.{name}": Anything
        for module in ("pathlib", "pathlib._local")
        for name in ("PosixPath", "PurePath", "PurePosixPath", "WindowsPath")
    },
}
"""What a checkpoint may name beside its tensors, and what stands for it here."""


class AnyDict:
    """Stands for an object beside the weights that is filled as a dict is: becomes one."""

    def __new__(cls, *_: object) -> Any:
        """Begin with nothing in it."""
        return OrderedDict()


class AnyList:
    """Stands for an object beside the weights that is filled as a list is: becomes one."""

    def __new__(cls, *_: object) -> Any:
        """Begin with nothing in it."""
        return []


_FILLED: dict[str, type] = {"": Anything, "dict": AnyDict, "list": AnyList}

OLD_PICKLES = 5
"""So many pickles, one after the other, begin a file from before PyTorch 1.6."""


def stand_ins(data: bytes) -> dict[str, type]:
    """Return what stands here for each name in a file, whatever that name means elsewhere.

    Where PyTorch has a function of its own for a name, it takes that one.

    Args:
        data: the whole file.

    Raises:
        Exception: of any kind, for a file that is broken.
    """
    found: dict[str, type] = {}
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            (name,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
            stream, count = io.BytesIO(archive.read(name)), 1
    else:
        stream, count = io.BytesIO(data), OLD_PICKLES
    for _ in range(count):
        orders = Orders()
        collections.deque(orders.read(stream), maxlen=0)
        for each, filled in orders.names.items():
            if filled or each not in STAND_INS:
                found[each] = _FILLED[filled]
    return STAND_INS | found


def tensors(content: Any, torch: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """Pick the tensors of a network out of what a file holds.

    Args:
        content: a `state_dict`, a checkpoint around one, a list of tensors, or a tensor.
        torch: the library.

    Returns:
        The tensors by their keys, parts of a key joined by points, in the order of the file; and
        what to say of the rest: `left` are keys that are no tensor of the network, `unused` those
        of other tensors beside the network, which lies in `inner`.

    Raises:
        Refused: there are too many, or one that is not made of plain numbers.
    """
    if isinstance(content, torch.Tensor | Array):
        content = {"tensor": content}
    content, inner, beside = _unwrapped(content, torch)
    named: dict[str, Any] = {}
    left, unused = _beside(beside, torch)
    for visited, (key, value) in enumerate(_walk(content, "", 0, torch), start=1):
        if visited > MOST_VISITS:
            raise Refused("many")
        if not torch.is_tensor(value):
            left.append(key)
            continue
        _check(key, value, torch)
        if key in named:
            raise Refused("twice", key=key)
        named[key] = value.detach()
        if len(named) > MOST_TENSORS:
            raise Refused("many")
    return named, {"left": _listed(left), "unused": _listed(unused), "inner": inner}


def _unwrapped(content: Any, torch: Any) -> tuple[Any, str, dict[str, Any]]:
    """Find the network in a checkpoint; returns it, its key, and what lies beside it by keys."""
    path: list[str] = []
    beside: dict[str, Any] = {}
    for _ in range(DEPTH):
        if not isinstance(content, dict):
            break
        key = next((key for key in NETWORKS if _has_weight(content.get(key), torch)), None)
        rest = {str(other): value for other, value in content.items() if other != key}
        parts = _parts(content, key, torch)
        if len(parts) > 1:
            names = BETWEEN.join(parts)
            beside |= {
                ".".join([*path, other]): value
                for other, value in rest.items()
                if other not in parts
            }
            return parts, ".".join([*path, names]), beside
        # Biases in a place of their own belong to these weights.
        if key is None or (
            not _is_whole(content[key], torch)
            and any(_is_part(other, value, torch) for other, value in rest.items())
        ):
            break
        beside |= {".".join([*path, other]): value for other, value in rest.items()}
        path.append(key)
        content = content[key]
    return content, ".".join(path), beside


def _parts(content: dict[Any, Any], key: str | None, torch: Any) -> dict[str, Any]:
    """Find the parts of a network that is split over several keys, as a backbone and a head.

    What lies in `key` leads from the pixels to no ten outputs; another dict of named weights, which
    by itself is no whole network either, may do the rest.

    Returns:
        The part that takes the pixels first; fewer than two where the network is not split.
    """
    if key is None or _ends(content[key], torch) != (True, False):
        return {}
    others = {
        str(other): value
        for other, value in content.items()
        if other != key
        and isinstance(value, dict)
        and not {"state", "param_groups"} <= value.keys()
        and _has_weight(value, torch)
        and not _ends(value, torch)[0]
    }
    return {key: content[key], **others} if any(_ends(o, torch)[1] for o in others.values()) else {}


def _ends(content: Any, torch: Any) -> tuple[bool, bool]:
    """Tell whether a weight in a dict takes the pixels, and whether one gives ten outputs."""
    tensors = [value for _, value in _walk(content, "", 0, torch) if torch.is_tensor(value)]
    shapes = [tuple(each.shape) for each in tensors if each.dim() == 2]
    return any(PIXELS in shape for shape in shapes), any(DIGITS in shape for shape in shapes)


def _is_whole(content: Any, torch: Any) -> bool:
    """Tell whether a dict leads from the pixels to ten outputs, with biases of its own."""
    tensors = [value for _, value in _walk(content, "", 0, torch) if torch.is_tensor(value)]
    return all(_ends(content, torch)) and any(each.dim() == 1 for each in tensors)


def _has_weight(content: Any, torch: Any, depth: int = 0) -> bool:
    """Tell whether something of at least one dimension lies in a dict, at whatever depth."""
    if not isinstance(content, dict) or depth == DEPTH:
        return False
    return any(
        _has_weight(value, torch, depth + 1)
        or any(torch.is_tensor(each) and each.dim() for each in _items(value, torch))
        for value in content.values()
    )


def _items(value: Any, torch: Any) -> list[Any]:
    """Return the things in a list, or the one thing, with tensors for what are arrays."""
    return [_as_tensor(each, torch) for each in (value if isinstance(value, list) else [value])]


def _is_part(key: str, value: Any, torch: Any) -> bool:
    """Tell whether a value beside a network is a part of it: a bias or a weight by its key."""
    words = set(_words(key))
    if not words & (WEIGHT_WORDS | BIAS_WORDS):
        return False
    inside = _walk(value, key, 0, torch)
    return any(torch.is_tensor(each) and each.dim() for _, each in inside)


def _words(key: str) -> list[str]:
    """Take a key apart into its words, in small letters: `fc1.biases_2` has `fc` and `biases`."""
    return "".join(each if each.isalpha() else " " for each in key.lower()).split()


def _beside(beside: dict[str, Any], torch: Any) -> tuple[list[str], list[str]]:
    """Split the keys of what lies beside a network: what may be left, and tensors of more."""
    left: list[str] = []
    unused: list[str] = []
    for key, value in beside.items():
        more = any(
            torch.is_tensor(each) and each.is_floating_point() and each.dim()
            for _, each in _walk(value, key, 0, torch)
        )
        (unused if more else left).append(key)
    return left, unused


def _listed(keys: list[str]) -> str:
    """Name the first few keys."""
    return (", ".join(keys[:5]) + (", …" if len(keys) > 5 else ""))[:LEFT_LENGTH]


def _walk(content: Any, prefix: str, depth: int, torch: Any) -> Iterator[tuple[str, Any]]:
    """Go through what lies in each other, in its order; an optimizer's state is passed over."""
    content = _as_tensor(content, torch)
    if isinstance(content, list | tuple) and set(_words(prefix)) & (WEIGHT_WORDS | BIAS_WORDS):
        content = _numbers(content, torch)
    if isinstance(content, dict) and not {"state", "param_groups"} <= content.keys():
        pairs = list(content.items())
    elif isinstance(content, list | tuple):
        pairs = list(enumerate(content))
    else:
        yield prefix, content
        return
    if depth == DEPTH:
        # Too deep to be looked through, yet not unsaid.
        yield prefix, None
        return
    for key, value in pairs:
        yield from _walk(value, f"{prefix}.{key}" if prefix else str(key), depth + 1, torch)


def _as_tensor(value: Any, torch: Any) -> Any:
    """Turn an array into a tensor, and leave everything else as it is."""
    if not isinstance(value, Array):
        return value
    try:
        return value.tensor(torch)
    except (TypeError, ValueError, RuntimeError, AttributeError):
        return None


def _numbers(values: Any, torch: Any) -> Any:
    """Turn a list of numbers, or of rows of numbers, into a tensor; leave every other list."""
    rows = [row if isinstance(row, list | tuple) else [row] for row in values]
    if not rows or not all(type(each) in (int, float) for row in rows for each in row):
        return values
    try:
        return torch.tensor(values, dtype=torch.float64)
    except (TypeError, ValueError, OverflowError):
        return values


def _check(key: str, tensor: Any, torch: Any) -> None:
    """Raise for a tensor that is not made of plain numbers."""
    facts = {"key": key[:200], "shape": list(tensor.shape)[:20]}
    if tensor.is_quantized:
        raise Refused("quantized", **facts)
    if tensor.layout is not torch.strided:
        raise Refused("sparse", **facts)
    if tensor.device.type != "cpu":
        raise Refused("nowhere", **facts)
    if str(tensor.dtype) not in TYPES:
        raise Refused("type", dtype=str(tensor.dtype).removeprefix("torch."), **facts)
