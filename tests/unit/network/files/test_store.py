"""A network from a file: its spec, the server's store, and the scripts that load it."""

from __future__ import annotations

import ast
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch import nn

from mnistviz.codegen import weights
from mnistviz.digits import mnist
from mnistviz.lessons.activations import script as activations_script
from mnistviz.lessons.classify import script as classify_script
from mnistviz.lessons.clinic import measure, operations, script
from mnistviz.lessons.clinic.operations import Change, Operation
from mnistviz.lessons.inside import microscope
from mnistviz.lessons.inside import script as inside_script
from mnistviz.lessons.softmax import computed
from mnistviz.lessons.softmax import script as softmax_script
from mnistviz.lessons.tensors import script as tensors_script
from mnistviz.network import parameters
from mnistviz.network.files import saving
from mnistviz.network.files.loading import LoadedNetwork
from mnistviz.network.files.store import LoadedStore
from mnistviz.network.parameters import Parameters
from mnistviz.spec.fields import FIELDS, Activation, Bias, Init, SpecError, Style, defaults
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec
from tests.helpers.networks import Doubles, layers_of, logits_by_numpy, softmax_by_numpy
from tests.helpers.scripts import printed
from tests.helpers.scripts import run as run_script

ROOT = Path(__file__).resolve().parents[4]
DIGEST = "0123456789abcdef"
DIGIT = DigitSpec(batch=1, image=5, seed=11)


def loaded(*hidden: int, seed: int = 0) -> LoadedNetwork:
    return LoadedNetwork(layers_of(*hidden, seed=seed), None, "mine.pt")


class TestSpec:
    def test_how_weights_would_start_has_no_part_in_it(self) -> None:
        plain = NetworkSpec(hidden=(5,), loaded=DIGEST)
        other = NetworkSpec(
            Style.MODULE, (5,), Activation.RELU, Init.NORMAL, 1.0, 3.0, Bias.ZEROS, 99
        )
        assert replace(other, loaded=DIGEST) == plain
        assert hash(replace(other, loaded=DIGEST)) == hash(plain)
        assert (plain.seed, plain.init, plain.bias) == (7, Init.DEFAULT, Bias.DEFAULT)
        assert plain != NetworkSpec(hidden=(5,), loaded=DIGEST[::-1])
        assert plain != NetworkSpec(hidden=(5,))
        assert plain.untrained == NetworkSpec(hidden=(5,))
        assert plain.architecture == "784 → 5 → 10"
        assert plain.parameter_count == 785 * 5 + 6 * 10

    def test_style_and_activation_stay_free(self) -> None:
        spec = NetworkSpec(Style.TENSORS, (5,), Activation.TANH, loaded=DIGEST)
        assert (spec.style, spec.activation) == (Style.TENSORS, Activation.TANH)

    @pytest.mark.parametrize(
        "bad", ["x", "0123456789ABCDEF", f"{DIGEST}0", DIGEST[1:], f"{DIGEST}\n"]
    )
    def test_what_is_no_digest_is_refused(self, bad: str) -> None:
        with pytest.raises(SpecError, match="16 hexadecimal digits") as caught:
            NetworkSpec(loaded=bad)
        assert caught.value.field == "weights"

    def test_loaded_and_trained_at_once_is_refused(self) -> None:
        with pytest.raises(SpecError, match="no training"):
            NetworkSpec(loaded=DIGEST, training=TrainSpec())

    def test_no_setting_names_what_is_loaded(self) -> None:
        assert NetworkSpec.from_settings({**defaults(), "weights": "loaded"}) == NetworkSpec()
        assert FIELDS["weights"].parse("loaded") == "loaded"

    def test_no_parameters_are_drawn_in_their_place(self) -> None:
        with pytest.raises(ValueError, match="not drawn"):
            parameters.parameters(NetworkSpec(loaded=DIGEST))


class TestDigest:
    def test_equal_parameters_have_one_digest_whatever_the_file(self) -> None:
        one, same = loaded(4, 3), LoadedNetwork(layers_of(4, 3), Activation.GELU, "else.pth")
        assert one.digest == same.digest
        assert NetworkSpec(hidden=one.hidden, loaded=one.digest).hidden == (4, 3)

    def test_a_single_bit_makes_another(self) -> None:
        one, other = loaded(4), layers_of(4)
        other[1].bias[0] = float(np.nextafter(other[1].bias[0].item(), 9, dtype=np.float32))
        assert one.digest != LoadedNetwork(other, None, "").digest


class TestStore:
    SIZE = 4 * (785 * 4 + 5 * 10)

    def test_it_gives_what_it_got(self) -> None:
        store, network = LoadedStore(), loaded(4)
        digest = store.put(network)
        assert digest == network.digest
        assert store.get(digest) is network.layers
        assert store.size == self.SIZE
        assert store.get(DIGEST) is None

    def test_equal_parameters_are_kept_once(self) -> None:
        store = LoadedStore()
        first, digests = loaded(4), {store.put(loaded(4)) for _ in range(60)}
        assert digests == {first.digest}
        assert store.size == self.SIZE

    def test_what_was_not_asked_for_goes_first(self) -> None:
        store = LoadedStore(3 * self.SIZE)
        first, second, third = (store.put(loaded(4, seed=seed)) for seed in range(3))
        assert store.get(first) is not None
        fourth = store.put(loaded(4, seed=3))
        assert store.get(second) is None
        assert all(store.get(digest) for digest in (first, third, fourth))
        assert store.size <= 3 * self.SIZE
        # Loaded once more, it is there again.
        assert store.get(store.put(loaded(4, seed=1))) is not None
        assert store.size <= 3 * self.SIZE

    def test_what_has_just_come_stays(self) -> None:
        store = LoadedStore(10)
        for seed in range(3):
            assert store.get(store.put(loaded(4, seed=seed))) is not None
            assert store.size == self.SIZE


def test_the_file_for_the_scripts_holds_what_was_loaded(tmp_path: Path) -> None:
    spec, layers = NetworkSpec(hidden=(4, 3), loaded=DIGEST), layers_of(4, 3)
    assert saving.file_name(spec) == "mnist_784_4_3_10_loaded.safetensors"
    assert classify_script.file_name(spec) == "mnist_module_784_4_3_10_loaded.py"
    file = tmp_path / saving.file_name(spec)
    file.write_bytes(saving.to_safetensors(spec, layers))
    with safe_open(str(file), "pt") as opened:
        for layer in layers:
            assert torch.equal(opened.get_tensor(f"{layer.name}.weight"), layer.weight)
            assert torch.equal(opened.get_tensor(f"{layer.name}.bias"), layer.bias)
        assert json.loads(opened.metadata()["mnistviz"])["loaded"] == DIGEST


@cache
def batch() -> mnist.Batch:
    return mnist.batch(mnist.load(mnist.SAMPLE_ROOT), DIGIT.batch, DIGIT.seed)


def logits(spec: NetworkSpec, layers: Parameters) -> Doubles:
    return logits_by_numpy(layers, spec.activation, DIGIT)


def probabilities(spec: NetworkSpec, layers: Parameters) -> Doubles:
    return softmax_by_numpy(logits(spec, layers))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the digits where the scripts look for them, and nothing else."""
    (tmp_path / "mnistviz").mkdir()
    (tmp_path / "mnistviz" / "assets").symlink_to(ROOT / "mnistviz" / "assets")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(text: str, spec: NetworkSpec, layers: Parameters, root: Path) -> str:
    """Run a script beside the file that the app offers with it."""
    assert f'load_file("{saving.file_name(spec)}")' in text
    assert "manual_seed(7)" not in text
    ast.parse(text)
    (root / saving.file_name(spec)).write_bytes(saving.to_safetensors(spec, layers))
    return run_script(text, root)


@pytest.mark.parametrize("hidden", [(), (6,), (8, 7, 6, 5)], ids=str)
@pytest.mark.parametrize("activation", [Activation.RELU, Activation.TANH, Activation.NONE])
@pytest.mark.parametrize("style", Style)
def test_the_script_of_each_style_prints_what_the_file_says(
    style: Style,
    activation: Activation,
    hidden: tuple[int, ...],
    root: Path,
) -> None:
    spec, layers = NetworkSpec(style, hidden, activation, loaded=DIGEST), layers_of(*hidden)
    out = run(classify_script.script(spec, DIGIT), spec, layers, root)
    assert printed(out) == pytest.approx(probabilities(spec, layers), abs=1e-6)


@pytest.mark.parametrize("style", Style)
class TestScriptsOfThePages:
    def test_softmax(self, style: Style, root: Path) -> None:
        spec, layers = NetworkSpec(style, (6, 5), loaded=DIGEST), layers_of(6, 5)
        text = softmax_script.script(spec, DIGIT, None, 2.0, 1.0)
        *ten, _, loss = run(text, spec, layers, root).splitlines()
        x = logits(spec, layers)
        chain = computed.chain(x.astype(np.float32), 2.0, 1.0)
        found = np.array([[float(part) for part in line.split()[1:]] for line in ten])
        assert found[:, 0] == pytest.approx(x / 2 + 1, abs=1e-5)
        assert found[:, 2] == pytest.approx(chain.probabilities, abs=1e-6)
        truth = int(batch().labels[DIGIT.image])
        wanted = -np.log(probabilities(spec, layers)[truth])
        assert float(loss.removeprefix("loss: ")) == pytest.approx(wanted, abs=1e-5)

    def test_tensors(self, style: Style, root: Path) -> None:
        spec, layers = NetworkSpec(style, (6, 5), loaded=DIGEST), layers_of(6, 5)
        out = run(tensors_script.script(spec, DIGIT, 4), spec, layers, root)
        lines = dict(line.split(": ", 1) for line in out.splitlines())
        wanted = logits(spec, layers)
        found = [float(part) for part in out.splitlines()[-1].split()[1:]]
        assert found == pytest.approx(wanted, abs=1e-5)
        assert lines["weights_1"] == "(784, 6)"

    def test_inside(self, style: Style, root: Path) -> None:
        spec, layers = NetworkSpec(style, (6, 5), loaded=DIGEST), layers_of(6, 5)
        out = run(inside_script.script(spec, DIGIT, 3, 2), spec, layers, root)
        lines = dict(line.split(": ", 1) for line in out.splitlines())
        assert float(lines["sum"]) == pytest.approx(logits(spec, layers)[2], abs=1e-4)
        walk = microscope.walk(spec, layers, batch().images, DIGIT.image)
        assert float(lines["pytorch"]) == pytest.approx(float(walk.logits[2]), abs=1e-4)

    def test_activations(self, style: Style, root: Path) -> None:
        spec = NetworkSpec(style, (6, 5), Activation.SIGMOID, loaded=DIGEST)
        layers = layers_of(6, 5)
        out = run(activations_script.script(spec, DIGIT), spec, layers, root)
        first = layers[0].weight.double() @ batch().images.reshape(-1, 784).double().T
        outputs = 1 / (1 + np.exp(-(first.T + layers[0].bias.double()).numpy()))
        line = next(line for line in out.splitlines() if line.startswith("fc1:"))
        low, high = (float(part) for part in line.split("outputs ")[1].split(" to "))
        assert (low, high) == pytest.approx((outputs.min(), outputs.max()), rel=1e-4)

    def test_clinic(self, style: Style, root: Path) -> None:
        spec, layers = NetworkSpec(style, (6, 5), loaded=DIGEST), layers_of(6, 5)
        change = Change(Operation.ROUND, 3.0)
        out = run(script.script(spec, DIGIT, change), spec, layers, root)
        pixels = batch().pixels[DIGIT.image]
        changed = operations.layers_of(change, layers, spec.seed)
        after = measure.probabilities(spec, changed, change, pixels, spec.seed)
        found = np.array(
            [[float(part) for part in line.split()[1:]] for line in out.split("\n")[:10]]
        )
        assert found[:, 0] == pytest.approx(probabilities(spec, layers), abs=2e-6)
        assert found[:, 1] == pytest.approx(after, abs=2e-6)


def test_the_lines_that_save_a_file_save_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = nn.Sequential(nn.Linear(784, 5), nn.ReLU(), nn.Linear(5, 10))
    exec(weights.saving(), {"model": model})
    kept = torch.load(weights.PT_FILE, weights_only=True)
    assert torch.equal(kept["2.weight"], model[2].weight)
    with safe_open(weights.SAFETENSORS_FILE, "pt") as opened:
        assert torch.equal(opened.get_tensor("0.bias"), model[0].bias)
