"""Faults put into rules: all are caught, nine in ten named rightly; and one in a written formula is caught too."""

import importlib.util
from pathlib import Path

import pytest

from autograd_cnn.ops import registry
from autograd_cnn.testing import sweep

SCRIPT = Path(__file__).parents[2] / "scripts" / "mutation.py"
spec = importlib.util.spec_from_file_location("mutation", SCRIPT)
mutation = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mutation)


def score(per_kind):
    outcomes = [(fault, mutation.judge(fault)) for fault in mutation.faults(per_kind)]
    assert [str(fault) for fault, outcome in outcomes if not outcome.caught] == []
    return len(outcomes), sum(outcome.named for _, outcome in outcomes)


def test_some_faults_of_each_kind():
    count, named = score(2)
    assert count >= 2 * len(mutation.KINDS) - 2
    assert named >= 0.9 * count


@pytest.mark.slow
def test_at_least_two_hundred_faults():
    count, named = score(mutation.PER_KIND)
    assert count >= 200
    assert named >= 0.9 * count


def test_rules_are_right_again_afterwards():
    before = {(p.name, o): e for p in registry.values() for o, e in p.rules.items()}
    score(1)
    assert before == {(p.name, o): e for p in registry.values() for o, e in p.rules.items()}


def test_a_sign_error_in_a_written_formula_is_found():
    """Every formula that is written beside a rule, with a minus before it."""
    seen = 0
    for primitive in list(registry.values()):
        for operand, entry in list(primitive.rules.items()):
            if entry.formula is None or primitive.variadic or len(entry.operands) > 1:
                continue
            primitive.rules[operand] = entry._replace(formula=f"-({entry.formula})")
            failed = {result.case.check for result in sweep(primitive.name) if result.failure}
            primitive.rules[operand] = entry
            assert "formula" in failed, f"{primitive.name} for {operand}"
            seen += 1
    assert seen >= 10


def test_the_script_prints_the_score(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["mutation.py", "--per-kind", "1"])
    assert mutation.main() == 0
    said = capsys.readouterr().out
    assert "wrong sign" in said
    assert "caught (100.0%)" in said
