"""A new operator with all its doors takes six edits: they are made in a copy of the package and checked."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_cnn as ag

PACKAGE = Path(ag.__file__).parent

PRIMITIVE = '''

@primitive(promotes="float")
def bump(x, /):
    """x exp(-x)."""
    return x * np.exp(-x)


@bump.vjp("x")
def bump_x(g, x):
    return g * (1 - x) * exp(-x)


bump.samples(lambda draw: [draw(2, 3), draw(()), draw(0, 3)])
'''

FUNCTION = '''

@names_arguments
def bump(input: Handle[T]) -> T:
    """input exp(-input)."""
    return primitives.bump(input)


bump_: Final = in_place(bump)
'''

MODULE = '''

class Bump(Module):
    """x exp(-x)."""

    def forward(self, input: Tensor) -> Tensor:
        return F.bump(input)
'''

EDITS = [  # the file, what stands before the new text ("" for the end of the file), the new text
    ("ops/_activation.py", "", PRIMITIVE),
    ("_functions/activation.py", "", FUNCTION),
    ("_functions/activation.py", "__all__ = [", '"bump", "bump_", '),
    ("_tensor/methods/activation.py", "    __slots__ = ()\n", "\n    bump = bump\n    bump_ = bump_\n"),
    ("nn/modules/activation.py", "", MODULE),
    ("nn/modules/activation.py", "__all__ = [\n", '    "Bump",\n'),
]

CHECKS = """
import math
import numpy as np
import autograd_cnn as torch
from autograd_cnn import nn
from autograd_cnn.nn import functional as F
from autograd_cnn.testing import run, select

x = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
expected = x.detach() * torch.exp(-x.detach())
for y in (torch.bump(x), x.bump(), F.bump(x), nn.Bump()(x), x.clone().bump_(), torch.bump_(x.clone())):
    np.testing.assert_allclose(y.detach().numpy(), expected.numpy(), rtol=1e-6)
x.bump().sum().backward()
np.testing.assert_allclose(x.grad.numpy(), ((1 - x) * torch.exp(-x)).detach().numpy(), rtol=1e-5)
assert "Bump()" in repr(nn.Sequential(nn.Bump()))
assert torch.bump.__doc__ == torch.Tensor.bump.__doc__ == "input exp(-input)."
try:
    torch.bump_(3)
except TypeError as error:
    assert "bump_(): argument 'input' (position 1) must be Tensor, not int" in str(error), error
cases = select(["bump"])
failures = [str(found.failure) for found in map(run, cases) if found.failure is not None]
assert cases and not failures, failures
"""

EVERYDAY = """
from typing import assert_type

import autograd_cnn as torch
from autograd_cnn import Tensor, nn

x = torch.ones(3)
assert_type(torch.bump(x), Tensor)
assert_type(x.bump_().bump(), Tensor)
assert_type(nn.functional.bump(x), Tensor)
assert_type(nn.Bump()(x), Tensor)
"""


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package in which the edits were made."""
    folder = tmp_path_factory.mktemp("new")
    shutil.copytree(PACKAGE, folder / "autograd_cnn", ignore=shutil.ignore_patterns("__pycache__"))
    for name, before, new in EDITS:
        path = folder / "autograd_cnn" / name
        text = path.read_text(encoding="utf-8")
        if before:
            head, found, tail = text.partition(before)
            assert found, f"{name} has no {before!r}"
            path.write_text(head + found + new + tail, encoding="utf-8")
        else:
            path.write_text(text + new, encoding="utf-8")
    return folder


def test_six_edits_make_an_operator_with_all_its_doors(edited: Path) -> None:
    assert len(EDITS) <= 6
    command = [sys.executable, "-W", "error", "-c", CHECKS]
    done = subprocess.run(command, cwd=edited, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_checkers_know_the_new_operator(edited: Path) -> None:
    pytest.importorskip("basedpyright")
    (edited / "everyday.py").write_text(EVERYDAY, encoding="utf-8")
    options = ["--level", "error", "--pythonpath", sys.executable]
    command = [sys.executable, "-m", "basedpyright", *options, "everyday.py"]
    done = subprocess.run(command, cwd=edited, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
