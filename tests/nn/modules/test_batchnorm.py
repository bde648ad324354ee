"""Batch normalisation against PyTorch: values, running averages, gradients, options and errors."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn
from autograd_cnn.nn import functional as F

torch = pytest.importorskip("torch")

SHAPES = {
    "BatchNorm1d": [(6, 4), (3, 4, 5)],
    "BatchNorm2d": [(3, 4, 5, 2), (8, 4, 16, 16)],
    "BatchNorm3d": [(2, 4, 2, 3, 2)],
}
CASES = [(name, shape) for name, shapes in SHAPES.items() for shape in shapes]


def both(name: str, dtype: str, **options: Any) -> tuple[Any, Any]:
    mine, theirs = (
        getattr(nn, name)(4, dtype=getattr(ac, dtype), **options),
        getattr(torch.nn, name)(4, dtype=getattr(torch, dtype), **options),
    )
    if options.get("affine", True):
        values = np.random.default_rng(3).standard_normal((2, 4))
        for i, p in enumerate(("weight", "bias")):
            getattr(mine, p).data.copy_(ac.tensor(values[i]))
            with torch.no_grad():
                getattr(theirs, p).copy_(torch.tensor(values[i]))
    return mine, theirs


@pytest.mark.parametrize(("name", "shape"), CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"momentum": None},
        {"affine": False},
        {"track_running_stats": False},
        {"eps": 0.1, "momentum": 0.3},
    ],
    ids=str,
)
def test_training_then_evaluation(
    name: str, shape: tuple[int, ...], dtype: str, options: dict[str, Any]
) -> None:
    mine, theirs = both(name, dtype, **options)
    close = {"rtol": 1e-9, "atol": 1e-9} if dtype == "float64" else {"rtol": 2e-4, "atol": 2e-5}
    for turn in range(3):
        if turn == 2:
            mine.eval(), theirs.eval()
        values = (np.random.default_rng(turn).standard_normal(shape) * 2 + 3).astype(dtype)
        signal = np.random.default_rng(9).standard_normal(shape).astype(dtype)
        x, t = ac.tensor(values, requires_grad=True), torch.tensor(values, requires_grad=True)
        y, u = mine(x), theirs(t)
        y.backward(ac.tensor(signal))
        u.backward(torch.tensor(signal))
        np.testing.assert_allclose(y.detach().numpy(), u.detach().numpy(), **close)
        np.testing.assert_allclose(x.grad.numpy(), t.grad.numpy(), **close)
    for (key, p), (other, q) in zip(mine.state_dict().items(), theirs.state_dict().items(), strict=True):
        assert key == other
        np.testing.assert_allclose(p.detach().numpy(), q.detach().numpy(), **close)
    for p, q in zip(mine.parameters(), theirs.parameters(), strict=True):
        np.testing.assert_allclose(
            p.grad.numpy(),
            q.grad.numpy(),
            rtol=1e-3 if dtype == "float32" else 1e-9,
            atol=1e-3 if dtype == "float32" else 1e-9,
        )
    assert repr(mine) == repr(theirs)


def test_a_large_mean_costs_no_digits() -> None:
    values = (np.random.default_rng(0).standard_normal((32, 4, 16, 16)) + 1000).astype("f")
    y = F.batch_norm(ac.tensor(values), None, None, training=True).numpy()
    wide = values.astype(float)
    expected = (wide - wide.mean((0, 2, 3), keepdims=True)) / np.sqrt(
        wide.var((0, 2, 3), keepdims=True) + 1e-5
    )
    assert np.abs(y - expected).max() < 1e-3


def test_errors_are_those_of_pytorch() -> None:
    with pytest.raises(ValueError, match="expected 4D input"):
        nn.BatchNorm2d(4)(ac.zeros(2, 4))
    with pytest.raises(ValueError, match="more than 1 value per channel"):
        nn.BatchNorm1d(4)(ac.zeros(1, 4))
    with pytest.raises(RuntimeError, match="running_mean should contain 3 elements not 4"):
        nn.BatchNorm1d(4)(ac.zeros(2, 3))
    with pytest.raises(RuntimeError, match="to be defined when training=False"):
        F.batch_norm(ac.zeros(2, 3), None, None)


def test_running_averages_can_be_reset() -> None:
    layer = nn.BatchNorm1d(2)
    layer(ac.ones(3, 2) * 5)
    layer.reset_parameters()
    assert layer.running_mean.tolist() == [0, 0]
    assert layer.running_var.tolist() == [1, 1]
    assert int(layer.num_batches_tracked) == 0
