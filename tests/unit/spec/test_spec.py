"""Tests of the settings, of the specs that are made of them, and of the links that carry them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mnistviz.spec.fields import (
    BATCH_SIZE,
    FIELDS,
    Activation,
    Allowed,
    Augment,
    Bias,
    Data,
    Field,
    Init,
    Optimizer,
    SpecError,
    Split,
    Style,
    Value,
    batch_count,
    batch_length,
    defaults,
)
from mnistviz.spec.link import read_link
from mnistviz.spec.presets import HANDS, PRESETS, hands_network
from mnistviz.spec.specs import DigitSpec, NetworkSpec, TrainSpec, check_place

RELU, TANH = Activation.RELU, Activation.TANH

SEVERAL = {"activation": 4}
"""How many choices a setting may name at once, where that is more than one."""

CHOICES = {
    "data": ("sample", "full"),
    "style": ("tensors", "module", "functional", "sequential"),
    "activation": (
        "sigmoid",
        "tanh",
        "relu",
        "leaky_relu",
        "gelu",
        "silu",
        "softplus",
        "none",
    ),
    "init": (
        "default",
        "normal",
        "zeros",
        "constant",
        "xavier_uniform",
        "xavier_normal",
        "kaiming_uniform",
        "kaiming_normal",
    ),
    "bias": ("default", "zeros", "normal"),
    "weights": ("initial", "trained", "loaded"),
    "optimizer": ("sgd", "momentum", "adam"),
}
WHOLE = {
    "batch": (0, 937),
    "image": (0, 63),
    "layers": (0, 4),
    "w1": (1, 1024),
    "w2": (1, 1024),
    "w3": (1, 1024),
    "w4": (1, 1024),
    "seed": (0, 999_999),
    "batch_size": (1, 1024),
    "epochs": (1, 50),
}
REAL = {"std": (0.0001, 100.0), "constant": (-100.0, 100.0), "lr": (0.00001, 100.0)}

# Links are old and people share them: a changed key or default would change what they show.
DEFAULTS = {
    "data": "sample",
    "split": "training",
    "batch": 0,
    "image": 0,
    "style": "module",
    "layers": 2,
    "w1": 128,
    "w2": 64,
    "w3": 32,
    "w4": 16,
    "activation": "relu",
    "init": "default",
    "std": 0.01,
    "constant": 0.1,
    "bias": "default",
    "seed": 7,
    "weights": "initial",
    "optimizer": "momentum",
    "lr": 0.02,
    "batch_size": 64,
    "epochs": 30,
    "augment": "none",
}

NO_NUMBER = (
    "",
    " ",
    "7 ",
    " 7",
    "7\n",
    "seven",
    "nan",
    "NaN",
    "inf",
    "-inf",
    "Infinity",
    "1e400",
    "-1e400",
    "٣",  # Arabic three: int() and float() would read it.
    "\uff17",  # full-width seven, likewise
    "²",
    "1_0",
    "1,5",
    "0x10",
    "--7",
    "7-",
    "1e",
    "e5",
    ".",
    "-",
    "+",
    "True",
    "None",
    "1" * 5_000,
    "0." + "1" * 5_000,
    "-" + "0" * 5_000 + "1",
    "\x00",
    "7\x00",
)


class TestFields:
    def test_the_keys_and_defaults_of_links_stay(self) -> None:
        assert defaults() == DEFAULTS
        assert list(FIELDS) == list(DEFAULTS)
        assert all(field.key == key for key, field in FIELDS.items())

    @pytest.mark.parametrize("key", FIELDS)
    def test_the_default_is_allowed(self, key: str) -> None:
        field = FIELDS[key]
        assert field.check(field.default) == field.default
        assert field.parse(str(field.default)) == field.default

    @pytest.mark.parametrize("key", CHOICES)
    @pytest.mark.parametrize(
        "bad", ["", "RELU", " relu", "module ", "sample\n", "0", None, 0, True, ["relu"], b"relu"]
    )
    def test_what_is_no_choice_is_refused(self, key: str, bad: object) -> None:
        with pytest.raises(SpecError) as caught:
            FIELDS[key].check(bad)
        assert caught.value.field == key
        assert caught.value.value == bad
        assert caught.value.allowed == Allowed(CHOICES[key], several=SEVERAL.get(key, 1))

    @pytest.mark.parametrize("key", CHOICES)
    def test_a_choice_comes_back_as_a_plain_string(self, key: str) -> None:
        # The values go into widgets and links, which know nothing of the enumerations.
        for choice in FIELDS[key].choices:
            assert type(FIELDS[key].check(choice)) is str

    @pytest.mark.parametrize(("key", "limits"), {**WHOLE, **REAL}.items())
    def test_limits_are_allowed_and_what_lies_beyond_is_not(
        self, key: str, limits: tuple[float, float]
    ) -> None:
        field, (least, greatest) = FIELDS[key], limits
        assert (field.minimum, field.maximum) == limits
        for limit in limits:
            assert field.check(limit) == limit
            assert field.parse(str(limit)) == limit
        below: float = math.nextafter(least, -math.inf) if key in REAL else int(least) - 1
        above: float = math.nextafter(greatest, math.inf) if key in REAL else int(greatest) + 1
        for beyond in (below, above, 10**15, -(10**15)):
            with pytest.raises(SpecError, match=f"^{key}="):
                field.check(beyond)

    @pytest.mark.parametrize("key", ["image", "seed", "std", "lr"])
    @pytest.mark.parametrize(
        "bad", [True, False, None, "7", "", [7], 7j, math.nan, math.inf, -math.inf]
    )
    def test_what_is_no_number_is_refused(self, key: str, bad: object) -> None:
        with pytest.raises(SpecError) as caught:
            FIELDS[key].check(bad)
        assert caught.value.value is bad

    @pytest.mark.parametrize("key", [*WHOLE, *REAL])
    def test_a_whole_number_that_no_float_can_hold_is_refused(self, key: str) -> None:
        for bad in (10**400, -(10**400)):
            with pytest.raises(SpecError):
                FIELDS[key].check(bad)

    @pytest.mark.parametrize("key", WHOLE)
    def test_a_whole_field_takes_no_fraction(self, key: str) -> None:
        for bad in (1.0, 1.5):
            with pytest.raises(SpecError):
                FIELDS[key].check(bad)
        for text in ("1.0", "1.", "1e0", "+7", "+1"):
            with pytest.raises(SpecError):
                FIELDS[key].parse(text)

    @pytest.mark.parametrize("key", REAL)
    def test_a_real_field_gives_floats(self, key: str) -> None:
        for value in (FIELDS[key].check(1), FIELDS[key].parse("1")):
            assert value == 1
            assert isinstance(value, float)

    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("7", 7.0),
            ("+7", 7.0),
            ("007", 7.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("1e-3", 0.001),
            ("2.5E+1", 25.0),
            ("0.1", 0.1),
        ],
    )
    def test_ways_to_write_a_real_number(self, text: str, number: float) -> None:
        assert FIELDS["std"].parse(text) == number
        assert FIELDS["constant"].parse(text) == number

    @pytest.mark.parametrize(
        ("text", "number"), [("0", 0), ("-0", 0), ("007", 7), ("999999", 999_999)]
    )
    def test_ways_to_write_a_whole_number(self, text: str, number: int) -> None:
        value = FIELDS["seed"].parse(text)
        assert value == number
        assert type(value) is int

    @pytest.mark.parametrize("key", ["image", "seed", "std", "lr"])
    @pytest.mark.parametrize("text", NO_NUMBER)
    def test_a_text_that_is_no_number_is_refused_as_it_was_given(self, key: str, text: str) -> None:
        with pytest.raises(SpecError) as caught:
            FIELDS[key].parse(text)
        assert (caught.value.field, caught.value.value) == (key, text)

    @pytest.mark.parametrize(
        ("key", "text"),
        [("std", "1e3"), ("std", "000"), ("constant", "-1e+2000"), ("seed", "0001000000")],
    )
    def test_a_number_out_of_range_is_refused_as_it_was_given(self, key: str, text: str) -> None:
        # Who wrote 1e3 into the link does not look for 1000.0.
        with pytest.raises(SpecError) as caught:
            FIELDS[key].parse(text)
        assert caught.value.value == text

    @settings(derandomize=True, deadline=None, max_examples=300)
    @example("constant", -0.0003333333333333333)
    @given(st.sampled_from(sorted(REAL)), st.floats(-100, 100))
    def test_every_number_survives_the_link(self, key: str, number: float) -> None:
        field = FIELDS[key]
        number = max(number, float(field.minimum))
        assert field.parse(str(number)) == number

    def test_allowed_as_developers_read_it(self) -> None:
        assert str(FIELDS["seed"].allowed) == "a whole number from 0 to 999999"
        assert str(FIELDS["std"].allowed) == "a number from 0.0001 to 100.0"
        assert str(FIELDS["bias"].allowed) == "default, zeros, normal"
        field = Field("k", 3, minimum=-2, maximum=9)
        assert str(field.allowed) == "a whole number from -2 to 9"

    def test_an_error_is_a_sentence_of_its_three_parts(self) -> None:
        allowed = Allowed(maximum=4)
        error = SpecError("layers", 9, allowed)
        assert (error.field, error.value, error.allowed) == ("layers", 9, allowed)
        assert str(error) == "layers=9 is not possible. Allowed: a whole number from 0 to 4."
        assert isinstance(error, ValueError)


class TestNetworkSpec:
    def test_the_default_is_the_exercise(self) -> None:
        spec = NetworkSpec()
        assert spec == NetworkSpec(
            style=Style.MODULE,
            hidden=(128, 64),
            activation=Activation.RELU,
            init=Init.DEFAULT,
            std=0.01,
            constant=0.1,
            bias=Bias.DEFAULT,
            seed=7,
        )

    @pytest.mark.parametrize(
        ("hidden", "count"),
        [
            ((128, 64), 109_386),
            ((), 7_850),
            ((1,), 784 + 1 + 10 + 10),
            ((256,), 784 * 256 + 256 + 256 * 10 + 10),
            ((1024,) * 4, 785 * 1024 + 3 * 1025 * 1024 + 1025 * 10),
        ],
    )
    def test_parameters_are_counted(self, hidden: tuple[int, ...], count: int) -> None:
        assert NetworkSpec(hidden=hidden).parameter_count == count

    def test_sizes_and_shapes(self) -> None:
        spec = NetworkSpec(hidden=(128, 64))
        assert spec.sizes == (784, 128, 64, 10)
        assert spec.shapes == ((784, 128), (128, 64), (64, 10))
        assert spec.architecture == "784 → 128 → 64 → 10"
        assert NetworkSpec(hidden=()).shapes == ((784, 10),)

    @pytest.mark.parametrize("init", Init)
    @pytest.mark.parametrize("bias", Bias)
    def test_std_counts_where_something_is_normal(self, init: Init, bias: Bias) -> None:
        normal = "normal" in (init.value, bias.value)
        assert NetworkSpec(init=init, bias=bias).uses_std is normal

    @pytest.mark.parametrize(
        ("hidden", "activation", "active"),
        [
            ((5,), Activation.RELU, True),
            ((5,), Activation.NONE, False),
            ((), Activation.RELU, False),
            ((), Activation.NONE, False),
        ],
    )
    def test_an_activation_needs_a_hidden_layer_and_a_function(
        self, hidden: tuple[int, ...], activation: Activation, active: bool
    ) -> None:
        assert NetworkSpec(hidden=hidden, activation=activation).has_activation is active

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            ({"style": "keras"}, "style"),
            ({"hidden": (1,) * 5}, "layers"),
            ({"hidden": (0,)}, "w1"),
            ({"hidden": (128, 1025)}, "w2"),
            ({"hidden": (1, 1, 2.0)}, "w3"),
            ({"hidden": (1, 1, 1, -3)}, "w4"),
            ({"activation": "swish"}, "activation"),
            ({"init": "ones"}, "init"),
            ({"std": 0.0}, "std"),
            ({"std": math.nan}, "std"),
            ({"constant": 100.5}, "constant"),
            ({"constant": math.inf}, "constant"),
            ({"bias": "constant"}, "bias"),
            ({"seed": -1}, "seed"),
            ({"seed": True}, "seed"),
            ({"seed": 1_000_000}, "seed"),
        ],
    )
    def test_a_bad_value_is_refused_at_birth(self, bad: dict[str, object], field: str) -> None:
        with pytest.raises(SpecError) as caught:
            NetworkSpec(**bad)
        assert caught.value.field == field
        assert caught.value.allowed == FIELDS[field].allowed

    def test_a_spec_keys_a_cache_and_cannot_change(self) -> None:
        one, same = NetworkSpec(hidden=(3, 4)), NetworkSpec(hidden=(3, 4))
        assert {one: "kept"}[same] == "kept"
        assert one != NetworkSpec(hidden=(4, 3))
        with pytest.raises(dataclasses.FrozenInstanceError):
            one.seed = 8

    def test_trained_weights_bring_the_training(self) -> None:
        chosen: dict[str, Value] = {
            **defaults(),
            "optimizer": "adam",
            "lr": 0.001,
            "batch_size": 100,
            "epochs": 3,
            "seed": 11,
        }
        assert NetworkSpec.from_settings(chosen).training is None
        spec = NetworkSpec.from_settings({**chosen, "weights": "trained"})
        assert spec.training == TrainSpec(Optimizer.ADAM, 0.001, 100, 3, 11, Data.SAMPLE)
        assert spec.training == TrainSpec.from_settings(chosen)
        assert spec.untrained == NetworkSpec.from_settings(chosen)
        assert spec.training.steps == 3 * 40
        assert spec.training.digits == 12_000

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            ({"optimizer": "sgdm"}, "optimizer"),
            ({"lr": 0.0}, "lr"),
            ({"lr": math.nan}, "lr"),
            ({"batch_size": 0}, "batch_size"),
            ({"batch_size": 64.0}, "batch_size"),
            ({"epochs": 51}, "epochs"),
            ({"seed": -1}, "seed"),
            ({"data": "half"}, "data"),
        ],
    )
    def test_a_bad_training_is_refused_at_birth(self, bad: dict[str, object], field: str) -> None:
        with pytest.raises(SpecError) as caught:
            TrainSpec(**bad)
        assert caught.value.field == field

    def test_every_setting_reaches_the_spec(self) -> None:
        chosen: dict[str, Value] = {
            **defaults(),
            "style": "functional",
            "layers": 4,
            "w1": 5,
            "w2": 6,
            "w3": 7,
            "w4": 8,
            "activation": "gelu",
            "init": "constant",
            "std": 0.5,
            "constant": -2.0,
            "bias": "normal",
            "seed": 11,
        }
        assert NetworkSpec.from_settings(chosen) == NetworkSpec(
            Style.FUNCTIONAL,
            (5, 6, 7, 8),
            Activation.GELU,
            Init.CONSTANT,
            0.5,
            -2.0,
            Bias.NORMAL,
            11,
        )

    def test_the_spec_holds_members_of_the_enumerations(self) -> None:
        # The core compares some of them by identity.
        spec = NetworkSpec.from_settings(defaults())
        assert isinstance(spec.style, Style)
        assert isinstance(spec.activation, Activation)
        assert isinstance(spec.init, Init)
        assert isinstance(spec.bias, Bias)

    @pytest.mark.parametrize(
        ("shown", "hidden"),
        [
            ({"layers": 2}, {"w3": 999, "w4": 1}),
            ({"layers": 0}, {"w1": 3, "w2": 3, "activation": "tanh"}),
            ({"init": "zeros", "bias": "zeros"}, {"std": 3.0, "constant": 4.0}),
            ({"init": "normal"}, {"constant": 4.0}),
            ({"init": "constant"}, {"std": 4.0}),
        ],
    )
    def test_a_setting_without_effect_leaves_the_spec_as_it_is(
        self, shown: dict[str, Value], hidden: dict[str, Value]
    ) -> None:
        plain = NetworkSpec.from_settings({**defaults(), **shown})
        assert NetworkSpec.from_settings({**defaults(), **shown, **hidden}) == plain

    @pytest.mark.parametrize(
        ("shown", "effective"),
        [
            ({"init": "normal"}, {"std": 3.0}),
            ({"init": "zeros", "bias": "normal"}, {"std": 3.0}),
            ({"init": "constant"}, {"constant": 3.0}),
            ({"layers": 1}, {"activation": "tanh"}),
            ({"layers": 4}, {"w4": 3}),
            ({"layers": 0}, {"style": "tensors"}),
        ],
    )
    def test_a_setting_with_effect_makes_another_spec(
        self, shown: dict[str, Value], effective: dict[str, Value]
    ) -> None:
        plain = NetworkSpec.from_settings({**defaults(), **shown})
        assert NetworkSpec.from_settings({**defaults(), **shown, **effective}) != plain

    @pytest.mark.parametrize(
        "key", [key for key in FIELDS if key not in ("data", "batch", "image")]
    )
    def test_a_bad_setting_is_refused(self, key: str) -> None:
        with pytest.raises(SpecError, match=f"^{key}="):
            NetworkSpec.from_settings({**defaults(), key: "bad"})


class TestDigitSpec:
    def test_the_default_is_the_first_digit(self) -> None:
        assert DigitSpec() == DigitSpec(Data.SAMPLE, 0, 0, 7)
        assert DigitSpec.from_settings(defaults()) == DigitSpec()

    def test_every_setting_reaches_the_spec(self) -> None:
        chosen = {**defaults(), "data": "full", "batch": 900, "image": 63, "seed": 1}
        spec = DigitSpec.from_settings(chosen)
        assert spec == DigitSpec(Data.FULL, 900, 63, 1)
        assert isinstance(spec.data, Data)

    @pytest.mark.parametrize(
        ("bad", "field"),
        [
            ({"data": "emnist"}, "data"),
            ({"batch": -1}, "batch"),
            ({"batch": 1.0}, "batch"),
            ({"batch": 63}, "batch"),
            ({"image": 64}, "image"),
            ({"image": -1}, "image"),
            ({"batch": 62, "image": 32}, "image"),
            ({"split": "both"}, "split"),
            ({"split": "test", "batch": 16}, "batch"),
            ({"seed": None}, "seed"),
        ],
    )
    def test_a_bad_value_is_refused_at_birth(self, bad: dict[str, object], field: str) -> None:
        with pytest.raises(SpecError) as caught:
            DigitSpec(**bad)
        assert caught.value.field == field
        with pytest.raises(SpecError) as caught:
            DigitSpec.from_settings({**defaults(), **bad})
        assert caught.value.field == field


class TestPlace:
    @pytest.mark.parametrize(
        ("data", "split", "digits", "batches", "last"),
        [
            ("sample", "training", 4_000, 63, 32),
            ("full", "training", 60_000, 938, 32),
            ("sample", "test", 1_000, 16, 40),
            ("full", "test", 10_000, 157, 16),
        ],
    )
    def test_the_batches_hold_every_digit(
        self, data: str, split: str, digits: int, batches: int, last: int
    ) -> None:
        assert batch_count(data, split) == batches
        lengths = [batch_length(data, batch, split) for batch in range(batches)]
        assert lengths == [BATCH_SIZE] * (batches - 1) + [last]
        assert sum(lengths) == digits

    def test_the_test_digits_have_limits_of_their_own(self) -> None:
        assert DigitSpec(batch=15, image=39, split=Split.TEST).batch_length == 40
        with pytest.raises(SpecError, match="0 to 15 with data=sample and split=test"):
            check_place("sample", 16, 0, "test")
        with pytest.raises(SpecError, match="0 to 39 with batch=15 and split=test"):
            check_place("sample", 15, 40, "test")

    @pytest.mark.parametrize(
        ("data", "batch", "image"),
        [("sample", 62, 31), ("sample", 61, 63), ("full", 937, 31), ("full", 936, 63)],
    )
    def test_the_last_digit_of_a_batch(self, data: str, batch: int, image: int) -> None:
        # Up to the last one is fine; then the error names the limit that was passed.
        assert DigitSpec(Data(data), batch, image).image == image
        with pytest.raises(SpecError) as caught:
            check_place(data, batch, image + 1)
        assert (caught.value.field, caught.value.value) == ("image", image + 1)
        assert str(caught.value.allowed) == f"a whole number from 0 to {image} with batch={batch}"

    @pytest.mark.parametrize(("data", "last"), [("sample", 62), ("full", 937)])
    def test_beyond_the_last_batch(self, data: str, last: int) -> None:
        with pytest.raises(SpecError) as caught:
            check_place(data, last + 1, 0)
        assert (caught.value.field, caught.value.value) == ("batch", last + 1)
        assert str(caught.value.allowed) == f"a whole number from 0 to {last} with data={data}"


class TestActivations:
    @pytest.mark.parametrize(
        ("value", "hidden", "each"),
        [
            ("relu", (5, 4), (RELU, RELU)),
            ("relu,tanh", (5, 4), (RELU, TANH)),
            # The last one goes on; what has no layer has no effect.
            ("relu,tanh", (5, 4, 3), (RELU, TANH, TANH)),
            ("relu,tanh,none", (5, 4), (RELU, TANH)),
            ((RELU, TANH), (5,), (RELU,)),
            (["tanh", "relu", "relu"], (5, 4, 3), (TANH, RELU, RELU)),
            ("relu,tanh", (), ()),
        ],
    )
    def test_each_layer_has_its_own(
        self, value: object, hidden: tuple[int, ...], each: tuple[Activation, ...]
    ) -> None:
        spec = NetworkSpec(hidden=hidden, activation=value)
        assert spec.activations == each
        assert spec.is_mixed is (len(set(each)) > 1)
        assert isinstance(spec.activation, tuple) is spec.is_mixed
        assert NetworkSpec(hidden=hidden, activation=spec.activation) == spec

    def test_equal_networks_have_equal_specs(self) -> None:
        one = NetworkSpec(activation=(RELU, RELU))
        assert one == NetworkSpec()
        assert (hash(one), str(one)) == (hash(NetworkSpec()), str(NetworkSpec()))
        mixed = NetworkSpec(activation=(RELU, TANH))
        assert dataclasses.replace(mixed, activation=RELU) == NetworkSpec()
        assert dataclasses.replace(mixed, hidden=(128,)) == NetworkSpec(hidden=(128,))

    def test_its_functions_are_named_once(self) -> None:
        none = Activation.NONE
        spec = NetworkSpec(hidden=(5, 4, 3, 2), activation=(TANH, none, RELU, TANH))
        assert spec.functions == (TANH, RELU)
        assert spec.has_activation
        assert not NetworkSpec(hidden=(5, 4), activation=(none, none)).has_activation

    @pytest.mark.parametrize(
        "text", ["relu,", ",relu", "relu, tanh", "relu,swish", "relu;tanh", ",".join(["relu"] * 5)]
    )
    def test_a_bad_list_is_refused(self, text: str) -> None:
        with pytest.raises(SpecError) as caught:
            FIELDS["activation"].parse(text)
        assert (caught.value.field, caught.value.value) == ("activation", text)
        assert str(caught.value).endswith(
            "or one for each hidden layer, up to 4 of them, with commas between and no spaces."
        )

    @pytest.mark.parametrize(
        ("text", "layers", "kept"),
        [
            ("relu,relu", "2", "relu"),
            ("relu,tanh", "3", "relu,tanh,tanh"),
            ("tanh,relu", "1", "tanh"),
            ("tanh,relu", "0", "tanh"),
            ("tanh,relu", "2", "tanh,relu"),
        ],
    )
    def test_a_link_says_one_for_all_or_one_for_each(
        self, text: str, layers: str, kept: str
    ) -> None:
        values, errors = read_link({"activation": text, "layers": layers})
        assert (values["activation"], errors) == (kept, ())


class TestLink:
    def test_an_empty_link_gives_the_defaults(self) -> None:
        assert read_link({}) == (DEFAULTS, ())

    def test_what_is_no_setting_is_passed_over(self) -> None:
        assert read_link({"zoom": "true", "utm_source": "x", "SEED": "1"}) == (DEFAULTS, ())

    def test_a_whole_link(self) -> None:
        wanted = {
            "data": "full",
            "split": "training",
            "batch": "937",
            "image": "31",
            "style": "tensors",
            "layers": "4",
            "w1": "1",
            "w2": "2",
            "w3": "3",
            "w4": "1024",
            "activation": "none",
            "init": "constant",
            "std": "100",
            "constant": "-1e2",
            "bias": "normal",
            "seed": "0",
            "weights": "trained",
            "optimizer": "adam",
            "lr": "1e-3",
            "batch_size": "1024",
            "epochs": "50",
            "augment": "light",
        }
        values, errors = read_link(wanted)
        assert errors == ()
        assert values == {
            **wanted,
            "batch": 937,
            "image": 31,
            "layers": 4,
            "w1": 1,
            "w2": 2,
            "w3": 3,
            "w4": 1024,
            "std": 100.0,
            "constant": -100.0,
            "seed": 0,
            "lr": 0.001,
            "batch_size": 1024,
            "epochs": 50,
        }

    @pytest.mark.parametrize("key", FIELDS)
    @pytest.mark.parametrize("bad", ["bad", "", "1e400", "-1000000000", "٣"])
    def test_a_bad_value_is_named_and_gives_way_to_the_default(self, key: str, bad: str) -> None:
        values, errors = read_link({"zoom": "true", key: bad})
        assert values == DEFAULTS
        [error] = errors
        assert error.field == key
        assert error.allowed == FIELDS[key].allowed
        assert str(error) == f"{key}={error.value} is not possible. Allowed: {error.allowed}."

    def test_good_values_stay_beside_bad_ones(self) -> None:
        values, errors = read_link({"seed": "5", "w1": "0", "style": "tensors", "std": "nan"})
        assert values == {**DEFAULTS, "seed": 5, "style": "tensors"}
        assert [error.field for error in errors] == ["w1", "std"]

    def test_every_value_bad(self) -> None:
        values, errors = read_link(dict.fromkeys(reversed(FIELDS), "?"))
        assert values == DEFAULTS
        assert [error.field for error in errors] == list(FIELDS)
        assert {error.value for error in errors} == {"?"}

    @pytest.mark.parametrize(
        ("query", "corrected", "fields"),
        [
            ({"batch": "63"}, {"batch": 0}, ["batch"]),
            ({"batch": "63", "data": "full"}, {"batch": 63}, []),
            ({"batch": "63", "image": "40"}, {"batch": 0, "image": 40}, ["batch"]),
            ({"batch": "62", "image": "32"}, {"batch": 62, "image": 0}, ["image"]),
            ({"batch": "62", "image": "31"}, {"batch": 62, "image": 31}, []),
            ({"batch": "937", "image": "32", "data": "full"}, {"batch": 937}, ["image"]),
            (
                {"batch": "937", "image": "32", "data": "all"},
                {"batch": 0, "image": 32},
                ["data", "batch"],
            ),
            ({"batch": "938", "image": "64"}, {}, ["batch", "image"]),
        ],
    )
    def test_a_place_outside_the_set(
        self, query: dict[str, str], corrected: dict[str, Value], fields: list[str]
    ) -> None:
        values, errors = read_link(query)
        assert [error.field for error in errors] == fields
        assert {key: values[key] for key in corrected} == corrected
        assert DigitSpec.from_settings(values).batch == values["batch"]

    def test_the_error_of_a_place_names_the_limit_of_the_set(self) -> None:
        _, [error] = read_link({"batch": "100"})
        assert str(error) == (
            "batch=100 is not possible. Allowed: a whole number from 0 to 62 with data=sample."
        )

    def test_errors_come_in_the_order_of_the_fields(self) -> None:
        _, errors = read_link({"seed": "x", "batch": "100", "style": "keras"})
        assert [error.field for error in errors] == ["batch", "style", "seed"]

    @pytest.mark.parametrize("key", ["batch", "image"])
    def test_the_error_of_a_place_keeps_the_text_of_the_link(self, key: str) -> None:
        query = {"batch": "062", "image": "0050"} if key == "image" else {"batch": "0100"}
        _, [error] = read_link(query)
        assert error.value == query[key]

    def test_the_defaults_are_not_shared(self) -> None:
        values, _ = read_link({})
        values["seed"] = 99
        assert read_link({})[0] == DEFAULTS


NUMBERS = st.one_of(
    st.integers(-5, 1_100).map(str),
    st.integers().map(str),
    st.floats().map(str),
    st.from_regex(r"[+-]?[0-9]{0,3}\.?[0-9]{0,3}([eE][+-]?[0-9]{1,4})?", fullmatch=True),
)
TEXTS = st.one_of(
    NUMBERS, st.sampled_from([c for choices in CHOICES.values() for c in choices]), st.text()
)
QUERIES = st.dictionaries(st.one_of(st.sampled_from(list(FIELDS)), st.text(max_size=8)), TEXTS)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(QUERIES)
def test_any_link_gives_settings_that_make_specs(query: dict[str, str]) -> None:
    values, errors = read_link(query)
    assert list(values) == list(FIELDS)
    network, digit = NetworkSpec.from_settings(values), DigitSpec.from_settings(values)
    assert network.seed == digit.seed == values["seed"]
    bad = [error.field for error in errors]
    assert len(set(bad)) == len(bad)
    assert set(bad) <= set(query)
    for key, value in values.items():
        # A good value is what was asked for, a bad or a missing one is the default.
        if key in query and key not in bad:
            assert value == FIELDS[key].parse(query[key])
        else:
            assert value == FIELDS[key].default


class TestPresets:
    @pytest.mark.parametrize("preset", [*PRESETS.values(), HANDS], ids=[*PRESETS, "hands"])
    def test_each_holds_allowed_values_of_settings(self, preset: Mapping[str, Value]) -> None:
        for key, value in preset.items():
            assert FIELDS[key].check(value) == value
            assert type(value) is type(FIELDS[key].default)

    @pytest.mark.parametrize(
        ("name", "spec"),
        [
            (
                "by_hand",
                NetworkSpec(
                    style=Style.TENSORS,
                    hidden=(256,),
                    activation=Activation.SIGMOID,
                    init=Init.NORMAL,
                    std=1.0,
                    bias=Bias.NORMAL,
                ),
            ),
            ("exercise", NetworkSpec(style=Style.MODULE, hidden=(128, 64))),
            ("linear", NetworkSpec(style=Style.SEQUENTIAL, hidden=())),
        ],
    )
    def test_each_gives_its_network(self, name: str, spec: NetworkSpec) -> None:
        assert NetworkSpec.from_settings({**defaults(), **PRESETS[name]}) == spec
        # Whatever was set before, but for the seed, which is the person's own.
        other: dict[str, Value] = {
            "style": "functional",
            "layers": 4,
            "w1": 9,
            "w2": 9,
            "activation": "tanh",
            "init": "constant",
            "std": 9.0,
            "constant": 9.0,
            "bias": "zeros",
            "seed": 9,
        }
        changed = NetworkSpec.from_settings({**defaults(), **other, **PRESETS[name]})
        assert changed == dataclasses.replace(spec, seed=9)

    def test_there_are_three(self) -> None:
        assert list(PRESETS) == ["by_hand", "exercise", "linear"]

    def test_the_one_that_reads_hands_best_is_the_same_by_a_link(self) -> None:
        values, errors = read_link({key: str(value) for key, value in HANDS.items()})
        assert errors == ()
        spec = NetworkSpec.from_settings(values)
        assert spec == hands_network()
        assert spec.training is not None
        assert spec.training.augment is Augment.LIGHT

    def test_the_one_that_reads_hands_best_is_itself_whatever_was_set_before(self) -> None:
        other: dict[str, Value] = {"data": "full", "layers": 4, "std": 9.0, "lr": 9.0, "seed": 9}
        assert NetworkSpec.from_settings({**defaults(), **other, **HANDS}) == hands_network()
