"""The kinds of arrays, each with one name."""

from typing import Any

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""Gray from 0 to 255."""

Floats = npt.NDArray[np.float32]
"""What a network takes and gives, in the precision in which it computes."""

Doubles = npt.NDArray[np.float64]
"""What is computed from it, where float32 would round too much."""

Reals = npt.NDArray[np.floating[Any]]
"""Numbers of either precision."""

Integers = npt.NDArray[np.int64]
"""Classes, counts, and places in another array."""

Mask = npt.NDArray[np.bool_]
"""What holds, place by place."""

Shorts = npt.NDArray[np.uint16]
"""Sums and products of gray levels, which 8 bits do not hold."""
