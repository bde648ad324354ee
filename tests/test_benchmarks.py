"""The benchmark: its summary, and one short run."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("numba")


@pytest.mark.slow
def test_a_row_is_measured() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "overhead", "--seconds", "0.1"],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 0, done.stderr
    assert "per operator" in done.stdout


def test_an_unknown_row_is_named() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "lent"],
        capture_output=True,
        text=True,
        timeout=100,
        cwd=Path(__file__).parent.parent,
    )
    assert done.returncode == 2
    assert "no such rows: lent" in done.stderr
