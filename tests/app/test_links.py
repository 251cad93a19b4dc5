"""Tests of the links to the page: each key, its limits, and what is said of a bad value."""

from __future__ import annotations

import random
import re

import pytest

from mnistviz.spec.fields import FIELDS, Value
from mnistviz.words import read
from tests.app.session import CONTEXT, OTHERS, Session, assert_shows, good_texts, link


class TestLink:
    @pytest.mark.parametrize(("key", "text"), good_texts())
    def test_each_value_arrives(self, key: str, text: str) -> None:
        context = CONTEXT.get(key, {})
        session = Session.open(**link(context), **{key: text})
        value = text if FIELDS[key].choices else type(FIELDS[key].default)(text)
        assert session.settings[key] == value
        assert_shows(session, {**context, key: value})
        assert session.warnings == []

    @pytest.mark.parametrize(
        "settings",
        [
            {"layers": 0},
            {"layers": 4, "w1": 1024, "w2": 1024, "w3": 1024, "w4": 1024},
            {"layers": 4, "w1": 1, "w2": 1, "w3": 1, "w4": 1},
            {"batch": 62, "image": 31},
            {"init": "normal", "std": 100.0, "layers": 4, "activation": "none"},
            {"init": "constant", "constant": -100.0, "activation": "softplus"},
            {"seed": 999_999, "style": "tensors", "bias": "normal", "std": 0.0001},
            OTHERS,
        ],
    )
    def test_settings_at_their_limits(self, settings: dict[str, Value]) -> None:
        session = Session.open(**link(settings))
        assert_shows(session, settings)
        assert session.warnings == []

    @pytest.mark.parametrize("seed", range(5))
    def test_all_settings_at_once(self, seed: int) -> None:
        draw = random.Random(seed)
        settings: dict[str, Value] = {"data": "sample"}
        for key, field in FIELDS.items():
            if field.choices and key != "data":
                settings[key] = str(draw.choice(field.choices))
            elif key in ("std", "constant", "lr"):
                settings[key] = round(draw.uniform(0.001, 2), 3)
            elif key == "batch_size":
                settings[key] = draw.randint(200, 1024)
            elif key == "epochs":
                settings[key] = draw.randint(1, 2)
            elif key != "data":
                limits = {"batch": 14, "w1": 200, "w2": 200, "w3": 200, "w4": 200}
                settings[key] = draw.randint(
                    int(field.minimum), limits.get(key, int(field.maximum))
                )
        assert_shows(Session.open(**link(settings)), settings)

    def test_keys_that_are_no_settings_are_passed_over(self) -> None:
        session = Session.open(utm_source="course", layers="1", LAYERS="9")
        assert_shows(session, {"layers": 1})
        assert session.warnings == []

    @pytest.mark.parametrize(
        ("key", "text", "value"),
        [
            ("layers", "03", 3),
            ("layers", "-0", 0),
            ("w1", "0129", 129),
            ("seed", "000008", 8),
            ("image", "05", 5),
        ],
    )
    def test_a_number_written_in_another_way_is_taken_or_named(
        self, key: str, text: str, value: int
    ) -> None:
        session = Session.open(**{key: text})
        if session.warnings:
            assert f"`{key}={text}`" in session.warnings[0]
            value = int(FIELDS[key].default)
        assert_shows(session, {key: value})

    @pytest.mark.parametrize(
        ("key", "texts"),
        [("layers", ["9", "3"]), ("layers", ["3", "9"]), ("style", ["nonsense", "tensors"])],
    )
    def test_a_key_that_is_there_twice_is_taken_or_named(self, key: str, texts: list[str]) -> None:
        session = Session.open(**{key: texts})
        value = str(session.settings[key])
        assert value in texts or f"`{key}=" in "".join(session.warnings)
        assert_shows(session, {key: session.settings[key]})


def bad_texts() -> list[tuple[str, str]]:
    """A bad value of each setting; of one of each kind, all that the widget itself could choke on.

    What is good and what is bad is for the tests of `mnistviz.spec`.
    """
    cases = []
    for key, field in FIELDS.items():
        cases.append((key, "nonsense" if field.choices else f"{field.maximum + 1}"))
    cases += [("activation", text) for text in ("", " ", "RELU", "relu ", "0")]
    numbers = ("", " ", "nan", "inf", "1e400", "1,5", "9" * 30, "\N{FULLWIDTH DIGIT FIVE}", "0x1")
    cases += [("seed", text) for text in (*numbers, "1.5", "1.0")]
    cases += [("std", text) for text in (*numbers, "1e3", "0.5.5")]
    return cases


class TestBadLink:
    @pytest.mark.parametrize(("key", "text"), bad_texts())
    def test_is_named_and_the_default_taken(self, key: str, text: str) -> None:
        context = CONTEXT.get(key, {})
        session = Session.open(**link(context), **{key: text})
        field = FIELDS[key]
        assert session.warnings == [
            f"The link asks for `{key}={text}`, which is not possible. Allowed: {field.allowed}. "
            f"The page uses {field.default}, the default."
        ]
        assert_shows(session, dict(context))
        # The rest of the link stays as it was.
        assert session.at.query_params == link(context)

    def test_several_are_all_named_and_the_good_ones_kept(self) -> None:
        session = Session.open(
            layers="7", w1="0", w2="32", activation="tanh", init="magic", seed="-1", std="x"
        )
        (warning,) = session.warnings
        named = re.findall(r"`(\w+)=", warning)
        assert named == ["layers", "w1", "init", "std", "seed"]
        assert_shows(session, {"w2": 32, "activation": "tanh"})
        assert session.at.query_params == {"w2": "32", "activation": "tanh"}

    def test_every_setting_may_be_bad(self) -> None:
        session = Session.open(**dict.fromkeys(FIELDS, "?"))
        assert re.findall(r"`(\w+)=\?`", "".join(session.warnings)) == list(FIELDS)
        assert_shows(session, {})

    def test_close_takes_the_notice_away(self) -> None:
        session = Session.open(layers="9", w1="32")
        session.set(seed=8)
        assert len(session.warnings) == 1
        session.click("close_link_notice")
        assert session.warnings == []
        assert "close_link_notice" not in session.buttons
        assert_shows(session, {"w1": 32, "seed": 8})
        assert session.run().warnings == []

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("`</code><script>alert(1)</script>", "'</code><script>alert(1)</script>"),
            ("[here](http://example.org) **bold**", "[here](http://example.org) **bold**"),
            ("$x$ :material/home: :red[x]", "$x$ :material/home: :red[x]"),
            ("1" * 10_000, "1" * 60 + "…"),
            ("`" * 70, "'" * 60 + "…"),
        ],
    )
    def test_a_strangers_text_stays_inside_its_code(self, text: str, shown: str) -> None:
        session = Session.open(seed=text)
        (warning,) = session.warnings
        assert warning.startswith(f"The link asks for `seed={shown}`, which is not possible. ")
        assert_shows(session, {})

    @pytest.mark.parametrize("ends", ["\n\n", "\r\n\r\n", "\r\r", "\n"])
    def test_a_strangers_text_stays_on_its_line(self, ends: str) -> None:
        # An empty line ends the code, and what follows would be a heading of the page.
        session = Session.open(seed=f"1{ends}# Pay here{ends}[now](http://example.org)")
        (warning,) = session.warnings
        assert re.fullmatch(r"The link asks for `seed=[^`\r\n]*`, which [^`\r\n]*", warning)
        assert_shows(session, {})

    @pytest.mark.parametrize("batch", ["63", "500", "937"])
    def test_a_batch_that_only_the_full_set_has(self, batch: str) -> None:
        session = Session.open(data="sample", batch=batch, image="5")
        (warning,) = session.warnings
        assert f"`batch={batch}`" in warning
        assert "a whole number from 0 to 62 with data=sample" in warning
        assert_shows(session, {"image": 5})

    @pytest.mark.parametrize("image", ["32", "63"])
    def test_an_image_beyond_the_short_last_batch(self, image: str) -> None:
        session = Session.open(batch="62", image=image)
        (warning,) = session.warnings
        assert f"`image={image}`" in warning
        assert "a whole number from 0 to 31 with batch=62" in warning
        assert_shows(session, {"batch": 62})


class TestFlags:
    @pytest.mark.parametrize(
        "key", ["zoom", "classify_layers_open", "classify_model_open", "classify_code_open"]
    )
    def test_what_is_neither_on_nor_off_is_named(self, key: str) -> None:
        (warning,) = Session.open(**{key: "maybe"}).warnings
        assert f"`{key}=maybe`" in warning
        assert "Allowed: false, true." in warning

    def test_on_and_off_are_taken(self) -> None:
        session = Session.open(zoom="true", classify_layers_open="true", classify_code_open="false")
        assert session.warnings == []
        assert session.axis_end < 1

    def test_whether_the_page_is_presented_is_a_matter_of_the_browser(self) -> None:
        session = Session.open(present="1", image="3")
        assert session.warnings == []
        assert session.at.query_params["present"] == "1"
        (warning,) = Session.open(present="yes").warnings
        assert "`present=yes`" in warning
        assert "Allowed: 0, 1. The page uses 0, the default." in warning

    def test_reset_ends_the_zoom(self) -> None:
        assert Session.open(zoom="true").click("reset").axis_end == 1


class TestPageWidgets:
    """What a link asks of the widgets that only one page has."""

    @pytest.mark.parametrize(
        ("page", "key", "text", "value"),
        [
            ("tensors", "tensors_unit", "128", "0"),
            ("tensors", "tensors_unit", "x", "0"),
            ("softmax", "softmax_temperature", "0", "1"),
            ("softmax", "softmax_scale", "7", "1"),
            ("digits", "digits_index", "784", "406"),
            ("activations", "activations_reach", "9", "8"),
            ("clinic", "clinic_rotate", "181", "40"),
            ("clinic", "clinic_digit", "paint", "rotate"),
        ],
    )
    def test_what_is_not_possible_is_named(
        self, page: str, key: str, text: str, value: str
    ) -> None:
        (warning,) = Session.arrive(page, **{key: text}).warnings
        assert warning == (
            f"The link asks for `{key}={text}`, which is not possible on this page. "
            f"The page uses {value}."
        )

    def test_what_is_possible_is_taken(self) -> None:
        link = {"softmax_temperature": "0.50", "softmax_scale": "10", "softmax_constant": "-1"}
        session = Session.arrive("softmax", **link)
        assert session.warnings == []
        assert session.at.slider(key="softmax_temperature").value == 0.5

    def test_what_nobody_asked_for_is_no_problem(self) -> None:
        session = Session.open(tensors_unit="5000", foreign="1")
        assert session.warnings == []

    def test_what_a_person_answers_is_no_matter_of_the_link(self) -> None:
        session = Session.arrive("digits", digits_answer="1")
        assert session.warnings == []
        assert session.at.session_state["digits_answer"] is None


REFUSED = ["", "$$ID-0f-seed", "$$ID-0f-None"]
"""Keys for which Streamlit's session state raises."""


class TestOddKeys:
    """A link with keys that are nobody's: never an exception, and what is there besides counts."""

    @pytest.mark.parametrize("key", REFUSED)
    def test_a_key_that_names_nothing_is_said_and_taken_out(self, key: str) -> None:
        session = Session.open(**{key: "x", "layers": "1"})
        assert_shows(session, {"layers": 1})
        assert session.warnings == [
            f"The link has `{key}=x`, which names nothing that can be set. The page ignores it."
        ]
        assert dict(session.at.query_params) == {"layers": "1"}

    def test_many_of_them_are_one_sentence(self) -> None:
        (warning,) = Session.open(**{f"$$ID-{i}": "`" * 99 for i in range(500)}).warnings
        assert warning.count("The link has") == 1
        assert len(warning) < 150

    @pytest.mark.parametrize(
        "link",
        [
            {"__proto__": "1", "constructor": "2", "toString": "3"},
            {"FormSubmitter": "1", "FormSubmitter:a-b": "1", "$$WIDGET_ID": "1"},
            {".": "1", " ": "1", "\0": "\0", "a\nb": "1", "\ufffd": "\ufffd", "k" * 9999: "1"},
            {f"k{i}": "1" for i in range(990)},
            {f"k{i}": ["1", "2"] for i in range(9)},
        ],
    )
    def test_a_key_of_nobody_is_passed_over(self, link: dict[str, str | list[str]]) -> None:
        session = Session.open(**link, layers="1")
        assert_shows(session, {"layers": 1})
        assert session.warnings == []

    def test_what_the_session_holds_besides_is_no_matter_of_the_link(self) -> None:
        """Neither the frame's own values nor a component's are asked for, or shown."""
        keys = ("session_name", "link_problems", "link_asked", "page", "own_set", "draw_pad")
        session = Session.follow("draw", dict.fromkeys(keys, "?"))
        assert session.warnings == []
        assert all(key in session.at.session_state for key in keys if key != "link_asked")


def test_what_the_first_of_two_quick_presses_alone_has_set_stays_in_the_link() -> None:
    session = Session.arrive("train")
    before = dict(session.at.query_params)
    names = list(read("train").names("presets"))

    def press(name: str) -> dict[str, str]:
        session.at.pills(key="train_preset").set_value(name)
        return dict(session.run().at.query_params)

    assert float(press(names[5])["std"]) == 1
    # The browser asks for the second run before it has read the answer to the first.
    session.at.query_params.clear()
    session.at.query_params.update(before)
    after = press(names[4])
    assert session.settings["std"] == 1.0
    assert float(after["std"]) == 1
    assert after["init"] == "zeros"
    assert "activation" not in after
