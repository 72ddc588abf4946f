import numpy as np
import pytest

from asterism.kernel import hashing
from asterism.strategy.draws import Ids, in_share


@pytest.mark.parametrize("salt", ["universal", "x", "客户", "a" * 60])
def test_array_draws_are_the_kernels_draws(salt: str) -> None:
    ids = ["C1", "C000000000000000000000000000000001", "客户42", *(str(n) for n in range(300))]
    draws = Ids(ids).draws(salt)
    assert [f"{number:08x}" for number in draws] == [hashing.draw(salt, one) for one in ids]
    for share in (0.0, 0.05, 0.5, 1.0):
        expected = [hashing.in_share(salt, one, share) for one in ids]
        assert in_share(draws, share).tolist() == expected


def test_draws_of_some_are_those_of_all() -> None:
    ids = Ids([f"C{n}" for n in range(50_000)])
    places = np.arange(0, 50_000, 7)
    assert (ids.draws("s", places) == ids.draws("s")[places]).all()


def test_nobody_can_be_drawn_too() -> None:
    assert len(Ids([]).draws("s")) == 0
