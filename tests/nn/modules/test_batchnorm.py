"""Batch normalisation against PyTorch: values, running averages, gradients, options and errors."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn
from autograd_cnn.nn import functional as F
from tests.recorded import pytorch

SHAPES = {
    "BatchNorm1d": [(6, 4), (3, 4, 5)],
    "BatchNorm2d": [(3, 4, 5, 2), (8, 4, 16, 16)],
    "BatchNorm3d": [(2, 4, 2, 3, 2)],
}
CASES = [(name, shape) for name, shapes in SHAPES.items() for shape in shapes]


def layer(t: Any, name: str, dtype: str, **options: Any) -> Any:
    made = getattr(t.nn, name)(4, dtype=getattr(t, dtype), **options)
    if options.get("affine", True):
        values = np.random.default_rng(3).standard_normal((2, 4))
        for i, p in enumerate(("weight", "bias")):
            getattr(made, p).data.copy_(t.tensor(values[i]))
    return made


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
    def trained(t: Any) -> list[Any]:
        made, seen = layer(t, name, dtype, **options), []
        for turn in range(3):
            if turn == 2:
                made.eval()
            values = (np.random.default_rng(turn).standard_normal(shape) * 2 + 3).astype(dtype)
            signal = np.random.default_rng(9).standard_normal(shape).astype(dtype)
            x = t.tensor(values, requires_grad=True)
            y = made(x)
            y.backward(t.tensor(signal))
            seen += [y, x.grad]
        return [seen, made.state_dict(), [p.grad for p in made.parameters()], repr(made)]

    close = {"rtol": 1e-9, "atol": 1e-9} if dtype == "float64" else {"rtol": 2e-4, "atol": 2e-5}
    pytorch.gives(trained(ac), trained, **close)


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


@pytest.mark.parametrize("momentum", [0.1, None])
def test_a_layer_told_not_to_track_counts_nothing(momentum):
    """``track_running_stats`` may be switched off later, as adaptive batch normalisation does."""
    bn = nn.BatchNorm2d(2, momentum=momentum)
    bn.track_running_stats = False
    bn(ac.rand(2, 2, 2, 2))
    assert bn.num_batches_tracked is not None
    assert bn.num_batches_tracked.item() == 0
    assert bn.running_mean is not None
    assert bn.running_mean.tolist() == [0, 0]


def test_an_empty_batch_of_unknown_channels():
    assert F.batch_norm(ac.ones(0), None, None, training=True).shape == (0,)


def test_instance_norm_warns_of_channels_that_it_does_not_use():
    with pytest.warns(UserWarning, match="which is not used because affine=False"):
        y = nn.InstanceNorm2d(3)(ac.randn(2, 4, 5, 5))
    assert y.shape == (2, 4, 5, 5)
