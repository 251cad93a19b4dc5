"""Digits as several hands write them, with pens of any width: strokes from a seeded generator."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from mnistviz.digits.strokes import MIN_WIDTH, SIZE, Drawing, Stroke, Tool

Line = tuple[tuple[float, float], ...]


def _arc(x: float, y: float, rx: float, ry: float, start: float, end: float) -> Line:
    """Points of an ellipse, clockwise from `start` to `end` degrees; 0 is on the right."""
    turns = np.radians(np.linspace(start, end, 25))
    return tuple((x + rx * math.cos(turn), y + ry * math.sin(turn)) for turn in turns)


HANDS: dict[int, tuple[tuple[Line, ...], ...]] = {
    0: (
        (_arc(0.5, 0.5, 0.36, 0.5, -90, 275),),
        (_arc(0.5, 0.5, 0.28, 0.5, -60, 305),),
    ),
    1: (
        (((0.5, 0.0), (0.5, 1.0)),),
        (((0.56, 0.0), (0.44, 1.0)),),
        (((0.36, 0.18), (0.52, 0.0), (0.52, 1.0)),),
    ),
    2: (
        ((*_arc(0.5, 0.28, 0.33, 0.28, -170, 40), (0.15, 1.0), (0.88, 1.0)),),
        ((*_arc(0.48, 0.26, 0.3, 0.26, -150, 60), (0.2, 0.95), (0.5, 0.9), (0.9, 0.98)),),
    ),
    3: (
        ((*_arc(0.45, 0.25, 0.32, 0.25, -150, 90), *_arc(0.45, 0.74, 0.38, 0.26, -90, 150)),),
        (
            (
                *((0.15, 0.02), (0.8, 0.02), (0.42, 0.4)),
                *_arc(0.43, 0.7, 0.37, 0.3, -90, 150),
            ),
        ),
    ),
    4: (
        (((0.3, 0.0), (0.15, 0.55), (0.85, 0.55)), ((0.7, 0.05), (0.66, 1.0))),
        (((0.62, 1.0), (0.66, 0.0), (0.12, 0.66), (0.9, 0.66)),),
    ),
    5: (
        (((0.8, 0.0), (0.28, 0.02), (0.24, 0.42), *_arc(0.44, 0.68, 0.36, 0.3, -100, 140)),),
        (
            ((0.26, 0.03), (0.24, 0.45), *_arc(0.46, 0.7, 0.34, 0.28, -110, 130)),
            ((0.26, 0.03), (0.82, 0.0)),
        ),
    ),
    6: (
        ((*_arc(0.72, 0.6, 0.52, 0.6, -95, -180), *_arc(0.5, 0.72, 0.3, 0.27, -180, 185)),),
        (((0.62, 0.0), (0.3, 0.45), *_arc(0.5, 0.74, 0.28, 0.26, -160, 205)),),
    ),
    7: (
        (((0.12, 0.02), (0.88, 0.0), (0.42, 1.0)),),
        (((0.12, 0.0), (0.85, 0.02), (0.4, 1.0)), ((0.3, 0.5), (0.84, 0.46))),
    ),
    8: (
        (
            (
                *_arc(0.5, 0.25, 0.28, 0.25, -60, -270),
                *_arc(0.5, 0.75, 0.34, 0.25, -90, 270),
                *_arc(0.5, 0.25, 0.28, 0.25, 90, -60),
            ),
        ),
        (
            _arc(0.5, 0.24, 0.26, 0.24, -90, 270),
            _arc(0.5, 0.75, 0.32, 0.26, -90, 270),
        ),
    ),
    9: (
        ((*_arc(0.48, 0.28, 0.3, 0.27, -10, -370), (0.76, 0.5), (0.68, 1.0)),),
        (
            (
                *_arc(0.46, 0.27, 0.3, 0.27, 0, -360),
                *((0.76, 0.75), (0.6, 0.98), (0.25, 0.95)),
            ),
        ),
    ),
}
"""By digit, the ways to write it: lines of (x, y) in a frame from 0 to 1."""


def written_by_hand(digit: int, width: float, rng: np.random.Generator) -> Drawing:
    """Write a digit 120 to 220 pixels high, slanted, stretched and shaken a little.

    Args:
        digit: 0 to 9.
        width: of the pen, for a digit 200 pixels high; a smaller digit gets a thinner pen.
        rng: what chooses the hand, the size, the place and the shaking.
    """
    hands = HANDS[digit]
    lines = hands[int(rng.integers(len(hands)))]
    high = rng.uniform(120, 220)
    wide, slant, turn = high * rng.uniform(0.6, 0.85), rng.uniform(-0.05, 0.25), rng.normal(0, 0.05)
    sizes, phases = rng.normal(0, 0.012, (2, 2)), rng.uniform(0, 2 * math.pi, (2, 2))
    middle = SIZE / 2 + rng.uniform(-12, 12, 2)

    def placed(x: float, y: float) -> tuple[float, float]:
        waves = np.sin(2 * math.pi * np.outer((y, x), (1, 2)) + phases)
        right, down = np.array((x, y)) - 0.5 + (sizes * waves).sum(1)
        right, down = right * wide - down * slant * high, down * high
        right, down = (
            right * math.cos(turn) - down * math.sin(turn),
            right * math.sin(turn) + down * math.cos(turn),
        )
        return round(float(middle[0] + right), 1), round(float(middle[1] + down), 1)

    pen = max(width * high / 200, MIN_WIDTH)
    return tuple(
        Stroke(Tool.PEN, pen, tuple(placed(*point) for point in _finer(line))) for line in lines
    )


def _finer(line: Line) -> Line:
    """Put points in between, so that a straight line can be shaken too."""
    points = [line[0]]
    for (x0, y0), (x1, y1) in pairwise(line):
        pieces = max(1, round(12 * math.dist((x0, y0), (x1, y1))))
        shares = (number / pieces for number in range(1, pieces + 1))
        points += [(x0 + (x1 - x0) * share, y0 + (y1 - y0) * share) for share in shares]
    return tuple(points)
