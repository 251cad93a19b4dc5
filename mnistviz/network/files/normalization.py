"""Batch normalization and pruning, taken into the dense layers of a file; both are exact.

A batch normalization in eval mode is y = s x + t for each unit, with s = g / sqrt(v + eps) and
t = beta - s m. Right after a layer it scales that layer's rows; after the activation it scales the
columns of the next layer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from mnistviz.digits.arrays import Doubles
from mnistviz.network.files.layers import natural
from mnistviz.network.files.records import WeightsError, shape_text
from mnistviz.network.files.safetensors_file import Entry
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.words import say
from mnistviz.words.untrusted import code

EPS = 1e-5
"""What `nn.BatchNorm1d` adds to the variance by default; a file does not tell it."""

_MEAN, _VARIANCE, _COUNT = "running_mean", "running_var", "num_batches_tracked"


@dataclass(frozen=True, slots=True, eq=False)
class Norm:
    """One batch normalization of a file.

    Attributes:
        name: of its module, as `layers.1`.
        mean: its entry `running_mean`, whose shape and key stand for all of it in a sentence.
        scale: s of the formula, shape (units,).
        shift: t of the formula, shape (units,).
    """

    name: str
    mean: Entry
    scale: Doubles
    shift: Doubles


def masked(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Multiply what was pruned by its mask.

    Returns:
        The tensors with `weight` in the place of `weight_orig` and `weight_mask`, and a sentence
        if there were some.

    Raises:
        WeightsError: a weight has to be computed from several tensors in another way.
    """
    found = {entry.key: entry for entry in entries}
    result, keys = [], []
    for entry in entries:
        key = entry.key
        mask = found.get(key.removesuffix("_orig") + "_mask")
        if key.endswith("_mask") and key.removesuffix("_mask") + "_orig" in found:
            continue
        if not key.endswith("_orig") or mask is None or not _is_mask(mask, entry):
            _check(entry)
            result.append(entry)
            continue
        plain = key.removesuffix("_orig")
        kind = "float64" if entry.dtype == "float64" else "float32"
        numbers = (entry.values() * mask.values()).astype("<f8" if kind == "float64" else "<f4")
        result.append(Entry(plain, kind, entry.shape, memoryview(numbers.tobytes())))
        keys.append(code(plain))
    listed = ", ".join(keys)
    return tuple(result), ((say("errors/weights", "pruned", keys=listed),) if keys else ())


def _is_mask(mask: Entry, entry: Entry) -> bool:
    return mask.is_float and entry.is_float and mask.shape == entry.shape


def _check(entry: Entry) -> None:
    """Raise for a part of a weight that a layer computes from several tensors."""
    parts = entry.key.split(".")
    if parts[-1] in ("weight_g", "weight_v", "weight_u") or "parametrizations" in parts:
        title = say("errors/weights", "title", key=code(entry.key), shape=shape_text(entry.shape))
        raise WeightsError(say("errors/weights", "reparametrized", title=title))


def split(entries: Sequence[Entry]) -> tuple[tuple[Entry, ...], tuple[Norm, ...]]:
    """Take the batch normalizations out of the tensors of a file; one that is not whole stays."""
    found = {entry.key: entry for entry in entries}
    norms, used = [], set()
    for entry in entries:
        name, _, last = entry.key.rpartition(".")
        parts = [found.get(f"{name}.{part}") for part in (_MEAN, _VARIANCE, "weight", "bias")]
        mean, variance, *rest = parts
        affine = [part for part in rest if part is not None]
        if last != _MEAN or mean is None or variance is None or len(affine) == 1:
            continue
        if any(not _fits(part, mean) for part in (mean, variance, *affine)):
            continue
        spread = np.sqrt(variance.values().astype(np.float64) + EPS)
        scale = (affine[0].values() if affine else 1.0) / spread
        shift = (affine[1].values() if affine else 0.0) - scale * mean.values()
        norms.append(Norm(name, mean, scale, shift))
        used |= {f"{name}.{part}" for part in (_MEAN, _VARIANCE, _COUNT, "weight", "bias")}
    return tuple(entry for entry in entries if entry.key not in used), tuple(norms)


def _fits(part: Entry, mean: Entry) -> bool:
    """Tell whether a tensor can be part of a normalization: floats, finite, a variance not < 0."""
    if not part.is_float or len(part.shape) != 1 or part.shape != mean.shape:
        return False
    values = part.values()
    return bool(
        np.isfinite(values).all() and (not part.key.endswith(_VARIANCE) or min(values) >= 0)
    )


def fold(
    layers: Parameters, keys: Sequence[str], norms: Sequence[Norm], *, ordered: bool
) -> tuple[Parameters, list[str]]:
    """Fold batch normalizations into the layers before or after them.

    Args:
        layers: as the file has them, turned to (outputs, inputs).
        keys: the key of each layer's weight in the file.
        norms: in the order of the file.
        ordered: whether that order is that of the person.

    Returns:
        The layers, and a sentence for each normalization.

    Raises:
        WeightsError: it cannot be known which layer one belongs to, or the numbers grow too large.
    """
    if not norms:
        return layers, []
    if not ordered:
        norms = sorted(norms, key=lambda norm: natural(norm.name))
    folded, notes = list(layers), []
    places = [(norm, *_place(norm, norms, layers, keys)) for norm in norms]
    # Of two that follow each other, the one closer to a layer is folded into it first.
    before = [each for each in places if not each[2]]
    after = [each for each in places if each[2]]
    for norm, layer, is_after, guess in (*before, *reversed(after)):
        place = layer + 1 if is_after else layer
        folded[place] = _folded(folded[place], norm, columns=is_after)
        part = "folded_after" if is_after and layer >= 0 else "folded_before"
        names = {"name": code(norm.name), "layer": code(keys[place]), "eps": f"{EPS:.5f}"}
        notes.append(say("errors/weights", part, **names))
        if guess:
            part = "folded_guess_after" if is_after else "folded_guess"
            notes.append(say("errors/weights", part, name=code(norm.name)))
    return tuple(folded), notes


def _folded(layer: Layer, norm: Norm, *, columns: bool) -> Layer:
    weight, bias = layer.weight.double(), layer.bias.double()
    scale, shift = torch.from_numpy(norm.scale), torch.from_numpy(norm.shift)
    if columns:
        weight, bias = weight * scale, bias + weight @ shift
    else:
        weight, bias = weight * scale[:, None], bias * scale + shift
    result = replace(layer, weight=weight.float(), bias=bias.float())
    if not (result.weight.isfinite().all() and result.bias.isfinite().all()):
        raise _unknown(norm)
    return result


def _place(
    norm: Norm, norms: Sequence[Norm], layers: Parameters, keys: Sequence[str]
) -> tuple[int, bool, bool]:
    """Find the layer before a normalization, -1 for the input.

    Returns:
        The layer; whether the normalization stands after the activation; whether that is a guess.
    """
    size, sizes = len(norm.scale), [layer.weight.shape[0] for layer in layers]
    modules = [_numbered(key.rpartition(".")[0]) for key in keys]
    block, number = _numbered(norm.name)
    same = [
        (there[1], place)
        for place, there in enumerate(modules)
        if there[0] == block and there[1] is not None
    ]
    if number is not None and same:
        before = max(((there, place) for there, place in same if there < number), default=None)
        following = min((each for each in same if each[0] > number), default=(0, 0))
        is_last = following[0] > 0 and not _between(number, following[0], block, norms)
        if before is None:
            # The first of its block: it can be told only where the next layer follows, or none
            # comes before, as only the pixels do.
            place = following[1] - 1
            if not (is_last or place < 0) or size != layers[place + 1].weight.shape[1]:
                raise _unknown(norm)
            return place, True, False
        place = before[1]
        if size != sizes[place]:
            raise _unknown(norm)
        if place == len(layers) - 1 or not _between(before[0], number, block, norms):
            return place, False, False
        return place, True, not is_last
    return _by_order(norm, norms, layers)


def _between(first: int, second: int, block: str, norms: Sequence[Norm]) -> int:
    """Count the modules without tensors between two numbers of a block."""
    places = [_numbered(norm.name) for norm in norms]
    known = sum(there == block and at is not None and first < at < second for there, at in places)
    return second - first - 1 - known


def _by_order(norm: Norm, norms: Sequence[Norm], layers: Parameters) -> tuple[int, bool, bool]:
    """Place a normalization of a name of its own: only where there is one way to do it."""
    sizes = [layers[0].weight.shape[1], *(layer.weight.shape[0] for layer in layers)]
    ways = _ways([len(each.scale) for each in norms], sizes)
    if len(ways) != 1:
        raise _unknown(norm)
    place = ways[0][list(norms).index(norm)] - 1
    hidden = 0 <= place < len(layers) - 1
    return place, place < 0, hidden


def _ways(wanted: Sequence[int], sizes: Sequence[int], begin: int = 0) -> list[list[int]]:
    """Find all ways to give each wanted size a place of its own, in rising order."""
    if not wanted:
        return [[]]
    return [
        [place, *rest]
        for place in range(begin, len(sizes))
        if sizes[place] == wanted[0]
        for rest in _ways(wanted[1:], sizes, place + 1)
    ]


def _numbered(module: str) -> tuple[str, int | None]:
    """Split the name of a module in a `nn.Sequential` into that one's name and the number."""
    found = re.fullmatch(r"(?:(.*)\.)?([0-9]{1,6})", module)
    return (found[1] or "", int(found[2])) if found else (module, None)


def _unknown(norm: Norm) -> WeightsError:
    title = say(
        "errors/weights", "title", key=code(norm.mean.key), shape=shape_text(norm.mean.shape)
    )
    return WeightsError(say("errors/weights", "normalization", title=title))
