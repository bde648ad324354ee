"""What is written to one place more than once: the value that stays gets the gradient, whatever the index
looks like. Writing is linear in the values, so a difference is the gradient to the last bit."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from tests import standin

SHAPE = (4, 5)


def layouts(array: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
    """The same numbers in other orders of memory."""
    wide = np.repeat(array, 2, axis=-1)[..., ::2]
    return [array, np.asfortranarray(array), np.flip(np.flip(array).copy()), wide]


def integers(rng: np.random.Generator, size: int, shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    """Indices from -size to size - 1, few enough of them that some meet."""
    return rng.integers(-size, size, shape)


def indices(rng: np.random.Generator) -> list[Any]:
    """Every kind of index that may name a place twice."""
    rows, columns = integers(rng, 4, (3, 2)), integers(rng, 5, (3, 2))
    return [
        integers(rng, 4, (6,)),
        (integers(rng, 4, (6,)), slice(1, 4)),
        (slice(None, None, 2), integers(rng, 5, (6,))),
        (Ellipsis, integers(rng, 5, (2, 3))),
        (rows, columns),
        (rows, 3),
        (integers(rng, 4, (3, 1)), integers(rng, 5, (4,))),
        (None, integers(rng, 4, (5,))),
        (integers(rng, 4, (3,)), None, slice(None)),
        (np.array([True, False, True, True]), integers(rng, 5, (3,))),
        (integers(rng, 4, (0,)), slice(None)),
    ]


def is_its_own_difference(write: Callable[[Any], Any], values: np.ndarray[Any, Any], seed: int) -> None:
    """The gradient of what ``write`` makes of the values is the difference that each of them makes."""
    v = ag.tensor(values, requires_grad=True)
    out = write(v)
    weights = np.random.default_rng(seed).integers(1, 9, out.array.shape).astype(np.float64)
    (found,) = ag.autograd.grad(out, v, ag.tensor(weights))
    expected = np.zeros_like(values)
    with ag.no_grad():
        for place in np.ndindex(values.shape):
            moved = values.copy()
            moved[place] += 1.0
            expected[place] = ((write(ag.tensor(moved)).array - out.array) * weights).sum()
    np.testing.assert_array_equal(found.array, expected)


@pytest.mark.parametrize("kind", range(len(indices(np.random.default_rng(0)))))
@pytest.mark.parametrize("seed", range(3))
def test_the_value_that_stays_gets_the_gradient(kind: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    index = indices(rng)[kind]
    shape = np.zeros(SHAPE)[index].shape
    values = rng.integers(-50, 50, shape).astype(np.float64)

    def assigned(v: Any) -> Any:
        out = ag.zeros(SHAPE, dtype=ag.float64) * 1
        out[index] = v
        return out

    def of_a_turned_view(v: Any) -> Any:
        out = ag.zeros(SHAPE[::-1], dtype=ag.float64) * 1
        out.T[index] = v
        return out

    def through_the_primitive(v: Any) -> Any:
        return ag.ops.setitem(ag.zeros(SHAPE, dtype=ag.float64), v, index=index)

    for write in (assigned, of_a_turned_view, through_the_primitive):
        is_its_own_difference(write, values, seed)
    for broadcast in (values[..., :1], values[:1], np.array(3.0)) if values.size else ():
        is_its_own_difference(assigned, broadcast, seed)


@pytest.mark.parametrize("kind", range(4))
def test_the_order_of_memory_changes_nothing(kind: int) -> None:
    rng = np.random.default_rng(kind)
    place = integers(rng, 4, (3, 4))
    for index, values in zip(layouts(place), layouts(rng.normal(size=(3, 4, 5))), strict=True):
        out = ag.ops.setitem(np.zeros(SHAPE), values, index=index)
        expected = np.zeros(SHAPE)
        for at in np.ndindex(3, 4):
            expected[place[at]] = values[at]
        np.testing.assert_array_equal(out, expected)


def calls() -> dict[str, Callable[[Any], Any]]:
    twice, rows = ag.tensor([0, 0, 3, 0]), ag.tensor([2, 1, 2])
    into = ag.tensor([[0, 2, 0], [3, 1, 1], [0, 0, 0]])

    def base() -> Any:
        return ag.zeros(SHAPE, dtype=ag.float64) * 1

    def then_more(v: Any) -> Any:
        out = base()
        out[twice, 1] += v[:4, 0]
        out[twice, 1] *= v[:4, 1]
        return out

    return {
        "index_put": lambda v: ag.index_put(base(), (rows,), v[:3]),
        "index_put_": lambda v: base().index_put_((twice, ag.tensor([1, 1, 2, 1])), v[:4, 0]),
        "index_copy": lambda v: base().index_copy(0, rows, v[:3]),
        "index_copy_": lambda v: base().index_copy_(1, twice, v[:, :4]),
        "index_fill": lambda v: base().index_fill(0, twice, v[0, 0]),
        "scatter": lambda v: base().scatter(1, into, v[:3, :3]),
        "scatter_": lambda v: base().scatter_(0, into, v[:3, :3]),
        "put": lambda v: base().put(twice, v[:4, 0]),
        "put_": lambda v: base().put_(ag.tensor([[-1, 19], [3, 3]]), v[:2, :2]),
        "masked_scatter": lambda v: base().masked_scatter(ag.ones(SHAPE) > 0, v),
        "reads and writes": then_more,
    }


@pytest.mark.parametrize("name", calls())
def test_every_function_that_writes_by_index(name: str) -> None:
    if name == "reads and writes":  # quadratic in the values: the difference is not the gradient
        v = ag.tensor(np.arange(20.0).reshape(SHAPE), requires_grad=True)
        calls()[name](v).sum().backward()
        assert v.grad[:, 0].tolist() == [0.0, 0.0, 11.0, 16.0]
        assert v.grad[:, 1].tolist() == [0.0, 0.0, 10.0, 15.0]
        return
    is_its_own_difference(calls()[name], np.arange(20.0).reshape(SHAPE), 0)


def test_second_derivatives_see_the_value_that_stays() -> None:
    v = ag.tensor([3.0, 5.0, 7.0], dtype=ag.float64, requires_grad=True)
    y = ag.zeros(2, dtype=ag.float64) * 1
    y[[0, 0, 1]] = v
    (first,) = ag.autograd.grad((y**3).sum(), v, create_graph=True)
    (second,) = ag.autograd.grad(first.sum(), v)
    assert first.tolist() == [0.0, 75.0, 147.0]
    assert second.tolist() == [0.0, 30.0, 42.0]


def on(place: str) -> list[Any]:
    """What is written twice, and its gradients, with everything in the memory of one device."""
    v = ag.tensor([[3.0, 5.0], [7.0, 1.0]]).to(place).requires_grad_()
    rows = ag.zeros(3).to(place)
    rows[[0, 0]] = v[0]
    along = ag.zeros(3, 2).to(place).scatter(0, ag.tensor([[0, 1], [0, 1]]).to(place), v)
    columns = ag.zeros(3, 3).to(place)
    columns[ag.tensor([2, 2]).to(place), 1:] = v
    columns[(ag.tensor([0, 0]).to(place), ag.tensor([1, 1]).to(place))] = v[1]
    found = []
    for y in (rows, along, columns):
        (g,) = ag.autograd.grad((y * y).sum(), v, create_graph=True)
        (second,) = ag.autograd.grad((g * g).sum(), v, retain_graph=True)
        found += [y.detach().cpu().tolist(), g.detach().cpu().tolist(), second.cpu().tolist()]
    return found


def test_a_device_keeps_the_last_value_too() -> None:
    with standin.installed():
        assert on("cuda") == on("cpu")
