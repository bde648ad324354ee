"""Arguments of products summed over shared dimensions."""

from collections.abc import Callable
from typing import Any

from ._draw import Code, Draw
from ._operands import Place
from ._registry import form


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
contraction("cdist", _sized("mk,nk"))


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
