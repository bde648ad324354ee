"""Compositions: the definition, its fused forms, the choice between them, and the scope they leave in the
graph."""

import inspect

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn._engine.modes import fusion, state
from autograd_cnn.nn import _composition
from autograd_cnn.nn import functional as F


@pytest.fixture
def double():
    """A composition with a fused form that serves tensors of one axis, and a list of what ran."""
    ran = []

    @nn.composition
    def double(input, factor=2):
        """factor * input."""
        return scaled(input, factor)

    @nn.fusible
    def scaled(input, factor):
        ran.append("definition")
        return input * factor

    @scaled.fused
    def scaled_at_once(input, factor):
        if input.ndim != 1:
            return NotImplemented
        ran.append("fused")
        return input * factor

    yield double, ran
    del _composition.compositions["double"]


def test_the_fused_form_runs_where_it_serves_and_fusion_is_on(double):
    twice, ran = double
    twice(ag.ones(3))
    twice(input=ag.ones(3), factor=3)
    twice(ag.ones(3, 3))
    with fusion(False):
        twice(ag.ones(3))
    assert ran == ["fused", "fused", "definition", "definition"]


def test_both_record_under_a_scope_of_the_compositions_name(double):
    twice, _ = double
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with fusion(False):
        plain = twice(x).grad_fn.scope
    fused = twice(x).grad_fn.scope
    assert (fused.name, fused.kind) == (plain.name, plain.kind) == ("double", "composition")


def test_the_scope_ends_with_the_call_also_when_it_fails(double):
    twice, _ = double
    with pytest.raises(TypeError):
        twice(ag.ones(3), factor="a", wrong=1)
    assert state.get().scope is None


def test_forms_of_an_exporter_stand_in_where_fusion_is_off(double):
    twice, ran = double
    scaled = twice.definition.__closure__[0].cell_contents
    seen = []

    def write(input, factor):
        seen.append(factor)
        return input if factor == 1 else NotImplemented

    token = _composition.forms.set({scaled: write})
    try:
        with fusion(False):
            x = ag.ones(3)
            assert twice(x, 1) is x
            twice(x, 3)
        twice(x, 1)
    finally:
        _composition.forms.reset(token)
    assert (seen, ran) == ([1, 3], ["definition", "fused"])


def test_it_looks_like_the_function_it_was_made_of():
    assert F.conv2d.__name__ == "conv2d"
    assert "cross-correlation" in F.conv2d.__doc__
    assert list(inspect.signature(F.conv2d).parameters)[:3] == ["input", "weight", "bias"]
    assert _composition.compositions["conv2d"] is F.conv2d
    assert repr(F.conv2d) == "<composition conv2d>"


def test_inside_modules_scopes_nest():
    layer = nn.Sequential(nn.Linear(2, 3))
    scope = layer(ag.ones(1, 2)).grad_fn.scope
    names = []
    while scope is not None:
        names.append((scope.name, scope.kind))
        scope = scope.outer
    assert names == [("linear", "composition"), ("0", "module"), ("Sequential", "module")]
