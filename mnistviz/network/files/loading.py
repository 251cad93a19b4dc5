"""A network that a person brings along: a file of weights is read, or refused with a reason.

`kinds`: what the file is, by its content.
`safetensors_file`: a safetensors file is read here, every length checked first.
`numpy_file`: so is an archive of `np.savez`.
`torch_file`, `readers`, `child_process`: a file of `torch.save` is checked here and read by a child
    process under limits, which answers in safetensors.
`layers`: which network the tensors are.
"""

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch

from mnistviz.digits.arrays import Floats
from mnistviz.network.files import kinds, numpy_file, safetensors_file, torch_file
from mnistviz.network.files.kinds import Kind
from mnistviz.network.files.layers import Dense, dense_layers
from mnistviz.network.files.normalization import fold, masked, split
from mnistviz.network.files.picking import BETWEEN
from mnistviz.network.files.readers import Readers
from mnistviz.network.files.records import TO_SAVE, LoadedNetwork, WeightsError, shape_text
from mnistviz.network.files.safetensors_file import Entry
from mnistviz.network.parameters import Layer, Parameters
from mnistviz.spec.activations import Activations, settled
from mnistviz.spec.fields import SpecError
from mnistviz.words import say
from mnistviz.words.quantities import number
from mnistviz.words.untrusted import code, file_name

__all__ = ["LoadedNetwork", "Readers", "WeightsError", "read"]

NAME_LENGTH = 80

_TO_FLOAT32 = ("float16", "bfloat16", "float64")
"""Types whose numbers are taken as float32."""


def read(data: bytes, name: str, readers: Readers | None = None) -> LoadedNetwork:
    """Read a file of weights: safetensors, or what `torch.save` or `np.savez` wrote.

    Args:
        data: the whole file.
        name: what the person knows it by; it decides nothing.
        readers: the children of the server, who read files of `torch.save`; without them one is
            started for this file alone, which takes some seconds.

    Raises:
        WeightsError: it cannot be used; the text says what it holds, and what to do.
    """
    kind = kinds.kind_of(data)
    if kind is Kind.SAFETENSORS:
        entries, metadata = safetensors_file.entries(data)
        return _network(entries, metadata, name, ordered=False)
    if kind is Kind.PICKLE:
        raise torch_file.refuse_pickle(data)
    if kind is Kind.ZIP and numpy_file.members(data):
        return _network(numpy_file.entries(data), {}, name, ordered=True)
    foreign = (torch_file.check_old if kind is Kind.OLD else torch_file.check)(data)
    # Whoever gives no readers gets some of their own, which hold nothing after the answer.
    entries, metadata = safetensors_file.entries((readers or Readers()).tensors(data))
    if foreign and not any(len(entry.shape) == 2 for entry in entries):
        # The network lies in one of the objects that were not made.
        raise torch_file.foreign_error(foreign)
    told = {key: metadata.get(key, "") for key in ("left", "unused", "inner")}
    try:
        return _network(entries, told, name, ordered=True)
    except WeightsError as error:
        if BETWEEN not in told["inner"]:
            raise
        parts = say("errors/weights", "split", keys=code(told["inner"]), to_save=TO_SAVE)
        raise WeightsError(f"{error}\n\n{parts}") from None


def _network(
    entries: Sequence[Entry], metadata: dict[str, str], name: str, *, ordered: bool
) -> LoadedNetwork:
    """Make the network of the tensors of a file."""
    entries, pruned = masked(entries)
    entries, norms = split(entries)
    chain, notes = dense_layers(entries, ordered=ordered)
    layers = tuple(_layer(place, dense) for place, dense in enumerate(chain, start=1))
    layers, folded = fold(layers, [dense.weight.key for dense in chain], norms, ordered=ordered)
    return LoadedNetwork(
        layers,
        _activation(metadata.get("mnistviz", ""), layers),
        file_name(name, NAME_LENGTH) or "weights",
        (
            *notes,
            *pruned,
            *folded,
            *_conversions(chain),
            *_beside(metadata),
        ),
    )


def _beside(metadata: dict[str, str]) -> list[str]:
    """Say what else the file holds that was not used."""
    left, unused, inner = (metadata.get(key, "") for key in ("left", "unused", "inner"))
    notes = []
    if unused:
        keys = {"inner": code(inner), "unused": code(unused)}
        notes.append(say("errors/weights", "other_tensors", **keys))
    if left:
        notes.append(say("errors/weights", "also_holds", left=code(left)))
    return notes


def _layer(place: int, dense: Dense) -> Layer:
    """Turn a layer of the file into one of ours; a missing bias is zero, which changes nothing."""
    weight = _float32(dense.weight)
    if dense.turned:
        weight = weight.T
    if dense.bias is None:
        bias = np.zeros(dense.outputs, np.float32)
    else:
        bias = _float32(dense.bias).reshape(-1)
    # Copies in row order: the file's own bytes are let go.
    return Layer(
        f"fc{place}",
        torch.from_numpy(np.ascontiguousarray(weight)),
        torch.from_numpy(np.ascontiguousarray(bias)),
    )


def _float32(entry: Entry) -> Floats:
    """Return the numbers of a tensor as finite float32.

    Raises:
        WeightsError: they are no floats, or not all of them are finite, or one is too large.
    """
    title = say("errors/weights", "entry_title", key=code(entry.key), shape=shape_text(entry.shape))
    if not entry.is_float:
        raise WeightsError(say("errors/weights", "whole_numbers", title=title, dtype=entry.dtype))
    stored = entry.values()
    broken = np.argwhere(~np.isfinite(stored))
    if len(broken):
        first = tuple(int(index) for index in broken[0])
        many = (
            say("errors/weights", "not_finite_one")
            if len(broken) == 1
            else say("errors/weights", "not_finite_many", count=len(broken))
        )
        where = ", ".join(map(str, first))
        raise WeightsError(
            say(
                "errors/weights",
                "not_finite",
                title=title,
                many=many,
                wanted=number(float(stored[first])),
                where=where,
            )
        )
    with np.errstate(over="ignore"):
        values = stored.astype(np.float32)
    large = np.argwhere(~np.isfinite(values))
    if len(large):
        first = tuple(int(index) for index in large[0])
        raise WeightsError(
            say(
                "errors/weights",
                "too_large",
                title=title,
                wanted=number(float(stored[first])),
                place=", ".join(map(str, first)),
                end=number(float(np.finfo(np.float32).max)),
            )
        )
    return values


def _conversions(chain: Sequence[Dense]) -> list[str]:
    """Say what was changed on the way to our layers, a sentence each."""
    stored = [entry for layer in chain for entry in (layer.weight, layer.bias) if entry is not None]
    counts = Counter(entry.dtype for entry in stored)
    notes = []
    for dtype in _TO_FLOAT32:
        if counts[dtype]:
            all_of = counts[dtype] == len(stored)
            keys = ", ".join(code(entry.key) for entry in stored if entry.dtype == dtype)
            part = "file_numbers" if all_of else "tensor_numbers"
            whose = say("errors/weights", part, keys=keys)
            notes.append(say("errors/weights", f"was_{dtype}", count=whose))
    if any(layer.turned for layer in chain):
        notes.append(say("errors/weights", "turned"))
    bare = [code(layer.weight.key) for layer in chain if layer.bias is None]
    if bare:
        notes.append(say("errors/weights", "no_bias", name=", ".join(bare)))
    return notes


def _activation(text: str, layers: Parameters) -> Activations | None:
    """Read the activations out of what a file of this app says of itself.

    Args:
        text: the spec as JSON, as `saving.to_safetensors` writes it; whatever else it is tells
            nothing, nor does a spec of other layers.
        layers: those that the file holds.
    """
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(spec, dict):
        return None
    if spec.get("hidden") != [len(layer.bias) for layer in layers[:-1]]:
        return None
    activation = spec.get("activation")
    if isinstance(activation, list) and len(activation) != len(layers) - 1:
        return None
    try:
        return settled(activation, len(layers) - 1)
    except SpecError:
        return None
