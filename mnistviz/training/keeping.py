"""A network that was trained, kept on disk: what takes seconds to learn is learned once."""

import contextlib
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import torch

import mnistviz
from mnistviz.digits import mnist
from mnistviz.digits.cache_folder import write_whole
from mnistviz.network.files import safetensors_file
from mnistviz.network.files.records import WeightsError
from mnistviz.network.files.saving import to_safetensors
from mnistviz.network.parameters import Layer, Parameters, parameters
from mnistviz.spec.specs import NetworkSpec
from mnistviz.training.loop import train

DIGEST = "sha256"
"""Under which name a file holds the digest of its numbers."""


def kept(spec: NetworkSpec) -> Parameters:
    """Return a network's parameters from the cache folder, else learn them and keep them there.

    A file that is damaged or of another network is written anew. Where the folder cannot be
    written, nothing is kept.

    Args:
        spec: a network with a training.
    """
    path = place_of(spec)
    layers = _read(path, spec)
    if layers is None:
        layers = learned(spec)
        with contextlib.suppress(OSError):
            write_whole(path, to_safetensors(spec, layers, **{DIGEST: _digest(layers)}))
    return layers


def learned(spec: NetworkSpec) -> Parameters:
    """Return a network's parameters, after its training if it has one."""
    if spec.training is None:
        return parameters(spec)
    examples = mnist.examples(mnist.load(mnist.root_of(spec.training.data)))
    with one_thread():
        *_, last = (
            record.mark.layers
            for record in train(spec.untrained, spec.training, examples)
            if record.mark is not None and record.mark.layers is not None
        )
    return last


def place_of(spec: NetworkSpec) -> Path:
    """Return where the parameters of a trained network are kept.

    Another version may train the same spec to other numbers, so it has files of its own.
    """
    named = json.dumps([mnistviz.__version__, asdict(spec)], sort_keys=True)
    name = hashlib.sha256(named.encode()).hexdigest()[:16]
    return mnist.full_root() / "networks" / f"{name}.safetensors"


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Have PyTorch work on one thread: networks this small learn fastest, and to the app's bits."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _read(path: Path, spec: NetworkSpec) -> Parameters | None:
    try:
        entries, texts = safetensors_file.entries(path.read_bytes())
    except (OSError, WeightsError):
        return None
    tensors = {one.key: torch.from_numpy(one.values()) for one in entries if one.is_float}
    names = [f"fc{number}" for number in range(1, len(spec.shapes) + 1)]
    if set(tensors) != {f"{name}.{part}" for name in names for part in ("weight", "bias")}:
        return None
    layers = tuple(Layer(one, tensors[f"{one}.weight"], tensors[f"{one}.bias"]) for one in names)
    shapes = tuple(tuple(reversed(layer.weight.shape)) for layer in layers)
    return layers if shapes == spec.shapes and texts.get(DIGEST) == _digest(layers) else None


def _digest(layers: Parameters) -> str:
    digest = hashlib.sha256()
    for layer in layers:
        for tensor in (layer.weight, layer.bias):
            digest.update(tensor.detach().contiguous().numpy().tobytes())
    return digest.hexdigest()
