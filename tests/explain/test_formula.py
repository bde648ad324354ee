"""Formulas of all primitives, in every style; and pictures and pages of graphs of each."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

import autograd_cnn as torch
from autograd_cnn import explain, ops
from autograd_cnn.explain._formula import formula
from autograd_cnn.explain._reading import read
from autograd_cnn.explain._signals import rehearse
from autograd_cnn.ops import registry
from autograd_cnn.testing._draw import draw_for, samples_of

RULES = [
    (name, operand)
    for name, prim in sorted(registry.items())
    for operand in prim.operands
    if operand in prim.rules
]


def names_of(prim):
    return {
        **{o: o for o in prim.operands},
        **({o: o for o in prim.outputs} if prim.outputs else {"out": "z12"}),
    }


@pytest.mark.parametrize(("name", "operand"), RULES)
def test_every_rule_sets_in_every_style(name, operand):
    prim = registry[name]
    texts = {
        style: formula(prim, operand, names_of(prim), style=style)
        for style in ("unicode", "label", "latex", "mathml")
    }
    assert " = " in texts["unicode"]
    assert "longer than one expression" not in texts["unicode"]
    for markup in (texts["label"], texts["mathml"]):
        ElementTree.fromstring(f"<all>{markup}</all>")
    assert texts["latex"].count("{") == texts["latex"].count("}")
    assert texts["latex"].count(r"\left") == texts["latex"].count(r"\right")
    assert not any("%(" in text for text in texts.values())


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x, w: x @ w, ["x̄ = z̄ · wᵀ", "w̄ = xᵀ · z̄"]),
        (lambda x, w: x**2, ["x̄ = z̄ ⊙ (2 · x)"]),
        (lambda x, w: x**3, ["x̄ = z̄ ⊙ (3 · x²)"]),
        (lambda x, w: x * 0.5, ["x̄ = z̄ · 0.5"]),
        (lambda x, w: torch.exp(x), ["x̄ = z̄ ⊙ z"]),
        (lambda x, w: x / 4, ["x̄ = z̄ / 4"]),
        (lambda x, w: x.sum(0), ["x̄ = spread(z̄)"]),
        (lambda x, w: x + x[0], ["x̄ += z̄"]),
    ],
)
def test_formulas_with_the_operands_own_names(build, expected):
    x = torch.tensor(np.ones((2, 2), np.float32), requires_grad=True)
    w = torch.tensor(np.ones((2, 2), np.float32), requires_grad=True)
    with explain.lines():
        z = build(x, w)
    source = explain.draw(z, {"x": x, "w": w, "z": z}, signals=False, fold=False).source
    for text in expected:
        assert text in source


DIFFERENTIABLE = sorted(name for name, prim in registry.items() if prim.differentiable)


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_every_primitive_is_drawn_and_paged(name, tmp_path):
    prim = registry[name]
    sample = next(s for s in samples_of(prim, draw_for(prim)) if all(np.size(x) for x in s.operands))
    operands = [
        torch.tensor(x, requires_grad=True)
        if isinstance(x, np.ndarray)
        and x.dtype.kind == "f"
        and (prim.variadic or prim.operands[i] in prim.rules)
        else x
        for i, x in enumerate(sample.operands)
    ]
    with explain.watch():
        result = prim(*operands, **sample.parameters)
        results = [r for r in (result if isinstance(result, tuple) else (result,)) if r.requires_grad]
        loss = ops.sum(results[0])
        for other in results[1:]:
            loss = loss + ops.sum(other)
    source = explain.draw(loss, fold=False, expand="all").source
    assert f"<B>{name}</B>" in source
    explain.page(loss, tmp_path / "page.html")
    assert rehearse(loss) is not None
    leaf = next(v for v in read(loss, {}).vertices if v.is_leaf)
    assert "1" in str(explain.derive(loss, wrt=leaf.node.tensor()))


def test_a_backward_written_by_hand_is_a_step_of_the_derivation():
    class Both(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * 2, y * 3

        @staticmethod
        def backward(ctx, g, h):
            return g * 2, h * 3

    x = torch.tensor([1.0], requires_grad=True)
    a, b = Both.apply(x.sin(), x)
    derived = explain.derive((a * b).sum(), x)
    assert "Both.backward(" in str(derived)
    assert "[1]" in str(derived)
    assert "Both.backward(" in derived.latex
    assert "Both.backward(" in derived.mathml
