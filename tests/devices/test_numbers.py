"""Tensors of whole numbers and truth values on a device, with the numbers of Python and NumPy."""

import operator
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from tests import standin
from tests.conftest import gpu_is_here


@pytest.fixture(params=["standin", pytest.param("cuda", marks=pytest.mark.gpu)], autouse=True)
def library(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "standin":
        with standin.installed():
            yield
    elif gpu_is_here():
        yield
    else:
        pytest.skip("no GPU with CuPy on this machine")


CALLS: dict[str, Callable[[Any], Any]] = {
    "add": lambda x: x + 1,
    "subtract from": lambda x: 7 - x,
    "multiply": lambda x: np.int64(3) * x,
    "divide": lambda x: x / 2,
    "floor": lambda x: x // 2,
    "remainder": lambda x: x % 2,
    "power": lambda x: x**2,
    "power of a number": lambda x: 2**x,
    "and": lambda x: x & 1,
    "shift": lambda x: x << 1,
    "compare": lambda x: x >= 2,
    "equal": lambda x: x == 2,
    "a real number": lambda x: x * 2.5,
    "a truth value": lambda x: x + True,
    "bounds": lambda x: x.clamp(1, 2),
    "choice": lambda x: ac.where(x > 1, x, 0),
    "mask": lambda x: x.masked_fill(x > 1, 7),
    "in place": lambda x: x.clone().add_(1).mul_(2),
    "alpha": lambda x: ac.add(x, x, alpha=2),
    "without axes": lambda x: x.sum() + 1,
}


@pytest.mark.parametrize("dtype", ["int64", "int32", "uint8"])
@pytest.mark.parametrize("name", CALLS)
def test_whole_numbers_meet_numbers(name: str, dtype: str) -> None:
    x = ac.tensor([1, 2, 3], dtype=getattr(ac, dtype))
    expected, found = CALLS[name](x), CALLS[name](x.cuda())
    assert found.is_cuda
    assert (found.dtype, found.tolist()) == (expected.dtype, expected.tolist())


@pytest.mark.parametrize("call", [operator.add, operator.mul, operator.and_, operator.xor, operator.eq])
def test_truth_values_meet_numbers(call: Callable[[Any, Any], Any]) -> None:
    x = ac.tensor([True, False])
    for number in (True, 2):
        expected, found = call(x, number), call(x.cuda(), number)
        assert found.is_cuda
        assert (found.dtype, found.tolist()) == (expected.dtype, expected.tolist())
