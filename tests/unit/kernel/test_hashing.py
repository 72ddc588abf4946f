import numpy as np
import pytest

from asterism.kernel.hashing import bucket_of, draw, in_share, threshold


def test_buckets_are_even() -> None:
    counts = np.bincount([bucket_of(f"C{number:07d}") for number in range(16_000)], minlength=16)
    assert counts.min() > 850
    assert counts.max() < 1150


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_a_share_of_customers_is_drawn(share: float) -> None:
    drawn = sum(in_share("salt", f"C{number:07d}", share) for number in range(10_000))
    assert abs(drawn / 10_000 - share) < 0.015


def test_draws_of_two_salts_are_independent() -> None:
    customers = [f"C{number:07d}" for number in range(10_000)]
    both = sum(in_share("a", one, 0.5) and in_share("b", one, 0.5) for one in customers)
    assert abs(both / 10_000 - 0.25) < 0.02


def test_a_draw_is_stable_for_ever() -> None:
    assert draw("universal", "C0000001") == "537cbd54"
    assert bucket_of("C0000001") == 13


def test_a_share_outside_zero_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        threshold(1.5)
