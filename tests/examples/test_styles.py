"""Scripts in the styles of well-known public repositories give PyTorch's first losses, unchanged."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
SCRIPTS = sorted(HERE.glob("styles/*.py"))

pytestmark = pytest.mark.slow


def run(which):
    """What each script gives: its losses, or what it raised."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(HERE.parent.parent),
        "OMP_NUM_THREADS": "1",  # PyTorch's threads wait for each other on a busy machine
    }
    done = subprocess.run(
        [sys.executable, HERE / "run_styles.py", which, *SCRIPTS],
        capture_output=True,
        text=True,
        env=environment,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {Path(path).stem: found for path, found in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def both():
    pytest.importorskip("torch")
    return run("ours"), run("theirs")


@pytest.mark.parametrize("name", [script.stem for script in SCRIPTS])
def test_the_first_losses_are_pytorchs(name, both):
    ours, theirs = (found[name] for found in both)
    assert not isinstance(ours, str), ours
    assert len(ours) == len(theirs) >= 10
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=1e-6)


def test_there_are_forty():
    assert len(SCRIPTS) >= 40
