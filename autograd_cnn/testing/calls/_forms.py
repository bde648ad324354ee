"""Arguments of functions whose parameters' names do not say enough: what has to fit together."""

import itertools
import math
from collections.abc import Callable
from typing import Any, Final

from ._draw import DTYPES, FLOATS, WHOLE, Code, Draw, Once, below, distinct, dominant, scattered, uniform
from ._network_forms import NETWORK_FORMS
from ._operator_forms import OPERATOR_FORMS
from ._parameters import Place, dim, dims, first_tensor, new_shape, number, sections

__all__ = ["FORMS", "OPERATOR_FORMS", "Stop"]

Form = Callable[[Place], dict[str, Any]]
Stop: Final = object()
"""Stands for an optional parameter that is to be left out."""

FORMS: dict[str, Form] = dict(NETWORK_FORMS)


def form(*names: str) -> Callable[[Form], Form]:
    """Declare the arguments of these functions."""

    def declared(function: Form) -> Form:
        FORMS.update(dict.fromkeys(names, function))
        return function

    return declared


# matrices


def matrices(names: str, **options: Any) -> None:
    """The first argument of these functions is a batch of square, well conditioned matrices."""

    def drawn(at: Place) -> dict[str, Any]:
        draw = at.draw
        rows = draw.one((1, 2, 3, 4)) if draw.chance(0.97) else 0
        batch = draw.shape(0, 2) if draw.chance(0.4) else ()
        dtype = draw.dtype(("float64", "float32")) if draw.chance(0.95) else draw.dtype()
        named = next((p.name for p in at.door.parameters), "input")
        draw.grades = at.door.base != "eigh"  # whose vectors' signs are anybody's
        return {named: draw.structured((*batch, rows, rows), dtype, dominant(rows, **options))}

    form(*names.split())(drawn)


matrices(
    "inv inverse inv_ex det logdet slogdet lu lu_factor lu_factor_ex matrix_power matrix_exp cond "
    "linalg_inv eigvals eig"
)
matrices("cholesky cholesky_ex eigh eigvalsh", symmetric=True, positive=True)
FORMS["geqrf"] = FORMS["qr"] = lambda at: {
    **({"some": Stop, "mode": Stop} if at.door.base == "qr" else {}),
    next(p.name for p in at.door.parameters): at.draw.tensor(
        at.draw.shape(2, 3), at.draw.dtype(("float64", "float32"))
    ),
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


@form("lu_unpack")
def _lu_unpack(at: Place) -> dict[str, Any]:
    a = at.draw.tensor((at.draw.whole(1, 4), at.draw.whole(1, 4)), at.draw.dtype(("float64", "float32")))
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


# products


@form("matmul", "__matmul__")
def _matmul(at: Place) -> dict[str, Any]:
    return dict(zip([p.name for p in at.door.parameters], product_operands(at.draw), strict=False))


def product_operands(draw: Draw) -> list[Code]:
    """Two tensors that ``@`` takes."""
    m, n, k = draw.size(), draw.size(), draw.size()
    batch = draw.shape(0, 2) if draw.chance(0.4) else ()
    a = draw.one(((k,), (m, k), (*batch, m, k)))
    b = draw.one(((k,), (k, n), (*draw.beside(batch), k, n)))
    dtype = draw.dtype()
    return [draw.tensor(a, dtype), draw.tensor(b, dtype if draw.chance(0.96) else draw.dtype())]


def contraction(names: str, make: Callable[[Draw], list[tuple[int, ...]]]) -> None:
    """Functions whose first arguments are tensors of these shapes."""

    def drawn(at: Place) -> dict[str, Any]:
        dtype = at.draw.dtype()
        other = dtype if at.draw.chance(0.96) else at.draw.dtype()
        shapes = make(at.draw)
        given = [at.draw.tensor(shape, other if i else dtype) for i, shape in enumerate(shapes)]
        return dict(zip([p.name for p in at.door.parameters], given, strict=False))

    form(*names.split())(drawn)


def _sized(pattern: str) -> Callable[[Draw], list[tuple[int, ...]]]:
    def make(draw: Draw) -> list[tuple[int, ...]]:
        sizes = {letter: draw.size() for letter in sorted(set(pattern)) if letter.isalpha()}
        return [tuple(sizes[letter] for letter in part) for part in pattern.split(",")]

    return make


contraction("mm", _sized("mk,kn"))
contraction("mv", _sized("mk,k"))
contraction("dot inner vdot", _sized("k,k"))
contraction("vecdot", _sized("bk,bk"))
contraction("bmm", _sized("bmk,bkn"))
contraction("addmm", _sized("mn,mk,kn"))
contraction("sspaddmm", _sized("mn,mk,kn"))
contraction("addmv", _sized("m,mk,k"))
contraction("addr", _sized("mn,m,n"))
contraction("outer ger", _sized("m,n"))
contraction("addbmm", _sized("mn,bmk,bkn"))
contraction("baddbmm", _sized("bmn,bmk,bkn"))
contraction("kron", lambda draw: [draw.shape(0, 3), draw.shape(0, 3)])
contraction("cdist", lambda draw: (lambda k: [(draw.size(), k), (draw.size(), k)])(draw.size()))


@form("tensordot")
def _tensordot(at: Place) -> dict[str, Any]:
    draw = at.draw
    k = [draw.size() for _ in range(draw.whole(0, 2))]
    left, right = draw.shape(0, 2), draw.shape(0, 2)
    first = tuple(1 if draw.chance(0.08) else n for n in k)
    dtype = draw.dtype()
    a, b = draw.tensor((*left, *first), dtype), draw.tensor((*k, *right), dtype)
    by_axes = ([len(left) + i for i in range(len(k))], list(range(len(k))))
    return {"a": a, "b": b, "dims": len(k) if draw.chance(0.5) else by_axes}


EQUATIONS = (
    "ij,jk->ik",
    "ij,jk",
    "ii",
    "ii->i",
    "ij->ji",
    "i,j->ij",
    "bij,bjk->bik",
    "...i,...i->...",
    "i,i",
    "ij->",
    "ij,ij->i",
    "i->",
    "bi,ij->bj",
    "ij,kj->ik",
    "iij->j",
    "i...->...",
)


@form("einsum")
def _einsum(at: Place) -> dict[str, Any]:
    draw = at.draw
    equation = draw.one(EQUATIONS)
    sizes = {letter: draw.size() for letter in "ijkb"}
    dots, dtype = draw.shape(0, 2), draw.dtype()
    shapes = [
        tuple(n for letter in part.replace("...", ".") for n in (dots if letter == "." else (sizes[letter],)))
        for part in equation.partition("->")[0].split(",")
    ]
    made = [draw.tensor(shape, dtype) for shape in shapes]
    return {"*": [equation, made] if draw.chance(0.3) else [equation, *made]}


# shapes and joining


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


_several("atleast_1d atleast_2d atleast_3d", shape=lambda draw: draw.shape(0, 4))
_several("block_diag")
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


@form("split_with_sizes")
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
    axes = at.draw.random.sample(range(len(at.shape)), at.draw.whole(0, len(at.shape)))
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
    from ._parameters import reshaped

    x = first_tensor(at)
    shape = reshaped(at)
    return {"*": [x, *shape] if at.door.space == "Tensor" and at.draw.chance(0.5) and shape else [x, shape]}


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


# indices


def along(at: Place, x_shape: tuple[int, ...], axis: int, dtype: str = "int64", smaller: bool = True) -> Code:
    """An index tensor that ``gather`` and ``scatter`` take along ``axis``."""
    draw = at.draw
    shape = [draw.whole(0, n) if smaller and n and draw.chance(0.4) else n for n in x_shape]
    if shape:
        shape[axis] = draw.size()
    kind = dtype if draw.chance(0.93) else draw.one(("int32", "uint8", "int16"))
    return draw.tensor(tuple(shape), kind, below(x_shape[axis] if x_shape else 1), wants=False)


@form("gather", "take_along_dim")
def _gather(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    axis = at.draw.whole(0, max(len(at.shape) - 1, 0))
    taking = at.door.base == "take_along_dim"
    name = "indices" if taking else "index"
    index = along(at, at.shape, axis, smaller=not taking)
    return (
        {"input": x, "dim": axis, name: index}
        if not taking or at.draw.chance(0.8)
        else {"input": x, name: index}
    )


@form("scatter", "scatter_add", "scatter_reduce")
def _scatter(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(0, 3))
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    dtype = at.dtype
    index = along(at, at.shape, axis)
    shape = tuple(n + draw.whole(0, 1) for n in draw.shapes[index])
    given = {"input": x, "dim": axis, "index": index}
    if at.door.base == "scatter" and draw.chance(0.3):
        return {**given, "value": draw.number() if draw.chance(0.6) else draw.whole(-2, 3)}
    given["src"] = draw.tensor(shape, dtype if draw.chance(0.96) else draw.dtype())
    if at.door.base == "scatter" and draw.chance(0.2):
        given["reduce"] = draw.one(("add", "multiply"))
    if at.door.base == "scatter_reduce":
        given["reduce"] = draw.one(("sum", "prod", "mean", "amax", "amin"))
    return given


@form("index_add", "index_copy", "index_reduce", "index_fill", "index_select")
def _index_slices(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(0, 3))
    shape, dtype = at.shape, at.dtype
    axis = draw.whole(0, max(len(shape) - 1, 0))
    copies = at.door.base == "index_copy"
    count = (draw.whole(0, shape[axis]) if copies else draw.size()) if shape else 1
    index = draw.tensor(
        (count,) if draw.chance(0.95) or count != 1 else (),
        draw.one(("int64", "int64", "int32")),
        Once(shape[axis] if shape else 1) if copies else below(shape[axis] if shape else 1),
        wants=False,
    )
    given: dict[str, Any] = {
        "input": x,
        "dim": axis - (len(shape) if draw.chance(0.2) else 0),
        "index": index,
    }
    if at.door.base == "index_fill":
        return {**given, "value": draw.one((draw.number(), 2, draw.tensor((), dtype)))}
    if at.door.base != "index_select":
        given["source"] = draw.tensor((*shape[:axis], count, *shape[axis + 1 :]) if shape else (), dtype)
    if at.door.base == "index_reduce":
        given["reduce"] = draw.one(("prod", "mean", "amax", "amin"))
    return given


@form("index_put")
def _index_put(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(1, 3))
    shape, dtype = at.shape, at.dtype
    if draw.chance(0.2):
        return {
            "input": x,
            "indices": (draw.tensor(shape, "bool", wants=False),),
            "values": draw.tensor((), dtype),
        }
    used = draw.whole(1, len(shape))
    places = draw.one(((), (1,), (shape[0],), (shape[0], 1)))
    index = tuple(
        draw.tensor(places, "int64", below(n) if i else Once(n), wants=False)
        for i, n in enumerate(shape[:used])
    )
    return {"input": x, "indices": index, "values": draw.tensor(draw.beside((*places, *shape[used:])), dtype)}


@form("take", "put")
def _take(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = first_tensor(at)
    dtype = at.dtype
    size, writes = math.prod(at.shape), at.door.base == "put"
    shape = (draw.whole(0, size),) if writes else draw.shape(0, 2)
    index = draw.tensor(shape, "int64", Once(size) if writes else below(size), wants=False)
    given = {"input": x, "index": index}
    return given if at.door.base == "take" else {**given, "source": draw.tensor(draw.shapes[index], dtype)}


@form("masked_scatter", "masked_fill", "masked_select")
def _masked(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = first_tensor(at)
    given: dict[str, Any] = {"input": x, "mask": draw.tensor(draw.beside(at.shape), "bool", wants=False)}
    if at.door.base == "masked_scatter":
        given["source"] = draw.tensor((math.prod(at.shape) + draw.whole(0, 2),), at.dtype)
    if at.door.base == "masked_fill":
        given["value"] = number(at)
    return given


@form("select_scatter", "select", "narrow", "narrow_copy", "slice_scatter", "diagonal_scatter", "unfold_copy")
def _slices(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(1, 4))
    shape, dtype = at.shape, at.dtype
    axis = draw.whole(0, len(shape) - 1)
    n = shape[axis]
    if at.door.base.startswith("narrow"):
        start = draw.whole(0, n)
        first = start if draw.chance(0.8) else draw.one((start - n, Code(f"torch.tensor({start})")))
        return {"input": x, "dim": axis, "start": first, "length": draw.whole(0, n - start)}
    if at.door.base.startswith("select"):
        given = {"input": x, "dim": axis, "index": draw.whole(-n, max(n - 1, 0))}
        if at.door.base == "select":
            return given
        return {**given, "src": draw.tensor((*shape[:axis], *shape[axis + 1 :]), dtype)}
    if at.door.base == "diagonal_scatter":
        return {"input": x, "src": draw.tensor((min((*shape, 0, 0)[:2]),), dtype)}
    start, end, step = draw.whole(0, n), draw.whole(0, n), draw.whole(1, 2)
    count = len(range(n)[start:end:step])
    return {
        "input": x,
        "src": draw.tensor((*shape[:axis], count, *shape[axis + 1 :]), dtype),
        "dim": axis,
        "start": start,
        "end": end,
        "step": step,
    }


@form("unfold")
def _unfold(at: Place) -> dict[str, Any]:
    draw = at.draw
    if at.door.space == "F":
        return NETWORK_FORMS["F.unfold"](at)
    x = first_tensor(at)
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    n = at.shape[axis] if at.shape else 1
    names = [p.name for p in at.door.parameters]
    return dict(zip(names, (x, axis, draw.whole(0, n), draw.whole(1, 3)), strict=False))


@form("unravel_index")
def _unravel(at: Place) -> dict[str, Any]:
    shape = at.draw.shape(1, 3)
    kind = "int64" if at.draw.chance(0.9) else at.draw.dtype()
    return {"indices": at.draw.tensor(at.draw.shape(0, 2), kind, below(math.prod(shape))), "shape": shape}


@form("tril_indices", "triu_indices")
def _triangle(at: Place) -> dict[str, Any]:
    return {"row": at.draw.whole(0, 4), "col": at.draw.whole(0, 4)}


# order and statistics


@form(
    "topk",
    "kthvalue",
    "sort",
    "argsort",
    "msort",
    "median",
    "nanmedian",
    "mode",
    "cummax",
    "cummin",
    "argmax",
    "argmin",
    "quantile",
    "nanquantile",
    "unique",
    "unique_consecutive",
)
def _ordering(at: Place) -> dict[str, Any]:
    draw = at.draw
    floating = at.door.base.endswith("quantile")
    x = draw.tensor(
        draw.shape(0, 4),
        draw.dtype(FLOATS[:2]) if floating else draw.dtype(),
        distinct if draw.chance(0.75) else None,
    )
    given: dict[str, Any] = {"input": x}
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    n = at.shape[axis] if at.shape else 1
    if at.door.base in ("topk", "kthvalue"):
        given |= {"k": draw.whole(0 if at.door.base == "topk" else 1, max(n, 1)), "dim": axis}
        given |= {"sorted": Stop} if at.door.base == "topk" else {}  # else the order is anybody's
    if floating:
        given["q"] = draw.one((0.5, 0.25, 0, Code(f"torch.tensor([0.1, 0.6], dtype=torch.{at.dtype})"), 1.0))
    if at.door.base == "unique":
        given["sorted"] = True
    if at.door.base == "unique_consecutive":
        given["input"] = Code(f"torch.atleast_1d({x})")
    return given


@form("searchsorted", "bucketize")
def _searchsorted(at: Place) -> dict[str, Any]:
    draw = at.draw
    ordered = Code("torch.tensor([-1.0, 0.0, 0.5, 2.0])")
    x = draw.tensor(None, draw.one(("float32", "float32", "int64", "float64")), wants=False)
    if at.door.base == "bucketize":
        return {"input": x, "boundaries": ordered}
    return {at.door.parameters[0].name: ordered, at.door.parameters[1].name: x}


@form("diff")
def _diff(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(0 if draw.chance(0.1) else 1, 4))
    axis = draw.whole(0, max(len(at.shape) - 1, 0))
    given: dict[str, Any] = {"input": x, "n": draw.whole(0, 3), "dim": axis, "prepend": Stop, "append": Stop}
    for name in ("prepend", "append"):
        if draw.chance(0.3) and at.shape:
            shape = (*at.shape[:axis], draw.whole(0, 2), *at.shape[axis + 1 :])
            given[name] = draw.tensor(shape, at.dtype if draw.chance(0.9) else draw.dtype())
    return given


@form("gradient", "trapezoid", "trapz", "cumulative_trapezoid")
def _grid(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(draw.shape(1, 3), draw.floating())
    named = at.door.parameters[0].name
    given: dict[str, Any] = {named: x}
    if at.door.base == "gradient":
        return {**given, "spacing": draw.one((1, 0.5, 2, None)), "dim": draw.one((dim(at), dims(at), None))}
    return {
        **given,
        **draw.one(
            ({"x": Stop}, {"x": Stop, "dx": 0.5}, {"x": draw.tensor((at.shape[-1],), at.dtype), "dim": -1})
        ),
    }


@form("histc", "histogram")
def _hist(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(None, at.draw.floating(), wants=False)
    return {
        "input": x,
        "bins": at.draw.whole(1, 5),
        **at.draw.one(({}, {"min": -1, "max": 2} if at.door.base == "histc" else {})),
    }


@form("bincount")
def _bincount(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(at.draw.shape(1, 1), at.draw.dtype(WHOLE), uniform(0, 6), wants=False)
    return {"input": x, "weights": at.draw.tensor(at.shape, wants=False) if at.draw.chance(0.4) else Stop}


@form("cov", "corrcoef", "combinations", "vander", "diagflat", "diag", "diag_embed")
def _vectors(at: Place) -> dict[str, Any]:
    most = {"combinations": 1, "vander": 1, "diag": 2, "cov": 2, "corrcoef": 2}.get(at.door.base, 3)
    kind = at.draw.floating() if at.door.base in ("cov", "corrcoef") else at.draw.dtype()
    return {at.door.parameters[0].name: at.draw.tensor(at.draw.shape(1 if most == 1 else 0, most), kind)}


@form("renorm")
def _renorm(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(at.draw.shape(2, 3), at.draw.floating())
    return {"input": x, "p": at.draw.one((2, 1, 3)), "dim": dim(at), "maxnorm": at.draw.one((1.0, 2))}


# with a third tensor or a number


@form("addcmul", "addcdiv", "lerp", "clamp", "clip", "heaviside", "hypot")
def _beside(at: Place) -> dict[str, Any]:
    draw, base = at.draw, at.door.base
    floating = base not in ("clamp", "clip", "addcmul", "ldexp")
    x = draw.tensor(draw.shape(), draw.floating() if floating else draw.dtype())
    named = at.door.parameters[0].name

    def other() -> Code:
        return draw.tensor(draw.beside(at.shape), at.dtype if draw.chance(0.9) else draw.dtype())

    if base.startswith("addc"):
        return {named: x, "tensor1": other(), "tensor2": other(), "value": draw.one((1, 2, 0.5, -1, Stop))}
    if base == "lerp":
        return {named: x, "end": other(), "weight": other() if draw.chance(0.5) else draw.number(-1, 2)}
    if base in ("clamp", "clip"):
        return {named: x} | draw.one(
            (
                {"min": draw.number(), "max": draw.number()},
                {"min": other()},
                {"max": draw.whole(-2, 2)},
                {"min": other(), "max": other()},
                {"min": draw.whole(-1, 0)},
                {"min": None, "max": 1.5},
            )
        )
    return {named: x, at.door.parameters[1].name: other()}


@form("ldexp")
def _ldexp(at: Place) -> dict[str, Any]:
    x = at.draw.tensor(None, at.draw.floating())
    return {
        "input": x,
        "other": at.draw.tensor(at.draw.beside(at.shape), at.dtype),
    }  # of an integer PyTorch's gradient is 0


@form("clamp_min", "clamp_max")
def _clamped(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    return {
        at.door.parameters[0].name: x,
        at.door.parameters[1].name: number(at)
        if at.draw.chance(0.6)
        else at.draw.tensor(at.draw.beside(at.shape), at.dtype),
    }


@form("bitwise_left_shift", "bitwise_right_shift", "gcd", "lcm", "bitwise_and", "bitwise_or", "bitwise_xor")
def _bits(at: Place) -> dict[str, Any]:
    draw = at.draw
    dtype = (
        draw.dtype(WHOLE)
        if "shift" in at.door.base or at.door.base in ("gcd", "lcm")
        else draw.dtype((*WHOLE, "bool"))
    )
    x = draw.tensor(None, dtype)
    other = draw.tensor(
        draw.beside(at.shape),
        dtype if draw.chance(0.7) else draw.dtype(WHOLE),
        uniform(0, 6) if "shift" in at.door.base else None,
    )
    return dict(
        zip(
            (p.name for p in at.door.parameters),
            (x, other if draw.chance(0.8) else draw.whole(0, 4)),
            strict=False,
        )
    )


@form("polygamma", "multigammaln", "mvlgamma")
def _orders(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(None, draw.floating(), uniform(1.2, 4))
    order = draw.whole(0, 3) if at.door.base == "polygamma" else draw.whole(1, 3)
    if at.door.space == "Tensor":
        return {"*": [x, order]}
    return {"*": [order, x] if at.door.base == "polygamma" else [x, order]}


@form("gammainc", "gammaincc", "igamma", "igammac", "xlog1py", "xlogy")
def _positive_two(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor(None, draw.floating(), uniform(0.2, 3))
    return dict(
        zip(
            (p.name for p in at.door.parameters),
            (x, draw.tensor(draw.beside(at.shape), at.dtype, uniform(0.2, 3))),
            strict=False,
        )
    )


# making tensors


def _numbers(draw: Draw) -> Any:
    """What ``tensor`` takes: numbers, nested sequences, arrays, tensors."""
    shape = draw.shape(0, 3)
    kind = draw.one(("float32", "int64", "bool"))
    from ._draw import _nested

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
    return {
        "*": [*ends, draw.whole(0, 6)],
        **({"dtype": Code(f"torch.{draw.dtype()}")} if draw.chance(0.4) else {}),
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


# about tensors


@form("to", "type")
def _to(at: Place) -> dict[str, Any]:
    draw = at.draw
    x = draw.tensor()
    kind = Code(f"torch.{draw.dtype()}")
    if at.door.base == "type":
        return {
            "*": [
                x,
                draw.one(
                    (kind, "torch.FloatTensor", Code("torch.Tensor"), Code("torch.LongTensor"), Code("float"))
                ),
            ]
        }
    return {
        "*": draw.one(([x, kind], [x, "cpu"], [x, "cpu", kind], [x, draw.tensor()], [x, Code("float")])),
        **({"copy": True} if draw.chance(0.3) else {}),
    }


@form("result_type", "can_cast", "promote_types", "finfo", "iinfo")
def _types(at: Place) -> dict[str, Any]:
    if at.door.base == "result_type":
        return {
            "*": [
                at.draw.tensor() if at.draw.chance(0.7) else 1.5,
                at.draw.tensor() if at.draw.chance(0.7) else 2,
            ]
        }
    return {"*": [Code(f"torch.{at.draw.dtype()}") for _ in range(2)]}


@form("size", "stride")
def _size(at: Place) -> dict[str, Any]:
    x = first_tensor(at)
    return {"*": [x, dim(at)] if at.draw.chance(0.5) else [x]}


@form("new_like", "is_tensor", "is_storage")
def _anything(at: Place) -> dict[str, Any]:
    return {"*": [at.draw.one((1, "x", at.draw.tensor()))]}


@form("apply", "map")
def _apply(at: Place) -> dict[str, Any]:
    return {"*": [at.draw.tensor(wants=False), Code("lambda v: v + 1")]}


@form("geometric")
def _geometric(at: Place) -> dict[str, Any]:
    return {"*": [first_tensor(at), at.draw.number(0.1, 0.9)]}


@form("binomial")
def _binomial(at: Place) -> dict[str, Any]:
    count = at.draw.tensor(
        None, "float32", lambda draw, n, _: [float(draw.whole(0, 5)) for _ in range(n)], wants=False
    )
    return {"count": count, "prob": at.draw.tensor(at.shape, "float32", uniform(0.1, 0.9), wants=False)}


@form("isin")
def _isin(at: Place) -> dict[str, Any]:
    draw = at.draw
    return {
        "*": [draw.tensor(), draw.tensor()]
        if draw.chance(0.7)
        else draw.one(([1, draw.tensor()], [draw.tensor(), 1]))
    }


@form("hsplit", "vsplit", "dsplit")
def _axis_split(at: Place) -> dict[str, Any]:
    return {
        "input": at.draw.tensor((2, 4, 6)),
        at.door.parameters[1].name: at.draw.one((1, 2, [1], [1, 2], sections(at))),
    }
