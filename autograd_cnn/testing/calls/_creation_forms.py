"""Arguments of functions that make tensors."""

import math
from typing import Any

from ._draw import DTYPES, FLOATS, Code, Draw, _nested, uniform
from ._operands import Place, first_tensor
from ._parameters import new_shape, number
from ._registry import form


def _numbers(draw: Draw) -> Any:
    """What ``tensor`` takes: numbers, nested sequences, arrays, tensors."""
    shape = draw.shape(0, 3)
    kind = draw.one(("float32", "int64", "bool"))
    flat = list(draw.numbers(math.prod(shape), kind, None))
    if 0 in shape:
        return Code(f"np.zeros({shape!r}, np.{draw.one(('float64', 'float32', 'int64', 'int32', 'bool_'))})")
    nested = _nested(flat, shape)
    return draw.one(
        (
            nested,
            nested,
            Code(f"np.array({nested!r})"),
            Code(f"np.array({nested!r}, np.float32)"),
            draw.tensor(wants=False),
            Code(f"np.array({nested!r}).T"),
            draw.one((1, 2.5, True, Code("np.int64(3)"), Code("np.float32(2)"))),
            [Code("torch.tensor(1)"), Code("torch.tensor(2.5)")],
            [Code("np.float32(1)"), 2],
            range(3),
            (),
        )
    )


@form("tensor", "as_tensor", "asarray", "new_tensor", "scalar_tensor")
def _tensor(at: Place) -> dict[str, Any]:
    names = [p.name for p in at.door.parameters]
    value = at.draw.whole(-2, 3) if at.door.base == "scalar_tensor" else None
    if at.door.space == "Tensor":
        x = at.draw.tensor(wants=False)
        return {names[0]: x, names[1]: _numbers(at.draw)}
    return {names[0]: _numbers(at.draw) if value is None else value}


@form("new")
def _new(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(wants=False)
    shape = at.draw.shape(0, 3)
    return {"*": [x, *at.draw.one(((), shape, (shape,), ([1, 2],), (Code(f"torch.Size({list(shape)})"),)))]}


@form("from_numpy")
def _from_numpy(at: Place) -> dict[str, Any]:
    return {
        "ndarray": Code(
            at.draw.one(
                ("np.ones(3)", "np.arange(6).reshape(2, 3).T", "np.float32([1, 2])", "np.zeros((0, 2))")
            )
        )
    }


@form("frombuffer")
def _from_buffer(at: Place) -> dict[str, Any]:
    kind = at.draw.dtype()
    return {
        "buffer": Code(f"bytearray(bytes(range(1, {at.draw.one((9, 17, 33))})))"),
        "dtype": Code(f"torch.{kind if kind != 'bool' else 'uint8'}"),
        "count": at.draw.one((-1, 1, 2)),
        "offset": at.draw.one((0, 0, 8)),
    }


@form("empty_strided", "new_empty_strided", "empty_permuted")
def _laid_out(at: Place) -> dict[str, Any]:
    draw = at.draw
    before = [draw.tensor(wants=False)] if at.door.space == "Tensor" else []
    shape = draw.shape(0, 3)
    order = draw.random.sample(range(len(shape)), len(shape))
    if at.door.base == "empty_permuted":
        return {"*": [shape, tuple(order)]}
    steps, step = [0] * len(shape), 1
    for axis in order:
        steps[axis], step = step, step * max(shape[axis], 1)
    return {"*": [*before, shape, tuple(steps)]}


@form("zeros", "ones", "empty", "rand", "randn", "new_zeros", "new_ones", "new_empty")
def _sized_new(at: Place) -> dict[str, Any]:
    draw = at.draw
    before = [draw.tensor(wants=False)] if at.door.space == "Tensor" else []
    shape = draw.shape(0, 4)
    given: dict[str, Any] = {
        "*": [*before, *shape] if draw.chance(0.5) and shape else [*before, draw.one((tuple, list))(shape)]
    }
    if draw.chance(0.5):
        kinds = FLOATS if at.door.base.startswith("rand") else DTYPES
        given["dtype"] = Code(
            f"torch.{draw.dtype(kinds)}" if draw.chance(0.8) else draw.one(("float", "int", "bool", "None"))
        )
    if draw.chance(0.2):
        given["requires_grad"] = draw.chance(0.5)
    return given


@form("full", "new_full")
def _full(at: Place) -> dict[str, Any]:
    draw = at.draw
    before = [draw.tensor(wants=False)] if at.door.space == "Tensor" else []
    given: dict[str, Any] = {"*": [*before, new_shape(at), number(at)]}
    return {**given, "dtype": Code(f"torch.{draw.dtype()}")} if draw.chance(0.4) else given


@form("arange", "range")
def _arange(at: Place) -> dict[str, Any]:
    draw = at.draw
    start = draw.one((draw.whole(-3, 3), draw.number(), Code("np.float32(1.5)"), Code("torch.tensor(2)")))
    bounds = draw.one(
        (
            [draw.whole(0, 6)],
            [start, draw.whole(3, 8)],
            [start, draw.whole(3, 8), draw.one((2, 0.5, 1))],
            [5, 0, -1],
            [draw.number(0, 4)],
        )
    )
    kind = draw.one((None, None, Code(f"torch.{draw.dtype()}"), Code("int"), Code("float")))
    return {"*": bounds, **({"dtype": kind} if kind is not None else {})}


@form("linspace", "logspace")
def _spaced(at: Place) -> dict[str, Any]:
    draw = at.draw
    ends = [draw.one((draw.number(), draw.whole(-3, 3), Code("torch.tensor(1.5)"))) for _ in range(2)]
    kinds = [kind for kind in DTYPES if kind != "uint8"]  # in which a negative number is anything
    return {
        "*": [*ends, draw.whole(0, 6)],
        **({"dtype": Code(f"torch.{draw.dtype(kinds)}")} if draw.chance(0.4) else {}),
    }


@form("eye")
def _eye(at: Place) -> dict[str, Any]:
    return {"n": at.draw.whole(0, 4)}


@form("randint", "randint_like", "randperm", "normal", "multinomial", "poisson", "bernoulli", "random")
def _random(at: Place) -> dict[str, Any]:
    draw, base = at.draw, at.door.base
    if base == "randint":
        return {
            "*": [draw.whole(-3, 0), draw.whole(1, 9), draw.shape(0, 3)]
            if draw.chance(0.5)
            else [draw.whole(1, 9), draw.shape(0, 3)]
        }
    if base == "randint_like":
        return {"*": [draw.tensor(wants=False), draw.whole(1, 9)]}
    if base == "randperm":
        return {"n": draw.whole(0, 9)}
    if base == "random":
        return {
            "*": [
                first_tensor(at),
                *draw.one(((), (draw.whole(1, 9),), (draw.whole(-3, 0), draw.whole(1, 9)))),
            ]
        }
    if base == "normal":
        if at.door.space == "Tensor":
            return {"*": [draw.tensor(dtype=draw.floating()), draw.number(), draw.number(0.1, 2)]}
        mean, std = draw.tensor(dtype=draw.floating(), wants=False), draw.number(0.1, 2)
        return {
            "*": draw.one(
                (
                    [mean, std],
                    [mean],
                    [0.5, 1.0, draw.shape(0, 3)],
                    [1.0, draw.tensor(at.shape, "float32", uniform(0.1, 2))],
                )
            )
        }
    if base == "multinomial":
        return {
            "input": draw.tensor(draw.shape(1, 2), draw.dtype(FLOATS[:2]), uniform(0.1, 2)),
            "num_samples": 1,
        }
    if base == "bernoulli" and at.door.space == "Tensor":
        x = draw.tensor(None, draw.floating() if not at.door.writes else draw.dtype(), uniform(0.05, 0.95))
        return {
            "*": [x]
            if not at.door.writes or draw.chance(0.3)
            else [x, draw.one((0.3, 1.0, 0, draw.tensor(at.shape, "float64", uniform(0, 1), wants=False)))]
        }
    return {"input": draw.tensor(None, draw.floating(), uniform(0.05, 0.95))}
