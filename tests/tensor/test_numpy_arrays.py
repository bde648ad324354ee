"""NumPy's functions that move, sort and contract: on Tensors they give NumPy's values and keep the
history."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._tensor import numpy_protocol
from autograd_cnn._tensor.numpy_arrays import FUNCTIONS

A = np.random.default_rng(0).standard_normal((3, 3)) + 2 * np.eye(3)
B = np.random.default_rng(1).standard_normal((3, 3))
S = A @ A.T
CALLS = {
    "concatenate": lambda x: (
        np.concatenate([x, B]),
        np.concatenate([B, x], axis=1),
        np.concatenate([x, B], None),
    ),
    "stack": lambda x: (np.stack([x, B]), np.stack([B, x], axis=-1)),
    "hstack": lambda x: (np.hstack([x, B]), np.vstack([B, x]), np.dstack([x, x]), np.column_stack([x, B[0]])),
    "split": lambda x: (
        *np.split(x, 3),
        *np.split(x, [1], axis=1),
        *np.array_split(x, 2),
        *np.hsplit(x, 3),
        *np.vsplit(x, [1, 2]),
    ),
    "reshape": lambda x: (
        np.reshape(x, (9,)),
        np.ravel(x),
        np.transpose(x),
        np.transpose(x, (1, 0)),
        np.matrix_transpose(x),
    ),
    "moveaxis": lambda x: (
        np.moveaxis(x, 0, 1),
        np.swapaxes(x, 0, 1),
        np.expand_dims(x, (0, -1)),
        np.squeeze(np.expand_dims(x, 0), 0),
    ),
    "broadcast": lambda x: (
        np.broadcast_to(x, (2, 3, 3)),
        *np.broadcast_arrays(x, B[:, None]),
        np.atleast_1d(x),
        np.atleast_2d(x[0]),
    ),
    "flip": lambda x: (
        np.flip(x),
        np.flip(x, 0),
        np.fliplr(x),
        np.flipud(x),
        np.roll(x, 1),
        np.roll(x, 1, (0, 1)),
        np.rot90(x),
    ),
    "repeat": lambda x: (
        np.repeat(x, 2),
        np.repeat(x, 2, axis=0),
        np.tile(x, 2),
        np.tile(x, (2, 1)),
        np.pad(x, 1),
        np.pad(x, ((0, 1), (2, 0)), constant_values=3),
    ),
    "triangles": lambda x: (
        np.tril(x),
        np.triu(x, 1),
        np.diag(x),
        np.diag(x[0], 1),
        np.diagflat(x),
        np.diagonal(x, 1),
        np.trace(x),
        np.trace(x, 1),
    ),
    "sort": lambda x: (
        np.sort(x),
        np.sort(x, None),
        np.sort(x, axis=0),
        np.take(x, [0, 4]),
        np.take(x, [0, 2, 0], axis=1),
        np.take(x, 1, axis=0),
    ),
    "take_along_axis": lambda x: np.take_along_axis(x, np.array([[0], [1], [2]]), 1),
    "meshgrid": lambda x: (*np.meshgrid(x[0], B[0, :2]), *np.meshgrid(x[0], B[0, :2], indexing="ij")),
    "dot": lambda x: (
        np.dot(x, B),
        np.dot(B, x[0]),
        np.dot(x, 2.0),
        np.vdot(x, B),
        np.inner(x, B),
        np.outer(x, B[0]),
    ),
    "dot-3d": lambda x: np.dot(x, np.stack([B, B])),
    "contract": lambda x: (
        np.tensordot(x, B, 1),
        np.tensordot(x, B, ([0, 1], [1, 0])),
        np.einsum("ij,kj", x, B),
        np.kron(x, B[:2]),
        np.cross(x, B),
    ),
    "linalg": lambda x: (
        np.linalg.inv(x),
        np.linalg.pinv(x),
        np.linalg.solve(x, B),
        np.linalg.solve(B, x),
        np.linalg.det(x),
        *np.linalg.slogdet(x),
    ),
    "factors": lambda x: (
        np.linalg.cholesky(x @ x.T),
        *np.linalg.qr(x),
        np.linalg.eigh(x @ x.T)[0],
        np.linalg.eigvalsh(x @ x.T),
    ),
    "singular": lambda x: (
        np.linalg.svd(x)[1],
        np.linalg.svd(x, compute_uv=False),
        np.linalg.svdvals(x),
        np.linalg.cond(x),
    ),
    "norm": lambda x: (
        np.linalg.norm(x),
        np.linalg.norm(x, axis=1),
        np.linalg.norm(x, 1),
        np.linalg.norm(x, np.inf, (0, 1), keepdims=True),
    ),
    "powers": lambda x: (np.linalg.matrix_power(x, 3), np.linalg.multi_dot([x, B, x]), np.copy(x)),
}
WITHOUT = {
    "order": lambda x: (
        np.argsort(x),
        np.argsort(x, 0),
        np.searchsorted(np.arange(3.0), x),
        *np.unique(x, return_counts=True),
        np.isin(x, B),
    ),
    "places": lambda x: (*np.nonzero(x > 0), np.flatnonzero(x > 0), np.argwhere(x > 0)),
    "like": lambda x: (
        np.zeros_like(x),
        np.ones_like(x),
        np.full_like(x, 2.0),
        np.zeros_like(np.empty_like(x)),
    ),
}


def _parts(out):
    return out if isinstance(out, tuple) else (out,)


@pytest.mark.parametrize("name", [*CALLS, *WITHOUT])
def test_the_values_are_numpys_and_the_history_is_kept(name):
    call = {**CALLS, **WITHOUT}[name]
    expected, found = _parts(call(A)), _parts(call(ag.from_numpy(A.copy()).requires_grad_()))
    assert len(found) == len(expected)
    for x, e in zip(found, expected, strict=True):
        assert type(x) is ag.Tensor
        assert x.array.shape == np.shape(e)
        if not np.shape(e) or name != "like":
            np.testing.assert_allclose(x.array, e, rtol=1e-9, atol=1e-9)
    if name in CALLS and name not in ("linalg", "meshgrid", "broadcast"):
        assert all(x.requires_grad for x in found)


def test_sizes_are_numbers():
    x = ag.zeros(2, 3)
    assert (np.shape(x), np.ndim(x), np.size(x), np.size(x, 1)) == ((2, 3), 2, 6, 3)


def test_an_option_that_is_not_known_is_refused():
    with pytest.raises(TypeError):
        np.sort(ag.ones(3), kind="heapsort")
    with pytest.raises(TypeError, match=r"nn\.functional\.pad"):
        np.pad(ag.ones(3), 1, mode="edge")
    assert np.sum in numpy_protocol.FUNCTIONS
    assert np.sum not in FUNCTIONS
