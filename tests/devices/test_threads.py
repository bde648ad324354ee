"""Threads of the compiled kernels: their number, many launching at once, and processes that were forked
afterwards."""

import subprocess
import sys
import textwrap
from importlib import metadata

import pytest

import autograd_cnn as ac
from autograd_cnn.ops.kernels import _switches

pytest.importorskip("numba")

CONVOLVE = """
import hashlib, os, sys, threading
import numpy as np
import autograd_cnn as ac
from autograd_cnn.nn import functional as F

def step(seed=0):
    draw = np.random.default_rng(seed)
    x = ac.from_numpy(draw.standard_normal((8, 16, 20, 20)).astype("f")).requires_grad_()
    w = ac.from_numpy(draw.standard_normal((40, 16, 3, 3)).astype("f")).requires_grad_()
    b = ac.zeros(40, requires_grad=True)
    loss = (F.max_pool2d(F.relu(F.conv2d(x, w, b, padding=1)), 2) ** 2).mean()
    loss.backward()
    found = (loss.detach(), x.grad, w.grad, b.grad)
    return hashlib.sha256(b"".join(v.numpy().tobytes() for v in found)).hexdigest()
"""


def _installed(package: str) -> bool:
    return any(metadata.distributions(name=package))


def run(program: str, layer: str = "default", **variables: str) -> str:
    """What a fresh interpreter prints; it must end well."""
    import os

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CONVOLVE + textwrap.dedent(program)],
        env={**os.environ, "NUMBA_THREADING_LAYER": layer, **variables},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ac.get_num_threads()
    assert before >= 1
    try:
        ac.set_num_threads(3)
        assert ac.get_num_threads() == 3
    finally:
        ac.set_num_threads(before)
    for wrong, error in ((0, RuntimeError), (-1, RuntimeError), (1.5, TypeError), (True, TypeError)):
        with pytest.raises(error, match="set_num_threads expects"):
            ac.set_num_threads(wrong)  # type: ignore[arg-type]  # which is refused
    assert ac.get_num_threads() == before


def test_a_worker_runs_serially(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_switches, "serial_only", False)
    _switches.run_serially()
    assert ac.get_num_threads() == 1


LAYERS = [
    pytest.param(
        "tbb",
        marks=pytest.mark.skipif(
            not _installed("tbb"), reason="oneTBB is not installed, or not for this processor"
        ),
    ),
    "omp",
    "workqueue",
]


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("layer", LAYERS)
def test_eight_threads_and_a_forked_child(layer: str) -> None:
    """One thread, two threads, eight callers at once and a forked child: the same bits, and no process
    dies."""
    out = run(
        """
        ac.set_num_threads(1)
        alone = step()
        ac.set_num_threads(2)
        assert step() == alone, "the bits depend on the number of threads"
        found = []
        def caller():
            for _ in range(3):
                found.append(step())
        callers = [threading.Thread(target=caller) for _ in range(8)]
        for t in callers: t.start()
        for t in callers: t.join()
        assert found == [alone] * 24, found
        import warnings
        with warnings.catch_warnings():
            # newer Pythons warn of fork beside threads: that is the test
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if child == 0:
            os._exit(0 if step() == alone and ac.get_num_threads() == 1 else 3)
        assert os.waitpid(child, 0)[1] == 0, "the forked child died"
        assert step() == alone
        print("done")
        """,
        layer,
        NUMBA_NUM_THREADS="2",
    )
    assert out.strip().endswith("done")


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("layer", LAYERS)
def test_workers_after_a_training_step(layer: str) -> None:
    out = run(
        """
        from autograd_cnn.utils.data import DataLoader, TensorDataset
        before = step()
        loader = DataLoader(TensorDataset(ac.arange(40)), batch_size=10, num_workers=2)
        assert sum(int(batch.sum()) for (batch,) in loader) == 780
        assert step() == before
        print("done")
        """,
        layer,
        NUMBA_NUM_THREADS="2",
    )
    assert out.strip().endswith("done")


def test_without_numba_everything_works() -> None:
    out = run(
        """
        sys.modules["numba"] = None
        from autograd_cnn.ops import kernels
        step()
        assert not kernels.available()
        print("done")
        """
    )
    assert out.strip().endswith("done")


def test_numba_is_imported_late() -> None:
    out = run(
        """
        assert "numba" not in sys.modules
        F.conv2d(ac.ones(1, 1, 4, 4), ac.ones(1, 1, 3, 3))
        ac.ones(3, 3) @ ac.ones(3, 3)
        assert "numba" not in sys.modules, "a small operator imported Numba"
        print("done")
        """
    )
    assert out.strip().endswith("done")
