"""Arguments of linear algebra: matrices that are well conditioned, shapes that fit."""

import itertools
import math
from typing import Any

from ._draw import Code, distinct, dominant, scattered
from ._operands import Place
from ._parameters import dims
from ._registry import Stop, form


def matrices(names: str, most: int = 4, **options: Any) -> None:
    """The first argument of these functions is a batch of square, well conditioned matrices of at most
    ``most`` rows."""

    def drawn(at: Place) -> dict[str, Any]:
        draw = at.draw
        rows = draw.whole(1, most) if draw.chance(0.97) else 0
        batch = draw.shape(0, 2) if draw.chance(0.4) else ()
        dtype = draw.dtype(("float64", "float32")) if draw.chance(0.95) else draw.dtype()
        named = next((p.name for p in at.door.parameters), "input")
        draw.grades = at.door.base not in ("eigh", "eig")  # whose vectors' signs are anybody's
        return {named: draw.structured((*batch, rows, rows), dtype, dominant(rows, **options))}

    form(*names.split())(drawn)


matrices(
    "inv inverse inv_ex det logdet slogdet lu lu_factor lu_factor_ex matrix_power matrix_exp cond linalg_inv"
)
matrices("cholesky cholesky_ex eigh eigvalsh", symmetric=True, positive=True)

matrices("ldl_factor ldl_factor_ex", symmetric=True)
# The spectrum of others is complex, and the order of more than two numbers is LAPACK's.
matrices("eig eigvals", 2, symmetric=True)


@form("geqrf", "qr")
def _qr(at: Place) -> dict[str, Any]:
    at.draw.plain = True  # of full rank: else the last columns are made of roundings
    x = at.draw.tensor(at.draw.shape(2, 3), at.draw.dtype(("float64", "float32")), scattered)
    return {
        **({"some": Stop, "mode": Stop} if at.door.base == "qr" else {}),
        at.door.parameters[0].name: x,
    }


@form("matrix_power")
def _matrix_power(at: Place) -> dict[str, Any]:
    return {**_square(at), "n": at.draw.whole(-2, 4)}


def _square(at: Place, rows: int | None = None) -> dict[str, Any]:
    draw = at.draw
    rows = draw.whole(1, 4) if rows is None else rows
    batch = draw.shape(0, 1) if draw.chance(0.3) else ()
    named = next((p.name for p in at.door.parameters), "input")
    dtype = draw.dtype(("float64", "float32"))
    return {named: draw.structured((*batch, rows, rows), dtype, dominant(rows))}


@form("solve", "solve_ex")
def _solve(at: Place) -> dict[str, Any]:
    given = _square(at)
    rows = at.shape[-1]
    shape = at.draw.one(((*at.shape[:-2], rows, 2), (rows, 1), (*at.shape[:-2], rows)))
    return {**given, "B": at.draw.tensor(shape, at.dtype)}


@form("solve_triangular", "triangular_solve")
def _triangular(at: Place) -> dict[str, Any]:
    draw = at.draw
    rows, columns = draw.whole(1, 4), draw.whole(1, 3)
    a = draw.structured((rows, rows), dtype := draw.dtype(("float64", "float32")), dominant(rows))
    upper = draw.chance(0.5)
    left = at.door.base == "triangular_solve" or draw.chance(0.6)
    b = draw.tensor((rows, columns) if left else (columns, rows), dtype)
    if at.door.base == "triangular_solve":
        return {at.door.parameters[0].name: b, "A": a, "upper": upper}
    return {"A": a, "B": b, "upper": upper, "left": left}


@form("cholesky_solve")
def _cholesky_solve(at: Place) -> dict[str, Any]:
    rows = at.draw.whole(1, 4)
    dtype = at.draw.dtype(("float64", "float32"))
    b = at.draw.tensor((rows, 2), dtype)
    factor = Code(
        f"{at.draw.structured((rows, rows), dtype, dominant(rows))}.tril()"
    )  # PyTorch's gradient fills the square
    return {at.door.parameters[0].name: b, "L": factor, "upper": Stop}


@form("cholesky_inverse")
def _cholesky_inverse(at: Place) -> dict[str, Any]:
    rows = at.draw.whole(1, 4)
    a = at.draw.structured((rows, rows), at.draw.dtype(("float64", "float32")), dominant(rows))
    return {"*": [Code(f"{a}.tril()")]}


@form("lu_solve")
def _lu_solve(at: Place) -> dict[str, Any]:
    rows = at.draw.whole(1, 4)
    dtype = at.draw.dtype(("float64", "float32"))
    a = at.draw.structured((rows, rows), dtype, dominant(rows))
    b = at.draw.tensor((rows, 2), dtype)
    lu = Code(f"torch.linalg.lu_factor({a})[0]")
    pivots = Code(f"torch.linalg.lu_factor({a})[1]")
    if at.door.space == "torch.linalg":
        return {"LU": lu, "pivots": pivots, "B": b}
    return {"*": [b, lu, pivots]}


@form("ldl_solve")
def _ldl_solve(at: Place) -> dict[str, Any]:
    given = _square(at)
    (matrix,) = given.values()
    factors = Code(f"*torch.linalg.ldl_factor({matrix})")
    return {"*": [factors, at.draw.tensor((*at.shape[:-1], 2), at.dtype)]}


@form("lu_unpack")
def _lu_unpack(at: Place) -> dict[str, Any]:
    at.draw.plain = True  # of full rank
    shape = (at.draw.whole(1, 4), at.draw.whole(1, 4))
    a = at.draw.tensor(shape, at.draw.dtype(("float64", "float32")), scattered)
    return {"*": [Code(f"torch.linalg.lu_factor({a})[0]"), Code(f"torch.linalg.lu_factor({a})[1]")]}


@form("lstsq")
def _lstsq(at: Place) -> dict[str, Any]:
    m, n = at.draw.whole(2, 5), at.draw.whole(1, 3)
    dtype = at.draw.dtype(("float64", "float32"))
    a = at.draw.tensor((m, n), dtype, distinct)
    return {at.door.parameters[0].name: a, at.door.parameters[1].name: at.draw.tensor((m, 2), dtype)}


@form("householder_product", "orgqr", "ormqr")
def _householder(at: Place) -> dict[str, Any]:
    m = at.draw.whole(2, 4)
    n = at.draw.whole(1, m)
    dtype = at.draw.dtype(("float64", "float32"))
    given = [at.draw.tensor((m, n), dtype), at.draw.tensor((n,), dtype)]
    return {"*": given + ([at.draw.tensor((m, 2), dtype)] if at.door.base == "ormqr" else [])}


@form("tensorinv")
def _tensorinv(at: Place) -> dict[str, Any]:
    draw = at.draw
    draw.plain = True  # of full rank
    shape, ind = draw.one(
        (((4, 2, 2), 1), ((2, 2, 4), 2), ((2, 3, 3, 2), 2), ((0, 2, 0), 1), ((2, 2), 1), ((6, 2, 3), 1))
    )
    return {at.door.parameters[0].name: draw.tensor(shape, draw.dtype(("float64", "float32"))), "ind": ind}


@form("tensorsolve")
def _tensorsolve(at: Place) -> dict[str, Any]:
    dtype = at.draw.dtype(("float64", "float32"))
    a, b = at.draw.one((((2, 3, 6), (2, 3)), ((2, 2, 2, 2), (2, 2)), ((4, 4), (4,))))
    return {"*": [at.draw.tensor(a, dtype), at.draw.tensor(b, dtype)]}


@form("svd", "svdvals", "pinv", "pinverse", "matrix_rank", "svd_lowrank", "pca_lowrank")
def _matrix(at: Place) -> dict[str, Any]:
    shape = (*at.draw.shape(0, 1), at.draw.whole(1, 4), at.draw.whole(1, 4))
    dtype = at.draw.dtype(("float64", "float32"))
    at.draw.plain = True  # of full rank
    vectors = at.door.base not in ("svdvals", "pinv", "pinverse")  # whose signs are anybody's
    given: dict[str, Any] = {
        at.door.parameters[0].name: at.draw.tensor(shape, dtype, scattered, wants=False if vectors else None)
    }
    if at.door.base == "svd":
        given |= {"full_matrices": False} if at.door.space == "torch.linalg" else {}
    if at.door.base == "matrix_rank":
        given |= at.draw.one(
            ({}, {"tol": 0.1}, {"tol": Code("torch.tensor(0.5)")}, {"atol": 0.1, "rtol": 0.2})
        )
    if at.door.base.startswith("pinv"):
        given |= {"hermitian": Stop} if at.door.base == "pinv" else at.draw.one(({}, {"rcond": 0.1}))
    return given


@form("multi_dot", "chain_matmul")
def _chain(at: Place) -> dict[str, Any]:
    draw = at.draw
    sizes = [draw.size() for _ in range(draw.whole(3, 5))]
    dtype = draw.dtype()
    made = [draw.tensor((a, b), dtype) for a, b in itertools.pairwise(sizes)]
    return {"*": [made] if at.door.base == "multi_dot" else made}


@form("norm", "vector_norm", "matrix_norm")
def _norms(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(2 if at.door.base == "matrix_norm" else 0), draw.floating())
    named = at.door.parameters[0].name
    if at.door.base == "matrix_norm":
        return {named: x, "ord": draw.one(("fro", "nuc", 1, 2, -1, -2, math.inf, -math.inf))}
    given: dict[str, Any] = {named: x}
    if draw.chance(0.6):
        key = "p" if any(p.name == "p" for p in at.door.parameters) else "ord"
        given[key] = draw.one((2, 1, 0, 3, 0.5, math.inf, -math.inf, -1, 2.0))
    if draw.chance(0.5):
        given["dim"] = dims(at)
    return given


@form("cross")
def _cross(at: Place) -> dict[str, Any]:
    draw = at.draw
    shape = list(draw.shape(1, 3))
    axis = draw.whole(0, len(shape) - 1)
    shape[axis] = 3
    dtype = draw.dtype()
    return {
        at.door.parameters[0].name: draw.tensor(tuple(shape), dtype),
        "other": draw.tensor(tuple(shape), dtype),
        "dim": axis,
    }
