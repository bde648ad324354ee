"""Threads: modes are each thread's own, and gradients that meet in one parameter add up exactly."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

import autograd_cnn as ag


def test_eight_threads_of_backward_passes_into_one_parameter_add_up_exactly():
    """Large enough for NumPy to let other threads run while it adds, which is where sums without a lock get
    lost."""
    w = ag.ones(100_000, requires_grad=True)
    start, interval = threading.Barrier(8), sys.getswitchinterval()

    def work(_):
        start.wait()
        for _ in range(100):
            (w * 2.0).sum().backward()

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
    finally:
        sys.setswitchinterval(interval)
    np.testing.assert_array_equal(w.grad.numpy(), np.full(100_000, 1600.0, np.float32))


def test_modes_are_each_threads_own():
    seen = {}
    inside, looked = threading.Event(), threading.Event()

    def quiet():
        with ag.no_grad():
            inside.set()
            looked.wait(10)
            seen["quiet"] = ag.is_grad_enabled()

    thread = threading.Thread(target=quiet)
    thread.start()
    inside.wait(10)
    seen["main"] = ag.is_grad_enabled()
    looked.set()
    thread.join()
    assert seen == {"quiet": False, "main": True}


def test_threads_compute_what_one_thread_computes():
    x = ag.tensor(np.random.default_rng(0).normal(size=(50, 50)))

    def gradient(seed):
        w = ag.tensor(np.random.default_rng(seed).normal(size=(50, 50)), requires_grad=True)
        ((x @ w).tanh() * x).sum().backward()
        return w.grad.numpy()

    alone = [gradient(seed) for seed in range(16)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(gradient, range(16)))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def test_warnings_stay_quiet_in_threads():
    zeros = ag.zeros(100_000)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: ag.log(zeros).isinf().all().item(), range(64)))
    assert all(results)
