"""A visitor without a browser: opens a link, uses the widgets and reads the page."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from mnistviz.digits import mnist
from mnistviz.spec.fields import FIELDS, Data, Style, Value, Weights, batch_count, defaults
from mnistviz.spec.presets import PRESETS
from mnistviz.spec.specs import DigitSpec, NetworkSpec
from tests.helpers.networks import load, shown

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
"""Seconds that a run may take on a machine that is busy with other tests too."""

PICKED = ("style", "layers", "data", "split", "weights", "optimizer", "augment")
CHOSEN = ("activation", "init", "bias")


CONTEXT: dict[str, dict[str, Value]] = {
    "w3": {"layers": 3},
    "w4": {"layers": 4},
    "std": {"init": "normal"},
    "constant": {"init": "constant"},
}
"""With which other settings a setting has an effect, where the defaults are not enough."""


OTHERS: dict[str, Value] = {
    "style": "functional",
    "layers": 3,
    "w1": 5,
    "w2": 6,
    "w3": 7,
    "activation": "gelu",
    "init": "zeros",
    "bias": "normal",
    "std": 2.5,
    "seed": 11,
    "batch": 3,
    "image": 9,
}
"""Settings of which none is a default."""


BRINGS = ("drawing", "set")
"""What a session may hold before it opens a link: a 7 that is drawn, a set of its own."""


def page_names() -> list[str]:
    return sorted(file.stem for file in (ROOT / "pages").glob("*.py"))


def default_texts() -> dict[str, str]:
    """The settings of the sidebar as a link would write them, if it wrote what is the default."""
    return {key: str(value) for key, value in defaults().items()}


def brought(names: Iterable[str]) -> dict[str, Any]:
    """The session's values for what a person has brought along, see `BRINGS`."""
    sample, values = load(mnist.SAMPLE_ROOT), dict[str, Any]()
    if "drawing" in names:
        values["drawing"] = (("pen", 22.0, ((70.0, 60.0), (200.0, 60.0), (120.0, 230.0))),)
    if "set" in names:
        pictures = [one.numpy().tobytes() for one in sample.test_pixels[:20]]
        pairs = tuple(zip(pictures, sample.test_labels[:20].tolist(), strict=True))
        values["own_set"] = {"digits": pairs, "before": None, "note": "", "bad": False}
    return values


@dataclass(frozen=True)
class Session:
    """One visit. What a method does to the page is followed by a run of the script.

    Attributes:
        at: Streamlit's own view of the page.
    """

    at: AppTest

    @classmethod
    def open(cls, **link: str | list[str]) -> Session:
        """Open the page by a link with these keys."""
        at = AppTest.from_file(
            ROOT / "mnistviz" / "ui" / "frame" / "main.py", default_timeout=PATIENCE
        )
        at.query_params.update(link)
        return cls(at).run()

    @classmethod
    def visit(cls, page: str, **link: str) -> Session:
        """Open a link on the landing page, and go on to another page."""
        session = cls.open(**link)
        session.at.switch_page(f"../../../pages/{page}.py")
        return session.run()

    @classmethod
    def arrive(cls, page: str, **link: str) -> Session:
        """Open a link that leads straight to a page."""
        at = AppTest.from_file(
            ROOT / "mnistviz" / "ui" / "frame" / "main.py", default_timeout=PATIENCE
        )
        at.query_params.update(link)
        at.switch_page(f"../../../pages/{page}.py")
        return cls(at).run()

    @classmethod
    def follow(
        cls, page: str, query: Mapping[str, str | list[str]], brings: Iterable[str] = ()
    ) -> Session:
        """Open a link to any page, in a session that holds what is brought (see `BRINGS`)."""
        at = AppTest.from_file(
            ROOT / "mnistviz" / "ui" / "frame" / "main.py", default_timeout=PATIENCE
        )
        at.query_params.update(query)
        for key, value in brought(brings).items():
            at.session_state[key] = value
        # The landing page is where one is anyway.
        if page != "classify":
            at.switch_page(f"../../../pages/{page}.py")
        return cls(at).run()

    def run(self) -> Session:
        """Run the script; an exception on the page is a failure of the test."""
        self.at.run()
        assert [error.value for error in self.at.exception] == []
        return self

    # --- What a person does ---------------------------------------------------------------------

    def set(self, **settings: Value) -> Session:
        """Use the widgets, one after the other."""
        for key, value in settings.items():
            self.widget(key).set_value(value)
            self.run()
        return self

    def click(self, key: str) -> Session:
        self.at.button(key=key).click()
        return self.run()

    def press(self, component: str, event: str, value: object) -> Session:
        """Let one of our own components say what its JavaScript says after a click.

        AppTest has no word for it, so the message is made as Streamlit's browser side makes it.
        """
        found = {element.key: element for element in self.at.get("bidi_component")}
        state = WidgetState(
            id=_make_trigger_id(found[component].proto.id, "events"),
            json_trigger_value=json.dumps([{"event": event, "value": value}]),
        )
        widgets = self.at._tree.get_widget_states()
        widgets.widgets.append(state)
        self.at._run(widgets)
        assert [error.value for error in self.at.exception] == []
        return self

    # --- What a person sees ---------------------------------------------------------------------

    def widget(self, key: str) -> Any:
        """Find the widget of a setting by its key."""
        if key in PICKED:
            return self.at.segmented_control(key=key)
        return self.at.selectbox(key=key) if key in CHOSEN else self.at.number_input(key=key)

    @property
    def settings(self) -> dict[str, Value]:
        """The value of every setting whose widget is on the page, by key."""
        kinds = (self.at.segmented_control, self.at.selectbox, self.at.number_input)
        drawn = {widget.key for kind in kinds for widget in kind}
        return {key: self.widget(key).value for key in FIELDS if key in drawn}

    @property
    def expanders(self) -> Sequence[Any]:
        """The expanders of the page; the sidebar has one of its own."""
        return self.at.main.expander

    @property
    def chart(self) -> Any:
        """The chart of the bars, as it goes to the browser."""
        found = {element.key: element.proto for element in self.at.get("plotly_chart")}
        return found["softmax_bars"]

    @property
    def bars(self) -> list[float]:
        """The lengths of the ten bars, from digit 0 to 9."""
        (trace,) = json.loads(self.chart.spec)["data"]
        assert trace["y"] == [str(digit) for digit in range(10)]
        # What is not a number has a word and no length.
        pairs = zip(trace["x"], trace["text"], strict=True)
        return [math.nan if text == "NaN" else value for value, text in pairs]

    @property
    def axis_end(self) -> float:
        return float(json.loads(self.chart.spec)["layout"]["xaxis"]["range"][1])

    @property
    def sentence(self) -> str:
        """The words that say what is seen."""
        found = {block.key: block for block in self.at.get("flex_container")}
        return "\n".join(text.value for text in found["sentence"].markdown)

    @property
    def texts(self) -> list[str]:
        """All running text of the page."""
        return [text.value for kind in (self.at.markdown, self.at.caption) for text in kind]

    @property
    def notes(self) -> list[str]:
        return [info.value for info in self.at.info]

    @property
    def warnings(self) -> list[str]:
        return [warning.value for warning in self.at.warning]

    @property
    def errors(self) -> list[str]:
        return [error.value for error in self.at.error]

    @property
    def progress(self) -> list[str]:
        """The words at the bars of progress."""
        return [element.proto.text for element in self.at.get("progress")]

    @property
    def buttons(self) -> Set[str]:
        return {button.key for button in self.at.button if button.key}

    @property
    def elements(self) -> Iterator[Any]:
        """All that is on the page, from the first to the last, with the blocks it stands in."""
        waiting: list[Any] = [self.at._tree]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(getattr(element, "children", {}).values())

    @property
    def bound(self) -> dict[str, Any]:
        """The widgets and expanders that stand in the link, by their key in it."""
        found = {}
        for element in self.elements:
            proto = getattr(element, "proto", None)
            key = getattr(proto, "query_param_key", "")
            if key:
                found[key] = element
        return found

    def component(self, key: str) -> dict[str, Any]:
        """What one of our own components is given to draw."""
        found = {element.key: element.proto for element in self.at.get("bidi_component")}
        return dict(json.loads(found[key].json))

    @property
    def place(self) -> tuple[int, int]:
        """The batch and the image that the page shows, read from its components."""
        batch = self.component("digit_grid")["batch"]
        image = self.component("digit_view")["image"]
        assert re.search(rf"\b{batch}\b", self.component("digit_grid")["title"])
        assert re.search(rf"\b{image}\b", self.component("digit_view")["title"])
        return batch, image


@dataclass(frozen=True)
class Expected:
    """What a page shall show, computed by the core alone and without the app's caches.

    Attributes:
        network: the network.
        digit: the digit.
        probabilities: the ten probabilities.
        label: the digit's label.
    """

    network: NetworkSpec
    digit: DigitSpec
    probabilities: list[float]
    label: int


def expected(settings: Mapping[str, Value], root: Path = mnist.SAMPLE_ROOT) -> Expected:
    """Compute what the page shall show, for the settings that are no defaults."""
    complete = {**defaults(), **settings}
    spec, digit = NetworkSpec.from_settings(complete), DigitSpec.from_settings(complete)
    label = mnist.batch(load(root), digit.batch, digit.seed, digit.split).labels[digit.image]
    return Expected(spec, digit, shown(spec, digit, root), int(label))


def assert_shows(
    session: Session, settings: dict[str, Value], root: Path = mnist.SAMPLE_ROOT
) -> None:
    """Check every widget, the bars, what stands for them, and the digit, bit for bit."""
    wanted = expected(settings, root)
    complete = {**defaults(), **settings}
    assert session.settings == {key: complete[key] for key in session.settings}
    assert session.bars == pytest.approx(wanted.probabilities, rel=0, abs=0, nan_ok=True)
    assert session.chart.alt.endswith(f"true digit {wanted.label}.")
    assert session.place == (wanted.digit.batch, wanted.digit.image)
    assert session.component("digit_view")["alt"].startswith(f"Handwritten {wanted.label},")


def link(settings: dict[str, Value]) -> dict[str, str]:
    return {key: str(value) for key, value in settings.items()}


NETWORKS: dict[str, dict[str, Value]] = {
    **{f"style {style}": {"style": style.value} for style in Style},
    **{name: dict(preset) for name, preset in PRESETS.items()},
    "least": {"layers": 4, "w1": 1, "w2": 1, "w3": 1, "w4": 1, "seed": 0},
    "most": {"layers": 4, "w1": 1024, "w2": 1024, "w3": 1, "w4": 1024, "seed": 999_999},
    "last digit": {"activation": "none", "batch": 62, "image": 31},
    "mixed": {"layers": 3, "w1": 20, "w2": 12, "w3": 9, "activation": "tanh,none,relu"},
    "zeros": {"init": "zeros", "bias": "zeros"},
    "huge": {"init": "normal", "bias": "normal", "std": 100.0, "activation": "tanh"},
    "overflow": {"layers": 4, "init": "constant", "constant": -100.0, "bias": "zeros"},
}
"""Each style and preset, and settings at their limits: what every page has to bear."""


SMALL = ("style tensors", "linear", "least", "last digit", "mixed", "zeros", "huge", "overflow")
"""Those of `NETWORKS` that differ in kind, and take a moment."""


def good_texts() -> list[tuple[str, str]]:
    """A value of each setting that is not its default: a choice, or a number at its limit."""
    cases = []
    for key, field in FIELDS.items():
        # The full set and loaded weights are nothing that a link brings along.
        elsewhere = (("data", Data.FULL), ("weights", Weights.LOADED))
        texts = [str(choice) for choice in field.choices if (key, choice) not in elsewhere]
        if not field.choices:
            maximum = batch_count(Data.SAMPLE) - 1 if key == "batch" else field.maximum
            texts = [str(maximum) if isinstance(field.default, int) else "1E0"]
        cases.append((key, texts[-1]))
    return cases
