"""What a compiled function reads, writes and decides is what the function does, at each call."""

import contextvars
import copy
import gc
import io
import threading

import numpy as np
import pytest

import autograd_cnn as ag
import autograd_cnn.nn.functional as F
from autograd_cnn import nn
from autograd_cnn._engine.modes import fusion
from autograd_cnn.ops import kernels

pytestmark = pytest.mark.skipif(kernels.loaded() is None, reason="nothing waits without compiled kernels")

SCALE = 2.0


def close(a, b):
    np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-5, atol=1e-5)


@pytest.fixture
def x():
    return ag.tensor(np.random.default_rng(1).normal(size=(32, 64)).astype(np.float32), requires_grad=True)


def test_globals_closures_and_attributes(x, monkeypatch):
    kept = {"shift": 1.0}

    def function(t):
        return (t * SCALE + kept["shift"]).sigmoid()

    compiled = ag.compile(function)
    close(compiled(x), function(x))
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    close(compiled(x), (x * 3 + 1).sigmoid())
    kept["shift"] = -1.0
    close(compiled(x), (x * 3 - 1).sigmoid())


@pytest.mark.slow
def test_branches_on_values_and_shapes(x):
    def function(t):
        h = t * 2 + 1
        if h.sum() > 0:
            h = h.exp()
        return h.tanh() if h.shape[0] > 16 else h.sigmoid()

    compiled = ag.compile(function)
    for given in (x + 1, x - 3, x[:16] + 1, x[:16] - 3):
        close(compiled(given), function(given))


@pytest.mark.slow
def test_modules(x):
    torso = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.5), nn.Linear(64, 8))
    other = copy.deepcopy(torso)
    compiled = ag.compile(torso)
    for step in range(3):
        ag.manual_seed(step)
        a = compiled(x)
        ag.manual_seed(step)
        b = other(x)
        close(a, b)
        for loss, model in ((a.pow(2).mean(), torso), (b.pow(2).mean(), other)):
            optimizer = ag.optim.SGD(model.parameters(), lr=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    for mine, theirs in zip(torso.state_dict().values(), other.state_dict().values(), strict=True):
        close(mine.float(), theirs.float())
    compiled.eval()
    assert not torso.training
    close(compiled(x), other.eval()(x))
    torso[0].weight = nn.Parameter(ag.zeros(64, 64))
    other[0].weight = nn.Parameter(ag.zeros(64, 64))
    close(compiled(x), other(x))


def test_a_compiled_module_is_pytorchs(x):
    model = nn.Linear(64, 8)
    compiled = ag.compile(model)
    assert type(compiled).__name__ == "OptimizedModule"
    assert compiled._orig_mod is model
    assert list(compiled.state_dict()) == ["_orig_mod.weight", "_orig_mod.bias"]
    assert compiled.in_features == 64
    compiled.note = "there"
    assert model.note == "there"
    close(copy.deepcopy(compiled)(x), model(x))
    saved = io.BytesIO()
    ag.save(compiled.state_dict(), saved)
    with pytest.raises(TypeError):
        len(compiled)
    assert len(ag.compile(nn.Sequential(model, nn.ReLU()))) == 2


def test_requires_grad_and_no_grad(x):
    compiled = ag.compile(lambda t: (t * 2 + 1).exp())
    assert compiled(x).requires_grad
    with ag.no_grad():
        assert not compiled(x).requires_grad
    with ag.inference_mode():
        assert compiled(x).is_inference()
    x.requires_grad_(False)
    assert not compiled(x).requires_grad

    def mixed(t):
        h = t * 2
        with ag.no_grad():
            h = h + t
            h = h.exp()
        return h * t

    x.requires_grad_()
    (mine,) = ag.autograd.grad(ag.compile(mixed)(x).sum(), x)
    close(mine, (x * 3).exp())


def test_hooks_on_what_is_inside(x):
    def function(t, seen):
        h = t * 2 + 1
        h.register_hook(lambda g: seen.append(g) or g * 3)
        kept = h.sigmoid()
        kept.retain_grad()
        return (kept * t).exp(), kept

    found = []
    for f in (function, ag.compile(function)):
        seen, x.grad = [], None
        out, kept = f(x, seen)
        out.sum().backward()
        found.append((x.grad, seen[0], kept.grad))
    for a, b in zip(*found, strict=True):
        close(a, b)


@pytest.mark.slow
def test_gradients_of_what_is_inside(x):
    def function(t):
        inner = (t * 2).exp()
        outer = (inner + 1).log() * inner
        return inner, outer

    compiled = ag.compile(function)
    for a, b in zip(compiled(x), function(x), strict=True):
        close(a, b)
    (mine,), (theirs,) = (ag.autograd.grad(o.sum(), i) for i, o in (compiled(x), function(x)))
    close(mine, theirs)


@pytest.mark.slow
def test_writes(x):
    y = ag.randn(32, 64)

    def function(t, memory, how):
        h = memory * 2
        if how == "tensor":
            memory.add_(1)
        elif how == "view":
            memory[3:5] = 0
        elif how == "numpy":
            memory.numpy()[...] = 7
        elif how == "data":
            memory.data.mul_(0)
        elif how == "fill":
            nn.init.ones_(memory)
        elif how == "optimizer":
            memory.requires_grad_()
            memory.grad = ag.ones(32, 64)
            ag.optim.SGD([memory], lr=1.0).step()
            memory.requires_grad_(False)
        k = h + memory
        h += 1
        return k.exp() * t + h

    for how in ("tensor", "view", "numpy", "data", "fill", "optimizer"):
        mine, theirs = y.clone(), y.clone()
        close(ag.compile(function)(x, mine, how), function(x, theirs, how))
        close(mine, theirs)


def test_a_write_before_backward_is_an_error_or_right(x):
    def function(t, u):
        h = t * u
        h = h.exp()
        u += 1
        return h

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        ag.compile(function)(x, ag.randn(32, 64)).sum().backward()


@pytest.mark.slow
def test_what_leaves_the_graph(x, capsys):
    def function(t):
        h = t * 2 + 1
        print(h[0, 0].item(), h.mean().item())
        return h.sigmoid() * float(h.max()) + ag.tensor(h.detach().numpy().sum(), dtype=ag.float32)

    close(ag.compile(function)(x), function(x))
    lines = capsys.readouterr().out.splitlines()
    np.testing.assert_allclose(*(np.array(line.split(), float) for line in lines), rtol=1e-4)


def test_a_tensor_that_waits_is_a_tensor(x):
    def function(t):
        h = t * 2 + 1
        assert type(h) is ag.Tensor
        assert h.shape == (32, 64)
        assert (h.ndim, h.dtype, len(h), h.size(0)) == (2, ag.float32, 32, 32)
        h.name = "mine"
        with pytest.raises(AttributeError, match="no_such_name"):
            _ = h.no_such_name
        assert not hasattr(h, "another")
        return h.exp()

    close(ag.compile(function)(x), (x * 2 + 1).exp())


def test_nothing_waits_after_the_call(x):
    kept = []

    def function(t, fail):
        kept.append(t * 2 + 1)
        if fail:
            raise KeyError("mine")
        return kept[-1].exp()

    compiled = ag.compile(function)
    compiled(x, False)
    with pytest.raises(KeyError, match="mine"):
        compiled(x, True)
    for t in kept:
        close(t, x * 2 + 1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda t: (t * 2) + ag.randn(3, 5),
        lambda t: (t * 2).sum(7),
        lambda t: ag.where(t * 2, t, t),
        lambda t: (t * 2) + "text",
        lambda t: (t * 2) @ ag.randn(3, 5),
        lambda t: (t * 2).no_such_name,
        lambda t: F.softmax(t * 2, 9),
    ],
)
def test_errors_are_those_of_the_function(x, wrong):
    with pytest.raises(Exception) as expected:  # noqa: PT011 - whatever the function raises
        wrong(x)
    with pytest.raises(expected.type) as found:
        ag.compile(wrong)(x)
    assert str(found.value) == str(expected.value)


@pytest.mark.slow
def test_who_watches_sees_what_is_written(x):
    compiled = ag.compile(lambda t: (t * 2 + 1).sigmoid())
    with ag.autograd.detect_anomaly():
        assert compiled(x).grad_fn.name() == "SigmoidBackward0"
    packed = []
    with ag.autograd.graph.saved_tensors_hooks(lambda t: packed.append(t) or t, lambda t: t):
        compiled(x)
    assert packed
    with fusion(False):
        assert compiled(x).grad_fn.name() == "SigmoidBackward0"
    with ag.autocast("cpu"):
        compiled(x)
    assert sum(compiled.explain().as_written.values()) == 4
    assert compiled(x).grad_fn.name() == "CompiledBackward0"


@pytest.mark.slow
def test_transforms(x):
    function = lambda t: ((t * 2 + 1).sigmoid() * t).sum()  # noqa: E731 - the same for all
    compiled = ag.compile(function)
    close(ag.func.grad(compiled)(x.detach()), ag.func.grad(function)(x.detach()))
    close(ag.compile(ag.func.grad(function))(x.detach()), ag.func.grad(function)(x.detach()))
    close(ag.compile(ag.vmap(function))(x.detach()), ag.vmap(function)(x.detach()))
    a, b = (ag.func.jvp(f, (x.detach(),), (ag.ones(32, 64),))[1] for f in (compiled, function))
    close(a, b)


@pytest.mark.slow
def test_generators_subclasses_and_nesting(x):
    def parts(t):
        yield t * 2 + 1
        yield (t * 2 + 1).exp()

    for a, b in zip(ag.compile(parts)(x), parts(x), strict=True):
        close(a, b)

    class Mine(ag.Tensor):
        pass

    close(ag.compile(lambda t: (t * 2 + 1).exp())(x.detach().as_subclass(Mine)), (x * 2 + 1).exp())
    inner = ag.compile(lambda t: t * 2 + 1)
    outer = ag.compile(lambda t: inner(t).exp())
    close(outer(x), (x * 2 + 1).exp())
    assert outer.explain().kernels == 1


def test_what_runs_after_the_call(x):
    """In the state that was in force inside."""
    kept = []

    def function(t):
        kept.append(contextvars.copy_context())
        return (t * 2 + 1).exp()

    ag.compile(function)(x)
    close(kept[0].run(function, x), (x * 2 + 1).exp())


@pytest.mark.slow
def test_backward_inside(x):
    def function(t):
        loss = ((t * 2 + 1).sigmoid() * t).mean()
        (g,) = ag.autograd.grad(loss, t, create_graph=True)
        return (g * 2 + 1).pow(2).sum() + loss

    (mine,), (theirs,) = (ag.autograd.grad(f(x), x) for f in (ag.compile(function), function))
    close(mine, theirs)


def test_a_second_pass_where_nothing_was_kept(x):
    out = ag.compile(lambda t: t * 2 + 1)(x).sum()
    out.backward()
    out.backward()
    close(x.grad, ag.full((32, 64), 4.0))


@pytest.mark.slow
def test_long_chains_and_memory(x):
    def function(t):
        h = t
        for i in range(300):
            h = h * 0.99 + t
            if i % 50 == 0:
                gc.collect()
        return h

    close(ag.compile(function)(x), function(x))
    (mine,), (theirs,) = (ag.autograd.grad(f(x).sum(), x) for f in (ag.compile(function), function))
    close(mine, theirs)


@pytest.mark.slow
def test_threads():
    compiled = ag.compile(lambda t: (t * 2 + 1).sigmoid() * t)
    found = {}

    def work(seed):
        x = ag.tensor(np.random.default_rng(seed).normal(size=(32, 64)), dtype=ag.float32, requires_grad=True)
        for _ in range(5):
            x.grad = None
            compiled(x).sum().backward()
        found[seed] = (x, x.grad)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for x, g in found.values():
        s = (x * 2 + 1).sigmoid()
        close(g, s + 2 * x * s * (1 - s))


@pytest.mark.slow
def test_another_thread_may_look(x):
    def function(t):
        h = t * 2 + 1
        seen = []
        thread = threading.Thread(target=lambda: seen.append(h.sum().item()))
        thread.start()
        thread.join()
        return h.exp() + seen[0]

    close(ag.compile(function)(x), (x * 2 + 1).exp() + (x * 2 + 1).sum())


def test_options(x):
    def double(t):
        """Twice."""
        return t * 2

    assert ag.compile(double, disable=True) is double
    assert ag.compile(backend="eager")(double) is double
    assert ag.compile(double).__doc__ == "Twice."
    decorated = ag.compile(mode="max-autotune", fullgraph=True)(double)
    close(decorated(x), x * 2)
    assert "1 calls" in str(decorated.explain())
