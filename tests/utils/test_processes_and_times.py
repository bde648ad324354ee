"""``multiprocessing.spawn``, ``benchmark``, and what stands for code from the network."""

import os
import sys
import time
from collections import OrderedDict

import pytest

import autograd_cnn as ag
from autograd_cnn import hub, multiprocessing
from autograd_cnn.utils import benchmark, hooks, model_zoo

FORKS = pytest.mark.skipif(sys.platform != "linux", reason="forks on Linux only")


def put(number, results):
    results.put((number, ag.full((2,), float(number))))


def fail(number, how):
    if number == 0:
        time.sleep(60)
    if how == "raise":
        raise KeyError("gone")
    os._exit(3)


@FORKS
def test_tensors_come_back_from_processes():
    results = multiprocessing.get_context("fork").SimpleQueue()
    multiprocessing.start_processes(put, (results,), nprocs=2, start_method="fork")
    assert sorted((n, t.tolist()) for n, t in (results.get(), results.get())) == [(0, [0, 0]), (1, [1, 1])]


@FORKS
@pytest.mark.parametrize(
    ("how", "error", "said"),
    [
        ("raise", multiprocessing.ProcessRaisedException, "KeyError: 'gone'"),
        ("exit", multiprocessing.ProcessExitedException, "process 1 terminated with exit code 3"),
    ],
)
def test_a_process_that_fails_ends_the_others(how, error, said):
    began = time.monotonic()
    context = multiprocessing.start_processes(fail, (how,), nprocs=2, join=False, start_method="fork")
    with pytest.raises(error, match=said) as told:
        any(iter(context.join, True))
    assert (told.value.error_index, told.value.pid) == (1, context.pids()[1])
    assert not any(process.is_alive() for process in context.processes)
    assert time.monotonic() - began < 30


def test_a_timer_measures():
    timer = benchmark.Timer("x + 1", globals={"x": ag.ones(3)}, label="sum", sub_label="of three")
    measured = timer.timeit(10)
    assert measured.title == "sum: of three"
    assert 0 < measured.median < 1
    blocks = timer.blocked_autorange(min_run_time=0.01)
    assert sum(blocks.raw_times) >= 0.01
    assert "of three" in str(benchmark.Compare([measured, blocks]))
    assert "Median" in repr(timer.adaptive_autorange(max_run_time=0.05))
    assert benchmark.trim_sigfig(123.4, 2) == 120
    assert benchmark.select_unit(2e-6) == ("us", 1e-6)


def test_weights_of_an_address_are_read_where_they_lie(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "_dir", str(tmp_path))
    url = "https://somewhere.example/net-1234.pth"
    with pytest.raises(RuntimeError, match=r"download https://somewhere\.example/net-1234\.pth to"):
        model_zoo.load_url(url)
    (tmp_path / "checkpoints").mkdir()
    ag.save({"weight": ag.ones(2)}, tmp_path / "checkpoints" / "net-1234.pth")
    assert model_zoo.load_url(url)["weight"].tolist() == [1, 1]
    with pytest.raises(RuntimeError, match=r"autograd_cnn\.models"):
        hub.load("owner/repository", "net")


def test_a_handle_without_a_hook_is_a_key_of_the_table():
    table = OrderedDict()
    handle = hooks.RemovableHandle(table)
    table[handle.id] = print
    handle.remove()
    assert table == {}
