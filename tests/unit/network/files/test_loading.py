"""Files of weights that are read: what the app or a learner may have written."""

from __future__ import annotations

import json
from collections import OrderedDict
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from mnistviz.network.files.loading import LoadedNetwork, read
from mnistviz.network.files.saving import to_safetensors
from mnistviz.network.parameters import parameters
from mnistviz.network.styles import build
from mnistviz.spec.fields import Activation, Style
from mnistviz.spec.specs import NetworkSpec
from tests.helpers.weight_files import arrays, load, safetensors, saved, tensors

DIGITS = np.random.default_rng(1).uniform(-1, 1, (5, 784)).astype(np.float32)
SPECS = [
    NetworkSpec(hidden=hidden, activation=activation)
    for hidden in ((), (32,), (16, 16, 16, 16), (784, 10, 784))
    for activation in (Activation.RELU, Activation.SIGMOID, (Activation.RELU, Activation.TANH))
]


def is_same(network: LoadedNetwork, wanted: dict[str, np.ndarray[Any, Any]]) -> bool:
    """Whether a network has exactly the numbers of `fc1.weight`, `fc1.bias`, …"""
    found = {
        f"{layer.name}.{part}": getattr(layer, part).numpy()
        for layer in network.layers
        for part in ("weight", "bias")
    }
    return list(found) == list(wanted) and all(
        found[key].dtype == np.float32
        and found[key].shape == wanted[key].shape
        and np.array_equal(found[key], wanted[key])
        for key in found
    )


def logits(network: LoadedNetwork) -> np.ndarray[Any, Any]:
    """Run digits through the layers with a sigmoid, in plain numpy."""
    x = DIGITS.astype(np.float64)
    for layer in network.layers[:-1]:
        x = 1 / (1 + np.exp(-(x @ layer.weight.numpy().T + layer.bias.numpy())))
    last = network.layers[-1]
    return x @ last.weight.numpy().T + last.bias.numpy()


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_a_file_of_the_app_comes_back_bit_for_bit(spec: NetworkSpec) -> None:
    layers = parameters(spec)
    network = read(to_safetensors(spec, layers), "home.safetensors")
    assert network.activation == spec.activation
    assert network.hidden == spec.hidden
    assert network.notes == ()
    assert network.name == "home.safetensors"
    for layer, wanted in zip(network.layers, layers, strict=True):
        assert layer.name == wanted.name
        assert torch.equal(layer.weight, wanted.weight)
        assert torch.equal(layer.bias, wanted.bias)


@pytest.mark.parametrize("style", [Style.MODULE, Style.FUNCTIONAL, Style.SEQUENTIAL])
def test_a_state_dict_of_each_style_with_modules(style: Style) -> None:
    spec = NetworkSpec(style=style, hidden=(24, 12), activation=Activation.SIGMOID)
    model = build(spec, parameters(spec))
    assert isinstance(model, nn.Module)
    network = load(model.state_dict())
    assert network.hidden == (24, 12)
    assert network.activation is None
    assert network.notes == ()
    with torch.no_grad():
        wanted = model(torch.from_numpy(DIGITS)).numpy()
    said = np.exp(logits(network))
    np.testing.assert_allclose(said / said.sum(axis=1, keepdims=True), wanted, atol=1e-6)


def bare(order: str) -> Any:
    """The tensors of a lesson by hand, weights of shape (inputs, outputs), one way or another."""
    w1, b1, w2, b2 = tensors(784, 20, 10).values()
    w1, w2 = w1.t(), w2.t()
    return {
        "one after the other": [w1, b1, w2, b2],
        "a tuple": (w1, b1, w2, b2),
        "weights first": [w1, w2, b1, b2],
        "named": {"weights_1": w1, "bias_1": b1, "weights_2": w2, "bias_2": b2},
        "short names": {"W1": w1, "W2": w2, "b1": b1, "b2": b2},
        "names that tell nothing": {"p": w1, "q": b1, "r": w2, "s": b2},
        "two lists": {"weights": [w1, w2], "biases": [b1, b2]},
        "biases of one row": {"w1": w1, "b1": b1[None], "w2": w2, "b2": b2[None]},
    }[order]


@pytest.mark.parametrize(
    "order",
    [
        "one after the other",
        "a tuple",
        "weights first",
        "named",
        "short names",
        "names that tell nothing",
        "two lists",
        "biases of one row",
    ],
)
def test_bare_tensors(order: str) -> None:
    network = load(bare(order))
    assert is_same(network, arrays(784, 20, 10))
    assert len(network.notes) == 1
    assert "(inputs, outputs)" in network.notes[0]


@pytest.mark.parametrize(
    "keys",
    [
        ("hidden", "output"),
        ("layers.0", "layers.3"),
        ("module.fc1", "module.fc2"),
        ("_orig_mod.0", "_orig_mod.2"),
        ("net.linear_relu_stack.0", "net.linear_relu_stack.2"),
        ("b", "w"),
    ],
)
def test_a_learners_own_names(keys: tuple[str, str]) -> None:
    own = {
        f"{keys[int(key[2]) - 1]}.{key.split('.')[1]}": array
        for key, array in arrays(784, 20, 10).items()
    }
    from_torch = load(OrderedDict((key, torch.from_numpy(array)) for key, array in own.items()))
    assert is_same(from_torch, arrays(784, 20, 10))
    assert is_same(read(safetensors(own), "mine"), arrays(784, 20, 10))
    assert from_torch.digest == read(safetensors(own), "mine").digest


@pytest.mark.parametrize("key", ["model_state_dict", "state_dict", "model"])
def test_a_checkpoint_beside_an_optimizer(key: str) -> None:
    model = nn.Sequential(nn.Linear(784, 8), nn.ReLU(), nn.Linear(8, 10))
    optimizer = torch.optim.Adam(model.parameters())
    model(torch.zeros(1, 784)).sum().backward()
    optimizer.step()
    network = load({"epoch": 3, "optimizer": optimizer.state_dict(), key: model.state_dict()})
    assert network.hidden == (8,)
    assert torch.equal(network.layers[0].weight, model.state_dict()["0.weight"])


def test_values_beside_the_tensors_are_named() -> None:
    network = load({**tensors(784, 10), "epoch": 3, "comment": "my best one"})
    assert network.notes == ("The file holds more than is needed here: `epoch, comment`.",)


def test_parameters_are_tensors_too() -> None:
    own = {key: nn.Parameter(tensor) for key, tensor in tensors(784, 5, 10).items()}
    network = load(own)
    assert is_same(network, arrays(784, 5, 10))
    assert not network.layers[0].weight.requires_grad


def test_layers_without_a_bias_get_zeros() -> None:
    model = nn.Sequential(nn.Linear(784, 6, bias=False), nn.ReLU(), nn.Linear(6, 10))
    network = load(model.state_dict())
    assert network.layers[0].bias.tolist() == [0.0] * 6
    assert torch.equal(network.layers[1].bias, model[2].bias.detach())
    assert network.notes == ("`0.weight` has no bias: zeros were used, which add nothing.",)


def test_one_tensor_is_a_network_without_hidden_layers() -> None:
    network = load(torch.ones(784, 10))
    assert network.hidden == ()
    assert torch.equal(network.layers[0].weight, torch.ones(10, 784))


def test_the_order_of_a_torch_file_counts() -> None:
    # Both orders of the middle layers fit; the names would turn them round.
    drawn = tensors(784, 9, 9, 9, 10)
    names = {"fc1": "z", "fc2": "y", "fc3": "x", "fc4": "a"}
    own = {f"{names[key[:3]]}{key[3:]}": tensor for key, tensor in drawn.items()}
    network = load(own)
    assert is_same(network, arrays(784, 9, 9, 9, 10))
    assert network.notes == ()


def test_numbers_in_keys_count_by_value() -> None:
    drawn = arrays(784, 9, 9, 9, 10)
    places = {"fc1": 0, "fc2": 3, "fc3": 9, "fc4": 12}
    own = {f"layers.{places[key[:3]]}{key[3:]}": array for key, array in drawn.items()}
    network = read(safetensors(dict(sorted(own.items()))), "mine")
    assert is_same(network, drawn)
    assert network.notes == ()


def test_an_order_that_had_to_be_chosen_is_named() -> None:
    drawn = arrays(784, 9, 9, 9, 10)
    names = {"fc1": "start", "fc2": "middle", "fc3": "then", "fc4": "last"}
    own = {f"{names[key[:3]]}{key[3:]}": array for key, array in drawn.items()}
    network = read(safetensors(own), "mine")
    assert is_same(network, drawn)
    assert network.notes[0].startswith("The layers fit together in 2 different orders. ")
    assert "`start.weight`, `middle.weight`, `then.weight`, `last.weight`" in network.notes[0]


def test_square_weights_are_turned_with_the_others() -> None:
    drawn = arrays(784, 784, 10, 10)
    own = {
        key: np.ascontiguousarray(array.T) if array.ndim == 2 else array
        for key, array in drawn.items()
    }
    assert is_same(read(safetensors(own), "mine"), drawn)


def test_float16_and_bfloat16_are_exact() -> None:
    own = tensors(784, 7, 10)
    for dtype in (torch.float16, torch.bfloat16):
        network = load({key: tensor.to(dtype) for key, tensor in own.items()})
        for layer in network.layers:
            assert torch.equal(layer.weight, own[f"{layer.name}.weight"].to(dtype).float())
        name = str(dtype).removeprefix("torch.")
        assert network.notes == (
            f"The numbers in the file are {name}; they were converted to float32, which holds each "
            "of them exactly.",
        )


def test_float64_is_rounded_and_said() -> None:
    own = arrays(784, 7, 10)
    own["fc1.weight"] = own["fc1.weight"].astype(np.float64) + 1e-12
    network = read(safetensors(own), "mine")
    assert torch.equal(network.layers[0].weight, torch.from_numpy(own["fc1.weight"]).float())
    assert network.notes == (
        "The numbers in `fc1.weight` are float64; they were rounded to float32, which keeps seven "
        "digits of each.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[" * 10_000,
        "7",
        "[]",
        json.dumps({"hidden": [7]}),
        json.dumps({"hidden": [7], "activation": "cube"}),
        json.dumps({"hidden": [7], "activation": ["cube"]}),
        json.dumps({"hidden": [7], "activation": [["relu"]]}),
        json.dumps({"hidden": [7], "activation": ["relu", "tanh"]}),
        json.dumps({"hidden": [7], "activation": []}),
        json.dumps({"hidden": [8], "activation": "relu"}),
        json.dumps({"hidden": 7, "activation": "relu"}),
    ],
)
def test_metadata_that_lies_tells_nothing(text: str) -> None:
    network = read(safetensors(arrays(784, 7, 10), {"mnistviz": text}), "mine")
    assert network.activation is None
    assert network.hidden == (7,)


def test_metadata_tells_the_activation() -> None:
    said = json.dumps({"hidden": [7], "activation": "tanh"})
    assert read(safetensors(arrays(784, 7, 10), {"mnistviz": said}), "a").activation == "tanh"


def test_the_largest_and_the_smallest_network() -> None:
    sizes = (784, 1024, 1024, 1024, 1024, 10)
    assert read(safetensors(arrays(*sizes)), "large").hidden == sizes[1:-1]
    assert load(tensors(784, 1, 1, 10)).hidden == (1, 1)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("C:\\Users\\me\\weights.pt", "weights.pt"),
        ("../../etc/passwd", "passwd"),
        ("", "weights"),
        ("a\nb\x00.pt", "a b\N{REPLACEMENT CHARACTER}.pt"),
    ],
)
def test_the_name_is_only_shown(name: str, shown: str) -> None:
    assert read(safetensors(arrays(784, 10)), name).name == shown


def test_a_kind_is_told_by_the_content() -> None:
    assert load(tensors(784, 10), "weights.safetensors").hidden == ()
    assert read(safetensors(arrays(784, 10)), "weights.png").hidden == ()
    assert saved(tensors(784, 10))[:2] == b"PK"
