"""Libraries written for PyTorch run on this package: the table of docs/libraries.md, line by line.

Each program of ``programs`` prints what it computes; ``expected`` has what it printed on PyTorch 2.13.0.
"""

import importlib.metadata
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "libraries.md"

VERSIONS = {
    "accelerate": "1.15.0",
    "captum": "0.9.0",
    "einops": "0.8.2",
    "ema-pytorch": "0.8.3",
    "higher": "0.2.1",
    "kornia": "0.8.1",
    "lion-pytorch": "0.2.5",
    "pytorch-optimizer": "4.1.0",
    "rotary-embedding-torch": "0.9.1",
    "skorch": "1.4.0",
    "torchdiffeq": "0.2.5",
    "torchinfo": "1.8.0",
    "torchmetrics": "1.9.0",
    "torchsummary": "1.5.1",
    "torchviz": "0.0.3",
    "vit-pytorch": "1.26.11",
    "x-transformers": "2.31.10",
}

NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def installed(name: str) -> None:
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{name} is not installed")
    if version != VERSIONS[name]:
        pytest.skip(f"{name} {version} is installed, {VERSIONS[name]} was tried")


@pytest.mark.slow
@pytest.mark.parametrize("name", VERSIONS)
def test_it_prints_what_it_prints_on_pytorch(name, tmp_path):
    installed(name)
    file = name.replace("-", "_")
    program = HERE / "programs" / f"with_{file}.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "autograd_cnn.run", str(program)],
        capture_output=True, text=True, check=False, timeout=300, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    expected = (HERE / "expected" / f"{file}.txt").read_text("utf-8")
    if name == "torchviz":
        expected = expected.replace(", 'TBackward0', 'TBackward0'", "")  # here linear transposes by itself
    assert NUMBER.sub("#", done.stdout) == NUMBER.sub("#", expected)
    found, wanted = ([float(x) for x in NUMBER.findall(text)] for text in (done.stdout, expected))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_the_page_has_a_line_for_each():
    page = PAGE.read_text("utf-8")
    assert [n for n, version in VERSIONS.items() if f"| {n} | {version} | works" not in page] == []
