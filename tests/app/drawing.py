"""The pad of the page Draw, as its JavaScript speaks for it."""

from __future__ import annotations

from typing import Any

from tests.app.session import Session

LINE = {"tool": "pen", "width": 22, "points": [[60, 60], [200, 60.5]]}


def draw(visit: Session, number: int, *strokes: object, **more: Any) -> Session:
    """Say what the pad says when the pen is lifted, after so many changes."""
    data = visit.component("draw_pad")
    message = {"session": data["session"], "epoch": data["epoch"], "revision": number}
    return visit.press(
        "draw_pad", "drawn", {**message, "check": None, "strokes": list(strokes), **more}
    )
