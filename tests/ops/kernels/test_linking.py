"""Kernels joined with what they call: kept until a source changes, and in nobody's way."""

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from autograd_cnn.ops.kernels import _linking  # noqa: E402 - after importorskip

SOURCE = """
import numpy as np
from autograd_cnn.ops.kernels._launch import inner, kernel, read, written

@inner
def largest(x):
    best = np.empty(1, np.float32)
    best[0] = max(x[0], x[1])
    return best

@kernel(read(1), written(1))
def two(x, out):
    out[0] = largest(x)[0]
"""


@pytest.fixture
def loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Any]]:
    """Imports the module anew, as a new process would."""
    monkeypatch.setattr("autograd_cnn.ops.kernels._launch._said", True)
    monkeypatch.setattr("autograd_cnn.ops.kernels._launch.Kernel.all", [])
    path = tmp_path / "kernel_of_a_test.py"
    path.write_text(SOURCE)

    def load() -> Any:
        spec = importlib.util.spec_from_file_location("kernel_of_a_test", path)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.two

    yield load
    sys.modules.pop("kernel_of_a_test", None)


def largest_of_two(kernel: Any) -> tuple[float, bool]:
    """What the kernel says, and whether it was there already."""
    out = np.zeros(1, np.float32)
    kernel.sized(2, np.array([1, 3], np.float32), out)
    return float(out[0]), bool(kernel.serial.stats.cache_hits)


@pytest.mark.slow
def test_a_kernel_is_kept_until_any_source_changes(
    loaded: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert largest_of_two(loaded()) == (3, False)
    assert largest_of_two(loaded()) == (3, True)
    monkeypatch.setattr(_linking, "_sources", lambda: "those of another version")
    assert largest_of_two(loaded()) == (3, False)
    assert largest_of_two(loaded()) == (3, True)


@pytest.mark.slow
def test_functions_of_others_are_compiled_as_ever_after_a_kernel(loaded: Callable[[], Any]) -> None:
    """Numba's own functions that a kernel calls, as ``np.empty``, are compiled once for all who call them."""
    largest_of_two(loaded())

    @numba.njit
    def filled(n: int, value: float) -> Any:
        out = np.empty(n, np.float32)
        for i in range(n):
            out[i] = max(np.float32(value), np.float32(i))
        return out

    @numba.njit(parallel=True)
    def doubled(x: Any) -> Any:
        out = np.empty(x.size, np.float32)
        for i in numba.prange(x.size):
            out[i] = 2 * x[i]
        return out

    assert filled(4, 1.5).tolist() == [1.5, 1.5, 2, 3]
    assert doubled(filled(4, 1.5)).tolist() == [3, 3, 4, 6]
    with pytest.raises(ValueError, match="negative"):
        filled(-1, 1.5)
