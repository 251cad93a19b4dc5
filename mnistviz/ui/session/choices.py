"""Choices whose options are words: fixed values in the code, texts of the lesson on the screen.

Streamlit writes into a link what the option is called on the screen. A link may therefore hold a
text of an earlier wording, or the fixed value itself, which is the same in every language;
`current_wording` returns today's text for either.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mnistviz.words import read


@dataclass(frozen=True, slots=True)
class Choice:
    """The options of one widget that have words.

    Attributes:
        lesson: the file of their words.
        part: what the parts with the words begin with: `mix` for `mix_yes`.
        values: what the widget holds; it may hold values without words too, such as numbers.
        before: texts that older links hold in their place, and the values they stand for.
    """

    lesson: str
    part: str
    values: tuple[str, ...]
    before: Mapping[str, str] = field(default_factory=dict)

    def text(self, value: str) -> str:
        """Return what an option is called on the screen."""
        return read(self.lesson).parts[f"{self.part}_{value.replace(' ', '_')}"]


CHOICES: Mapping[str, Choice] = {
    "digits_values": Choice("digits", "values", ("stored", "ToTensor", "Normalize")),
    "initialization_pictures": Choice("initialization", "zeros_show", ("weights", "gradients")),
    "inside_other": Choice(
        "inside", "other", ("strongest", "none"), {"the strongest other": "strongest"}
    ),
    "inside_sort": Choice("inside", "wall_sort", ("number", "weights", "activation")),
    "train_cell": Choice("train/results", "cell", ("most",), {"the most frequent error": "most"}),
    "clinic_part": Choice("clinic", "part", ("digit", "network")),
    "clinic_digit": Choice(
        "clinic", "name", ("shift", "rotate", "scale", "blur", "noise", "invert", "cover")
    ),
    "clinic_network": Choice(
        "clinic",
        "name",
        (
            "zero biases",
            "noisy weights",
            "zero layer",
            "units off",
            "round weights",
            "raw inputs",
            "double softmax",
            "moved test",
            "shuffled labels",
        ),
    ),
    "modules_omission": Choice(
        "modules", "omission", ("super", "forward", "registering", "module")
    ),
    "tensors_slip": Choice("tensors", "slip", ("flatten", "weights", "bias", "dim", "resize_")),
    "draw_left_out": Choice(
        "draw/preparation", "name", ("ink", "crop", "line", "scale", "center", "normalize")
    ),
    "draw_source": Choice("draw", "source", ("drawing", "photo")),
    "draw_paper": Choice("draw", "paper", ("black", "white")),
    "draw_photo_ink": Choice("draw/photo_panel", "ink", ("automatic", "dark", "light")),
    "draw_photo_threshold_by": Choice("draw/photo_panel", "threshold", ("automatic", "by hand")),
    "draw_set_show": Choice("draw/own_set", "show", ("all", "wrong"), {"read wrongly": "wrong"}),
    "draw_cell": Choice("draw/own_set", "cell", ("most",), {"the most frequent": "most"}),
    "draw_mix": Choice("draw/own_set", "mix", ("yes", "no"), {"mixed in": "yes", "left out": "no"}),
    "draw_held": Choice(
        "draw/own_set", "held", ("yes", "no"), {"held back": "yes", "learned too": "no"}
    ),
}
"""By the key of the widget."""


def text(key: str, value: object) -> str:
    """Return what a value of a widget is called on the screen; itself if it has no words."""
    choice = CHOICES.get(key)
    known = choice is not None and value in choice.values
    return choice.text(str(value)) if choice and known else str(value)


def current_wording(key: str, link_text: str) -> str:
    """Return today's wording of an option that a link names in any wording.

    Args:
        key: of the widget.
        link_text: the text in the link: of today, of an earlier wording, or a fixed value.
    """
    choice = CHOICES.get(key)
    if choice is None or link_text in map(choice.text, choice.values):
        return link_text
    return text(key, choice.before.get(link_text, link_text))
