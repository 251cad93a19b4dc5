"""Two ways to keep results that `results.kept` alone does not have."""

from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import update_wrapper
from typing import Generic, ParamSpec, TypeVar

from mnistviz.results import Place, kept
from mnistviz.spec.specs import DigitSpec

P = ParamSpec("P")
R = TypeVar("R")


class OncePerBatch(Generic[P, R]):
    """A function whose results are kept, once for all digits of a batch; see `once_per_batch`."""

    def __init__(self, function: Callable[P, R], maxsize: int) -> None:
        cached = kept(maxsize)(function)
        self._cached: Callable[..., R] = cached
        self.cache_clear = cached.cache_clear
        update_wrapper(self, function)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns for the first digit of the batch."""
        named = {name: _of_batch(value) for name, value in kwargs.items()}
        return self._cached(*map(_of_batch, args), **named)


def once_per_batch(maxsize: int) -> Callable[[Callable[P, R]], OncePerBatch[P, R]]:
    """Keep what a function computes for a whole batch, whichever of its images is in hand.

    The function gets the batch's first digit in the place of each `DigitSpec`, so its result cannot
    depend on the image.

    Args:
        maxsize: how many results are kept.
    """
    return lambda function: OncePerBatch(function, maxsize)


def _of_batch(value: object) -> object:
    if isinstance(value, DigitSpec) and value.image:
        return replace(value, image=0)
    return value


class Memo(Generic[R]):
    """Results kept by a key that does not hold all that they are computed from.

    Parameters and runs are no key, and must not be kept alive by a cache; a spec names them.
    """

    def __init__(self, maxsize: int) -> None:
        """Make an empty one.

        Args:
            maxsize: how many results are kept.
        """
        self._place = Place[R](maxsize)

    def get(self, key: Hashable, compute: Callable[[], R]) -> R:
        """Return the result that is kept, or compute it; an error is passed on, nothing is kept.

        Args:
            key: names the result.
            compute: is called where none is kept.
        """
        return self._place.get(key, compute)
