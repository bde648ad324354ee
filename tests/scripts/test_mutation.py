"""Faults put into rules: all are caught, nine in ten named rightly; and one in a written formula is caught
too."""

import pytest

from autograd_cnn.ops import registry
from autograd_cnn.testing import sweep
from scripts.mutation import __main__ as program
from scripts.mutation import rules, sources
from scripts.mutation.kinds import KINDS
from scripts.mutation.targets import ENGINE, LOADERS, NO_FAULT

ROOT = program.ROOT


def score(per_kind):
    outcomes = [(fault, rules.judge(fault)) for fault in rules.faults(per_kind)]
    assert [str(fault) for fault, outcome in outcomes if not outcome.caught] == []
    return len(outcomes), sum(outcome.named for _, outcome in outcomes)


def test_some_faults_of_each_kind():
    count, named = score(2)
    assert count >= 2 * len(KINDS) - 2
    assert named >= 0.9 * count


@pytest.mark.slow
def test_at_least_two_hundred_faults():
    count, named = score(rules.PER_KIND)
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


def test_the_script_prints_the_score(capsys):
    assert program.main(["rules", "--per-kind", "1"]) == 0
    said = capsys.readouterr().out
    assert "wrong sign" in said
    assert "caught (100.0%)" in said


# mutants of source files

SOURCE = '''"""About it: 1 < 2."""
def area(
    width: int = 1, *, height: "int | None" = None
) -> int:
    """Its area."""
    if height is None or width < 0 and height:
        raise ValueError(f"of {width} + 1", 3 + 4)
    total = [width * n for n in (1, 100) if n != width]
    total.clear()
    try:
        return round(
            -total[0], ndigits=2
        )
    except (KeyError, IndexError):
        return None


class Box:
    def __repr__(self) -> str:
        return "x" if 1 > 2 else "y"
'''


@pytest.fixture
def made(tmp_path):
    (tmp_path / "a.py").write_text(SOURCE)
    return sources.mutants(tmp_path, "a.py")


def test_what_is_changed_and_what_is_not(made):
    found = {f"{mutant.before} -> {mutant.after}" for mutant in made}
    assert {
        "height is None -> height is not None",
        "width < 0 -> width >= 0",
        "width < 0 -> width <= 0",
        "width < 0 and height -> width < 0 or height",
        "width < 0 and height -> height",
        'raise ValueError(f"of {width} + 1", 3 + 4) -> pass',
        "width * n -> width // n",
        "n != width -> n == width",
        "total.clear() -> pass",
        "-total[0] -> total[0]",
        "round( -total[0], ndigits=2 ) -> round(-total[0])",
        "return round( -total[0], ndigits=2 ) -> return None",
        "(KeyError, IndexError) -> (IndexError,)",
        "0 -> 1",
    } <= found
    assert not [
        mutant
        for mutant in made
        if any(word in mutant.before for word in ("About", "100 ", "3 + 4 ->", '"x"', "Its area"))
    ]
    assert {mutant.where for mutant in made} == {"area"}


def test_each_mutant_is_a_program_of_the_same_lines_and_has_a_key_of_its_own(made):
    for mutant in made:
        changed = mutant.applied(SOURCE.encode()).decode()
        compile(changed, "a.py", "exec")
        assert changed != SOURCE
        assert changed.count("\n") == SOURCE.count("\n")
    assert len({mutant.key for mutant in made}) == len(made)


def test_the_choice_stays_where_other_lines_change(made, tmp_path):
    (tmp_path / "a.py").write_text("import os\n\n" + SOURCE)
    later = sources.mutants(tmp_path, "a.py")
    assert [m.key for m in sources.sample(made, 5, 1)] == [m.key for m in sources.sample(later, 5, 1)]
    assert [m.key for m in sources.sample(made, 5, 1)] != [m.key for m in sources.sample(made, 5, 2)]


def test_what_the_tables_name_is_there():
    every = set()
    for path, tests in {**ENGINE, **LOADERS}.items():
        every |= {mutant.key for mutant in sources.mutants(ROOT, path)}
        assert [test for test in tests.split() if not (ROOT / test).exists()] == []
    assert sorted(set(NO_FAULT) - every) == []


@pytest.mark.slow
def test_mutants_of_a_small_file_are_killed(capsys):
    assert program.main(["engine", "--file", "_handle"]) == 0
    assert "(100.0%)" in capsys.readouterr().out
