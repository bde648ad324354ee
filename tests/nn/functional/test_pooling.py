"""Pooling: PyTorch's values, winners, gradients, second gradients and errors."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.nn import functional as F

rng = np.random.default_rng(0)
MAX = [
    ((2, 3, 8), (2,), {}),
    ((2, 3, 6, 7), (2,), {}),
    ((3, 7, 7), ((3, 2),), {"stride": 2, "padding": 1}),
    ((2, 2, 7, 6), (3,), {"stride": (1, 2), "dilation": (2, 1)}),
    ((2, 2, 7, 8), (3,), {"stride": 2, "ceil_mode": True}),
    ((1, 2, 5, 5), (2,), {"stride": 3, "padding": 1, "ceil_mode": True}),
    ((2, 2, 4, 5, 6), (2,), {"stride": 2, "ceil_mode": True}),
]
AVERAGE = [
    ((2, 3, 8), (3,), {"stride": 2, "padding": 1}),
    ((2, 3, 6, 7), (2,), {}),
    ((3, 7, 7), ((3, 2),), {"stride": 2, "padding": 1}),
    ((2, 2, 7, 8), (3,), {"stride": 2, "padding": 1, "count_include_pad": False}),
    ((2, 2, 7, 8), (3,), {"stride": 2, "ceil_mode": True}),
    ((2, 2, 7, 8), (3,), {"stride": 2, "padding": 1, "ceil_mode": True, "count_include_pad": False}),
    ((1, 2, 5, 5), (2,), {"stride": 3, "padding": 1, "ceil_mode": True}),
    ((2, 2, 6, 6), (2,), {"divisor_override": 3}),
    ((2, 2, 4, 5, 6), (2,), {"stride": 1, "padding": 1}),
]


def name_of(kind, shape, kernel):
    axes = len(shape) - 2 if len(shape) != 3 or not isinstance(kernel, tuple) or len(kernel) == 1 else 2
    return f"{kind}_pool{axes}d"


def both(kind, shape, arguments):
    torch = pytest.importorskip("torch")
    name = name_of(kind, shape, arguments[0] if isinstance(arguments[0], tuple) else (1,))
    return getattr(F, name), getattr(torch.nn.functional, name)


@pytest.mark.parametrize(("shape", "arguments", "options"), MAX, ids=str)
def test_max_pooling_is_pytorchs(compare, shape, arguments, options):
    torch = pytest.importorskip("torch")
    ours, theirs = both("max", shape, arguments)
    x = rng.permutation(int(np.prod(shape))).reshape(shape) / 7.0
    compare(lambda t: ours(t, *arguments, **options), lambda t: theirs(t, *arguments, **options), x)
    _, mine = ours(ag.tensor(x), *arguments, **options, return_indices=True)
    _, expected = theirs(torch.tensor(x), *arguments, **options, return_indices=True)
    assert mine.dtype == ag.int64
    np.testing.assert_array_equal(mine.array, expected.numpy())


@pytest.mark.parametrize(("shape", "arguments", "options"), AVERAGE, ids=str)
def test_average_pooling_is_pytorchs(compare, shape, arguments, options):
    ours, theirs = both("avg", shape, arguments)
    compare(
        lambda t: ours(t, *arguments, **options),
        lambda t: theirs(t, *arguments, **options),
        rng.normal(size=shape),
    )


def test_the_first_of_equal_maxima_gets_the_gradient():
    x = ag.tensor(np.ones((1, 1, 2, 4)), requires_grad=True)
    F.max_pool2d(x, 2).sum().backward()
    np.testing.assert_array_equal(x.grad.array[0, 0], [[1, 0, 1, 0], [0, 0, 0, 0]])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(2, 20, 30), (2, 20, 12, 13), (2, 10, 6, 7, 8)], ids=str)
@pytest.mark.parametrize("pool", ["max", "adaptive_max"])
def test_the_last_nan_of_a_window_is_its_maximum(pool, shape, dtype):
    torch = pytest.importorskip("torch")
    x = rng.choice([1.0, 2.0, np.nan, -np.inf, np.inf], shape).astype(dtype)
    name, sizes = f"{pool}_pool{len(shape) - 2}d", (3,) if pool == "adaptive_max" else (3, 2, 1)

    def run(library, **options):
        t = library.tensor(x, requires_grad=True)
        out = getattr(library.nn.functional, name)(t, *sizes, **options)
        value, *places = out if options else (out,)
        value.backward(library.ones_like(value))
        return [value.detach().numpy(), t.grad.numpy(), *(i.numpy() for i in places)]

    for options in ({}, {"return_indices": True}):
        for found, expected in zip(run(ag, **options), run(torch, **options), strict=True):
            np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: F.max_pool2d(x, 2, padding=2), "pad should be at most half of effective kernel size"),
        (
            lambda x: F.max_pool2d(x, 9),
            r"Given input size: \(3x6x6\). Calculated output size: \(3x-?\d+x-?\d+\). Output size is "
            r"too small",
        ),
        (lambda x: F.max_pool2d(x, 2, stride=0), "stride"),
        (lambda x: F.max_pool2d(ag.zeros(3, 3), 2), "Expected 3D"),
        (lambda x: F.avg_pool2d(x, 2, padding=2), "pad should be at most half of effective kernel size"),
        (lambda x: F.avg_pool2d(x, (2, 2, 2)), "kernel_size"),
        (lambda x: F.avg_pool2d(x, 2, divisor_override=0), "divisor must be not zero"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(call, message):
    with pytest.raises(RuntimeError, match=message):
        call(ag.zeros(2, 3, 6, 6))
