"""bisect finds the operator that is wrong, in chains, in branches, in modules, at either end."""

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.ops import primitive
from autograd_cnn.testing import Draw, bisect


def planted(factor):
    """exp with a gradient that is ``factor`` times the right one."""

    def faulty(x, /):
        import numpy as np

        return np.exp(x)

    op = primitive(faulty)
    op.vjp("x")(lambda g, out: g * out * factor)
    return op


def leaf(*shape, seed=0):
    return ag.tensor(Draw(seed)(*shape), dtype=ag.float64, requires_grad=True)


def test_a_right_model_has_no_wrong_node():
    net = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 2))
    assert bisect(net, ag.randn(3, 4)) is None
    assert bisect(lambda x, y: (x @ y).sin() * x.sum(), leaf(2, 3), leaf(3, 2)) is None


@pytest.mark.parametrize("place", range(5))
def test_the_wrong_node_of_a_chain(place):
    wrong = planted(-1.0)

    def model(x):
        for i in range(5):
            x = wrong(x) if i == place else x.sin()
        return x

    found = bisect(model, leaf(2, 3))
    assert found is not None
    assert (found.number, found.operator, found.diagnosis.cause) == (place, "faulty", "sign")
    assert "test_bisect.py" in found.line
    assert "the first wrong node on the way back is operator" in str(found)


def test_in_a_branch_and_with_values_used_twice():
    wrong = planted(2.0)

    def model(x, y):
        a = x * y
        b = wrong(a) + a.cos()
        return (b * a).sum() + y.sum()

    found = bisect(model, leaf(2, 3), leaf(3, seed=1))
    assert found is not None
    assert (found.operator, found.diagnosis.cause) == ("faulty", "factor")


def test_inside_a_module_by_its_name():
    wrong = planted(-1.0)

    class Layer(nn.Module):
        def forward(self, x):
            return wrong(x)

    net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), Layer(), nn.Linear(4, 2))
    found = bisect(net, ag.randn(2, 3))
    assert found is not None
    assert found.operator == "faulty"
    assert found.scope == "Sequential/2"


def test_two_wrong_nodes_that_cancel_for_the_input_are_found_by_what_lies_between():
    wrong = planted(-1.0)
    found = bisect(lambda x, w: wrong(w * wrong(x)), leaf(3), leaf(3, seed=1))
    assert found is not None
    assert found.number == 2


def test_it_wants_something_to_differentiate():
    with pytest.raises(ValueError, match="requires a gradient"):
        bisect(lambda x: x, ag.ones(3))
