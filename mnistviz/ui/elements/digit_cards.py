"""Test digits as pictures, each with a few short lines below it."""

from collections.abc import Sequence
from typing import Any

from mnistviz.figures import pictures
from mnistviz.results import kept
from mnistviz.spec.fields import Data
from mnistviz.ui.elements import components
from mnistviz.ui.session import cached

_cards = components.make(
    "elements/digit_cards",
    '<ul class="cards" role="list"></ul>',
    css=("elements/image",),
    js=("elements/dom",),
)


def draw(key: str, name: str, cards: Sequence[dict[str, Any]], least: str) -> None:
    """Draw the cards.

    Args:
        key: of the component.
        name: what these digits are.
        cards: each with its `picture`, a `data:` address, its `alt` and its `lines`.
        least: how narrow a card may be, as CSS writes it.
    """
    _cards(key=key, data={"name": name, "least": least, "cards": list(cards)})


@kept(maxsize=512)
def picture(data: Data, number: int) -> str:
    """Return a test digit as a picture of 28 by 28 pixels, a `data:` address."""
    return pictures.data_uri(cached.digits(data).test_pixels[number].numpy())
