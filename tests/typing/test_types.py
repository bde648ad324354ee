"""What mypy and pyright say of everyday lines, and of each other's reading of the package."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

EVERYDAY = Path(__file__).with_name("everyday.py")
ROOT = Path(__file__).parents[2]


def check(*command: str) -> str:
    """What a checker prints; the test fails where it finds an error."""
    done = subprocess.run(
        [sys.executable, "-m", *command], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_lines_run() -> None:
    runpy.run_path(str(EVERYDAY))


@pytest.mark.slow
def test_mypy_knows_the_types_of_everyday_lines() -> None:
    pytest.importorskip("mypy")
    assert "Success" in check("mypy", "--strict", str(EVERYDAY))


@pytest.mark.slow
def test_pyright_knows_the_types_of_everyday_lines() -> None:
    pytest.importorskip("basedpyright")
    assert "0 errors" in check("basedpyright", "--level", "error", str(EVERYDAY))


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ["x.summ()", "x.sum('a', keepdim=3)", "torch.exxp(x)", "nn.Linear(3)", "x.max(1).value"]
)
def test_a_mistake_is_told(line: str, tmp_path: Path) -> None:
    """The types are no ``Any`` that would swallow everything."""
    pytest.importorskip("basedpyright")
    text = f"import autograd_cnn as torch\nfrom autograd_cnn import nn\n\nx = torch.ones(2, 3)\n{line}\n"
    script = tmp_path / "mistake.py"
    script.write_text(text)
    command = [sys.executable, "-m", "basedpyright", "--level", "error", "--pythonpath", sys.executable]
    done = subprocess.run([*command, str(script)], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 1
    assert f"{script}:5:" in done.stdout
