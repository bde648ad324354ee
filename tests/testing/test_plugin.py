"""pytest --gradcheck in folders of a user's own, the fixture, and the command that prints the same table."""

import subprocess
import sys
from xml.etree import ElementTree

import pytest

from autograd_cnn.cli import main

OWN = """
import numpy as np
from autograd_cnn import primitive

@primitive
def my_cube(x, /):
    return x * x * x

@my_cube.vjp("x")
def my_cube_x(g, x):
    return {sign}3 * g * x * x

my_cube.samples(lambda draw: [draw(2, 3), draw(())])

def test_of_another_kind():
    raise AssertionError("not asked for")

def test_with_the_fixture(gradcheck):
    import autograd_cnn as ag
    assert gradcheck(lambda x: x.sin(), ag.ones(3, dtype=ag.float64, requires_grad=True), order=2)
"""


def run(folder, *options):
    """pytest in a process of its own; its exit code and output."""
    command = [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def test_an_empty_folder_has_the_operators_of_the_package(tmp_path):
    code, said = run(
        tmp_path, "--gradcheck", "--gradcheck-op", "mat*", "--gradcheck-op", "exp", "--junitxml=out.xml", "-v"
    )
    assert code == 0, said
    assert "gradcheck::matmul-order2-float32-cpu PASSED" in said
    assert "gradcheck::exp-values-float64-cpu PASSED" in said
    assert "largest relative errors of gradients" in said
    assert "operator" in said
    assert " 0 failed; largest relative errors in float64: order1" in said
    cases = {case.get("name"): case for case in ElementTree.parse(tmp_path / "out.xml").iter("testcase")}
    known = {p.get("name"): p.get("value") for p in cases["exp-order1-float64-cpu"].iter("property")}
    assert known["operator"] == "exp"
    assert 0 < float(known["max_error"]) < 1e-8


def test_the_users_own_operators_are_collected_and_other_tests_are_not(tmp_path):
    (tmp_path / "test_own.py").write_text(OWN.format(sign=""))
    code, said = run(tmp_path, "--gradcheck", "--gradcheck-op", "my_*", "--gradcheck-order", "1", "-v")
    assert code == 0, said
    assert "gradcheck::my_cube-order1-float64-cpu PASSED" in said
    assert "test_with_the_fixture PASSED" in said
    assert "1 deselected" in said
    assert "order2" not in said.split("largest relative errors")[0]


def test_a_planted_sign_error_turns_the_run_red(tmp_path):
    (tmp_path / "test_own.py").write_text(OWN.format(sign="-"))
    code, said = run(tmp_path, "--gradcheck", "--gradcheck-op", "my_cube")
    assert code == 1
    assert "exactly minus the right gradient [sign]" in said
    assert "FAIL" in said.split("largest relative errors")[1]
    assert "Traceback" not in said


def test_options_that_name_nothing_are_refused(tmp_path):
    code, said = run(tmp_path, "--gradcheck", "--gradcheck-op", "matmull")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "no operator is called 'matmull'; did you mean matmul" in said
    code, said = run(tmp_path, "--gradcheck", "--gradcheck-dtype", "float8")
    assert code == pytest.ExitCode.USAGE_ERROR
    assert "'float8' is none of the dtypes: float32, float64" in said


def test_it_costs_nothing_where_it_is_not_asked_for(tmp_path):
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\ndef test(): assert not {'autograd_cnn', 'numpy'} & set(sys.modules)\n"
    )
    code, said = run(tmp_path, "-p", "no:hypothesispytest")
    assert code == 0, said


def test_the_fixture_fails_with_the_report(tmp_path):
    (tmp_path / "test_wrong.py").write_text(
        "import autograd_cnn as ag\n"
        "class Twice(ag.autograd.Function):\n"
        "    @staticmethod\n"
        "    def forward(ctx, x): return x * 2\n"
        "    @staticmethod\n"
        "    def backward(ctx, g): return g\n"
        "def test(gradcheck): gradcheck(Twice.apply, ag.ones(2, dtype=ag.float64, requires_grad=True))\n"
    )
    code, said = run(tmp_path)
    assert code == 1
    assert "gradients of Twice, order 1: 1 problem" in said
    assert "1/2 times the right gradient" in said


@pytest.mark.slow
def test_the_whole_sweep(tmp_path):
    code, said = run(tmp_path, "--gradcheck")
    assert code == 0, said[-3000:]


def test_the_command_prints_the_same_table(capsys):
    assert main(["gradcheck", "exp", "softm*", "--order", "1"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[0].split() == ["operator", "order1", "f64", "order1", "f32"]
    assert [line.split()[0] for line in said.splitlines()[1:3]] == ["exp", "softmax"]


def test_the_command_says_what_is_wrong(capsys, tmp_path, monkeypatch):
    (tmp_path / "my_wrong_operators.py").write_text(
        OWN.format(sign="-").split("def test_of")[0].replace("my_cube", "my_wrong_cube")
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert main(["gradcheck", "my_wrong_cube", "--import", "my_wrong_operators"]) == 1
    shown = capsys.readouterr()
    assert "exactly minus the right gradient" in shown.err
    assert "FAIL" in shown.out
    assert main(["gradcheck", "expp"]) == 2
    assert "no operator is called 'expp'; did you mean exp" in capsys.readouterr().err
    assert main(["gradcheck", "--import", "no_such_module"]) == 2
