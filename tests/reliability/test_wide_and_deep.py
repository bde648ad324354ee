"""Graphs of any width and depth: exact sums, each node once, and no recursion."""

import gc
import sys
import threading

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim
from autograd_cnn._engine.sort import toposort


def test_ten_thousand_uses_of_one_leaf_are_exact():
    x = ag.tensor([1.0, 2.0], dtype=ag.float64, requires_grad=True)
    total = x * 0.0
    for i in range(10_000):
        total = total + x * float(i % 7)
    total.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), np.full(2, float(sum(i % 7 for i in range(10_000)))))


def test_two_to_the_sixty_paths_visit_each_node_once():
    x = ag.tensor(1.0, dtype=ag.float64, requires_grad=True)
    y = x
    for _ in range(60):
        y = y + y
    assert len(toposort([y._node])) == 61
    y.backward()
    assert x.grad.item() == 2.0**60


def test_a_deep_chain_in_a_small_thread_leaves_the_recursion_limit_alone():
    limit, failures = sys.getrecursionlimit(), []

    def work():
        try:
            x = ag.ones(1, requires_grad=True)
            y = x
            for _ in range(100_000):
                y = y * 1.0
            y.sum().backward()
            assert x.grad.item() == 1.0
        except BaseException as error:
            failures.append(error)
            raise

    before = threading.stack_size(256 * 1024)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    assert not failures
    assert sys.getrecursionlimit() == limit


@pytest.mark.slow
def test_memory_is_flat_over_ten_thousand_steps():
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x = ag.rand(16, 4)

    def steps(count):
        for _ in range(count):
            optimizer.zero_grad()
            model(x).sum().backward()
            optimizer.step()

    gc.collect()
    gc.disable()
    try:
        steps(3000)  # the interpreter keeps up to 2,000 freed tuples of each size for itself
        before = sys.getallocatedblocks()
        steps(10_000)
        after = sys.getallocatedblocks()
    finally:
        gc.enable()
    assert after - before < 100
