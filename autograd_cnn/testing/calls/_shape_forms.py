"""Arguments of functions that change shapes, join and take apart."""

import math
from collections.abc import Callable
from typing import Any

from ._draw import Draw, uniform
from ._operands import Place, first_tensor
from ._parameters import dim, number, reshaped
from ._registry import Stop, form


@form("expand", "broadcast_to")
def _expand(at: Place) -> dict[str, Any]:
    draw = at.draw
    wanted = draw.shape(0, 4)
    own = tuple(1 if draw.chance(0.4) else n for n in wanted[draw.whole(0, len(wanted)) :])
    x = draw.tensor(own)
    asked: list[int] = list(wanted)
    if draw.chance(0.3) and own:
        asked[-1] = -1
    return {"*": [x, *asked] if at.door.base == "expand" and draw.chance(0.5) else [x, tuple(asked)]}


def _several(
    names: str, least: int = 1, shape: Callable[[Draw], Any] = lambda draw: draw.shape(0, 2)
) -> None:
    def drawn(at: Place) -> dict[str, Any]:
        draw = at.draw
        dtype = draw.dtype()
        made = [
            draw.tensor(shape(draw), dtype if draw.chance(0.95) else draw.dtype())
            for _ in range(draw.whole(least, 3))
        ]
        return {
            "*": [draw.one((list, tuple))(made)]
            if draw.chance(0.3) and at.door.base != "cartesian_prod"
            else made
        }

    form(*names.split())(drawn)


def _block(draw: Draw) -> tuple[int, ...]:
    """A shape, but no vector of no elements: behind one PyTorch's gradients are of the row before."""
    shape = draw.shape(0, 2)
    return shape if shape != (0,) else (1,)


_several("atleast_1d atleast_2d atleast_3d", shape=lambda draw: draw.shape(0, 4))
_several("block_diag", shape=_block)
_several("meshgrid cartesian_prod", shape=lambda draw: draw.shape(0, 1))


@form("meshgrid")
def _meshgrid(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = draw.dtype()
    made = [
        draw.tensor(draw.shape(0, 1), dtype if draw.chance(0.9) else draw.dtype())
        for _ in range(draw.whole(1, 3))
    ]
    return {"*": made, "indexing": draw.one(("ij", "xy"))}


@form("broadcast_tensors")
def _broadcast_tensors(at: Place) -> dict[str, Any]:
    shape = at.draw.shape(0, 3)
    return {"*": [at.draw.tensor(at.draw.beside(shape)) for _ in range(at.draw.whole(1, 3))]}


@form("broadcast_shapes")
def _broadcast_shapes(at: Place) -> dict[str, Any]:
    shape = at.draw.shape(0, 3)
    return {"*": [at.draw.beside(shape) for _ in range(at.draw.whole(0, 3))]}


@form("where")
def _where(at: Place) -> dict[str, Any]:
    draw = at.draw
    condition = draw.tensor(None, "bool", wants=False)
    if at.door.space == "Tensor":
        x = draw.tensor(draw.beside(at.shape))
        return {"*": [x, condition, draw.tensor(draw.beside(at.shape)) if draw.chance(0.7) else number(at)]}
    if draw.chance(0.1):
        return {"*": [condition]}
    sides = [draw.tensor(draw.beside(at.shape)) if draw.chance(0.75) else number(at) for _ in range(2)]
    return {"*": [condition, *sides]}


@form("split_with_sizes", "unsafe_split_with_sizes")
def _split_sizes(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor((3, 4, 2)),
        "split_sizes": at.draw.one(([1, 3], [4], [2, 0, 2])),
        "dim": 1,
    }


@form("split")
def _split(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(at.draw.shape(1, 4))
    axis = at.draw.whole(0, len(at.shape) - 1)
    size = at.shape[axis]
    cut = at.draw.whole(0, size)
    return {
        at.door.parameters[0].name: x,
        "dim": axis,
        at.door.parameters[1].name: at.draw.one((1, 2, [cut, size - cut], 3)),
    }


@form("unflatten")
def _unflatten(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor((2, 6, 3)),
        "dim": at.draw.one((1, -2)),
        "sizes": at.draw.one(((2, 3), (-1, 2), (1, 6), (3, -1, 1))),
    }


@form("movedim", "moveaxis")
def _movedim(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    axes = len(at.shape)
    if at.draw.chance(0.5) or axes < 2:
        return {"input": x, "source": dim(at), "destination": dim(at)}
    many = at.draw.whole(1, axes)
    return {
        "input": x,
        "source": tuple(at.draw.random.sample(range(axes), many)),
        "destination": tuple(at.draw.random.sample(range(axes), many)),
    }


@form("flip")
def _flip(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    axes: list[Any] = at.draw.random.sample(range(len(at.shape)), at.draw.whole(0, len(at.shape)))
    return (
        {"input": x, "dims": at.draw.one((tuple, list))(axes)}
        if at.draw.chance(0.7)
        else {"*": [x, *(axes or [[]])]}
    )


@form("roll")
def _roll(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    if at.draw.chance(0.3) or not at.shape:
        return {"input": x, "shifts": at.draw.whole(-4, 4), "dims": Stop}
    axes = at.draw.random.sample(range(len(at.shape)), at.draw.whole(1, len(at.shape)))
    return {"input": x, "shifts": tuple(at.draw.whole(-3, 4) for _ in axes), "dims": tuple(axes)}


@form("rot90")
def _rot90(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(at.draw.shape(2, 4))
    return {
        "input": x,
        "k": at.draw.whole(-3, 5),
        "dims": tuple(at.draw.random.sample(range(len(at.shape)), 2)),
    }


@form("tile", "repeat")
def _tile(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    times = [
        at.draw.whole(0, 3) for _ in range(at.draw.whole(0 if at.door.base == "tile" else len(at.shape), 5))
    ]
    return {
        "*": [x, *times] if at.door.space == "Tensor" and times and at.draw.chance(0.5) else [x, tuple(times)]
    }


@form("repeat_interleave")
def _repeat_interleave(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = first_tensor(at)
    if draw.chance(0.5) or not at.shape:
        return {"input": x, "repeats": draw.whole(0, 3)}
    axis = draw.whole(0, len(at.shape) - 1)
    return {
        "input": x,
        "repeats": draw.tensor((at.shape[axis],), "int64", uniform(0, 3), wants=False),
        "dim": axis,
    }


@form("reshape", "view", "resize", "resize_")
def _reshape(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    shape = reshaped(at)
    if at.door.writes:
        shape = tuple(map(abs, shape))  # of a negative one PyTorch's tensor keeps a negative size
        if math.prod(shape) > math.prod(at.shape):  # where memory is too small it is left: see resize_
            shape = at.shape
    return {"*": [x, *shape] if at.door.space == "Tensor" and at.draw.chance(0.5) and shape else [x, shape]}


@form("resize_as")
def _resize_as(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(wants=False if at.door.writes else None)
    count = math.prod(at.shape)
    if at.door.writes and draw.chance(0.5):  # fewer elements: what is behind its own has no numbers yet
        count = draw.whole(0, count)
    return {"*": [x, draw.tensor(draw.one(((count,), (1, count, 1))))]}


@form("as_strided", "as_strided_scatter")
def _as_strided(at: Place) -> dict[str, Any]:
    draw = at.draw
    draw.plain = True  # PyTorch's gradient knows nothing of memory beyond the tensor's own
    x = draw.tensor((12,), wants=draw.chance(0.6) and not at.door.base.endswith("scatter"))
    size, stride = draw.one(
        (((2, 3), (3, 1)), ((2, 2), (1, 2)), ((3,), (2,)), ((2, 2), (1, 6)), ((), ()), ((0, 3), (3, 1)))
    )
    given = {"input": x, "size": size, "stride": stride, "storage_offset": draw.one((0, 1, 2))}
    return {**given, "src": draw.tensor(size, at.dtype)} if at.door.base.endswith("scatter") else given
