"""The examples run under PyTorch and, unchanged, under this package: the same seed gives the same losses,
step by step."""

import contextlib
import io
import re
import runpy
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._names import missing_names
from autograd_cnn._paths import PACKAGES

EXAMPLES = Path(__file__).parents[2] / "examples"
ARGUMENTS = {
    "regression": ["--steps", "20"],
    "mnist": ["--data", "synthetic", "--images", "80", "--batch-size", "8", "--epochs", "2"],
    "cifar_resnet": ["--steps", "20", "--size", "8", "--batch-size", "8", "--lr", "0.02"],
    "char_rnn": ["--steps", "20", "--hidden", "8"],
    "gan": ["--steps", "20", "--batch-size", "4"],
    "vae": ["--steps", "20"],
    "gradient_penalty": ["--steps", "20", "--batch-size", "16"],
    "transformer": ["--steps", "20", "--batch-size", "4"],
    "custom_function": ["--steps", "20"],
}
VARIANTS = [
    *ARGUMENTS.items(),
    ("char_rnn", ["--model", "GRU", *ARGUMENTS["char_rnn"]]),
    ("char_rnn", ["--model", "RNN", *ARGUMENTS["char_rnn"]]),
]


@contextlib.contextmanager
def torch_is_ours() -> Iterator[None]:
    """``import torch`` gives this package inside; the real one is put back."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.partition(".")[0] in PACKAGES}
    finders = list(sys.meta_path)
    try:
        with mock.patch.object(ag, "__version__", ag.__version__):
            ag.install_as_torch()
            yield
    finally:
        sys.meta_path[:] = finders
        for name in [name for name in sys.modules if name.partition(".")[0] in PACKAGES]:
            del sys.modules[name]
        sys.modules.update(kept)


def output(name: str, arguments: list[str]) -> str:
    """What the example prints in this process."""
    printed = io.StringIO()
    with mock.patch.object(sys, "argv", [name, *arguments]), contextlib.redirect_stdout(printed):
        runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    return printed.getvalue()


def losses(text: str) -> np.ndarray:
    """One row per step: all numbers that stand after "loss"."""
    return np.array(
        [
            [float(number) for number in line.split()]
            for line in re.findall(r"^step \d+ loss (.*)$", text, re.MULTILINE)
        ]
    )


def test_every_example_is_tested():
    assert {path.stem for path in EXAMPLES.glob("*.py")} == ARGUMENTS.keys()


@pytest.mark.parametrize("name", ARGUMENTS)
def test_nothing_is_missing(name):
    """Nothing but torchvision's parts of them, which are tested where they are."""
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert [str(m) for m in missing_names(source) if not m.name.startswith("torchvision")] == []


@pytest.mark.parametrize(
    ("name", "arguments"), VARIANTS, ids=lambda v: v if isinstance(v, str) else "-".join(v).replace("--", "")
)
def test_the_losses_are_pytorchs(name, arguments):
    torch = pytest.importorskip("torch")
    threads, deterministic = torch.get_num_threads(), torch.backends.cudnn.deterministic
    torch.set_num_threads(1)  # these networks are too small for more
    try:
        theirs = output(name, [*arguments, "--double"])
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(torch.float32)
        torch.backends.cudnn.deterministic = deterministic
    try:
        with torch_is_ours():
            ours = output(name, [*arguments, "--double"])
    finally:
        ag.set_default_dtype(ag.float32)
        ag.backends.cudnn.deterministic = False
    expected = losses(theirs)
    assert len(expected) == 20
    assert np.isfinite(expected).all()
    np.testing.assert_allclose(losses(ours), expected, rtol=0, atol=1e-8)


def test_an_example_runs_as_a_command():
    done = subprocess.run(
        [sys.executable, "-m", "autograd_cnn.run", str(EXAMPLES / "regression.py"), "--steps", "51"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr  # kernels that are compiled for the first time say so on stderr
    assert re.fullmatch(
        r"step    0  loss \d\.\d{4}\nstep   50  loss \d\.\d{4}\nlargest distance from the sine: \d\.\d{3}\n",
        done.stdout,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", ARGUMENTS)
def test_every_example_runs_in_float32_as_a_command(name):
    done = subprocess.run(
        [sys.executable, "-m", "autograd_cnn.run", str(EXAMPLES / f"{name}.py"), *ARGUMENTS[name]],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
