"""Any contraction of two operands, named by letters, as one batched matrix product. The set is closed: the
gradient is another contraction, its letters in another order."""

import math
from functools import lru_cache

import numpy as np

from ._arrays import array_module
from ._contraction import same_dtype
from ._errors import ShapeError
from ._primitive import primitive


@lru_cache(maxsize=1024)
def _roles(spec: str) -> tuple[list[str], list[str], list[str], list[str], list[list[int]]]:
    """Letters by role: in all three, summed, only with the first operand, only with the second; and three
    axis orders."""
    x, y, out = spec.replace("->", ",").split(",")
    if (
        any(len(set(word)) != len(word) for word in (x, y, out))
        or set(x) - set(y + out)
        or set(y) - set(x + out)
        or set(out) - set(x + y)
    ):
        raise ShapeError(
            f"einsum: {spec!r} must name each letter once per operand and in at least two of the "
            "three words; "
            "take diagonals and sums of one operand first"
        )
    batch = [c for c in out if c in x and c in y]
    summed = [c for c in x if c in y and c not in out]
    left, right = [c for c in out if c in x and c not in y], [c for c in out if c in y and c not in x]
    made = batch + left + right
    orders = [
        [x.index(c) for c in batch + left + summed],
        [y.index(c) for c in batch + summed + right],
        [made.index(c) for c in out],
    ]
    return batch, summed, left, right, orders


@primitive(half="kernels")
def einsum(x, y, /, *, spec):
    """The contraction ``spec``, such as ``"ncijhw,ocij->nohw"``, as one (batched) matrix product, in rows."""
    same_dtype("einsum", x, y)
    batch, summed, left, right, orders = _roles(spec)
    first, second = spec.split("->")[0].split(",")
    if (len(first), len(second)) != (x.ndim, y.ndim):
        raise ShapeError(
            f"einsum: {spec!r} names {len(first)} and {len(second)} axes, but the operands have "
            f"shapes {x.shape} and {y.shape}"
        )
    size = dict(zip(first, x.shape, strict=True))
    for c, n in zip(second, y.shape, strict=True):
        if size.setdefault(c, n) != n:
            raise ShapeError(
                f"einsum: {spec!r}: axis {c!r} is {size[c]} in shape {x.shape} but {n} in shape {y.shape}"
            )

    def sizes(letters):
        return [size[c] for c in letters]

    b, m, k, n = (math.prod(sizes(letters)) for letters in (batch, left, summed, right))
    product = np.matmul(x.transpose(orders[0]).reshape(b, m, k), y.transpose(orders[1]).reshape(b, k, n))
    out = product.reshape(sizes(batch + left + right)).transpose(orders[2])
    return out if out.flags.c_contiguous else array_module(x).ascontiguousarray(out)


@einsum.vjp("x")
def einsum_x(g, y, spec):
    return einsum(g, y, spec=swapped(spec, 0))


@einsum.vjp("y")
def einsum_y(g, x, spec):
    return einsum(g, x, spec=swapped(spec, 1))


def swapped(spec: str, position: int) -> str:
    """The letters of the gradient for one operand: the result, with the other operand, gives that operand."""
    x, y, out = spec.replace("->", ",").split(",")
    return f"{out},{y}->{x}" if position == 0 else f"{out},{x}->{y}"


einsum.samples(
    lambda draw: [
        draw.call(draw(2, 3, 4), draw(4, 2, 5), spec="abc,cad->adb"),
        draw.call(draw(2, 3), draw(4), spec="ab,c->cab"),
        draw.call(draw(2, 3), draw(2, 3), spec="ab,ab->"),
        draw.call(draw(0, 3), draw(3, 2), spec="ab,bc->ac"),
    ]
)
