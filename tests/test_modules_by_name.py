"""Small modules of PyTorch's: futures, versions, accelerators."""

import threading

import pytest

import autograd_cnn as torch
from autograd_cnn.futures import Future, collect_all, wait_all
from autograd_cnn.torch_version import TorchVersion


def test_a_future_waits_for_its_result():
    future = Future()
    threading.Timer(0.01, future.set_result, [3]).start()
    then = future.then(lambda done: done.value() + 1)
    assert (future.wait(), then.wait()) == (3, 4)
    assert future.done()
    with pytest.raises(RuntimeError, match="already"):
        future.set_result(1)


def test_a_future_can_fail():
    future = Future()
    with pytest.raises(RuntimeError, match="not completed"):
        future.value()
    later = future.then(lambda done: done.wait())
    future.set_exception(ValueError("x"))
    for one in (future, later):
        with pytest.raises(ValueError, match="x"):
            one.wait()


def test_futures_together():
    some = [Future(), Future()]
    both = collect_all(some)
    some[0].set_result(1)
    assert not both.done()
    some[1].set_result(2)
    assert both.wait() == some
    assert wait_all(some) == [1, 2]
    assert collect_all([]).wait() == []


@pytest.mark.parametrize(("version", "other", "order"), [
    ("2.13.0+cpu", "2.9", 1), ("1.10", "1.9", 1), ("1.10.0", (1, 10), 0), ("2.0", "2.0.0", 0),
    ("0.9", [1], -1),
])  # fmt: skip
def test_versions_compare_by_their_numbers(version, other, order):
    found = TorchVersion(version)
    assert (found > other, found == other, found < other) == (order > 0, order == 0, order < 0)
    assert (found >= other, found <= other, found != other) == (order >= 0, order <= 0, order != 0)
    assert str(found) == version


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what is said without a GPU")
def test_there_is_no_accelerator_without_a_gpu():
    accelerator = torch.accelerator
    assert not accelerator.is_available()
    assert accelerator.device_count() == 0
    assert accelerator.current_accelerator() is None
    accelerator.synchronize()
    accelerator.empty_cache()
    assert accelerator.memory_allocated() == 0


def test_settings_by_their_names():
    torch.set_deterministic_debug_mode("warn")
    try:
        assert torch.get_deterministic_debug_mode() == 1
        assert torch.are_deterministic_algorithms_enabled()
        with pytest.raises(RuntimeError, match="invalid value of debug_mode"):
            torch.set_deterministic_debug_mode("loud")
    finally:
        torch.set_deterministic_debug_mode(0)
    assert not torch.is_warn_always_enabled()
    with pytest.raises(TypeError, match="expects a bool"):
        torch.set_warn_always(1)
    with torch.autocast("cpu"):
        assert torch.is_autocast_enabled("cpu")
        assert torch.is_autocast_cpu_enabled()
        assert not torch.is_autocast_enabled("cuda")
        assert torch.get_autocast_dtype("cpu") == torch.float16
    assert not torch.is_autocast_enabled("cpu")


def test_modules_of_devices():
    assert torch.get_device_module("cuda") is torch.cuda
    assert torch.get_device_module(torch.device("cpu")) is torch.cpu
    assert torch.get_device_module("mps") is torch.mps
    with pytest.raises(RuntimeError, match="does not have a corresponding module"):
        torch.get_device_module("vulkan")
    assert torch.get_device(torch.ones(1)) == -1
