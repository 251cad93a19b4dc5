"""The layers of a network out of named tensors: pairs, order, orientation, by names and shapes.

The rules:

1. A tensor of two dimensions is a weight, one of one dimension a bias.
2. A weight and a bias belong together if their keys differ in one word alone: `fc1.weight` and
   `fc1.bias`, `weights_1` and `bias_1`, `W1` and `b1`. What such words do not tell (a list of
   tensors has none) the order tells: the first weight and the first bias, and so on.
3. The weights are all stored as (outputs, inputs), or all as (inputs, outputs). At most one of the
   two lets all layers follow each other from 784 to 10, in whatever order: each size is left as
   often as it is reached, but 784 once more than that; turned about, it would be once less.
4. The order is the file's, if the layers follow each other in it; else that of their keys, numbers
   by value; else the first one that works, tried in that order.
"""

import math
import operator
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mnistviz.network.files.picking import BIAS_WORDS, WEIGHT_WORDS
from mnistviz.network.files.records import OTHERS, TO_SAVE, WeightsError, shape_text
from mnistviz.network.files.safetensors_file import Entry
from mnistviz.spec.fields import CLASSES, INPUTS, MAX_LAYERS, MAX_UNITS
from mnistviz.words import say
from mnistviz.words.untrusted import code

_SINGLE = frozenset({"loss", "epoch", "step", "steps", "accuracy", "acc", "best", "lr", "seed"})
"""Words that name a single number beside the weights, which is no part of a network."""

_NO_BIAS = frozenset({"gamma", "scale", "slope", "alpha", "mean", "var", "variance", "std"})
"""Words of keys that say of a tensor of one dimension that it is added to nothing."""

_NORMALIZATION = frozenset({"running_mean", "running_var", "num_batches_tracked"})


@dataclass(frozen=True, slots=True, eq=False)
class Dense:
    """One dense layer as the file has it.

    Attributes:
        weight: of two dimensions.
        bias: of one, or of two of which one is 1; None if there is none.
        turned: whether the weight is stored as (inputs, outputs).
    """

    weight: Entry
    bias: Entry | None
    turned: bool = False

    @property
    def outputs(self) -> int:
        """Units of the layer."""
        return self.weight.shape[1 if self.turned else 0]

    @property
    def inputs(self) -> int:
        """Numbers that each unit takes."""
        return self.weight.shape[0 if self.turned else 1]

    @property
    def title(self) -> str:
        """The weight's key and shape, to be shown."""
        return say(
            "errors/weights",
            "title",
            key=code(self.weight.key),
            shape=shape_text(self.weight.shape),
        )


def natural(key: str) -> tuple[tuple[int, int, str], ...]:
    """Return what sorts keys as one reads them: `layers.2` before `layers.10`."""
    parts = re.findall(r"[0-9]{1,18}|[^0-9]+|[0-9]+", key)
    return tuple(
        (0, int(part), "") if part.isascii() and part.isdigit() and len(part) < 19 else (1, 0, part)
        for part in parts
    )


def dense_layers(
    entries: Sequence[Entry], *, ordered: bool
) -> tuple[tuple[Dense, ...], tuple[str, ...]]:
    """Find the layers of a network, from the pixels to the ten outputs.

    Args:
        entries: all tensors of a file.
        ordered: whether their order is that of the person; a safetensors file has one of its own.

    Returns:
        The layers in their order, and what had to be decided, in sentences.

    Raises:
        WeightsError: they are no network that the app can show; the text names key, shape and
            reason.
    """
    told = [entry for entry in entries if _is_told(entry)]
    entries = [entry for entry in entries if not _is_told(entry)]
    if not entries:
        raise WeightsError(say("errors/weights", "no_tensor", to_save=TO_SAVE))
    for entry in entries:
        _check(entry)
    if not ordered:
        entries = sorted(entries, key=lambda entry: natural(entry.key))
    chain, notes = _chosen(entries, ordered)
    if told:
        keys = ", ".join(entry.key for entry in told[:5])
        notes = (*notes, say("errors/weights", "also_holds", left=code(keys)))
    return chain, notes


def _is_told(entry: Entry) -> bool:
    """Tell whether a tensor is a single number that a training keeps about itself."""
    words = re.findall(r"[a-z]+", entry.key.lower())
    return entry.shape == () and bool(_SINGLE & set(words))


def _chosen(entries: Sequence[Entry], ordered: bool) -> tuple[tuple[Dense, ...], tuple[str, ...]]:
    """Make the network of the tensors, with nameless rows as biases if there is no other way."""
    try:
        return _network(entries, ordered)
    except WeightsError:
        # A bias without a name may have one row or column, as NumPy's broadcasting wants it.
        loose = [_flat(entry) for entry in entries]
        if not any(map(operator.is_not, loose, entries)):
            raise
        try:
            return _network(loose, ordered)
        except WeightsError:
            pass
        raise


def _flat(entry: Entry) -> Entry:
    """Return a single row or column without a name as a tensor of one dimension."""
    if len(entry.shape) != 2 or 1 not in entry.shape or _stem(entry.key)[1]:
        return entry
    return replace(entry, shape=(math.prod(entry.shape),))


def _network(entries: Sequence[Entry], ordered: bool) -> tuple[tuple[Dense, ...], tuple[str, ...]]:
    """Pair, order and check the tensors; each is used, or the file is refused."""
    layers = _pairs(entries)
    if len(layers) > MAX_LAYERS + 1:
        raise WeightsError(
            say(
                "errors/weights",
                "layers_many",
                count=len(layers),
                key=code(layers[0].weight.key),
                key_2=code(layers[-1].weight.key),
                most=MAX_LAYERS,
            )
        )
    chain, notes = _chain(layers, ordered)
    _check_sizes(chain)
    return chain, notes


def _check(entry: Entry) -> None:
    """Raise for a tensor that no dense layer has."""
    last = entry.key.rsplit(".", 1)[-1]
    title = say("errors/weights", "title", key=code(entry.key), shape=shape_text(entry.shape))
    dimensions = len(entry.shape)
    if last in _NORMALIZATION:
        raise WeightsError(say("errors/weights", "normalization", title=title))
    if 0 in entry.shape:
        raise WeightsError(say("errors/weights", "empty_tensor", title=title))
    if dimensions > 2:
        what = (
            "is a convolution's weight"
            if dimensions == 4
            else say("errors/weights", "dimensions", dimensions=dimensions)
        )
        raise WeightsError(say("errors/weights", "dense_alone", title=title, what=what))
    if dimensions == 0:
        raise WeightsError(say("errors/weights", "single", key=code(entry.key)))
    words = re.findall(r"[a-z]+", entry.key.lower())
    if dimensions == 1 and words and words[-1] in _NO_BIAS:
        raise WeightsError(say("errors/weights", "one_dimension", title=title))
    if dimensions == 1 and _stem(entry.key)[1] == "weight" and _has_word(entry.key):
        raise WeightsError(say("errors/weights", "one_dimension", title=title))


def _stem(key: str) -> tuple[str, str]:
    """Take the word for weight or bias out of a key.

    Returns:
        The key with a star in the place of the last such word, and `weight`, `bias`, or nothing.
    """
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[^A-Za-z0-9]+", key)
    for place in range(len(parts) - 1, -1, -1):
        word = parts[place].lower()
        kind = "weight" if word in WEIGHT_WORDS else "bias" if word in BIAS_WORDS else ""
        if kind:
            return "".join((*parts[:place], "*", *parts[place + 1 :])), kind
    return key, ""


def _has_word(key: str) -> bool:
    """Whether the last part of a key says "weight" in full; a `w` alone may mean anything."""
    return key.rsplit(".", 1)[-1].lower().startswith(("weight", "kernel"))


def _is_bias(entry: Entry) -> bool:
    """Tell a bias: one dimension, or a name that says so and a single row or column."""
    return len(entry.shape) == 1 or (1 in entry.shape and _stem(entry.key)[1] == "bias")


def _pairs(entries: Sequence[Entry]) -> list[Dense]:
    """Give each weight its bias."""
    weights = [entry for entry in entries if not _is_bias(entry)]
    biases = {id(entry): entry for entry in entries if _is_bias(entry)}
    if not weights:
        first = entries[0]
        raise WeightsError(
            say(
                "errors/weights",
                "no_weight",
                key=code(first.key),
                shape=shape_text(first.shape),
                to_save=TO_SAVE,
            )
        )
    stems = Counter(_stem(entry.key)[0] for entry in biases.values())
    named = {_stem(entry.key)[0]: entry for entry in biases.values()}
    layers = []
    for weight in weights:
        stem, kind = _stem(weight.key)
        bias = named.get(stem) if kind == "weight" and stems[stem] == 1 else None
        # Each bias once, whatever the keys are.
        layers.append(Dense(weight, biases.pop(id(bias), None) if bias is not None else None))
    bare = [place for place, layer in enumerate(layers) if layer.bias is None]
    rest = list(biases.values())
    if rest and len(rest) != len(bare):
        orphan = rest[-1]
        raise WeightsError(
            say(
                "errors/weights",
                "unpaired",
                key=code(orphan.key),
                shape=shape_text(orphan.shape),
                weights=_count(len(weights), "weight", "weights"),
                weights_2=_count(len(weights) - len(bare) + len(rest), "bias", "biases"),
            )
        )
    for place, bias in zip(bare, rest, strict=False):
        layers[place] = replace(layers[place], bias=bias)
    return layers


def _count(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _chain(layers: list[Dense], ordered: bool) -> tuple[tuple[Dense, ...], tuple[str, ...]]:
    """Order the layers so that each takes what the one before gives, from 784 to 10."""
    by_name = sorted(layers, key=lambda layer: natural(layer.weight.key))
    for turned in (False, True):
        as_stored = [replace(layer, turned=turned) for layer in layers]
        named = [replace(layer, turned=turned) for layer in by_name]
        orders = _orders(named, INPUTS)
        if not orders:
            continue
        if _fits(as_stored) and ordered:
            return tuple(as_stored), ()
        selected = named if _fits(named) else orders[0]
        if len(orders) == 1 or _are_numbered(selected):
            return tuple(selected), ()
        keys = ", ".join(code(layer.weight.key) for layer in selected)
        return tuple(selected), (say("errors/weights", "orders", count=len(orders), keys=keys),)
    raise WeightsError(f"{_why_not(layers)} {OTHERS}")


def _orders(layers: Sequence[Dense], size: int) -> list[list[Dense]]:
    """Find all orders in which layers lead from a size to the ten outputs, using each once."""
    if not layers:
        return [[]] if size == CLASSES else []
    return [
        [layer, *rest]
        for place, layer in enumerate(layers)
        if layer.inputs == size
        for rest in _orders([*layers[:place], *layers[place + 1 :]], layer.outputs)
    ]


def _fits(layers: Sequence[Dense]) -> bool:
    sizes = [INPUTS, *(layer.outputs for layer in layers)]
    return sizes[-1] == CLASSES and all(
        layer.inputs == size for layer, size in zip(layers, sizes, strict=False)
    )


def _are_numbered(layers: Sequence[Dense]) -> bool:
    """Tell whether the keys of the layers differ in their numbers alone, and these rise."""
    keys = [layer.weight.key for layer in layers]
    same = len({re.sub(r"[0-9]+", "", key) for key in keys}) == 1
    return same and keys == sorted(keys, key=natural)


def _why_not(layers: list[Dense]) -> str:
    """Say where layers do not follow each other, from the first on."""
    turned = not any(layer.weight.shape[1] == INPUTS for layer in layers) and any(
        layer.weight.shape[0] == INPUTS for layer in layers
    )
    rest = [replace(layer, turned=turned) for layer in layers]
    first = next((layer for layer in rest if layer.inputs == INPUTS), None)
    if first is None:
        return say(
            "errors/weights",
            "first_inputs",
            title=rest[0].title,
            inputs=rest[0].inputs,
            inputs_2=INPUTS,
        )
    here = first
    rest.remove(here)
    while rest:
        following = next((layer for layer in rest if layer.inputs == here.outputs), None)
        if following is None:
            return say(
                "errors/weights",
                "no_fit",
                title=here.title,
                outputs=here.outputs,
                title_2=rest[0].title,
                inputs=rest[0].inputs,
            )
        here = following
        rest.remove(here)
    return say("errors/weights", "outputs", title=here.title, outputs=here.outputs, last=CLASSES)


def _check_sizes(chain: Sequence[Dense]) -> None:
    """Check the units of each layer, and each bias against its weight."""
    for layer in chain[:-1]:
        if layer.outputs > MAX_UNITS:
            raise WeightsError(
                say(
                    "errors/weights",
                    "units",
                    title=layer.title,
                    outputs=layer.outputs,
                    most=MAX_UNITS,
                )
            )
    for layer in chain:
        if layer.bias is not None and math.prod(layer.bias.shape) != layer.outputs:
            raise WeightsError(
                say(
                    "errors/weights",
                    "bias_fit",
                    key=code(layer.bias.key),
                    shape=shape_text(layer.bias.shape),
                    title=layer.title,
                    outputs=layer.outputs,
                )
            )
