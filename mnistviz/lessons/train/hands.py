"""Digits by another hand: drawn with strokes by chance, with no font and no digit of MNIST."""

import math

import numpy as np
from PIL import Image, ImageDraw

from mnistviz.digits.arrays import Floats, Integers, Pixels
from mnistviz.digits.preparation import prepare

SIDE = 200
"""Pixels of a side of the canvas."""

Points = list[tuple[float, float]]


def arc(x: float, y: float, wide: float, high: float, start: float, end: float) -> Points:
    """Points of an ellipse, from one angle to another: 0 is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


ZERO = arc(0.5, 0.5, 0.3, 0.5, -90, 270)
SHAPES: dict[int, list[list[Points]]] = {
    0: [[ZERO], [arc(0.5, 0.5, 0.42, 0.5, -60, 310)]],
    1: [[[(0.5, 0), (0.5, 1)]], [[(0.3, 0.22), (0.55, 0), (0.55, 1)]]],
    2: [
        [[*arc(0.5, 0.28, 0.32, 0.28, 190, 380), (0.2, 1), (0.85, 1)]],
        [
            [
                *arc(0.5, 0.25, 0.3, 0.25, 180, 400),
                *arc(0.3, 0.88, 0.12, 0.1, -60, -300),
                (0.9, 0.98),
            ]
        ],
    ],
    3: [
        [[*arc(0.45, 0.25, 0.32, 0.25, 200, 440), *arc(0.45, 0.74, 0.36, 0.26, -80, 160)]],
        [[(0.15, 0), (0.8, 0), (0.45, 0.4), *arc(0.45, 0.7, 0.36, 0.3, -80, 150)]],
    ],
    4: [
        [[(0.6, 0), (0.1, 0.65), (0.9, 0.65)], [(0.68, 0.3), (0.66, 1)]],
        [[(0.2, 0), (0.18, 0.5), (0.8, 0.5)], [(0.8, 0), (0.78, 1)]],
        [[(0.7, 1), (0.7, 0), (0.1, 0.68), (0.95, 0.68)]],
    ],
    5: [
        [[(0.85, 0), (0.25, 0), (0.2, 0.42), *arc(0.45, 0.7, 0.38, 0.3, -100, 150)]],
        [
            [(0.25, 0), (0.22, 0.45), *arc(0.45, 0.72, 0.36, 0.28, -110, 150)],
            [(0.25, 0), (0.9, 0.02)],
        ],
    ],
    6: [
        [[(0.65, 0), (0.3, 0.4), *arc(0.5, 0.72, 0.32, 0.28, 190, 560)]],
        [[*arc(0.75, 0.55, 0.55, 0.55, -90, -190), *arc(0.5, 0.75, 0.28, 0.25, -190, 170)]],
    ],
    7: [
        [[(0.1, 0), (0.9, 0), (0.4, 1)]],
        [[(0.1, 0.02), (0.9, 0), (0.4, 1)], [(0.3, 0.5), (0.85, 0.48)]],
        [[(0.1, 0.18), (0.12, 0), (0.9, 0), (0.5, 0.45), (0.4, 1)]],
    ],
    8: [
        [[*arc(0.5, 0.25, 0.27, 0.25, 90, -270), *arc(0.5, 0.75, 0.34, 0.25, -90, 270)]],
        [
            [
                (0.8, 0.1),
                *arc(0.5, 0.22, 0.28, 0.22, -20, -230),
                *arc(0.5, 0.76, 0.32, 0.24, -50, 230),
                (0.8, 0.1),
            ]
        ],
    ],
    9: [
        [[*arc(0.48, 0.28, 0.32, 0.28, 0, -360), (0.78, 0.4), (0.7, 1)]],
        [[*arc(0.48, 0.28, 0.32, 0.28, -10, -360), *arc(0.4, 0.6, 0.42, 0.4, -20, 110)]],
    ],
}
"""For each digit some ways to write it, each a list of strokes in a square from 0 to 1."""


def drawn(digit: int, chance: np.random.Generator) -> Pixels:
    """Draw a digit: its shape, slant, width, turn, wobble and pen by chance.

    Args:
        digit: 0 to 9.
        chance: what decides.

    Returns:
        uint8 of shape (200, 200), 0 is black and 255 is ink.
    """
    shape = SHAPES[digit][chance.integers(len(SHAPES[digit]))]
    wide, slant = chance.uniform(0.55, 1.0), chance.uniform(-0.25, 0.4)
    turn = math.radians(chance.uniform(-12, 12))
    matrix = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    phase, waves, bend = chance.uniform(0, 6.3, 2), chance.uniform(2, 5, 2), chance.uniform(0, 0.05)
    pen = chance.uniform(10, 26)
    picture = Image.new("L", (SIDE, SIDE))
    pencil = ImageDraw.Draw(picture)
    for stroke in shape:
        points = np.array(stroke) - 0.5 + chance.normal(0, 0.03, 2)
        # Corners and ends land elsewhere each time; what lies between follows.
        points += np.stack(
            [bend * np.sin(waves[k] * 2 * points[:, 1 - k] + phase[k]) for k in (0, 1)], 1
        )
        points += chance.normal(0, 0.025 if len(points) < 8 else 0.004, points.shape)
        points = (
            np.stack([(points[:, 0] - slant * points[:, 1]) * wide, points[:, 1]], 1) @ matrix.T
        )
        places = [tuple(place) for place in points * 120 + SIDE / 2]
        pencil.line(places, fill=255, width=round(pen), joint="curve")
        for x, y in places:
            pencil.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
    return np.asarray(picture)


def hands(count: int, seed: int) -> tuple[Floats, Integers]:
    """Draw digits and prepare them as the page Draw does; the same for the same seed.

    Args:
        count: how many.
        seed: what decides.

    Returns:
        Inputs, float32 of shape (count, 784), and which digits they are, int64 of shape (count,):
        each digit as often as the others.
    """
    chance = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    pictures = [drawn(int(label), chance) for label in labels]
    return np.stack([prepare(255 - ink, ink).inputs for ink in pictures]), labels
