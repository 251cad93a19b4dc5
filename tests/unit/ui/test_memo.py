"""Tests of the two ways to keep results: per batch, and by a key that is not the whole input."""

from dataclasses import replace

import pytest

from mnistviz.spec.specs import DigitSpec
from mnistviz.ui.session.memo import Memo, once_per_batch


class TestOncePerBatch:
    def test_another_image_of_the_batch_computes_nothing_anew(self) -> None:
        calls = []

        @once_per_batch(maxsize=4)
        def named(name: str, digit: DigitSpec) -> str:
            calls.append(digit)
            return f"{name} {digit.batch}"

        digit = DigitSpec(batch=3, image=5)
        assert named("a", digit) == named("a", replace(digit, image=6)) == "a 3"
        assert named(name="a", digit=digit) == "a 3"
        assert {call.image for call in calls} == {0}
        assert len(calls) == 2  # Named arguments are another key, as for `lru_cache`.

    @pytest.mark.parametrize("other", [DigitSpec(batch=1), DigitSpec(seed=8)])
    def test_another_batch_does(self, other: DigitSpec) -> None:
        numbers = once_per_batch(maxsize=4)(lambda digit: (digit.batch, digit.seed))
        assert numbers(DigitSpec(image=2)) == (0, 7)
        assert numbers(other) == (other.batch, other.seed)

    def test_it_can_be_emptied(self) -> None:
        objects = once_per_batch(maxsize=4)(lambda digit: object())
        first = objects(DigitSpec())
        assert objects(DigitSpec()) is first
        objects.cache_clear()
        assert objects(DigitSpec()) is not first


class TestMemo:
    def test_computes_once_for_each_key(self) -> None:
        memo, calls = Memo[int](maxsize=4), []

        def compute() -> int:
            calls.append(None)
            return len(calls)

        assert [memo.get(key, compute) for key in ("a", "a", "b", "a")] == [1, 1, 2, 1]

    def test_keeps_no_more_than_it_may(self) -> None:
        memo = Memo[str](maxsize=1)
        assert memo.get("a", lambda: "first") == "first"
        memo.get("b", lambda: "other")
        assert memo.get("a", lambda: "second") == "second"

    def test_an_error_is_not_kept(self) -> None:
        memo = Memo[int](maxsize=1)
        with pytest.raises(ZeroDivisionError):
            memo.get("a", lambda: 1 // 0)
        assert memo.get("a", lambda: 1) == 1
