"""Statements with Python's operators on tensors, and indices."""

from collections.abc import Callable
from typing import Any

from ._draw import WHOLE, Code, Draw, Once, below, uniform
from ._surface import BINARY, IN_PLACE, UNARY

Statement = Callable[[Draw], tuple[str, tuple[Any, ...]]]
"""The text of a statement, and what stands in it."""

OPERATOR_FORMS: dict[str, Statement] = {}


def _scalar(draw: Draw) -> Any:
    style = draw.random.random()
    if style < 0.4:
        return draw.number()
    if style < 0.75:
        return draw.whole(-3, 3)
    if style < 0.85:
        return draw.chance(0.5)
    return Code(
        draw.one(
            (
                "np.float64(0.5)",
                "np.float32(1.5)",
                "np.int64(2)",
                "None",
                "'x'",
                "[1]",
            )
        )
    )


def _operands(draw: Draw, sign: str) -> tuple[Any, Any]:
    sign = sign.rstrip("=") if sign in IN_PLACE else sign
    if sign == "@":
        m, n, k = draw.size(), draw.size(), draw.size()
        batch = draw.shape(0, 1)
        dtype = draw.dtype()
        shapes = draw.one(((k,), (m, k), (*batch, m, k))), draw.one(((k,), (k, n), (*batch, k, n)))
        return draw.tensor(shapes[0], dtype), draw.tensor(shapes[1], dtype)
    whole = sign in ("&", "|", "^", "<<", ">>")
    dtype = draw.dtype(
        (*WHOLE, "bool") if whole and draw.chance(0.95) else (*WHOLE, "float32", "float64", "float16", "bool")
    )
    values = uniform(0.2, 3) if sign == "**" else None
    if not whole and draw.chance(0.7):
        dtype = draw.floating()
    x = draw.tensor(None, dtype, values)
    if draw.chance(0.35):
        return x, _scalar(draw) if not whole or draw.chance(0.2) else draw.one((1, 2, True))
    shape = draw.beside(draw.shapes[x])
    other = (
        dtype
        if draw.chance(0.65)
        else draw.dtype(WHOLE if whole else (*WHOLE, "float32", "float64", "float16", "bool"))
    )
    return x, draw.tensor(shape, other, uniform(0, 5) if sign in ("<<", ">>") else values)


def _binary(sign: str) -> Statement:
    def statement(draw: Draw) -> tuple[str, tuple[Any, ...]]:
        x, y = _operands(draw, sign)
        if draw.chance(0.3):
            x, y = y, x
        return f"out = {x!r} {sign} {y!r}", (x, y)

    return statement


def _in_place(sign: str) -> Statement:
    def statement(draw: Draw) -> tuple[str, tuple[Any, ...]]:
        x, y = _operands(draw, sign)
        return f"{x!r} {sign} {y!r}; out = {x!r}", (x, y)

    return statement


def _unary(name: str) -> Statement:
    def statement(draw: Draw) -> tuple[str, tuple[Any, ...]]:
        x = draw.tensor(() if name in ("int", "float", "bool", "round") and draw.chance(0.7) else None)
        return (f"out = {name}{x!r}" if name in "-~" else f"out = {name}({x!r})"), (x,)

    return statement


OPERATOR_FORMS |= {sign: _binary(sign) for sign in BINARY}
OPERATOR_FORMS |= {sign: _in_place(sign) for sign in IN_PLACE}
OPERATOR_FORMS |= {f"{name}()": _unary(name) for name in UNARY}


def _contains(draw: Draw) -> tuple[str, tuple[Any, ...]]:
    x = draw.tensor()
    y = draw.one((1, 0.5, True, draw.tensor(())))
    return f"out = {y!r} in {x!r}", (x, y)


OPERATOR_FORMS["in"] = _contains


def _part(draw: Draw, n: int) -> Any:
    """One part of an index, for an axis of size ``n``, and how many axes of the tensor it uses."""
    choice = draw.random.random()
    if choice < 0.3:
        parts = [draw.one((None, draw.whole(-n - 1, n + 1))), draw.one((None, draw.whole(-n, n + 2)))]
        step = draw.one((None, None, 1, 2, 3, None, None, -1 if draw.chance(0.2) else None))
        parts.append(step)
        return Code(
            ":".join("" if part is None else str(part) for part in (parts if step is not None else parts[:2]))
        )
    if choice < 0.5 and n:
        place = draw.whole(-n, n - 1) if draw.chance(0.97) else n
        return (
            Code(str(place))
            if draw.chance(0.8)
            else draw.one((Code(f"np.int64({place})"), Code(f"torch.tensor({place})")))
        )
    if choice < 0.58:
        return Code("...")
    if choice < 0.65:
        return Code("None")
    if choice < 0.75 and n:
        if draw.writes:
            return draw.random.sample(range(n), draw.whole(1, n))
        return [draw.whole(-n, n - 1) for _ in range(draw.whole(0 if draw.chance(0.1) else 1, 3))]
    if choice < 0.8:
        return draw.tensor((n,), "bool", wants=False)
    if choice < 0.82:
        return draw.one((True, False))
    if choice < 0.84 and n and not draw.writes:
        return Code(f"np.array({[draw.whole(0, n - 1) for _ in range(draw.whole(1, 3))]!r})")
    if choice < 0.87:
        return [draw.chance(0.5) for _ in range(n)]
    if choice < 0.89 and n and not draw.writes:
        return [[draw.whole(0, n - 1) for _ in range(2)] for _ in range(draw.whole(1, 2))]
    if choice < 0.91 and n:
        return tuple(range(min(n, 2))) if draw.chance(0.5) else Code(f"range({min(n, 2)})")
    if n:
        kind = draw.one(("int64", "int64", "int64", "int32", "uint8", "int16"))
        count = draw.one((2, 3)) if draw.chance(0.6) and not draw.writes else n
        shape = (n,) if kind == "uint8" else draw.one(((count,), (count,), (2, count), (), (1,), (count, 1)))
        if draw.writes and len(shape) == 2:
            shape = (count, 1)
        places = uniform(0, 1) if kind == "uint8" else Once(n) if draw.writes else below(n)
        return draw.tensor(shape, kind, places, wants=False)
    return Code(":")


def index(draw: Draw, shape: tuple[int, ...]) -> str:
    """What stands in the brackets."""
    style = draw.random.random()
    if style < 0.06:
        return repr(draw.tensor(shape, "bool", wants=False))
    if style < 0.09 and shape and not draw.writes:
        return repr(
            [slice(None), [0]]
            if draw.chance(0.3) and len(shape) > 1
            else [[0, 0], [0, 0]][: draw.whole(1, 2)]
        )
    if style < 0.11:
        return str(draw.one(("()", "...", "None", "[]", "1.5", "'x'", "np.array(0)", "torch.tensor(0.5)")))
    if style < 0.14 and shape and shape[0]:
        places = draw.random.sample(range(shape[0]), min(shape[0], draw.whole(2, 3)))
        return f"({', '.join(map(str, places))},),"
    parts: list[str] = []
    axis, dots = 0, False
    while axis < len(shape) and (not parts or draw.chance(0.65)):
        part = _part(draw, shape[axis])
        if part == "...":
            if dots:
                continue
            dots, axis = True, len(shape) - 1
        elif part != "None" and not isinstance(part, bool):
            axis += 1
        parts.append(repr(part))
    if not parts:
        return str(draw.one(("...", "None", "()", "0", ":")))
    return ", ".join(parts)


def _read(draw: Draw) -> tuple[str, tuple[Any, ...]]:
    x = draw.tensor(draw.shape(0 if draw.chance(0.1) else 1, 4))
    return f"out = {x!r}[{index(draw, draw.shapes[x])}]", (x,)


def _write(draw: Draw) -> tuple[str, tuple[Any, ...]]:
    x = draw.tensor(draw.shape(0 if draw.chance(0.1) else 1, 3))
    dtype = draw.made[x].dtype if draw.chance(0.85) else draw.dtype()
    shape = draw.shapes[x]
    place = index(draw, shape)
    value: Any = _scalar(draw)
    if draw.chance(0.6):
        value = draw.tensor(
            draw.one(((), (1,), shape[1:], shape, draw.beside(shape[1:]), (1, *shape))), dtype
        )
    elif draw.chance(0.2):
        value = f"torch.arange(float({x}[{place}].numel())).reshape({x}[{place}].shape)"
        return f"{x!r}[{place}] = {value}; out = {x!r}", (x,)
    return f"{x!r}[{place}] = {value!r}; out = {x!r}", (x, value)


OPERATOR_FORMS["[]"] = _read
OPERATOR_FORMS["[]="] = _write


def _delete(draw: Draw) -> tuple[str, tuple[Any, ...]]:
    x = draw.tensor()
    return f"del {x!r}[0]; out = None", (x,)


OPERATOR_FORMS["del[]"] = _delete
