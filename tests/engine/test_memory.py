"""Memory that NumPy holds too: writing it from outside is found before it spoils a gradient."""

import gc

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine import memory

OUTSIDE = (
    r"modified by an inplace operation: multiply needs its .* which was overwritten from outside, "
    r"through an array that shares its memory"
)


def weight() -> ag.Tensor:
    return ag.tensor([1.0, 2.0, 3.0], dtype=ag.float64, requires_grad=True)


def test_a_write_into_an_array_given_by_from_numpy_is_found():
    data, w = np.ones(3), weight()
    loss = (ag.from_numpy(data) * w).sum()
    data += 1
    with pytest.raises(RuntimeError, match=OUTSIDE):
        loss.backward()
    assert w.grad is None


def test_a_write_into_an_array_lent_by_numpy_is_found():
    x, w = ag.ones(3, dtype=ag.float64), weight()
    loss = (x * w).sum()
    x.numpy()[0] = 7.0
    with pytest.raises(RuntimeError, match=OUTSIDE):
        loss.backward()


def test_a_write_through_a_view_of_the_lent_array_is_found():
    x, w = ag.ones(2, 3, dtype=ag.float64), weight()
    array = x.numpy().T[1:]
    loss = (x * w).sum()
    array[...] = 0.0
    with pytest.raises(RuntimeError, match=OUTSIDE):
        loss.backward()


def test_a_lent_result_is_watched_too():
    w = weight()
    y = w.exp()
    y.detach().numpy()[0] = 0.0
    with pytest.raises(RuntimeError, match="exp needs its 'out'"):
        y.sum().backward()


def test_a_write_before_the_value_is_saved_is_harmless():
    data, w = np.ones(3), weight()
    x = ag.from_numpy(data)
    data += 1
    (x * w).sum().backward()
    assert w.grad.tolist() == [2.0, 2.0, 2.0]


def test_our_own_writes_into_lent_memory_name_their_line():
    data, w = np.ones(3), weight()
    x = ag.from_numpy(data)
    loss = (x * w).sum()
    x += 1
    with pytest.raises(RuntimeError, match=r"which was overwritten at .*test_memory\.py:\d+"):
        loss.backward()


def test_a_swap_of_two_elements_is_found():
    data, w = np.array([1.0, 2.0, 3.0]), weight()
    loss = (ag.from_numpy(data) * w).sum()
    data[0], data[2] = data[2], data[0]
    with pytest.raises(RuntimeError, match=OUTSIDE):
        loss.backward()


def test_lending_again_forgets_no_write():
    x, w = ag.ones(3, dtype=ag.float64), weight()
    array = x.numpy()
    loss = (x * w).sum()
    array[0] = 7.0
    x.numpy()
    with pytest.raises(RuntimeError, match=OUTSIDE):
        loss.backward()


def test_a_write_into_another_part_of_the_block_is_harmless():
    x, w = ag.ones(6, dtype=ag.float64), weight()
    array = x.numpy()
    loss = (x[:3] * w).sum()
    array[3:] = 7.0
    loss.backward()
    assert w.grad.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 0, 1)], ids=["in order", "transposed"])
def test_of_a_large_array_a_sample_is_compared(axes, monkeypatch):
    shape = (70, 80, 90)
    data = np.zeros(shape)
    monkeypatch.setattr(memory, "_WHOLE", data.nbytes // 4)
    x = data.transpose(axes)
    untouched, seen = memory._checksum(x), 0
    for place in np.random.default_rng(0).integers(0, shape, (300, 3)):
        data[tuple(place)] = 1.0
        seen += memory._checksum(x) != untouched
        data[tuple(place)] = 0.0
    assert 0 < seen < 100
    data += 1
    assert memory._checksum(x) != untouched


def test_lending_what_has_no_elements_is_harmless():
    x, w = ag.ones(0, 3, dtype=ag.float64), weight()
    x.numpy()
    (x * w).sum().backward()
    assert w.grad.tolist() == [0.0, 0.0, 0.0]


def test_the_note_of_a_loan_goes_with_the_memory():
    gc.collect()  # what other tests left
    before = len(memory.lent)
    x = ag.ones(3)
    x.numpy()
    assert len(memory.lent) == before + 1
    del x
    assert len(memory.lent) == before


def test_an_array_beside_a_tensor_may_be_written_afterwards() -> None:
    """What an operator keeps of it is a copy, for nobody would notice the write."""
    values = np.arange(1.0, 4.0)
    for call in (
        lambda x, a: x * a,
        lambda x, a: a * x,
        lambda x, a: np.dot(a, x),
        lambda x, a: ag.where(a > 0, x, 0.0) * a,
    ):
        a, x = values.copy(), ag.ones(3, dtype=ag.float64, requires_grad=True)
        y = call(x, a).sum()
        a[:] = 9.0
        y.backward()
        np.testing.assert_array_equal(x.grad.array, values)


def test_a_long_path_of_views_beside_lent_memory() -> None:
    lent = ag.ones(3).numpy()
    x = ag.ones(6, dtype=ag.float64, requires_grad=True)
    y = x * 2.0
    v = y
    for i in range(20_000):
        v = v.reshape(2, 3) if i % 2 == 0 else v.reshape(6)
    v *= 3.0
    y.sum().backward()
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.array, np.full(6, 6.0))
    assert lent.sum() == 3.0
