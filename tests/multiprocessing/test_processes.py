"""Processes under PyTorch's names."""

import pytest

import autograd_cnn as ac
from autograd_cnn import multiprocessing


def test_a_queue_hands_a_tensor_over():
    queue = multiprocessing.get_context("spawn").Queue()
    queue.put(ac.arange(3.0))
    assert queue.get(timeout=5).tolist() == [0.0, 1.0, 2.0]
    queue.close()


def put_index(index, queue):
    queue.put(index)


@pytest.mark.slow
def test_spawned_processes_get_their_index_first():
    queue = multiprocessing.get_context("spawn").SimpleQueue()
    multiprocessing.spawn(put_index, args=(queue,), nprocs=2)
    assert {queue.get(), queue.get()} == {0, 1}
