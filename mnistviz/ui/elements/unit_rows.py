"""Rows of units as small pictures, each row with words beside it."""

from collections.abc import Sequence
from typing import Any

from mnistviz.ui.elements import components

_rows = components.make(
    "elements/unit_rows", '<div class="rows"></div>', css=("elements/image",), js=("elements/dom",)
)


def draw(key: str, rows: Sequence[dict[str, Any]]) -> None:
    """Draw the rows.

    Args:
        key: of the component.
        rows: each with its `words`, which may hold `<b>` and `<code>`, its `pictures` as `data:`
            addresses, the `names` below these, and as `alts` what they are.
    """
    _rows(key=key, data={"rows": list(rows)})
