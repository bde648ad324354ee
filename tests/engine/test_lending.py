"""Memory that NumPy holds too: a write from outside is noticed where backward needs the old value."""

import gc

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._engine import memory


@pytest.mark.parametrize(
    "share",
    [
        lambda t: t.numpy(),
        lambda t: np.asarray(t),
        lambda t: np.from_dlpack(t),
        lambda t: t.numpy()[1:],
        lambda t: t.view(3, 1).numpy(),
    ],
    ids=["numpy", "asarray", "dlpack", "a slice", "a view"],
)
def test_writing_what_was_handed_out_is_an_error_in_backward(share) -> None:
    values, w = ac.tensor([1.0, 2.0, 3.0]), ac.ones(3, requires_grad=True)
    outside = share(values)
    loss = (w * values).sum()
    outside *= 2
    with pytest.raises(
        RuntimeError, match=r"multiply needs its 'y' of shape \[3\], which was overwritten from outside"
    ):
        loss.backward()


@pytest.mark.parametrize("take", [ac.from_numpy, ac.as_tensor], ids=["from_numpy", "as_tensor"])
def test_writing_what_was_taken_in_is_an_error_too(take) -> None:
    array, w = np.ones(3, np.float32), ac.ones(3, requires_grad=True)
    loss = (w * take(array)).sum()
    array[0] = 5
    with pytest.raises(RuntimeError, match="overwritten from outside"):
        loss.backward()


def test_writes_before_the_value_is_needed_and_after_it_was_used_are_fine() -> None:
    array, w = np.ones(3, np.float32), ac.ones(3, requires_grad=True)
    t = ac.from_numpy(array)
    for value in (2.0, 3.0):
        w.grad = None
        array[:] = value
        (w * t).sum().backward()
        assert w.grad.tolist() == [value] * 3


def test_our_own_writes_into_lent_memory_are_named_by_their_line() -> None:
    values, w = ac.ones(3), ac.ones(3, requires_grad=True)
    values.numpy()
    loss = (w * values).sum()
    values.add_(1)
    with pytest.raises(RuntimeError, match=r"overwritten at .*test_lending\.py"):
        loss.backward()


def test_in_a_large_array_a_change_of_all_elements_is_found() -> None:
    values, w = ac.ones(1000, 1000), ac.ones(1000, 1000, requires_grad=True)
    outside = values.numpy()
    loss = (w * values).sum()
    outside += 1
    with pytest.raises(RuntimeError, match="overwritten from outside"):
        loss.backward()


def test_a_loan_ends_with_the_memory() -> None:
    gc.collect()
    before = len(memory.lent)
    t = ac.ones(3)
    t.numpy()
    assert len(memory.lent) == before + 1
    del t
    gc.collect()
    assert len(memory.lent) == before


def test_a_write_through_a_long_chain_of_views_beside_lent_memory() -> None:
    """What a node keeps is looked through without recursion."""
    lent = ac.zeros(2)
    shared = lent.numpy()
    x = ac.ones(2, requires_grad=True)
    view = y = x * 2
    for _ in range(2000):
        view = view.view(2)
    view.mul_(3)
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.tolist() == [6.0, 6.0]
    assert shared.tolist() == [0.0, 0.0]
