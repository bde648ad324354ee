"""Each operand and result of each primitive is overwritten in every way: backward refuses, or its gradients
are right."""

from collections import Counter

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.ops import registry
from autograd_cnn.testing._draw import draw_for, samples_of


def through_numpy(t):
    array = t.detach().numpy()
    np.add(array, 1, out=array, casting="unsafe")


WAYS = {
    "in place": lambda t: t.add_(1.0),
    "setitem": lambda t: t.__setitem__(..., 0.3),
    "detached": lambda t: t.detach().mul_(0.5),
    "view": lambda t: t.reshape(-1)[:1].add_(1.0),
    "numpy": through_numpy,
}


def gradients(primitive, sample, write=None, place=0):
    """Of the leaves, or None where nothing was recorded; ``write`` goes to the operand or result at ``place``
    after the forward pass."""
    leaves, operands = [], []
    for value in sample.operands:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            leaves.append(ag.tensor(value, requires_grad=True))
            operands.append(leaves[-1] * 1.0)
        else:
            operands.append(value)
    out = primitive(*operands, **sample.parameters)
    results = [t for t in (out if isinstance(out, tuple) else (out,)) if isinstance(t, ag.Tensor)]
    recorded = [t for t in results if t.requires_grad]
    if not recorded:
        return None
    weights = [
        ag.tensor(np.cos(np.arange(t.array.size)).reshape(t.array.shape), dtype=t.dtype) for t in recorded
    ]
    total = sum((t * w).sum() for t, w in zip(recorded, weights, strict=True))
    if write is not None:
        targets = [t for t in (*operands, *results) if isinstance(t, ag.Tensor)]
        if place >= len(targets) or not targets[place].array.size or not targets[place].array.flags.writeable:
            return None
        with ag.no_grad():
            write(targets[place])
    total.backward()
    return [None if leaf.grad is None else leaf.grad.numpy() for leaf in leaves]


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_no_overwrite_spoils_a_gradient_silently(way):
    told = Counter()
    for name, primitive in list(registry.items()):
        if not primitive.differentiable or not primitive.__module__.startswith("autograd_cnn"):
            continue
        sample = samples_of(primitive, draw_for(primitive))[0]
        expected = gradients(primitive, sample)
        for place in range(len(sample.operands) + 1) if expected is not None else ():
            try:
                found = gradients(primitive, sample, way, place)
            except RuntimeError as error:
                said = str(error)
                assert "modified by an inplace operation" in said, name
                told["refused"] += 1
                continue
            if found is not None:
                told["harmless"] += 1
                for a, b in zip(expected, found, strict=True):
                    np.testing.assert_array_equal(a, b, err_msg=name)
    assert told["refused"] > 50
    assert told["harmless"] > 50
