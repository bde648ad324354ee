"""Weak references to tensors, the modules that run, and the hooks of one call."""

import gc
from importlib import import_module

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch


def used(t):
    weak = import_module(f"{t.__name__}.utils.weak")
    x, y, z = t.ones(2), t.ones(2), t.ones(2)
    table = weak.WeakIdKeyDictionary({x: 1})
    table[y] = 2
    found = [len(table), table[x], x in table, z in table, list(table.values()), table.get(z, 7)]
    found += [table.setdefault(z, 3), table.pop(z), table.pop(z, "gone"), len(table.copy())]
    found += [len(table | {z: 1}), 3 in table, [k is x or k is y for k in table]]
    del x
    gc.collect()
    reference = weak.TensorWeakRef(y)
    found += [len(table), len(table.keyrefs()), reference() is y, weak.WeakIdRef(y) == weak.WeakIdRef(y)]
    del y, table
    gc.collect()
    return [*found, reference() is None]


def test_dictionaries_by_identity():
    pytorch.gives(used(ag), used)


def test_what_is_no_tensor():
    with pytest.raises(AssertionError, match="expected torch"):
        import_module("autograd_cnn.utils.weak").TensorWeakRef(3)


def running(t):
    tracker = import_module(f"{t.__name__}.utils.module_tracker").ModuleTracker()
    seen = []

    class Watched(t.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            seen.append([*sorted(tracker.parents), tracker.is_bw])
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            seen.append([*sorted(tracker.parents), tracker.is_bw])
            return g.clone()

    class Inner(t.nn.Module):
        def forward(self, x):
            return Watched.apply(x)

    class Net(t.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.last = Inner(), t.nn.Linear(2, 2)

        def forward(self, x):
            return self.last(self.inner(x))

    with tracker:
        Net()(t.ones(1, 2, requires_grad=True)).sum().backward()
    return seen, sorted(tracker.parents), tracker.is_bw


def test_the_modules_that_run():
    pytorch.gives(running(ag), running)


def hooked(t):
    seen = []
    hook = t.utils.hooks.BackwardHook(
        t.nn.ReLU(),
        [lambda module, g_in, g_out: seen.append([g.tolist() for g in (*g_in, *g_out)])],
        [lambda module, g_out: (g_out[0] * 3,)],
    )
    x = t.ones(2, requires_grad=True)
    (inside,) = hook.setup_input_hook((x,))
    hook.setup_output_hook(inside * 2).sum().backward()
    return seen, x.grad.tolist()


def test_the_hooks_of_a_call():
    pytorch.gives(hooked(ag), hooked)


def test_the_number_of_the_next_hook():
    handle = ag.ones(1, requires_grad=True).register_hook(print)
    assert type(handle).next_id == handle.id + 1
