"""Tests of the networks against plain numpy: their mathematics, once more, in double precision."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from torch import nn

from mnistviz.digits import mnist
from mnistviz.network import by_hand, styles
from mnistviz.network.activations import FORMS
from mnistviz.network.parameters import Parameters, parameters
from mnistviz.spec.fields import Activation, Bias, Init, Style, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import NetworkSpec
from tests.helpers.networks import CLOSED

Doubles = npt.NDArray[np.float64]

UNIT = 2.0**-24
"""What one rounding to float32 may change, relatively."""


def forward(
    spec: NetworkSpec,
    layers: Parameters,
    inputs: torch.Tensor,
    noise: np.random.Generator | None = None,
) -> Doubles:
    """Compute the probabilities in double precision; with noise, as blurred as float32 is."""
    x = inputs.numpy().astype(np.float64)
    for number, layer in enumerate(layers):
        weight = layer.weight.numpy().astype(np.float64)
        bias = layer.bias.numpy().astype(np.float64)
        total = x @ weight.T + bias
        if noise is not None:
            terms = np.abs(x) @ np.abs(weight).T + np.abs(bias)
            total += UNIT * terms * noise.standard_normal(total.shape)
        x = total
        if number < len(layers) - 1:
            x = CLOSED[spec.activations[number]](x)
            if noise is not None:
                x = x * (1 + UNIT * noise.standard_normal(x.shape))
    exps = np.exp(x - x.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def blur(spec: NetworkSpec, layers: Parameters, inputs: torch.Tensor, exact: Doubles) -> Doubles:
    """Return, row by row, how far the roundings of float32 can move the probabilities.

    Weights of 100 make logits of millions, and two of them may lie closer together than float32
    can tell. No code can be more exact than that, so it is measured and not asked for.
    """
    runs = forward(spec, layers, inputs.repeat(4, 1), np.random.default_rng(0))
    return np.abs(runs.reshape(4, *exact.shape) - exact).max(axis=(0, 2))


def classify(style: Style, spec: NetworkSpec, layers: Parameters, x: torch.Tensor) -> torch.Tensor:
    """Return the probabilities of the network in one of the styles."""
    return styles.probabilities(styles.build(replace(spec, style=style), layers), x)


@pytest.fixture(scope="module")
def inputs() -> torch.Tensor:
    """Eight real digits, as the networks get them: float32 of shape (8, 784)."""
    return mnist.flatten(mnist.batch(mnist.load(mnist.SAMPLE_ROOT), 0, seed=7).images)[:8]


@pytest.fixture(scope="module", autouse=True)
def one_thread() -> Iterator[None]:
    """Compute as the app does, on one thread."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def global_chance() -> Iterator[None]:
    """Whatever a test here does with a spec, torch's global generator stays where it was."""
    before = torch.get_rng_state()
    yield
    assert torch.equal(torch.get_rng_state(), before)


ACTIVATIONS = st.sampled_from(Activation) | st.lists(
    st.sampled_from(Activation), min_size=1, max_size=4
).map(tuple)
"""One for all hidden layers, or names for some."""

HIDDEN = st.lists(st.sampled_from([1, 2, 10, 64, 200]), max_size=4).map(tuple)
MODERATE = st.builds(
    NetworkSpec,
    style=st.sampled_from(Style),
    hidden=HIDDEN,
    activation=ACTIVATIONS,
    init=st.sampled_from(Init),
    std=st.floats(0.0001, 0.1),
    constant=st.floats(-0.001, 0.001),
    bias=st.sampled_from(Bias),
    seed=st.integers(0, 999_999),
)
ANY = st.builds(
    NetworkSpec,
    style=st.sampled_from(Style),
    hidden=HIDDEN,
    activation=ACTIVATIONS,
    init=st.sampled_from(Init),
    std=st.sampled_from([0.0001, 1.0, 3.0, 100.0]),
    constant=st.sampled_from([-100.0, -1.0, 0.0, 0.1, 100.0]),
    bias=st.sampled_from(Bias),
    seed=st.integers(0, 999_999),
)
LESSON = NetworkSpec.from_settings({**defaults(), **PRESETS["by_hand"]})


def examples(count: int) -> settings:
    """Run a property on the same so many examples every time."""
    # The fixtures are constants; hypothesis cannot know.
    return settings(
        derandomize=True,
        deadline=None,
        max_examples=count,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


class TestForward:
    @examples(16)
    @example(NetworkSpec())
    @example(NetworkSpec(hidden=()))
    @example(NetworkSpec(hidden=(1, 1, 1, 1)))
    @example(NetworkSpec(hidden=(1024, 1024), activation=Activation.GELU))
    @given(MODERATE)
    def test_equals_the_mathematics(self, inputs: torch.Tensor, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        found = classify(spec.style, spec, layers, inputs)
        assert found.dtype == torch.float32
        assert found.shape == (8, 10)
        assert np.abs(found.numpy() - forward(spec, layers, inputs)).max() < 1e-5

    @examples(16)
    @example(LESSON)
    @example(NetworkSpec(init=Init.CONSTANT, constant=100.0, hidden=(1024,) * 2))
    @given(ANY)
    def test_equals_the_mathematics_as_far_as_float32_can(
        self, inputs: torch.Tensor, spec: NetworkSpec
    ) -> None:
        layers = parameters(spec)
        exact = forward(spec, layers, inputs)
        found = classify(spec.style, spec, layers, inputs).numpy()
        allowed = 1e-5 + 16 * blur(spec, layers, inputs, exact)
        assert (np.abs(found - exact).max(axis=1) < allowed).all()

    @pytest.mark.parametrize("style", Style)
    @pytest.mark.parametrize("activation", Activation)
    def test_each_activation_in_each_style(
        self, inputs: torch.Tensor, style: Style, activation: Activation
    ) -> None:
        # Weights large enough that the activations do something, and each its own.
        spec = NetworkSpec(
            hidden=(64, 10),
            activation=activation,
            init=Init.XAVIER_NORMAL,
            bias=Bias.NORMAL,
            std=0.5,
        )
        layers = parameters(spec)
        found = classify(style, spec, layers, inputs).numpy()
        assert np.abs(found - forward(spec, layers, inputs)).max() < 1e-5
        for other in Activation:
            if other is not activation:
                wrong = forward(replace(spec, activation=other), layers, inputs)
                assert np.abs(found - wrong).max() > 1e-4

    def test_the_activation_is_not_on_the_last_layer(self, inputs: torch.Tensor) -> None:
        # With relu on the logits, no probability could lie below another's by a negative logit.
        spec = NetworkSpec(hidden=())
        layers = parameters(spec)
        for activation in Activation:
            for style in Style:
                same = classify(style, replace(spec, activation=activation), layers, inputs)
                assert np.abs(same.numpy() - forward(spec, layers, inputs)).max() < 1e-6

    def test_a_batch_is_its_digits(self, inputs: torch.Tensor) -> None:
        spec = NetworkSpec()
        layers = parameters(spec)
        for style in Style:
            whole = classify(style, spec, layers, inputs)
            for number in range(8):
                alone = classify(style, spec, layers, inputs[number : number + 1])
                assert torch.allclose(alone, whole[number : number + 1], rtol=0, atol=1e-6)

    @pytest.mark.parametrize("style", Style)
    def test_nothing_is_recorded_for_gradients(self, inputs: torch.Tensor, style: Style) -> None:
        found = classify(
            style, NetworkSpec(hidden=(3,)), parameters(NetworkSpec(hidden=(3,))), inputs
        )
        assert not found.requires_grad


class TestStyles:
    @examples(16)
    @example(NetworkSpec())
    @given(MODERATE)
    def test_they_agree(self, inputs: torch.Tensor, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        found = {style: classify(style, spec, layers, inputs) for style in Style}
        for style, probabilities in found.items():
            assert probabilities.dtype == torch.float32
            assert (probabilities - found[Style.MODULE]).abs().max() < 1e-6, style

    @examples(16)
    @example(LESSON)
    @given(ANY)
    def test_they_agree_as_far_as_float32_can(
        self, inputs: torch.Tensor, spec: NetworkSpec
    ) -> None:
        layers = parameters(spec)
        module = classify(Style.MODULE, spec, layers, inputs)
        # These three call the same functions of PyTorch in the same order.
        assert torch.equal(classify(Style.FUNCTIONAL, spec, layers, inputs), module)
        assert torch.equal(classify(Style.SEQUENTIAL, spec, layers, inputs), module)
        by_hand = classify(Style.TENSORS, spec, layers, inputs)
        allowed = 1e-6 + 16 * blur(spec, layers, inputs, forward(spec, layers, inputs))
        assert ((by_hand - module).abs().amax(dim=1).numpy() < allowed).all()

    @examples(16)
    @given(ANY)
    def test_rows_are_probabilities(self, inputs: torch.Tensor, spec: NetworkSpec) -> None:
        layers = parameters(spec)
        for style in Style:
            rows = classify(style, spec, layers, inputs)
            assert torch.isfinite(rows).all()
            assert (rows >= 0).all()
            assert (rows.sum(dim=1) - 1).abs().max() < 1e-6

    @pytest.mark.parametrize("style", Style)
    @pytest.mark.parametrize("activation", Activation)
    @pytest.mark.parametrize(
        "extreme",
        [
            {"init": Init.NORMAL, "std": 100.0, "bias": Bias.NORMAL},
            {"init": Init.CONSTANT, "constant": 100.0},
            {"init": Init.CONSTANT, "constant": -100.0},
        ],
        ids=["normal", "constant", "negative"],
    )
    def test_the_largest_weights(
        self, inputs: torch.Tensor, style: Style, activation: Activation, extreme: dict[str, object]
    ) -> None:
        spec = NetworkSpec(hidden=(1024, 64, 64, 64), activation=activation, **extreme)
        rows = classify(style, spec, parameters(spec), inputs)
        assert torch.isfinite(rows).all()
        assert (rows.sum(dim=1) - 1).abs().max() < 1e-6

    @pytest.mark.parametrize("style", Style)
    @pytest.mark.parametrize("size", [1e4, -1e4, 3e38])
    def test_large_logits(self, inputs: torch.Tensor, style: Style, size: float) -> None:
        spec = NetworkSpec(hidden=(), init=Init.ZEROS, bias=Bias.ZEROS)
        [layer] = parameters(spec)
        layer.bias.copy_(torch.tensor([size * part / 9 for part in range(-9, 10, 2)]))
        rows = classify(style, spec, (layer,), inputs)
        one_hot = torch.zeros(10)
        one_hot[9 if size > 0 else 0] = 1
        assert torch.equal(rows, one_hot.expand(8, 10))

    @pytest.mark.parametrize("style", Style)
    def test_zeros_cannot_choose(self, inputs: torch.Tensor, style: Style) -> None:
        spec = NetworkSpec(init=Init.ZEROS, bias=Bias.ZEROS)
        rows = classify(style, spec, parameters(spec), inputs)
        assert torch.equal(rows, torch.full((8, 10), 0.1))

    def test_they_are_really_different(self) -> None:
        spec = NetworkSpec()
        layers = parameters(spec)
        built = {style: styles.build(replace(spec, style=style), layers) for style in Style}
        assert len({type(model) for model in built.values()}) == 4
        modules = {style for style, model in built.items() if isinstance(model, nn.Module)}
        assert modules == {Style.MODULE, Style.FUNCTIONAL, Style.SEQUENTIAL}
        assert type(built[Style.SEQUENTIAL]) is nn.Sequential
        held = vars(built[Style.TENSORS]).values()
        flat = [part for parts in held for part in (parts if isinstance(parts, list) else [parts])]
        assert not any(isinstance(part, (nn.Module, nn.Parameter)) for part in flat)
        assert sum(isinstance(part, torch.Tensor) for part in flat) == 6

    @pytest.mark.parametrize(
        ("style", "names"),
        [
            (Style.MODULE, ["fc1", "fc2", "fc3"]),
            (Style.FUNCTIONAL, ["fc1", "fc2", "fc3"]),
            (Style.SEQUENTIAL, ["0", "2", "4"]),
        ],
    )
    def test_the_names_of_the_parameters(self, style: Style, names: list[str]) -> None:
        model = styles.build(NetworkSpec(style=style), parameters(NetworkSpec()))
        assert isinstance(model, nn.Module)
        keys = [f"{name}.{part}" for name in names for part in ("weight", "bias")]
        assert list(model.state_dict()) == keys

    @pytest.mark.parametrize(
        ("style", "kinds"),
        [
            (Style.MODULE, [nn.Linear, nn.Linear, nn.Linear, nn.ReLU, nn.Softmax]),
            (Style.FUNCTIONAL, [nn.Linear, nn.Linear, nn.Linear]),
            (
                Style.SEQUENTIAL,
                [nn.Linear, nn.ReLU, nn.Linear, nn.ReLU, nn.Linear, nn.Softmax],
            ),
        ],
    )
    def test_what_is_registered(self, style: Style, kinds: list[type[nn.Module]]) -> None:
        model = styles.build(NetworkSpec(style=style), parameters(NetworkSpec()))
        assert isinstance(model, nn.Module)
        assert [type(child) for child in model.children()] == kinds

    @pytest.mark.parametrize("style", [Style.MODULE, Style.SEQUENTIAL])
    def test_the_registered_modules_are_the_ones_that_run(
        self, inputs: torch.Tensor, style: Style
    ) -> None:
        model = styles.build(NetworkSpec(style=style), parameters(NetworkSpec()))
        assert isinstance(model, nn.Module)
        ran: list[str] = []
        for child in model.children():
            child.register_forward_hook(lambda module, *_: ran.append(type(module).__name__))
        styles.probabilities(model, inputs)
        assert ran == ["Linear", "ReLU", "Linear", "ReLU", "Linear", "Softmax"]

    @pytest.mark.parametrize("style", Style)
    @pytest.mark.parametrize("activation", Activation)
    def test_the_activation_is_listed_where_it_is_registered(
        self, style: Style, activation: Activation
    ) -> None:
        spec = NetworkSpec(style=style, hidden=(5,), activation=activation)
        text = str(styles.build(spec, parameters(spec)))
        registered = style in (Style.MODULE, Style.SEQUENTIAL)
        for other, form in FORMS.items():
            listed = f": {form.module.__name__}(" in text
            written = other is activation and other is not Activation.NONE
            assert listed == (registered and written)
        assert ("Softmax(dim=1)" in text) == registered
        assert ("Linear" in text) == (style is not Style.TENSORS)

    @pytest.mark.parametrize("style", [Style.MODULE, Style.SEQUENTIAL])
    @pytest.mark.parametrize("activation", Activation)
    def test_without_a_hidden_layer_there_is_no_activation(
        self, style: Style, activation: Activation
    ) -> None:
        spec = NetworkSpec(style=style, hidden=(), activation=activation)
        model = styles.build(spec, parameters(spec))
        assert isinstance(model, nn.Module)
        assert [type(child) for child in model.children()] == [nn.Linear, nn.Softmax]

    @pytest.mark.parametrize(
        ("style", "text"),
        [
            (
                Style.TENSORS,
                "weights_1: (784, 128)\nbias_1: (128,)\n"
                "weights_2: (128, 64)\nbias_2: (64,)\n"
                "weights_3: (64, 10)\nbias_3: (10,)",
            ),
            (
                Style.MODULE,
                "Network(\n"
                "  (fc1): Linear(in_features=784, out_features=128, bias=True)\n"
                "  (fc2): Linear(in_features=128, out_features=64, bias=True)\n"
                "  (fc3): Linear(in_features=64, out_features=10, bias=True)\n"
                "  (relu): ReLU()\n"
                "  (softmax): Softmax(dim=1)\n"
                ")",
            ),
            (
                Style.FUNCTIONAL,
                "Network(\n"
                "  (fc1): Linear(in_features=784, out_features=128, bias=True)\n"
                "  (fc2): Linear(in_features=128, out_features=64, bias=True)\n"
                "  (fc3): Linear(in_features=64, out_features=10, bias=True)\n"
                ")",
            ),
            (
                Style.SEQUENTIAL,
                "Sequential(\n"
                "  (0): Linear(in_features=784, out_features=128, bias=True)\n"
                "  (1): ReLU()\n"
                "  (2): Linear(in_features=128, out_features=64, bias=True)\n"
                "  (3): ReLU()\n"
                "  (4): Linear(in_features=64, out_features=10, bias=True)\n"
                "  (5): Softmax(dim=1)\n"
                ")",
            ),
        ],
    )
    def test_the_text_of_the_exercise(self, style: Style, text: str) -> None:
        assert str(styles.build(NetworkSpec(style=style), parameters(NetworkSpec()))) == text

    @pytest.mark.parametrize("style", Style)
    def test_the_parameters_are_shared_and_not_copied(
        self, inputs: torch.Tensor, style: Style
    ) -> None:
        # Sixty sessions with four styles each hold one set of weights.
        spec = NetworkSpec(hidden=(6, 5))
        layers = parameters(spec)
        before = [(layer.weight.clone(), layer.bias.clone()) for layer in layers]
        model = styles.build(replace(spec, style=style), layers)
        if isinstance(model, nn.Module):
            held = [tensor.data_ptr() for tensor in model.parameters()]
        else:
            pairs = zip(model.weights, model.biases, strict=True)
            held = [tensor.data_ptr() for pair in pairs for tensor in pair]
        assert held == [
            tensor.data_ptr() for layer in layers for tensor in (layer.weight, layer.bias)
        ]
        styles.probabilities(model, inputs)
        for layer, (weight, bias) in zip(layers, before, strict=True):
            assert torch.equal(layer.weight, weight)
            assert torch.equal(layer.bias, bias)


SIZES = [0, 1e-30, 1e-8, 1e-3, 0.1, 0.5, 1, 2, 3.5, 6, 10, 20, 50, 88, 89, 104, 1e4, 1e20, 3e38]
POINTS = [sign * float(size) for size in SIZES for sign in (1, -1)]


class TestByHand:
    @pytest.mark.parametrize("activation", FORMS)
    def test_an_activation_is_its_formula(self, activation: Activation) -> None:
        x = torch.tensor(POINTS)
        found = FORMS[activation].stable(x)
        assert found.dtype == torch.float32
        expected = CLOSED[activation](x.double().numpy())
        assert found.numpy() == pytest.approx(expected, rel=1e-6, abs=3e-7)

    @pytest.mark.parametrize("activation", FORMS)
    @examples(30)
    @given(st.floats(-200, 200, width=32))
    def test_an_activation_is_its_formula_anywhere(
        self, activation: Activation, point: float
    ) -> None:
        found = FORMS[activation].stable(torch.tensor([point])).numpy()
        expected = CLOSED[activation](np.array([point]))
        assert found == pytest.approx(expected, rel=1e-6, abs=5e-7)

    @pytest.mark.parametrize("activation", FORMS)
    def test_the_formula_of_the_lesson_is_the_stable_form_of_moderate_numbers(
        self, activation: Activation
    ) -> None:
        x = torch.linspace(-60, 60, 4_001)
        found = FORMS[activation].by_hand(x)
        torch.testing.assert_close(found, FORMS[activation].stable(x), rtol=1e-6, atol=3e-7)

    def test_where_the_formulas_of_the_lesson_end(self) -> None:
        x = torch.tensor([-1e3, 1e3], requires_grad=True)
        assert by_hand.sigmoid(x).tolist() == [0.0, 1.0]
        assert by_hand.relu(x).tolist() == [0.0, 1e3]
        assert torch.isnan(by_hand.tanh(x)).all()
        assert by_hand.softplus(x).tolist() == [0.0, math.inf]
        for formula, stable in [
            (by_hand.sigmoid, by_hand.stable_sigmoid),
            (by_hand.silu, by_hand.stable_silu),
        ]:
            (slopes,) = torch.autograd.grad(formula(x).sum(), x)
            assert torch.isnan(slopes[0])
            (slopes,) = torch.autograd.grad(stable(x).sum(), x)
            assert torch.isfinite(slopes).all()
        zero = torch.zeros(1, requires_grad=True)
        # Until some version of PyTorch, the slope of clamp was 1 there.
        for form in (by_hand.relu, F.relu):
            assert torch.autograd.grad(form(zero), zero)[0].item() == 0

    @pytest.mark.parametrize("activation", FORMS)
    def test_the_three_forms_of_an_activation_are_one(self, activation: Activation) -> None:
        x = torch.cat([torch.tensor(POINTS), torch.linspace(-30, 30, 2_002)]).view(3, -1)
        # Near the end of float32, PyTorch's own gelu is infinite.
        x = x.clamp(-1e30, 1e30)
        form = FORMS[activation]
        found, functional = form.stable(x), form.functional(x)
        assert torch.equal(form.module()(x), functional)
        torch.testing.assert_close(found, functional, rtol=1e-6, atol=1e-6)

    def test_every_activation_but_none_is_called_by_its_code(self) -> None:
        for activation, form in FORMS.items():
            if activation is Activation.NONE:
                assert form.functional_code == ""
                continue
            owner, _, name = form.functional_code.rpartition(".")
            assert getattr({"torch": torch, "F": F}[owner], name) is form.functional

    def test_saturation(self) -> None:
        x = torch.tensor([-1e4, 1e4])
        assert by_hand.stable_tanh(x).tolist() == [-1.0, 1.0]
        low, high = by_hand.stable_sigmoid(x).tolist()
        assert 0 <= low < 1e-34
        assert high == 1.0

    def test_tanh_keeps_small_numbers(self) -> None:
        x = torch.tensor([1e-8, -1e-8, 1e-30])
        assert by_hand.stable_tanh(x).tolist() == pytest.approx(x.tolist(), rel=1e-6)

    @pytest.mark.parametrize(
        "row",
        [
            [0.0] * 10,
            [float(digit) for digit in range(10)],
            [1e4, -1e4] * 5,
            [3e38, -3e38] * 5,
            [-3e38] * 10,
            [88.0] * 10,
            [-104.0] * 10,
            [1e-30, -1e-30] * 5,
            [700.0, 699.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 698.5],
        ],
    )
    def test_softmax(self, row: list[float]) -> None:
        x = torch.tensor([row, row[::-1]])
        logits = x.numpy().astype(np.float64)
        exps = np.exp(logits - logits.max(axis=1, keepdims=True))
        expected = exps / exps.sum(axis=1, keepdims=True)
        found = by_hand.stable_softmax(x)
        np.testing.assert_allclose(found.numpy(), expected, rtol=1e-6, atol=1e-7)
        torch.testing.assert_close(found, F.softmax(x, dim=1), rtol=1e-6, atol=1e-7)


def statistics(values: torch.Tensor) -> tuple[float, float]:
    """Return mean and standard deviation in double precision."""
    return values.double().mean().item(), values.double().std().item()


class TestInitialization:
    SHAPES = ((784, 256), (256, 1024), (1024, 10))

    def layers(self, **more: object) -> Parameters:
        return parameters(NetworkSpec(hidden=(256, 1024), **more))

    @pytest.mark.parametrize("seed", [0, 7, 999_999])
    @pytest.mark.parametrize("hidden", [(), (1,), (128, 64), (3, 1, 1024, 2)])
    def test_default_is_what_linear_layers_draw(self, hidden: tuple[int, ...], seed: int) -> None:
        sizes = (784, *hidden, 10)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            expected = [nn.Linear(sizes[n], sizes[n + 1]) for n in range(len(sizes) - 1)]
        layers = parameters(NetworkSpec(hidden=hidden, seed=seed))
        assert [layer.name for layer in layers] == [f"fc{n}" for n in range(1, len(sizes))]
        for layer, module in zip(layers, expected, strict=True):
            assert torch.equal(layer.weight, module.weight)
            assert torch.equal(layer.bias, module.bias)

    @pytest.mark.parametrize("seed", [0, 7])
    def test_normal_is_drawn_layer_by_layer_weight_before_bias(self, seed: int) -> None:
        spec = NetworkSpec(hidden=(256,), init=Init.NORMAL, bias=Bias.NORMAL, std=1.0, seed=seed)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            expected = [
                torch.randn(256, 784),
                torch.randn(256),
                torch.randn(10, 256),
                torch.randn(10),
            ]
        found = [tensor for layer in parameters(spec) for tensor in (layer.weight, layer.bias)]
        assert all(torch.equal(one, other) for one, other in zip(found, expected, strict=True))

    @pytest.mark.parametrize("init", Init)
    @pytest.mark.parametrize("bias", Bias)
    def test_shapes_and_types(self, init: Init, bias: Bias) -> None:
        for layer, (before, after) in zip(
            self.layers(init=init, bias=bias), self.SHAPES, strict=True
        ):
            assert layer.weight.shape == (after, before)
            assert layer.bias.shape == (after,)
            assert layer.weight.dtype == layer.bias.dtype == torch.float32
            assert layer.weight.is_contiguous()
            assert not layer.weight.requires_grad

    @pytest.mark.parametrize("seed", [1, 7])
    @pytest.mark.parametrize(
        ("init", "bound"),
        [
            (Init.DEFAULT, lambda before, after: 1 / math.sqrt(before)),
            (Init.XAVIER_UNIFORM, lambda before, after: math.sqrt(6 / (before + after))),
            (Init.KAIMING_UNIFORM, lambda before, after: math.sqrt(6 / before)),
        ],
    )
    def test_uniform_weights(
        self, init: Init, bound: Callable[[int, int], float], seed: int
    ) -> None:
        for layer, (before, after) in zip(
            self.layers(init=init, seed=seed), self.SHAPES, strict=True
        ):
            limit, count = bound(before, after), layer.weight.numel()
            largest = layer.weight.abs().max().item()
            # The largest of so many lies close below the limit, and none above.
            assert limit * (1 - 20 / count) <= largest <= limit * (1 + 1e-6)
            mean, std = statistics(layer.weight)
            sigma = limit / math.sqrt(3)
            assert abs(mean) < 4.5 * sigma / math.sqrt(count)
            # The sampling error of the std of a uniform: its kurtosis is 1.8.
            assert std == pytest.approx(sigma, rel=4.5 * math.sqrt(0.8 / 4 / count))

    @pytest.mark.parametrize("seed", [1, 7])
    @pytest.mark.parametrize(
        ("init", "sigma"),
        [
            (Init.NORMAL, lambda before, after: 0.3),
            (Init.XAVIER_NORMAL, lambda before, after: math.sqrt(2 / (before + after))),
            (Init.KAIMING_NORMAL, lambda before, after: math.sqrt(2 / before)),
        ],
    )
    def test_normal_weights(
        self, init: Init, sigma: Callable[[int, int], float], seed: int
    ) -> None:
        for layer, (before, after) in zip(
            self.layers(init=init, seed=seed, std=0.3), self.SHAPES, strict=True
        ):
            expected, count = sigma(before, after), layer.weight.numel()
            mean, std = statistics(layer.weight)
            assert abs(mean) < 4.5 * expected / math.sqrt(count)
            assert std == pytest.approx(expected, rel=4.5 / math.sqrt(2 * count))
            # 68 of 100 within one std, 95 within two: a bell, and no uniform of the same width.
            for width, share in ((1, 0.6827), (2, 0.9545)):
                within = (layer.weight.abs() < width * expected).double().mean().item()
                assert within == pytest.approx(share, abs=4.5 * 0.5 / math.sqrt(count))

    @pytest.mark.parametrize("std", [0.0001, 0.01, 1.0, 100.0])
    def test_std_is_the_std(self, std: float) -> None:
        layer = self.layers(init=Init.NORMAL, bias=Bias.NORMAL, std=std)[1]
        assert statistics(layer.weight)[1] == pytest.approx(std, rel=0.01)
        assert statistics(layer.bias)[1] == pytest.approx(std, rel=0.1)

    @pytest.mark.parametrize(
        ("init", "constant", "value"),
        [(Init.ZEROS, 0.1, 0.0), (Init.CONSTANT, 0.1, 0.1), (Init.CONSTANT, -100.0, -100.0)],
    )
    def test_weights_of_one_value(self, init: Init, constant: float, value: float) -> None:
        for layer in self.layers(init=init, constant=constant):
            assert torch.equal(layer.weight, torch.full_like(layer.weight, value))

    @pytest.mark.parametrize("init", Init)
    def test_default_biases(self, init: Init) -> None:
        for layer, (before, _) in zip(self.layers(init=init), self.SHAPES, strict=True):
            limit = 1 / math.sqrt(before)
            assert layer.bias.abs().max() <= limit * (1 + 1e-6)
            assert layer.bias.abs().max() > 0.5 * limit
            assert layer.bias.unique().numel() > 5

    @pytest.mark.parametrize("init", Init)
    def test_biases_of_zero(self, init: Init) -> None:
        for layer in self.layers(init=init, bias=Bias.ZEROS):
            assert not layer.bias.any()

    @pytest.mark.parametrize("init", Init)
    @pytest.mark.parametrize("bias", Bias)
    def test_the_same_spec_gives_the_same_bits(self, init: Init, bias: Bias) -> None:
        spec = NetworkSpec(hidden=(9, 8), init=init, bias=bias, seed=3)
        # Neither what was drawn before, nor style and activation, have a part in it.
        alike = replace(spec, style=Style.TENSORS, activation=Activation.TANH)
        for one, other in zip(parameters(spec), parameters(alike), strict=True):
            assert torch.equal(one.weight, other.weight)
            assert torch.equal(one.bias, other.bias)

    @pytest.mark.parametrize(
        "init", [init for init in Init if init not in (Init.ZEROS, Init.CONSTANT)]
    )
    def test_another_seed_gives_other_weights(self, init: Init) -> None:
        one, other = (self.layers(init=init, seed=seed) for seed in (7, 8))
        for mine, yours in zip(one, other, strict=True):
            assert (mine.weight != yours.weight).double().mean() > 0.99
            assert not torch.equal(mine.bias, yours.bias)

    def test_layers_of_one_shape_differ(self) -> None:
        _, second, third, _ = parameters(NetworkSpec(hidden=(16, 16, 16)))
        assert not torch.equal(second.weight, third.weight)
        assert not torch.equal(second.bias, third.bias)

    def test_a_whole_number_is_as_good_as_its_float(self) -> None:
        # A spec may be made by hand, and 1 == 1.0: equal specs are equal networks.
        one = NetworkSpec(hidden=(2,), init=Init.CONSTANT, constant=1, bias=Bias.NORMAL, std=1)
        other = replace(one, constant=1.0, std=1.0)
        assert one == other
        for mine, yours in zip(parameters(one), parameters(other), strict=True):
            assert torch.equal(mine.weight, yours.weight)
            assert torch.equal(mine.bias, yours.bias)
