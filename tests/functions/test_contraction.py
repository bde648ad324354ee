"""Matrix products, einsum and their kin, against PyTorch."""

import numpy as np
import pytest

import autograd_cnn as ours
from tests.recorded import libraries, pytorch

from .oracle import DTYPES, LAYOUTS, Row, compare, rows, same_error

TABLE = {
    "matmul": (
        lambda t, x, y: (t.matmul(x, y), x @ y),
        ((2, 3), (3, 4)),
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 2)),
        ((2, 1, 2, 3), (4, 3, 2)),
        ((3,), (2, 3, 4)),
        ((2, 4, 3), (3,)),
        ((0, 3), (3, 2)),
        ((2, 0), (0, 3)),
        ((0, 2, 3), (3, 2)),
    ),
    "mm": (lambda t, x, y: (t.mm(x, y), x.mm(y)), ((2, 3), (3, 4))),
    "bmm": (lambda t, x, y: (t.bmm(x, y), x.bmm(y)), ((2, 2, 3), (2, 3, 4)), ((0, 2, 3), (0, 3, 1))),
    "mv": (lambda t, x, y: (t.mv(x, y), x.mv(y)), ((2, 3), (3,))),
    "dot": (
        lambda t, x, y: (t.dot(x, y), x.vdot(y), t.inner(x, y), t.linalg.vecdot(x, y)),
        ((3,), (3,)),
        ((0,), (0,)),
    ),
    "outer": (lambda t, x, y: (t.outer(x, y), x.ger(y)), ((3,), (2,)), ((0,), (2,))),
    "inner": (lambda t, x, y: (t.inner(x, y), x.inner(y)), ((2, 3), (4, 3)), ((), (2, 3)), ((2, 1, 3), (3,))),
    "vecdot": (
        lambda t, x, y: (t.linalg.vecdot(x, y), t.linalg.vecdot(x, y, dim=0)),
        ((2, 3), (2, 3)),
        ((2, 3), (1, 3)),
    ),
    "addmm": (
        lambda t, x, y, z: (t.addmm(x, y, z), x.addmm(y, z, beta=2, alpha=-0.5), t.addmm(x, y, z, beta=0)),
        ((2, 4), (2, 3), (3, 4)),
        ((4,), (2, 3), (3, 4)),
        ((), (2, 3), (3, 4)),
    ),
    "addmv": (
        lambda t, x, y, z: (t.addmv(x, y, z), x.addmv(y, z, beta=2, alpha=3)),
        ((2,), (2, 3), (3,)),
        ((), (2, 3), (3,)),
    ),
    "addr": (
        lambda t, x, y, z: (t.addr(x, y, z), x.addr(y, z, beta=2, alpha=3)),
        ((2, 3), (2,), (3,)),
        ((3,), (2,), (3,)),
    ),
    "baddbmm": (
        lambda t, x, y, z: (t.baddbmm(x, y, z), x.baddbmm(y, z, beta=2, alpha=3)),
        ((2, 2, 4), (2, 2, 3), (2, 3, 4)),
        ((4,), (2, 2, 3), (2, 3, 4)),
    ),
    "addbmm": (
        lambda t, x, y, z: (t.addbmm(x, y, z), x.addbmm(y, z, beta=2, alpha=3)),
        ((2, 4), (2, 2, 3), (2, 3, 4)),
    ),
    "tensordot": (
        lambda t, x, y: (t.tensordot(x, y, 1), t.tensordot(x, y, ([2], [0])), t.tensordot(x, y, 0)),
        ((2, 3, 4), (4, 3)),
    ),
    "tensordot-two": (
        lambda t, x, y: (t.tensordot(x, y), t.tensordot(x, y, dims=([1, 2], [0, 1]))),
        ((2, 3, 4), (3, 4, 2)),
    ),
    "kron": (lambda t, x, y: (t.kron(x, y), x.kron(y)), ((2, 3), (3, 2)), ((2,), (3,)), ((), (2,))),
    "cross": (
        lambda t, x, y: (t.cross(x, y, dim=1), t.linalg.cross(x, y)),
        ((2, 3), (2, 3)),
        ((2, 3), (1, 3)),
    ),
    "cross-first": (lambda t, x, y: (x.cross(y, 0), t.linalg.cross(x, y, dim=0)), ((3, 2), (3, 2))),
    "multi_dot": (
        lambda t, x, y, z: (t.linalg.multi_dot([x, y, z]), t.linalg.multi_dot([x, y])),
        ((2, 5), (5, 3), (3, 4)),
        ((5,), (5, 3), (3,)),
    ),
    "chain_matmul": (
        lambda t, x, y, z, w: t.linalg.multi_dot([x, y, z, w]),
        ((5, 2), (2, 6), (6, 3), (3, 4)),
    ),
    "integers": (
        lambda t, x, y: (x @ y, t.dot(x[0], x[1]), t.outer(x[0], y[0]), t.einsum("ij,jk", x, y)),
        (np.array([[1, 2], [3, 4]]), np.array([[5, 6], [7, 8]])),
    ),
}

EINSUM = [
    ("ij,jk->ik", ((2, 3), (3, 4))),
    ("ij,jk", ((2, 3), (3, 4))),
    ("ba,ac", ((2, 3), (3, 4))),
    ("ij->ji", ((2, 3),)),
    ("ij->", ((2, 3),)),
    ("ij->j", ((2, 3),)),
    ("ii", ((3, 3),)),
    ("ii->i", ((3, 3),)),
    ("iij->ij", ((3, 3, 2),)),
    ("iji->j", ((3, 2, 3),)),
    ("i,i", ((3,), (3,))),
    ("i,j->ij", ((3,), (2,))),
    ("i,j->ji", ((3,), (2,))),
    (",i->i", ((), (2,))),
    ("bij,bjk->bik", ((2, 3, 4), (2, 4, 2))),
    ("bij,bkj->bik", ((2, 3, 4), (2, 2, 4))),
    ("...ij,...jk->...ik", ((2, 1, 3, 4), (5, 4, 2))),
    ("...ij,jk", ((2, 3, 4), (4, 2))),
    ("i...,i->...", ((3, 2, 4), (3,))),
    ("...", ((2, 3),)),
    ("...->...", ((2, 3),)),
    ("...ii->...i", ((2, 3, 3),)),
    ("ijk,jil->kl", ((2, 3, 4), (3, 2, 5))),
    ("ik,jkl,il->ij", ((2, 3), (4, 3, 5), (2, 5))),
    ("a,b,c,d->dcba", ((2,), (3,), (2,), (3,))),
    ("ab,bc,cd->ad", ((2, 3), (3, 4), (4, 2))),
    ("ab,ab,ab->a", ((2, 3), (2, 3), (2, 3))),
    ("i,ij,k->j", ((2,), (2, 3), (4,))),
    ("ij,kl->", ((2, 3), (2, 2))),
    ("iI,Ij->ij", ((2, 3), (3, 2))),
    (" i j , j k -> i k ", ((2, 3), (3, 4))),
    ("ij,ij->ij", ((1, 3), (2, 3))),
    ("ij,jk->ki", ((0, 3), (3, 2))),
    ("ij,jk->ik", ((2, 0), (0, 3))),
    ("ii,ij,j...->i...", ((3, 3), (3, 2), (2, 4, 2))),
]

ERRORS = {
    "matmul": (lambda t, x: x @ x, (2, 3)),
    "matmul-0d": (lambda t, x: t.matmul(x, x[0, 0]), (2, 3)),
    "matmul-dtypes": (lambda t, x: x @ x.t().float(), (2, 3)),
    "mm-1d": (lambda t, x: t.mm(x, x[0]), (2, 3)),
    "bmm-2d": (lambda t, x: t.bmm(x, x), (2, 3)),
    "dot": (lambda t, x: t.dot(x[0], x[0, :2]), (2, 3)),
    "mv": (lambda t, x: t.mv(x, x[:, 0]), (2, 3)),
    "addmm": (lambda t, x: t.addmm(x, x, x.t()), (2, 3)),
    "tensordot": (lambda t, x: t.tensordot(x, x, 1), (2, 3)),
    "cross": (lambda t, x: t.linalg.cross(x.t(), x.t()), (2, 3)),
    "einsum-count": (lambda t, x: t.einsum("ij,jk", x), (2, 3)),
    "einsum-dims": (lambda t, x: t.einsum("ijk", x), (2, 3)),
    "einsum-sizes": (lambda t, x: t.einsum("ij,jk", x, x), (2, 3)),
    "einsum-diagonal": (lambda t, x: t.einsum("ii", x), (2, 3)),
    "einsum-output": (lambda t, x: t.einsum("ij->ik", x), (2, 3)),
    "einsum-twice": (lambda t, x: t.einsum("ij->ii", x), (2, 3)),
}


def _einsum_rows():
    return [
        pytest.param(
            Row(
                equation,
                lambda t, *xs, equation=equation: t.einsum(equation, *xs),
                ("real",) * len(shapes),
                [shapes],
            ),
            id=f"{equation}-{i}",
        )
        for i, (equation, shapes) in enumerate(EINSUM)
    ]


@pytest.mark.parametrize("row", rows(TABLE) + _einsum_rows())
def test_same_as_pytorch(row):
    compare(row)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", rows(TABLE) + _einsum_rows())
def test_same_as_pytorch_in_every_dtype_and_layout(row, dtype, layout):
    compare(row, dtype, layout, seed=1)


@pytest.mark.parametrize("name", ERRORS)
def test_refuses_what_pytorch_refuses(name):
    function, shape = ERRORS[name]
    same_error(function, np.ones(shape))


def test_einsum_with_lists_of_numbers():
    for sublists in ([0, 1], [1, 2], [2, 0]), ([0, 1], [1, 2]), ([Ellipsis, 1], [1, 2], [Ellipsis, 2]):
        x, y = np.arange(6.0).reshape(2, 3), np.arange(12.0).reshape(3, 4)

        def run(lib, x=x, y=y, sublists=sublists):
            return lib.einsum(
                lib.from_numpy(x), sublists[0], lib.from_numpy(y), sublists[1], *sublists[2:]
            ).numpy()

        pytorch.gives(run(ours), run)


def test_addmm_with_beta_0_does_not_read_the_input():
    x = ours.full((2, 2), float("nan"))
    assert ours.addmm(x, ours.eye(2), ours.eye(2), beta=0).tolist() == [[1, 0], [0, 1]]


def test_the_order_of_a_chain_is_the_cheapest():
    from autograd_cnn._functions.contraction import _cheapest_split

    best = _cheapest_split([30, 35, 15, 5, 10, 20, 25])  # the textbook's: ((A1 (A2 A3)) ((A4 A5) A6))
    assert (best[0, 5], best[0, 2], best[3, 5]) == (2, 0, 4)


def test_batches_that_do_not_broadcast():
    for shapes in (((4, 3, 3), (2, 3, 2)), ((5, 4, 3, 3), (2, 3, 2)), ((5, 1, 3, 3), (4, 2, 3, 3))):
        for library in libraries():
            with pytest.raises(
                RuntimeError,
                match=r"The size of tensor a \(\d\) must match the size of tensor b \(\d\) at non-singleton "
                r"dimension \d",
            ):
                library.ones(*shapes[0]) @ library.ones(*shapes[1])
