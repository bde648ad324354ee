"""The formulas written in the documentation are what the engine computes; a planted mistake in any of them is
found."""

import ast
import re

import pytest

from .pages import CHECKS, DOCS, script

formulas = script("written_formulas")
SUBJECTS = [
    "activations",
    "batch-norm",
    "broadcasting",
    "convolution",
    "fully-connected",
    "gradient-descent",
    "im2col",
    "lenet",
    "matrix-calculus",
    "max-pooling",
    "softmax-loss",
    "transposed-convolution",
]


@pytest.mark.parametrize(("place", "text"), CHECKS, ids=[place for place, _ in CHECKS])
def test_written_formulas(place, text):
    assert formulas.check(text) <= 1e-10


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_has_checked_gradients(subject):
    texts = [text for place, text in CHECKS if place.startswith(f"derivations/{subject}.md")]
    assert any(formulas.read(text).claims for text in texts)


def planted():
    """Each claim of each block with another sign, and with a factor of 2."""
    for place, text in CHECKS:
        for i, statement in enumerate(ast.parse(text).body):
            if isinstance(statement, ast.Assign) and ast.unparse(statement).startswith("g_"):
                for wrong in (f"-({ast.unparse(statement.value)})", f"2 * ({ast.unparse(statement.value)})"):
                    tree = ast.parse(text)
                    tree.body[i].value = ast.parse(wrong, mode="eval").body
                    yield f"{place} {ast.unparse(tree.body[i])}", ast.unparse(tree)


def test_a_planted_sign_or_factor_is_found_in_every_formula():
    mistakes = list(planted())
    assert len(mistakes) > 200
    missed = []
    for what, text in mistakes:
        try:
            formulas.check(text)
        except formulas.WrongFormulaError:
            continue
        missed.append(what)
    assert missed == []


def test_a_wrong_equality_is_found():
    with pytest.raises(formulas.WrongFormulaError, match="relu"):
        formulas.check("x: draw(3)\nrelu(x) == x * 1.0")


def test_a_wrong_rule_of_the_engine_is_found_although_the_formula_agrees(monkeypatch):
    entry = formulas.ops.tanh.rules["x"]
    monkeypatch.setitem(
        formulas.ops.tanh.rules, "x", entry._replace(rule=lambda g, out, tail: g * (1 + out * out))
    )
    formulas.ops.tanh.plans.clear()
    try:
        with pytest.raises(formulas.WrongFormulaError, match="engine's g_x"):
            formulas.check("x: draw(3)\ny = tanh(x)\ng_x = g_y * (1 + y * y)")
    finally:
        formulas.ops.tanh.plans.clear()


def test_a_claim_about_nothing_and_a_line_without_a_role_are_refused():
    with pytest.raises(formulas.WrongFormulaError, match="nothing with a gradient"):
        formulas.check("x: draw(3)\ny = x * 2\ng_z = g_y")
    with pytest.raises(ValueError, match="import os"):
        formulas.read("import os")


@pytest.mark.parametrize(("place", "text"), CHECKS[:5] + CHECKS[-5:])
def test_blocks_are_set_as_mathml(place, text):
    html = formulas.mathml(text, 1e-16)
    assert html.count("<math") == 1 + len(formulas.read(text).operands)
    assert not re.search(r"%[(%]", html)


def test_derivations_name_every_page_in_their_index():
    index = (DOCS / "derivations" / "index.md").read_text()
    for page in (DOCS / "derivations").glob("*.md"):
        assert page.stem == "index" or f"({page.name})" in index
