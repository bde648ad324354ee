"""Making tensors: values, dtypes and errors against PyTorch."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from tests.recorded import outcome, pytorch


@pytest.mark.parametrize(
    "expression",
    """
    t.zeros()
    t.zeros(())
    t.zeros(2, 3)
    t.zeros((2, 3))
    t.zeros([2], dtype=t.int64)
    t.zeros(-1)
    t.zeros(2.5)
    t.zeros(size=(2,))
    t.zeros(2, sizes=(2,))
    t.zeros(t.tensor(2), 3)
    t.zeros(np.int64(2))
    t.zeros(2, requires_grad=True)
    t.zeros(2, dtype=t.int64, requires_grad=True)
    t.ones(2, 3, dtype=t.float64, device='cpu')
    t.ones(2, dtype=t.bool)
    t.empty(2, 0).shape
    t.full((2,), 3)
    t.full((2,), 3.)
    t.full((2,), True)
    t.full((2,), t.tensor(3.))
    t.full((2,), 3, dtype=t.float16)
    t.full((), 1)
    t.full(2, 1)
    t.eye(2)
    t.eye(2, 3, dtype=t.bool)
    t.eye(-1)
    t.arange(5)
    t.arange(0)
    t.arange(1, 2, .3)
    t.arange(5.)
    t.arange(5, 1)
    t.arange(5, 1, -1)
    t.arange(0, 5, 0)
    t.arange(start=1, end=3)
    t.arange(1, end=4)
    t.arange(end=3)
    t.arange(1, 3, step=.5)
    t.arange(1, 3, dtype=t.float32)
    t.arange(True)
    t.arange(t.tensor(3))
    t.arange(float('nan'))
    t.arange(0, 1, 0.1)
    t.arange(2.5, dtype=t.int32)
    t.arange(0.5, 3.5, dtype=t.int32)
    t.arange(2**53, 2**53 + 3)
    t.arange()
    t.linspace(0, 1, 5)
    t.linspace(0, 1, 0)
    t.linspace(0, 1, 1)
    t.linspace(3, -2, 7, dtype=t.float64)
    t.linspace(0, 10, 5, dtype=t.int64)
    t.linspace(0, 1, -1)
    t.linspace(t.tensor(0.), t.tensor(1.), 3)
    t.linspace(0, 1)
    t.logspace(0, 2, 3)
    t.logspace(0, 2, 3, base=2)
    t.scalar_tensor(3)
    t.scalar_tensor(3, dtype=t.int64)
    t.zeros_like(t.arange(3))
    t.zeros_like(t.arange(3), dtype=t.float)
    t.zeros_like([1])
    t.ones_like(t.ones(2, requires_grad=True))
    t.full_like(t.arange(2), 3.7)
    t.empty_like(t.ones(2, 3)).shape
    t.rand_like(t.arange(3))
    t.randint_like(t.ones(3), 1)
    t.randint_like(t.ones(3), 4, 5)
    t.randint(1, (2, 2))
    t.randint(low=4, high=5, size=(2,))
    t.randint(high=1, size=(2,), dtype=t.int32)
    t.randperm(1, dtype=t.float)
    t.normal(0., 0., (2,))
    t.ones(2).new_zeros(3)
    t.ones(2).new_zeros((3,), requires_grad=True)
    t.arange(2).new_full((2,), 3.5)
    t.ones(2, dtype=t.double).new_tensor([1, 2])
    t.arange(2).new_tensor([1.5])
    t.arange(2).new_ones(1, dtype=t.float)
    t.ones(2).new_empty(2, 3).shape
    t.ones(2).new(2).shape
    t.ones(2).new([1, 2])
    """.strip().splitlines(),
    ids=str.strip,
)
def test_filled(expression: str) -> None:
    assert outcome(ac, expression.strip()) == pytorch(outcome, expression.strip())


@pytest.mark.parametrize(
    "expression",
    """
    t.tensor(1)
    t.tensor(1.5)
    t.tensor(True)
    t.tensor([])
    t.tensor([[], []])
    t.tensor([[1, 2], [3, 4]])
    t.tensor([[1, 2], [3]])
    t.tensor([[1], 2])
    t.tensor([1, [2]])
    t.tensor([True, 2])
    t.tensor([True, 2.])
    t.tensor([1, 2.5])
    t.tensor([1, 'a'])
    t.tensor('a')
    t.tensor(None)
    t.tensor([None])
    t.tensor({1, 2})
    t.tensor((1, 2))
    t.tensor(range(3))
    t.tensor([(1, 2), [3, 4]])
    t.tensor([1, 2], requires_grad=True)
    t.tensor([1., 2.], requires_grad=True)
    t.tensor(np.float64(3))
    t.tensor(np.array([1.5]))
    t.tensor(np.array([1, 2], dtype=np.int16))
    t.tensor([np.float64(1.)])
    t.tensor([np.float32(1.), 2])
    t.tensor([np.int32(1)])
    t.tensor(np.array(['a']))
    t.tensor([t.tensor(1), t.tensor(2.)])
    t.tensor(2**63)
    t.tensor(-2**63)
    t.tensor([2**70])
    t.tensor(300, dtype=t.uint8)
    t.tensor(-1, dtype=t.uint8)
    t.tensor([300.], dtype=t.uint8)
    t.tensor(1.7, dtype=t.int32)
    t.tensor([1.5, 0.], dtype=t.bool)
    t.tensor([1, 2], dtype=t.float16)
    t.tensor(3, device='cpu')
    t.as_tensor([1, 2])
    t.as_tensor(np.array([1.]))
    t.as_tensor(3, dtype=t.float)
    t.asarray([1., 2])
    t.asarray(t.tensor(1), dtype=t.float)
    t.asarray([1.], requires_grad=True)
    t.asarray([1.], copy=False)
    t.from_numpy([1])
    t.from_numpy(np.array(['a']))
    t.from_numpy(np.arange(6).reshape(2, 3))
    t.FloatTensor(2).shape
    t.FloatTensor([1, 2])
    t.FloatTensor([[1, 2], [3, 4]])
    t.LongTensor([1, 2])
    t.LongTensor(2, 3).shape
    t.FloatTensor()
    t.FloatTensor(t.tensor([1.]))
    t.FloatTensor(t.tensor([1]))
    t.LongTensor([1.5])
    t.BoolTensor([1, 0])
    t.ByteTensor([1])
    t.DoubleTensor([1])
    isinstance(t.ones(1), t.FloatTensor)
    isinstance(t.ones(1), t.LongTensor)
    isinstance(1, t.LongTensor)
    t.Tensor([1, 2])
    t.Tensor(2, 3).shape
    t.Tensor(2).shape
    t.Tensor(t.ones(2, 3).shape).shape
    t.Tensor()
    """.strip().splitlines(),
    ids=str.strip,
)
def test_from_data(expression: str) -> None:
    assert outcome(ac, expression.strip()) == pytorch(outcome, expression.strip())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_spaces(dtype: str) -> None:
    """linspace is equal to the last bit; arange and logspace round once, PyTorch's vector code sometimes
    twice."""
    rng = np.random.default_rng(0)
    tolerance = 1e-6 if dtype == "float32" else 1e-14

    def space(t: Any, name: str, *arguments: Any) -> Any:
        return getattr(t, name)(*arguments, dtype=getattr(t, dtype)).numpy()

    for _ in range(40):
        start, end = np.round(rng.normal(size=2) * 10.0 ** rng.integers(0, 3), 3).tolist()
        steps = int(rng.integers(2, 60))
        step = (end - start) / steps * 1.03
        line = "linspace", start, end, steps
        pytorch.gives(space(ac, *line), space, *line)
        steady = "arange", start, end, step
        np.testing.assert_allclose(
            space(ac, *steady), pytorch(space, *steady), rtol=tolerance, atol=tolerance * abs(start)
        )
        powers = "logspace", start / 99, end / 99, steps
        np.testing.assert_allclose(space(ac, *powers), pytorch(space, *powers), rtol=tolerance)


def test_tensor_copies_and_as_tensor_shares() -> None:
    source = np.zeros(3, np.float32)
    copied, shared = ac.tensor(source), ac.as_tensor(source)
    source[0] = 5
    assert copied.tolist() == [0, 0, 0]
    assert shared.tolist() == ac.from_numpy(source).tolist() == ac.asarray(source).tolist() == [5, 0, 0]
    assert ac.as_tensor(shared) is shared
    assert ac.asarray(source, copy=True).array is not source
    x = ac.ones(2, requires_grad=True)
    assert ac.as_tensor(x * 2).requires_grad


def test_dtype_inference_follows_the_default_dtype() -> None:
    try:
        ac.set_default_dtype(ac.float64)
        assert (
            ac.tensor([1.0]).dtype
            == ac.zeros(2).dtype
            == ac.arange(2.0).dtype
            == ac.rand(2).dtype
            == ac.float64
        )
        assert ac.tensor([1]).dtype == ac.int64
    finally:
        ac.set_default_dtype(ac.float32)
    assert ac.tensor([1.0]).dtype == ac.get_default_dtype() == ac.float32


def test_a_device_that_is_not_there() -> None:
    with pytest.raises(RuntimeError, match=r"Expected one of cpu, cuda, .* device type at start of .*: tpu"):
        ac.zeros(2, device="tpu")
