"""The colors against the grounds that they stand on, as the rules for contrast measure them."""

import re
import tomllib
from pathlib import Path

import pytest

from mnistviz.figures import theme

ROOT = Path(__file__).parents[3]
THEMES = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
SCHEMES = ("light", "dark")
TEXT, SHAPE = 4.5, 3.0

Color = tuple[float, float, float]


def channels(color: str) -> list[float]:
    """Return red, green and blue, 0 to 255, and how opaque a color is, 0 to 1."""
    if color.startswith("#"):
        return [*(int(color[place : place + 2], 16) for place in (1, 3, 5)), 1.0]
    parts = [float(part) for part in re.findall(r"[\d.]+", color)]
    return parts if len(parts) == 4 else [*parts, 1.0]


def over(color: str, ground: str) -> Color:
    """Return what is seen of a color that may let its ground through."""
    *front, opacity = channels(color)
    back = channels(ground)[:3]
    red, green, blue = (
        opacity * one + (1 - opacity) * other for one, other in zip(front, back, strict=True)
    )
    return red, green, blue


def luminance(color: Color) -> float:
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in color)
    ]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(color: str, ground: str) -> float:
    dark, light = sorted([luminance(over(color, ground)), luminance(over(ground, ground))])
    return (light + 0.05) / (dark + 0.05)


def page(scheme: str) -> str:
    ground: str = THEMES[scheme]["backgroundColor"]
    return ground


def grounds(scheme: str) -> list[str]:
    """Return all that words stand on: the page, what is set off from it, and the sidebar."""
    colors = THEMES[scheme]
    names = ("backgroundColor", "secondaryBackgroundColor")
    return [part[name] for part in (colors, colors["sidebar"]) for name in names]


def test_the_measure_is_that_of_the_rules() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("rgba(0, 0, 0, 0)", "#123456") == 1
    # Known from the rules' own examples: the palest gray that may be read on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("which", range(2), ids=SCHEMES)
class TestOnEitherPage:
    def test_words_are_read_wherever_they_stand(self, which: int) -> None:
        scheme = SCHEMES[which]
        for color in (THEMES[scheme]["textColor"], theme.SOFT[which], theme.FOCUS[which]):
            assert min(contrast(color, ground) for ground in grounds(scheme)) >= TEXT

    def test_code_is_read_in_all_its_parts(self, which: int) -> None:
        colors = THEMES[SCHEMES[which]]
        parts = [colors["codeTextColor"], *(part[which] for part in theme.CODE.values())]
        for ground in (colors["codeBackgroundColor"], colors["backgroundColor"]):
            assert min(contrast(part, ground) for part in parts) >= TEXT

    @pytest.mark.parametrize(
        "color",
        [
            *(theme.ACCENT, theme.POSITIVE, theme.NEGATIVE, theme.GRAY),
            *(*theme.LAYERS, *theme.CLASSES),
        ],
    )
    def test_what_shows_a_quantity_is_seen(self, which: int, color: str) -> None:
        assert contrast(color, page(SCHEMES[which])) >= SHAPE

    def test_the_ring_of_the_focus_is_the_primary_color_and_is_seen(self, which: int) -> None:
        scheme = SCHEMES[which]
        assert theme.FOCUS[which] == THEMES[scheme]["primaryColor"]
        assert min(contrast(theme.FOCUS[which], ground) for ground in grounds(scheme)) >= SHAPE

    def test_a_chosen_option_is_read_on_its_tint(self, which: int) -> None:
        # Streamlit lays a tenth of the primary color over the ground, in the dark a fifth.
        red, green, blue, _ = channels(theme.FOCUS[which])
        tint = f"rgba({red}, {green}, {blue}, {(0.1, 0.2)[which]})"
        for ground in grounds(SCHEMES[which]):
            seen = "#" + "".join(f"{round(channel):02x}" for channel in over(tint, ground))
            assert contrast(theme.FOCUS[which], seen) >= (TEXT if which == 0 else SHAPE)


def test_a_pale_bar_is_told_by_its_line() -> None:
    # By itself it would not be seen well enough on the light page.
    assert contrast(theme.ACCENT_PALE, page("light")) < SHAPE
