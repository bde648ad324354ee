"""A compiled function gives what the function gives: values, gradients of both orders, layouts, NaN."""

from collections import Counter

import numpy as np
import pytest

import autograd_cnn as ag
import autograd_cnn.nn.functional as F
from autograd_cnn._compile import _call
from autograd_cnn.ops import kernels
from autograd_cnn.ops.formulas import fused
from autograd_cnn.testing import programs

pytestmark = pytest.mark.skipif(kernels.loaded() is None, reason="nothing waits without compiled kernels")


def by_hand(x, y):
    centered = x - x.mean(-1, keepdim=True)
    return centered / ag.sqrt((centered**2).mean(-1, keepdim=True) + 1e-5) * y


FUNCTIONS = {
    "chain": lambda x, y: (x * y + y).sigmoid(),
    "layer norm": by_hand,
    "gate": lambda x, y: F.silu(x * 2) * y.tanh(),
    "softmax": lambda x, y: F.softmax(x * 0.1 + y, -1) * y,
    "choice": lambda x, y: ag.where(x > y, x * 2, y.exp() - 1).clamp(-1, 1),
    "loss": lambda x, y: F.mse_loss(x * 2, y.exp()) * 3,
    "residual": lambda x, y: F.layer_norm(x + F.gelu(y * 2), (64,)),
    "kinks": lambda x, y: (x - y).relu() + (x * y).abs(),
    "operands of another one": lambda x, y: (x * y).exp() * (x * y) + (x * x),
    "free of one": lambda x, y: (x * 2 + 1) * (y > 0),
    "steps": lambda x, y: ag.floor(x) * y + ag.sign(y),
}


def results(function, *arrays):
    """The value, and gradients by ``backward`` and of both orders."""
    tensors = [ag.tensor(a, requires_grad=True) for a in arrays]
    out = function(*tensors)
    g = ag.cos(ag.arange(out.numel(), dtype=ag.float32)).reshape(out.shape)
    first = ag.autograd.grad(out, tensors, g, create_graph=True, allow_unused=True)
    found = [out, *first]
    smooth = [(f * f).sum() for f in first if f is not None and f.requires_grad]
    if smooth:
        found += ag.autograd.grad(sum(smooth[1:], smooth[0]), tensors, allow_unused=True)
    again = [ag.tensor(a, requires_grad=True) for a in arrays]
    function(*again).backward(g)
    return found + [t.grad for t in again]


def assert_same(found, expected, tolerance=1e-5, least=1e-3):
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            assert (a.shape, a.dtype, a.requires_grad) == (b.shape, b.dtype, b.requires_grad)
            assert a.stride() == b.stride()
            a, b = a.detach().numpy(), b.detach().numpy()
            np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * max(least, np.abs(b).max()))


def drawn(*shapes, seed=0):
    source = np.random.default_rng(seed)
    return [source.normal(size=shape).astype(np.float32) for shape in shapes]


@pytest.mark.quick_share(10)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_both_orders(name):
    compiled = ag.compile(FUNCTIONS[name])
    arrays = drawn((32, 64), (32, 64))
    assert_same(results(compiled, *arrays), results(FUNCTIONS[name], *arrays))
    assert compiled.explain().kernels > 0


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Using a target size")
@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("how", ["broadcast", "slice", "transposed", "channels last", "row", "whole"])
def test_layouts(name, how):
    x, y = drawn((32, 64), (32, 64))
    changed = {
        "broadcast": lambda t: t[:1],
        "slice": lambda t: ag.cat([t, t])[::2],
        "transposed": lambda t: t.T.contiguous().T,
        "row": lambda t: t[0],
        "whole": lambda t: t.sum() * 0.01,
    }
    if how == "channels last":
        x, y = (a.reshape(4, 8, 1, 64) for a in (x, y))

        def function(x, y):
            x, y = (t.contiguous(memory_format=ag.channels_last) for t in (x, y))
            return FUNCTIONS[name](x, y)

    else:

        def function(x, y):
            return FUNCTIONS[name](x, changed[how](y))

    # the gradient of one number is a sum of signals of size 1, here one that cancels: two roundings of these
    least = 2e-2 if (how, name) == ("whole", "residual") else 1e-3
    assert_same(results(ag.compile(function), x, y), results(function, x, y), least=least)


def run(program, *tensors):
    values = list(tensors)
    for step in program.steps:
        operands = [values[i] for i in step.operands]
        values.append(programs.OPERATIONS[step.name].tensors(ag, *operands, **step.parameters))
    parts = [values[i] * ag.tensor(np.float32(w)) for i, w in program.weights.items()]
    del values, operands  # what nobody holds is computed inside of a loop
    return ag.cat([part.reshape(-1) for part in parts])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
def test_random_programs(seed, monkeypatch):
    monkeypatch.setattr(_call, "SMALL", 1)
    monkeypatch.setattr(fused, "SMALL", 1)
    program = programs.generate(seed, 12)
    compiled = ag.compile(lambda *tensors: run(program, *tensors))
    arrays = [np.float32(a) for a in program.inputs]
    expected = results(lambda *tensors: run(program, *tensors), *arrays)
    assert_same(results(compiled, *arrays), expected, 1e-4)
    assert compiled.explain().kernels > 0


ENDLESS = {
    "square": lambda x: (x * x).softmax(-1),
    "sum": lambda x: x / x.abs().sum(-1, keepdim=True),
    "mean": lambda x: x.abs().mean(-1, keepdim=True) * x,
    "exp": lambda x: x.exp() / x.exp().sum(-1, keepdim=True),
    "log": lambda x: ag.log(x) + ag.log1p(x),
    "difference": lambda x: x - x.amax(-1, keepdim=True) * 2,
    "reciprocal": lambda x: 1 / (1 / x),
}


@pytest.mark.quick_share(7)
@pytest.mark.parametrize("name", ENDLESS)
def test_infinities_and_nan_stay(name):
    (x,) = drawn((40, 32))
    x *= (10.0 ** np.linspace(-36, 38, 40, dtype=np.float32))[:, None]
    x[::7, 3], x[3::11, 5], x[5::13, 8] = np.inf, -np.inf, np.nan
    expected, found = (f(ag.tensor(x)).numpy() for f in (ENDLESS[name], ag.compile(ENDLESS[name])))
    np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
    np.testing.assert_array_equal(np.isinf(found), np.isinf(expected))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-37)


@pytest.mark.slow
def test_what_only_loops_do_not_follow_runs_step_by_step():
    def function(x):
        return x.sum(0) / (x.softmax(1).sum(1, keepdim=True) + x).sum(0)

    compiled = ag.compile(function)
    (x,) = drawn((32, 64))
    assert_same(results(compiled, x), results(function, x))


@pytest.mark.slow
def test_a_number_that_changes_is_not_traced_for_ever():
    scales = iter(np.linspace(0.5, 2, 80))
    seen = Counter()

    def function(x):
        scale = float(next(scales))
        seen[scale] += 1
        return (x * scale + 1).exp(), scale

    compiled = ag.compile(function)
    x = ag.randn(32, 64)
    for _ in range(30):
        found, scale = compiled(x)
        np.testing.assert_allclose(found.numpy(), (x * scale + 1).exp().numpy(), rtol=1e-5)
    assert any("another one at each call" in reason for reason in compiled.explain().refused)
