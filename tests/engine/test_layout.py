"""Memory that lies channels last is laid in rows for everybody who sees it, or for nobody."""

import copy
import gc
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.layout import _LAST, _same_part
from autograd_cnn.nn import functional as F


def channels_last(*, grad: bool = True) -> ag.Tensor:
    """A result, no view, of shape (2, 4, 3, 5) whose memory is ordered as that of an image in NHWC."""
    images = ag.arange(2 * 3 * 5 * 4.0).reshape(2, 3, 5, 4).requires_grad_(grad)
    y = images.permute(0, 3, 1, 2) * 1.0
    assert y._view is None
    assert not y.array.flags.c_contiguous
    return y


def shared(a: Any, b: Any) -> bool:
    return np.shares_memory(a.array, b.array)


def unrecorded(y: ag.Tensor) -> ag.Tensor:
    with ag.no_grad():
        return y[1:, ::2]


SEERS = {
    "a view": lambda y: y[0],
    "a view of a view": lambda y: y[:, 1].transpose(1, 2)[..., 2:],
    "a detached tensor": lambda y: y.detach(),
    "a view of a detached tensor": lambda y: y.detach()[..., 3],
    "data": lambda y: y.data,
    "a view that was not recorded": unrecorded,
    "an expanded view": lambda y: y[:, :1].expand(2, 4, 3, 5),
    "a diagonal": lambda y: y.diagonal(0, 2, 3),
    "overlapping pieces": lambda y: y.unfold(3, 2, 1),
    "another shape": lambda y: y.unsqueeze(1),
}
"""Tensors that look into a result's memory."""

LOOKS = {
    "view": lambda y: y.view(-1),
    "view of two": lambda y: y.view(2, -1),
    "view_as": lambda y: y.view_as(ag.zeros(8, 15)),
    "reshape": lambda y: y.reshape(-1),
    "reshape_as": lambda y: y.reshape_as(ag.zeros(8, 15)),
    "flatten": lambda y: y.flatten(1),
    "ravel": lambda y: y.ravel(),
    "unflatten": lambda y: y.unflatten(1, (2, 2)),
    "contiguous": lambda y: y.contiguous(),
    "clone": lambda y: y.clone(),
    "detach": lambda y: y.detach(),
    "data": lambda y: y.data,
    "to": lambda y: y.to(ag.float32),
    "index": lambda y: y[0, ..., 1:],
    "select": lambda y: y.select(1, 0),
    "narrow": lambda y: y.narrow(2, 0, 2),
    "split": lambda y: y.split(2, 1),
    "chunk": lambda y: y.chunk(2, 3),
    "unbind": lambda y: y.unbind(),
    "permute": lambda y: y.permute(3, 0, 1, 2),
    "transpose": lambda y: y.transpose(1, 3),
    "movedim": lambda y: y.movedim(1, -1),
    "mT": lambda y: y.mT,
    "T": lambda y: y.T,
    "squeeze": lambda y: y.squeeze(),
    "unsqueeze": lambda y: y.unsqueeze(0),
    "expand": lambda y: y.expand(3, 2, 4, 3, 5),
    "repeat": lambda y: y.repeat(1, 1, 1, 2),
    "diagonal": lambda y: y.diagonal(),
    "unfold": lambda y: y.unfold(1, 2, 2),
    "as_strided": lambda y: y.as_strided((4, 3), (3, 1)),
    "flip": lambda y: y.flip(0),
    "sum": lambda y: y.sum(1),
    "print": repr,
    "tolist": lambda y: y.tolist(),
    "numpy": lambda y: y.detach().numpy(),
    "copy": lambda y: copy.deepcopy(y.detach()),
    "convolution": lambda y: F.conv2d(y, ag.ones(2, 4, 2, 2)),
    "pooling": lambda y: F.max_pool2d(y, 2),
    "padding": lambda y: F.pad(y, (1, 1)),
    "batch_norm": lambda y: F.batch_norm(y, None, None, training=True),
}
"""Functions that only look at their operand."""


def looked_at(look: Any, y: ag.Tensor) -> None:
    try:
        look(y)
    except RuntimeError as error:
        if not any(why in str(error) for why in ("view size is not compatible", "cannot be laid in rows")):
            raise


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_look_takes_nobody_s_memory_away(look):
    for name, see in SEERS.items():
        y = channels_last()
        seer, before = see(y), see(channels_last()).detach()
        looked_at(look, y)
        assert shared(seer, y), name
        assert seer.detach().equal(before), name
        with ag.no_grad():
            y.add_(1.0)
        assert seer.detach().equal(before + 1.0), name


@pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
def test_a_look_takes_no_memory_from_an_array(look):
    for lend in (lambda y: y.array, lambda y: y.detach().numpy(), lambda y: y.detach().numpy()[0]):
        y = channels_last()
        array = lend(y)
        looked_at(look, y)
        assert np.shares_memory(array, y.array)


def test_a_write_through_a_view_reaches_what_was_laid_in_rows():
    y = channels_last()
    part, whole = y[0], y.detach().clone()
    flat = y.view(-1)
    assert y.array.flags.c_contiguous
    part.mul_(2)
    whole[0].mul_(2)
    assert y.detach().equal(whole)
    assert flat.detach().equal(whole.reshape(-1))


@pytest.mark.parametrize("grad", [False, True])
def test_the_results_of_layers_have_the_views_they_have_in_pytorch(grad):
    x, w = ag.randn(2, 3, 8, 8), ag.randn(4, 3, 3, 3, requires_grad=grad)
    for y in (
        F.conv2d(x, w),
        F.conv2d(x, w).relu(),
        F.max_pool2d(F.conv2d(x, w), 2),
        F.avg_pool2d(F.conv2d(x, w), 2),
        F.batch_norm(F.conv2d(x, w), None, None, training=True),
    ):
        flat = y.view(2, -1)
        assert shared(flat, y)
        assert flat.detach().equal(y.detach().reshape(2, -1))


def test_nodes_that_saved_a_result_hold_no_view_back():
    y = channels_last()
    by_product, by_root = (y * y).sum(), (y + 1.0).sqrt().sum()
    by_matrix = (y.permute(0, 2, 3, 1) @ ag.ones(4, 2, requires_grad=True)).sum()
    flat = y.view(-1)
    assert shared(flat, y)
    y.retain_grad()
    (by_product + by_root + by_matrix + (flat * flat).sum()).backward()
    expected = 4 * y.detach() + 0.5 / (y.detach() + 1.0).sqrt() + 2.0
    assert y.grad is not None
    assert y.grad.allclose(expected)


def test_a_gradient_goes_through_a_write_after_the_move():
    y = channels_last()
    part = y[0]
    flat = y.view(-1)
    part.mul_(3.0)
    y.retain_grad()
    flat.sum().backward()
    assert y.grad is not None
    assert y.grad.equal(ag.ones(2, 4, 3, 5))


def test_a_view_without_a_place_in_rows_keeps_the_memory_where_it_is():
    y = channels_last()
    other_way = y.permute(0, 2, 3, 1).view(-1)
    array_of = y.array.__array_interface__["data"]
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        y.view(-1)
    assert y.array.__array_interface__["data"] == array_of
    del other_way
    assert shared(y.view(-1), y)


def test_an_array_that_is_gone_holds_nothing():
    y = channels_last()
    array = y.detach().numpy()
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        y.view(-1)
    del array
    gc.collect()
    assert shared(y.view(-1), y)


def test_a_leaf_stays_where_it_is():
    y = ag.from_numpy(np.zeros((2, 3, 5, 4)).transpose(0, 3, 1, 2)).requires_grad_()
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        y.view(-1)


def _axis(rng: np.random.Generator, size: int) -> Any:
    first, last = sorted(rng.integers(0, size + 1, 2))
    return rng.choice([slice(first, last), slice(None, None, int(rng.integers(1, 3)))])


@pytest.mark.parametrize("ndim", _LAST)
def test_any_part_has_its_place_in_rows(ndim):
    last = _LAST[ndim]
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(300):
        shape = tuple(rng.integers(1, 5, ndim))
        order = np.argsort(last)
        array = np.arange(np.prod(shape)).reshape([shape[axis] for axis in last]).transpose(order)
        rows = np.ascontiguousarray(array)
        part = array[tuple(_axis(rng, n) for n in shape)].transpose(rng.permutation(ndim))
        if rng.random() < 0.3 and part.shape[0]:
            part = part[int(rng.integers(part.shape[0]))]
        if rng.random() < 0.3:
            part = np.broadcast_to(part, (2, *part.shape))
        same = _same_part(part, array, rows)
        assert same is not None
        np.testing.assert_array_equal(same, part)
        assert not part.size or np.shares_memory(same, rows)
        assert same.flags.writeable == part.flags.writeable
        found += part.size > 1
    assert found > 100
