"""What all tests share: the ``slow`` mark, the devices, and a watch over global state."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograd_cnn._engine import dtypes, modes
from autograd_cnn.ops import registry
from autograd_cnn.ops.kernels import _switches

from .recorded import HERE, VERSION, pytorch

collected: dict[Path, set[str]] = {}
"""The names of the tests of each module, of those that are left out too."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--record", action="store_true", help="write anew what PyTorch says to the tests that run"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "slow: longer than a few seconds; run by `make test-all`, left out by `make test`"
    )
    config.addinivalue_line("markers", "quick_share(n): one in n of its cases is quick, the others are slow")
    config.addinivalue_line(
        "markers", "gpu: needs a GPU with CuPy, and skips without; run by `make test-gpu`"
    )
    pytorch.writing = config.getoption("--record", False)
    if pytorch.writing and pytorch.version != VERSION:
        raise pytest.UsageError(f"--record needs PyTorch {VERSION}")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        share = item.get_closest_marker("quick_share")
        # the place among the arguments, not in the run: the same are quick, and recorded, in any order
        if share is not None and sum(item.callspec.indices.values()) % share.args[0]:
            item.add_marker(pytest.mark.slow)
        if item.path.is_relative_to(HERE):
            collected.setdefault(pytorch.file(item.path), set()).add(name_of(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    pytorch.begin(item.path, name_of(item), slow=item.get_closest_marker("slow") is not None)
    yield
    pytorch.end()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if pytorch.writing:
        whole = not any("::" in argument for argument in session.config.args)
        pytorch.write(collected, whole)


def name_of(item: pytest.Item) -> str:
    """The name of a test within its module."""
    return item.nodeid.partition("::")[2]


def gpu_is_here() -> bool:
    """Whether there is a GPU, and CuPy to use it."""
    try:
        import cupy
    except ImportError:
        return False
    try:
        return bool(cupy.cuda.runtime.getDeviceCount() > 0)
    except cupy.cuda.runtime.CUDARuntimeError:
        return False


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a device; a test that asks for it runs on each and skips where there is none."""
    monkeypatch.setattr(_switches, "cudnn_tf32", False)  # float32 is compared as float32
    if request.param == "cuda" and not gpu_is_here():
        pytest.skip("no GPU with CuPy on this machine")
    return str(request.param)


UNTOUCHED = "True False False False torch.float32 cpu True False True"
"""How PyTorch's switches stand where nobody turned them."""


def switches_of_pytorch() -> str:
    """How they stand now: what other tests compare with depends on them."""
    torch: Any = sys.modules.get("torch")
    core = getattr(torch, "_C", None)
    if not hasattr(core, "_is_grad_layout_enforcement_enabled"):  # not loaded, or this package in its place
        return UNTOUCHED
    found = (
        torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(),
        torch.is_anomaly_enabled(),
        torch.are_deterministic_algorithms_enabled(),
        torch.get_default_dtype(),
        torch.get_default_device(),
        core._is_multithreading_enabled(),
        core._is_view_replay_enabled(),
        core._is_grad_layout_enforcement_enabled(),
    )
    return " ".join(map(str, found))


@pytest.fixture(autouse=True)
def _no_leaks() -> Iterator[None]:
    """A test fails that leaves another mode, default dtype or NumPy error state behind; its primitives are
    forgotten."""

    def state() -> tuple[Any, ...]:
        return modes.state.get(), dtypes.get_default_dtype(), np.geterr()

    before, known = state(), dict(registry)
    yield
    registry.clear()
    registry.update(known)
    assert state() == before, "this test leaks global state"
    assert switches_of_pytorch() == UNTOUCHED, "this test leaves PyTorch otherwise"
