"""Initial values: PyTorch's numbers after the same seed, and its errors."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn._random.stream import default_stream
from autograd_cnn.nn import init

CALLS = [
    ("uniform_", (3, 4), {"a": -1.0, "b": 2.0}),
    ("normal_", (5, 7), {"mean": 1.0, "std": 0.5}),
    ("trunc_normal_", (6, 7), {"mean": 0.5, "std": 2.0, "a": -1.0, "b": 3.0}),
    ("trunc_normal_", (6, 7), {"mean": 0.0, "std": 1.0, "a": 1.0, "b": 3.0}),
    ("trunc_normal_", (3,), {}),
    ("constant_", (3, 4), {"val": 0.25}),
    ("ones_", (3,), {}),
    ("zeros_", (3,), {}),
    ("eye_", (3, 4), {}),
    ("dirac_", (4, 2, 3, 3), {"groups": 2}),
    ("xavier_uniform_", (4, 2, 3, 3), {"gain": 2.0}),
    ("xavier_normal_", (4, 2, 3, 3), {}),
    ("kaiming_uniform_", (4, 6), {"a": 0.3}),
    ("kaiming_uniform_", (4, 6), {"mode": "fan_out", "nonlinearity": "relu"}),
    ("kaiming_normal_", (4, 6), {"nonlinearity": "tanh"}),
    ("orthogonal_", (5, 6), {"gain": 2.0}),
    ("orthogonal_", (6, 2, 2), {}),
    ("sparse_", (10, 4), {"sparsity": 0.3}),
]


@pytest.mark.parametrize(("name", "shape", "options"), CALLS, ids=str)
def test_values_are_pytorchs(name, shape, options):
    torch = pytest.importorskip("torch")
    default_stream.seed(3)
    torch.manual_seed(3)
    ours, theirs = ag.zeros(*shape), torch.zeros(*shape)
    assert getattr(init, name)(ours, **options) is ours
    getattr(torch.nn.init, name)(theirs, **options)
    np.testing.assert_allclose(ours.array, theirs.numpy(), atol=2e-6)


@pytest.mark.parametrize(
    "make",
    [
        lambda nn: nn.Linear(5, 4),
        lambda nn: nn.Conv1d(2, 3, 3),
        lambda nn: nn.Conv2d(4, 6, (3, 2), groups=2),
        lambda nn: nn.Conv3d(1, 2, 2),
        lambda nn: nn.ConvTranspose2d(4, 6, 3, groups=2),
        lambda nn: nn.Sequential(nn.Linear(3, 4, bias=False), nn.Linear(4, 2)),
    ],
)
def test_layers_start_with_pytorchs_parameters(make):
    torch = pytest.importorskip("torch")
    default_stream.seed(7)
    torch.manual_seed(7)
    ours, theirs = make(nn).state_dict(), make(torch.nn).state_dict()
    assert list(ours) == list(theirs)
    for name, tensor in theirs.items():
        np.testing.assert_array_equal(ours[name].array, tensor.numpy())


def test_a_generator_of_ones_own_is_used():
    generator = ag.Generator().manual_seed(1)
    a = init.normal_(ag.zeros(20), generator=generator).array.copy()
    generator.manual_seed(1)
    np.testing.assert_array_equal(init.normal_(ag.zeros(20), generator=generator).array, a)


def test_parameters_are_filled_outside_the_graph():
    p = nn.Parameter(ag.zeros(3))
    init.ones_(p)
    assert p.is_leaf
    assert p.requires_grad


@pytest.mark.parametrize(
    "args", [("relu",), ("tanh",), ("linear",), ("leaky_relu",), ("leaky_relu", 0.3), ("selu",), ("sigmoid",)]
)
def test_gains_are_pytorchs(args):
    torch = pytest.importorskip("torch")
    assert init.calculate_gain(*args) == torch.nn.init.calculate_gain(*args)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: init.xavier_uniform_(ag.zeros(3)), "fewer than 2 dimensions"),
        (lambda: init.eye_(ag.zeros(3)), "Only tensors with 2 dimensions"),
        (lambda: init.dirac_(ag.zeros(3, 3)), "Only tensors with 3, 4, or 5 dimensions"),
        (lambda: init.dirac_(ag.zeros(3, 3, 3), groups=2), "dim 0 must be divisible by groups"),
        (lambda: init.orthogonal_(ag.zeros(3)), "Only tensors with 2 or more dimensions"),
        (lambda: init.kaiming_uniform_(ag.zeros(3, 3), mode="fan"), "Mode fan not supported"),
        (lambda: init.calculate_gain("foo"), "Unsupported nonlinearity foo"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
