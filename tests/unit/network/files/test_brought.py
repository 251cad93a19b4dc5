"""Files as people bring them, of every nesting and library, each with what has to come out."""

from __future__ import annotations

import argparse
import io
import pickle
import sys
import zipfile
from collections import Counter, OrderedDict, UserDict, defaultdict, deque
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune

from mnistviz.network.files import converting, picking
from mnistviz.network.files.kinds import TORCH_MAGIC
from mnistviz.network.files.loading import LoadedNetwork, Readers, read
from tests.helpers.weight_files import Here, load, refusal, refusal_of, rezipped, saved, tensors

SIZES = (784, 12, 9, 10)
W1, B1, W2, B2, W3, B3 = tensors(*SIZES).values()
NET = {"0.weight": W1, "0.bias": B1, "2.weight": W2, "2.bias": B2, "4.weight": W3, "4.bias": B3}
NUMPY = {key: value.numpy() for key, value in NET.items()}
ADAM = {"state": {0: {"exp_avg": torch.ones(12, 784)}}, "param_groups": [{"lr": 0.1}]}
ROWS = [W1.T, B1[None], W2.T, B2[None], W3.T, B3[None]]
LAYERS = {"layer1": (W1, B1), "layer2": (W2, B2), "layer3": (W3, B3)}
WEIGHTS, BIASES = {"h1": W1, "h2": W2, "out": W3}, {"b1": B1, "b2": B2, "out": B3}


def npz(*arrays: Any, **named: Any) -> bytes:
    out = io.BytesIO()
    np.savez(out, *arrays, **named)
    return out.getvalue()


def packed(**named: Any) -> bytes:
    out = io.BytesIO()
    np.savez_compressed(out, **named)
    return out.getvalue()


def beside(**more: Any) -> dict[str, Any]:
    return {"model_state_dict": NET, "optimizer_state_dict": ADAM, **more}


class Settings(dict[str, Any]):
    """A dict of a learner's own, as libraries for settings have them."""


def adam() -> torch.optim.Optimizer:
    """An optimizer that has made a step."""
    layer = nn.Linear(3, 2)
    optimizer = torch.optim.Adam(layer.parameters())
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    return optimizer


OBJECTS: dict[str, Any] = {
    "an optimizer": adam(),
    "a scheduler": torch.optim.lr_scheduler.StepLR(adam(), 1),
    "a loss function": nn.CrossEntropyLoss(),
    "a deque": deque([0.3, 0.2], maxlen=5),
    "a decimal": Decimal("0.3"),
    "dicts": [defaultdict(list, a=[1]), Counter("ab"), UserDict(a=1), Settings(lr=0.1)],
    "a frozenset": frozenset({1}),
    "a class": nn.ReLU,
    "a function": torch.nn.functional.relu,
    "a method": adam().zero_grad,
    "a random state": np.random.default_rng(1),
}
"""What is an object of foreign code and lies beside a network."""

SAME: dict[str, Any] = {
    "the recipe": beside(epoch=3, loss=torch.tensor(0.3)),
    "a loss with its graph": beside(loss=torch.tensor(0.3, requires_grad=True)),
    "a NumPy number": beside(loss=np.float32(0.3), accuracy=np.float64(0.9)),
    "a NumPy whole number": beside(epoch=np.int64(3)),
    "an array of losses": beside(losses=np.linspace(1, 0, 30)),
    "a list of losses": beside(losses=[0.3, 0.2]),
    "a scheduler": beside(scheduler={"last_epoch": 3, "_last_lr": [0.1]}),
    "arguments": beside(args=argparse.Namespace(lr=0.1)),
    "a path": beside(path=Path("runs")),
    "random states": beside(rng=torch.get_rng_state()),
    "weights of classes": beside(class_weights=torch.ones(10), pos_weight=np.ones(10)),
    "bytes": beside(hash=b"ab", buffer=bytearray(b"ab")),
    "an average": beside(ema=OrderedDict(NET)),
    "a tensor of losses": beside(curve=torch.ones(30)),
    "complex numbers beside": beside(spectrum=torch.ones(3, dtype=torch.complex64)),
    "Lightning": {"state_dict": NET, "epoch": 1, "callbacks": {"best": torch.tensor(0.1)}},
    "a loss in a flat file": {**NET, "loss": torch.tensor(0.3)},
    "a NumPy number in a flat file": {**NET, "best": np.float64(0.3)},
    "deep": {"a": {"b": {"model": NET}}},
    "a model in a model": {"model": {"state_dict": NET}, "epoch": 1},
    "weights alone": {"weights": NET},
    "by kind": {"weights": WEIGHTS, "biases": BIASES},
    "by kind, other way": {"biases": BIASES, "weights": WEIGHTS},
    "by kind, in a model": {"model": {"weights": WEIGHTS, "biases": BIASES}},
    "by kind, lists": {"weights": [W1, W2, W3], "biases": [B1, B2, B3]},
    "by kind, numbers": {
        "W": {1: W1, 2: W2, 3: W3},
        "b": {1: B1, 2: B2, 3: B3},
    },
    "by kind, intercepts": {
        "weights": [each.numpy() for each in (W1, W2, W3)],
        "intercepts": [each.numpy() for each in (B1, B2, B3)],
    },
    "by kind, bias single": {"weights": WEIGHTS, "bias": BIASES},
    "by kind, flat biases": {"weights": WEIGHTS, "b1": B1, "b2": B2, "b3": B3},
    "by kind, arrays": {
        "weights": {key: value.numpy() for key, value in WEIGHTS.items()},
        "biases": {key: value.numpy() for key, value in BIASES.items()},
    },
    "by kind, biases as lists": {
        "weights": WEIGHTS,
        "biases": [B1.tolist(), B2.tolist(), B3.tolist()],
    },
    "by kind, an optimizer too": {"weights": WEIGHTS, "biases": BIASES, "optimizer": ADAM},
    "by layer, tuples": LAYERS,
    "by layer, lists": {key: list(value) for key, value in LAYERS.items()},
    "by layer, dicts": {key: {"w": w, "b": b} for key, (w, b) in LAYERS.items()},
    "by layer, list": [{"weight": w, "bias": b} for w, b in LAYERS.values()],
    "by layer, pairs": list(LAYERS.values()),
    "one list": [W1, B1, W2, B2, W3, B3],
    "one list of arrays": [each.numpy() for each in (W1, B1, W2, B2, W3, B3)],
    "rows for biases": ROWS,
    "columns for biases": [W1, B1[:, None], W2, B2[:, None], W3, B3[:, None]],
    "short names": {"w1": W1, "b1": B1, "w2": W2, "b2": B2, "w3": W3, "b3": B3},
    "kernels": {
        f"{name}/{part}": each
        for name, (w, b) in LAYERS.items()
        for part, each in (("kernel", w.T), ("bias", b))
    },
    "flax": {
        "params": {
            f"Dense_{place}": {"bias": b, "kernel": w.T}
            for place, (w, b) in enumerate(LAYERS.values())
        }
    },
    "a bias as a list": {**NET, "0.bias": B1.tolist()},
    "a bias as an array": {**NET, "0.bias": B1.numpy()},
    "arrays": NUMPY,
    "arrays by columns": {
        key: np.asfortranarray(each) if each.ndim == 2 else each for key, each in NUMPY.items()
    },
    "a backbone and a head": {
        "model": {key: NET[key] for key in list(NET)[:4]},
        "classifier": {"weight": W3, "bias": B3},
    },
    "a head and a backbone, an optimizer": {
        "head": {"weight": W3, "bias": B3},
        "network": {key: NET[key] for key in list(NET)[:4]},
        "optimizer": ADAM,
        "epoch": 3,
    },
    "the old format": saved(NET, _use_new_zipfile_serialization=False),
    "the old format, a checkpoint": saved(beside(epoch=1), _use_new_zipfile_serialization=False),
    "the old format, protocol 3": saved(
        beside(epoch=1), _use_new_zipfile_serialization=False, pickle_protocol=3
    ),
    "npz in order": npz(*(each.numpy() for each in (W1.T, B1, W2.T, B2, W3.T, B3))),
    "npz with names": npz(**NUMPY),
    "npz, packed": packed(**NUMPY),
    "npz, big-endian": npz(**{key: each.astype(">f4") for key, each in NUMPY.items()}),
    "npz by columns": npz(**{key: np.asfortranarray(each) for key, each in NUMPY.items()}),
}


def brought(value: Any, name: str = "mine") -> LoadedNetwork:
    return read(value, name, Here()) if isinstance(value, bytes) else load(value, name)


def is_net(network: LoadedNetwork) -> bool:
    found = [each for layer in network.layers for each in (layer.weight, layer.bias)]
    wanted = (W1, B1, W2, B2, W3, B3)
    return len(found) == 6 and all(map(torch.equal, found, wanted))


@pytest.mark.parametrize("name", SAME)
def test_the_same_network_comes_out(name: str) -> None:
    assert is_net(brought(SAME[name]))


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_beside_a_network_do_not_count(name: str) -> None:
    network = brought(beside(thing=OBJECTS[name]))
    assert is_net(network)
    assert "thing" in " ".join(network.notes)
    assert is_net(brought({**NET, "thing": OBJECTS[name]}))


def test_a_network_in_a_dict_of_another_class() -> None:
    assert is_net(brought(Settings(NET)))
    assert is_net(brought({"model": Settings(NET), "settings": Settings(lr=0.1)}))


def test_a_model_beside_what_is_its_own_is_an_object() -> None:
    for value in ({"model": nn.Linear(784, 10)}, {"model": nn.Linear(784, 10), "optimizer": ADAM}):
        assert "holds a whole model" in refusal_of(value)


def test_what_a_file_names_is_not_even_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"
    text = f"from pathlib import Path\nPath({str(made)!r}).touch()\ndef run(*_): pass\n"
    (tmp_path / "sly_module.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    call = b"csly_module\nrun\n(X\x01\x00\x00\x00atR"
    whole = saved({**NET, "thing": 7})
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        orders = archive.read("archive/data.pkl")
    assert orders.count(b"K\x07") == 1
    assert is_net(brought(rezipped(whole, {"data.pkl": orders.replace(b"K\x07", call)})))
    assert not made.exists()
    assert "sly_module" not in sys.modules


def test_tensors_that_are_not_used_are_named() -> None:
    notes = " ".join(brought(SAME["an average"]).notes)
    assert "read from `model_state_dict`" in notes
    assert "`ema`" in notes
    assert "`optimizer_state_dict, loss, accuracy`" in brought(SAME["a NumPy number"]).notes[0]
    assert "`loss`" in " ".join(brought(SAME["a loss in a flat file"]).notes)


@pytest.mark.parametrize("ending", ["ckpt", "bin", "pkl", "params", "pth.tar", "model", ""])
def test_the_ending_of_a_name_decides_nothing(ending: str) -> None:
    assert is_net(brought(NET, f"mine.{ending}"))


def normalized(*modules: nn.Module) -> nn.Sequential:
    """Let a network's normalizations have seen digits, and all of their numbers be uneven."""
    model = nn.Sequential(*modules)
    drawn = torch.Generator().manual_seed(3)
    for module in model:
        if isinstance(module, nn.BatchNorm1d):
            assert module.running_mean is not None
            assert module.running_var is not None
            module.running_mean.normal_(0, 0.3, generator=drawn)
            module.running_var.uniform_(0.5, 2, generator=drawn)
            if module.affine:
                nn.init.uniform_(module.weight, 0.5, 1.5, generator=drawn)
                nn.init.uniform_(module.bias, -0.5, 0.5, generator=drawn)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.05, generator=drawn)
            nn.init.normal_(module.bias, 0, 0.05, generator=drawn)
    return model.eval()


def first(*more: nn.Module) -> tuple[nn.Module, ...]:
    return (nn.Linear(784, 12), *more)


NORMALIZED: dict[str, tuple[Callable[[], nn.Sequential], str]] = {
    "before": (
        lambda: normalized(*first(nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 10))),
        "`1` was folded into `0.weight`",
    ),
    "after": (
        lambda: normalized(*first(nn.ReLU(), nn.BatchNorm1d(12), nn.Linear(12, 10))),
        "`2` stands after the activation, so it was folded into the layer after it, `3.weight`",
    ),
    "before, dropout": (
        lambda: normalized(*first(nn.BatchNorm1d(12), nn.ReLU(), nn.Dropout(), nn.Linear(12, 10))),
        "`1` was folded into `0.weight`",
    ),
    "after, dropout": (
        lambda: normalized(*first(nn.ReLU(), nn.BatchNorm1d(12), nn.Dropout(), nn.Linear(12, 10))),
        "does not say whether `2` stands before or after",
    ),
    "both": (
        lambda: normalized(
            *first(nn.BatchNorm1d(12), nn.ReLU(), nn.BatchNorm1d(12), nn.Linear(12, 10))
        ),
        "`3` stands after",
    ),
    "two before": (
        lambda: normalized(
            *first(nn.BatchNorm1d(12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 10))
        ),
        "`2` was folded",
    ),
    "of the pixels": (
        lambda: normalized(nn.BatchNorm1d(784), *first(nn.ReLU(), nn.Linear(12, 10))),
        "`0` was folded into `1.weight`",
    ),
    "of the outputs": (
        lambda: normalized(*first(nn.ReLU(), nn.Linear(12, 10), nn.BatchNorm1d(10))),
        "`3` was folded into `2.weight`",
    ),
    "not affine": (
        lambda: normalized(*first(nn.BatchNorm1d(12, affine=False), nn.ReLU(), nn.Linear(12, 10))),
        "`1` was folded",
    ),
}


def outputs(network: LoadedNetwork, digits: torch.Tensor) -> torch.Tensor:
    for place, layer in enumerate(network.layers):
        digits = (torch.relu(digits) if place else digits) @ layer.weight.T + layer.bias
    return digits


@pytest.mark.parametrize("name", NORMALIZED)
def test_a_batch_normalization_is_folded_exactly(name: str) -> None:
    make, said = NORMALIZED[name]
    model, digits = make(), torch.rand(20, 784, generator=torch.Generator().manual_seed(1)) * 2 - 1
    with torch.no_grad():
        wanted = model(digits).softmax(1)
    for state in (model.state_dict(), dict(sorted(model.state_dict().items()))):
        network = load(state)
        assert (outputs(network, digits).softmax(1) - wanted).abs().max() < 1e-6
        assert said in " ".join(network.notes)


def named(**modules: nn.Module) -> dict[str, torch.Tensor]:
    return nn.ModuleDict(modules).state_dict()


def test_a_normalization_of_a_name_of_its_own_is_said_to_be_a_guess() -> None:
    notes = load(named(fc1=nn.Linear(784, 12), bn1=nn.BatchNorm1d(12), fc2=nn.Linear(12, 10))).notes
    assert "does not say whether `bn1` stands before or after the activation" in " ".join(notes)
    assert "`eps`, so PyTorch's default was assumed: 0.00001" in notes[0]


def test_pruned_weights_are_multiplied() -> None:
    model = nn.Sequential(nn.Linear(784, 12), nn.ReLU(), nn.Linear(12, 10))
    prune.random_unstructured(model[0], "weight", 0.5)
    network = load(model.state_dict())
    assert torch.equal(network.layers[0].weight, model[0].weight.detach())
    assert "`prune.remove`" in network.notes[0]


def header(shape: str, kind: str = "<f4") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def archive(content: bytes, compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as target:
        target.writestr("w.npy", content)
    return out.getvalue()


def scripted() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        target.writestr("m/data.pkl", b"")
        target.writestr("m/constants.pkl", b"")
    return out.getvalue()


ONNX = b"\x08\x08\x12\x07pytorch\x1a\x052.1.0:\xa6\x01" + bytes(60)

REFUSED: dict[str, tuple[bytes, str]] = {
    "a whole Sequential": (saved(nn.Sequential(nn.Linear(784, 10))), "torch.save(model.state_dict"),
    "a whole model, old": (
        saved(nn.Linear(784, 10), _use_new_zipfile_serialization=False),
        "holds a whole model",
    ),
    "TorchScript": (scripted(), "torch.jit.load("),
    "protocol 4": (saved(NET, pickle_protocol=4), "torch.save(weights"),
    "protocol 4, an object beside": (
        saved(beside(x=deque()), pickle_protocol=4),
        "torch.save(weights",
    ),
    "protocol 4, the old format": (
        saved(NET, pickle_protocol=4, _use_new_zipfile_serialization=False),
        "torch.save(weights",
    ),
    "the old format, the source of a class": (
        saved(beside(loss=nn.CrossEntropyLoss()), _use_new_zipfile_serialization=False),
        "names `torch.nn.modules.loss.CrossEntropyLoss`, which weights do not need",
    ),
    "a pickle": (pickle.dumps(NUMPY), "pickle.load("),
    "a pickle of protocol 5": (pickle.dumps(NUMPY, protocol=5), "pickle.load("),
    "a pickle of protocol 2": (pickle.dumps({"a": 1}, protocol=2), "pickle.load("),
    "ONNX": (ONNX, "an ONNX model"),
    "ONNX, lines": (ONNX, "onnx.load("),
    "Keras h5": (b"\x89HDF\r\n\x1a\n" + bytes(50), "model.get_weights()"),
    "an array": (b"\x93NUMPY\x01\x00" + bytes(50), 'np.load("mine.npy")'),
    "a tar archive": (bytes(257) + b"ustar" + bytes(300), "a tar archive"),
    "an npz bomb": (
        archive(header("(20000000,)") + bytes(80_000_000), zipfile.ZIP_DEFLATED),
        "80\N{NO-BREAK SPACE}MB together",
    ),
    "a huge shape": (archive(header("(1099511627776, 784)")), "`w` in this file is damaged"),
    "a shape below 0": (archive(header("(-1, -1)") + bytes(4)), "`w` in this file is damaged"),
    "no shape": (archive(header("'x'")), "`w` in this file is damaged"),
    "an array of objects": (npz(w=np.array([{}, None])), "not plain numbers"),
    "an array of texts": (npz(w=np.array(["a"])), "not plain numbers"),
    "complex arrays": (npz(w=np.ones((10, 784), np.complex64)), "not plain numbers"),
    "whole numbers": (npz(w=np.ones((10, 784), np.int32)), "of the type int32"),
    "NaN in an array": (npz(w=np.full((10, 784), np.nan)), "not finite: the first is NaN"),
    "many dimensions": (npz(w=np.ones((10, 784, 1))), "3 dimensions"),
    "an archive cut short": (npz(**NUMPY)[:-30], "cut short or damaged"),
    "an archive of an array and more": (archive(b"")[:-4], "cut short or damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_named(name: str) -> None:
    data, said = REFUSED[name]
    assert said in refusal(data)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({**NET, "scale": torch.tensor(2.0)}, "a single number"),
        ({**NET, "norm.gamma": torch.ones(12)}, "has one dimension"),
        ({**NET, "1.running_mean": torch.ones(12)}, "batch normalization"),
        ({**NET, "extra": torch.ones(7)}, "belongs to"),
        ({**NET, "0.weight_g": torch.ones(12, 1)}, "remove_weight_norm"),
        ({**NET, "0.bias": B1 * torch.nan}, "not finite"),
        (
            named(fc1=nn.Linear(784, 12), fc2=nn.Linear(12, 12), bn=nn.BatchNorm1d(12)),
            "has to give 10",
        ),
        (
            named(
                a=nn.Linear(784, 12), b=nn.Linear(12, 12), c=nn.Linear(12, 10), n=nn.BatchNorm1d(12)
            ),
            "batch normalization",
        ),
    ],
)
def test_no_tensor_is_left_out_in_silence(value: Any, said: str) -> None:
    assert said in refusal_of(value)


def sly(name: str) -> bytes:
    """A pickle in an old file that names what it may not."""
    module, _, attribute = name.rpartition(".")
    call = f"c{module}\n{attribute}\n(X\x01\x00\x00\x00atR.".encode()
    return (
        b"\x80\x02" + TORCH_MAGIC + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + b"\x80\x02" + call
    )


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "subprocess.run"])
def test_an_old_file_calls_nothing(name: str) -> None:
    assert "wants to call" in refusal(sly(name))


def test_what_stands_in_does_nothing() -> None:
    for each in picking.STAND_INS.values():
        assert each.__module__ == "mnistviz.network.files.picking"


@pytest.mark.parametrize("kind", ["model", "protocol", "pickle", "numpy"])
def test_the_two_lines_convert(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model = nn.Sequential(nn.Linear(784, 10))
    wanted = model[0].weight.detach()
    Path("mine.pkl").write_bytes(pickle.dumps({"w": wanted.numpy()}))
    np.save("mine.npy", wanted.numpy())
    torch.save(model if kind == "model" else model.state_dict(), "mine.pt", pickle_protocol=4)
    exec(converting.lines(kind), {"torch": torch, "np": np, "pickle": pickle})
    network = read(Path("weights.pt").read_bytes(), "weights.pt", Here())
    assert torch.equal(network.layers[0].weight, wanted)


def test_two_heads_are_named_and_how_to_save_one() -> None:
    head = {"weight": W3, "bias": B3}
    backbone = {key: NET[key] for key in list(NET)[:4]}
    said = refusal_of({"model": backbone, "digits": head, "letters": head})
    assert "`digits.weight`, shape (10, 9)," in said
    assert "parts, `model, digits, letters`, which" in said
    assert "nn.Sequential(first, second)" in said


@pytest.mark.parametrize("kind", ["torch_script", "keras", "onnx"])
def test_the_other_lines_are_python(kind: str) -> None:
    compile(converting.lines(kind), kind, "exec")
    assert len(converting.lines(kind).splitlines()) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the system has no limits")
def test_a_child_reads_them_too() -> None:
    readers = Readers()
    for name in ("by kind, arrays", "the old format, a checkpoint", "a NumPy number", "arguments"):
        value = SAME[name]
        assert is_net(read(value if isinstance(value, bytes) else saved(value), "mine", readers))
    assert is_net(read(saved(beside(things=list(OBJECTS.values()))), "mine", readers))
    readers.close()
