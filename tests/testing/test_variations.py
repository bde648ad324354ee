"""The sweep's checks on other operands than the samples: shared, of other shapes, of integers."""

import numpy as np
import pytest

from autograd_cnn.ops import primitive
from autograd_cnn.testing import run, select, sweep


def failures(name):
    return {result.case.check: (result.cause, result.failure) for result in sweep(name) if result.failure}


def product(rule_x):
    """x * y, broadcasting, with ``rule_x`` for x."""

    def faulty(x, y, /):
        return x * y

    op = primitive(broadcasts=True, promotes="common")(faulty)
    op.vjp("x", formula="g * y")(rule_x)
    op.vjp("y", formula="g * x")(lambda g, x: g * x)
    op.samples(lambda draw: [(draw(2, 3), draw(2, 3))])
    return failures("faulty")


def test_a_right_operator_passes():
    assert product(lambda g, y: g * y) == {}


def test_a_rule_that_needs_an_axis_is_found_without_axes():
    found = product(lambda g, y: g * y * (y.shape[-1] / y.shape[-1]) if y.size else g * y)
    assert set(found) == {"shapes"}
    assert "IndexError" in found["shapes"][1]


def test_a_rule_that_is_wrong_only_for_broadcast_operands_is_found():
    found = product(lambda g, x, y: g * y if x.shape == y.shape else g * y * 2.0)
    assert set(found) == {"shapes"}
    assert found["shapes"][0] == "factor"


def test_a_rule_that_notices_a_shared_tensor_is_found():
    def rule(g, x, y):
        raw = [getattr(t, "array", t) for t in (x, y)]
        return g * y * (2.0 if raw[0].size and np.shares_memory(*raw) else 1.0)

    found = product(rule)
    assert set(found) == {"sharing"}
    assert found["sharing"][0] == "same tensor twice"


def test_a_rule_that_divides_integers_is_found():
    def rule(g, y):
        raw = getattr(y, "array", y)
        return g * y if raw.dtype.kind == "f" else g * 0.0

    def keeps_integers(x, y, /):
        return np.multiply(x, y, dtype=x.dtype)

    op = primitive(broadcasts=True)(keeps_integers)
    op.vjp("x", formula="g * y")(rule)
    op.nondifferentiable("y")
    op.samples(lambda draw: [(draw(3), draw.index(4, (3,)) + 1)])
    assert failures("keeps_integers")["order1"][0] == "zero"


def test_select_reduces_the_sweep():
    chosen = select(["exp", "log*"], checks=["order1"], dtypes=["float32"])
    assert {case.check for case in chosen} == {"order1"}
    assert {case.dtype for case in chosen} == {"float32"}
    assert {"exp", "log", "log1p"} <= {case.primitive.name for case in chosen}
    assert all(run(case).failure is None for case in chosen)
    with pytest.raises(LookupError, match="none of the checks"):
        select(checks=["order9"])
