"""Shapes, repetition, padding, joining and splitting, against PyTorch."""

import numpy as np
import pytest

import autograd_cnn as ours
from tests.recorded import libraries, pytorch

from .oracle import DTYPES, LAYOUTS, Row, compare, rows, same_error

TABLE = {
    "reshape": (
        lambda t, x: (x.reshape(3, -1), x.reshape((6, 2)), t.reshape(x, (-1,))),
        ((3, 4),),
        ((2, 3, 2),),
    ),
    "named": (
        lambda t, x: (
            t.reshape(x, shape=(4, 3)),
            t.permute(x, dims=(1, 0)),
            t.tile(x, dims=(2,)),
            t.cat([x, x], axis=1),
            t.stack([x, x], axis=-1),
            x.unsqueeze(axis=0).squeeze(axis=0),
        ),
        ((3, 4),),
    ),
    "reshape-empty": (lambda t, x: x.reshape(3, 0), ((0, 3),)),
    "view": (lambda t, x: (x.contiguous().view(-1), x.contiguous().view(2, 6)), ((3, 4),)),
    "flatten": (
        lambda t, x: (x.flatten(), t.flatten(x, 1), x.flatten(0, 1), x.flatten(-2, -1)),
        ((2, 3, 4),),
        ((0, 3, 2),),
    ),
    "flatten-0d": (lambda t, x: (x.flatten(), x.ravel()), ((),)),
    "unflatten": (lambda t, x: (x.unflatten(1, (2, -1)), t.unflatten(x, -1, (3, 2))), ((2, 6),)),
    "permute": (
        lambda t, x: (x.permute(2, 0, 1), t.permute(x, (1, -1, 0)), x.T if x.ndim == 2 else x.mT),
        ((2, 3, 4),),
        ((0, 3, 1),),
    ),
    "transpose": (
        lambda t, x: (x.transpose(0, 1), t.transpose(x, -1, 0), t.swapaxes(x, 0, 1), x.swapdims(0, -1)),
        ((2, 3),),
        ((2, 0, 4),),
    ),
    "transpose-0d": (lambda t, x: (x.transpose(0, -1), x.t(), t.permute(x, ())), ((),)),
    "movedim": (
        lambda t, x: (t.movedim(x, 0, 2), x.movedim((0, 1), (-1, 0)), t.moveaxis(x, -1, 0)),
        ((2, 3, 4),),
    ),
    "t": (lambda t, x: (x.t(), x.T, x.mT, x.H, x.mH, x.adjoint()), ((2, 3),)),
    "squeeze": (
        lambda t, x: (x.squeeze(), x.squeeze(0), x.squeeze(-1), t.squeeze(x, (0, 2))),
        ((1, 3, 1),),
        ((2, 1, 3),),
        ((1, 1, 1),),
    ),
    "squeeze-0d": (lambda t, x: (x.squeeze(), x.squeeze(0), x.unsqueeze(0), x.unsqueeze(-1)), ((),)),
    "unsqueeze": (
        lambda t, x: (x.unsqueeze(0), x.unsqueeze(-1), t.unsqueeze(x, 1), x.unsqueeze(-3)),
        ((2, 3),),
    ),
    "expand": (
        lambda t, x: (x.expand(4, 3, 2), x.expand(-1, 2), x.expand(3, 5), t.broadcast_to(x, (2, 3, 1))),
        ((3, 1),),
    ),
    "expand-empty": (lambda t, x: (x.expand(0, 3), x.expand(2, 1, 3)), ((1, 3),)),
    "expand_as": (
        lambda t, x, y: (x.expand_as(y), x.reshape_as(x.t()), x.contiguous().view_as(x)),
        ((3, 1), (2, 3, 4)),
    ),
    "sum_to_size": (
        lambda t, x: (x.sum_to_size(3, 1), x.sum_to_size((1,)), x.sum_to_size(2, 3, 4)),
        ((2, 3, 4),),
    ),
    "broadcast_tensors": (lambda t, x, y: t.broadcast_tensors(x, y), ((3, 1), (2, 1, 4)), ((), (0, 2))),
    "repeat": (lambda t, x: (x.repeat(2, 3), x.repeat(2, 1, 2), x.repeat(1, 1), x.repeat(0, 2)), ((2, 3),)),
    "repeat-0d": (lambda t, x: (x.repeat(3), x.repeat(2, 2), t.tile(x, (2,))), ((),)),
    "tile": (lambda t, x: (x.tile(2), x.tile((2, 2)), t.tile(x, (2, 1, 1, 1))), ((2, 3),), ((2, 1, 3),)),
    "repeat_interleave": (
        lambda t, x: (
            x.repeat_interleave(2),
            t.repeat_interleave(x, 3, dim=1),
            x.repeat_interleave(t.tensor([1, 0, 2]), dim=0),
        ),
        ((3, 2),),
    ),
    "flip": (
        lambda t, x: (x.flip(0), x.flip(0, -1), t.flip(x, (1,)), t.fliplr(x), t.flipud(x)),
        ((2, 3),),
        ((0, 3),),
        ((2, 3, 4),),
    ),
    "roll": (
        lambda t, x: (x.roll(1), x.roll(-2, 1), t.roll(x, (1, 2), (0, 1)), t.roll(x, 5, 0)),
        ((2, 3),),
        ((3, 4, 2),),
    ),
    "rot90": (
        lambda t, x: (*(t.rot90(x, k, (0, 1)) for k in range(-1, 4)), x.rot90(1, (1, 0))),
        ((2, 3),),
        ((2, 3, 4),),
    ),
    "pad-constant": (
        lambda t, x: (
            t.pad(x, (1, 2)),
            t.pad(x, (1, 0, 2, 1), value=3.0),
            t.pad(x, (-1, 2)),
            t.pad(x, (-1, -1, 0, 0)),
        ),
        ((2, 3),),
        ((2, 4, 3),),
    ),
    "pad-reflect": (lambda t, x: t.pad(x, (2, 1), "reflect"), ((2, 3),), ((2, 3, 4),)),
    "pad-reflect-2d": (lambda t, x: t.pad(x, (2, 1, 1, 0), "reflect"), ((2, 3, 4),), ((1, 2, 3, 4),)),
    "pad-replicate": (lambda t, x: t.pad(x, (2, 4), "replicate"), ((2, 3),), ((2, 3, 4),)),
    "pad-replicate-2d": (lambda t, x: t.pad(x, (2, 4, 1, 3), "replicate"), ((2, 3, 4),), ((1, 2, 3, 4),)),
    "pad-circular": (
        lambda t, x: (t.pad(x, (2, 1), "circular"), t.pad(x, (0, 3), "circular")),
        ((2, 3),),
        ((2, 3, 4),),
    ),
    "pad-circular-2d": (lambda t, x: t.pad(x, (2, 1, 1, 2), "circular"), ((2, 3, 4),), ((1, 2, 3, 4),)),
    "atleast": (
        lambda t, x: (t.atleast_1d(x), t.atleast_2d(x), t.atleast_3d(x), t.atleast_2d(x, x)),
        ((),),
        ((3,),),
        ((2, 3),),
        ((2, 3, 2, 1),),
    ),
    "cat": (
        lambda t, x, y: (t.cat([x, y]), t.cat((x, y), -2), t.concat([x, y, x], 0)),
        ((2, 3), (1, 3)),
        ((0, 3), (2, 3)),
        ((2, 3), (0, 3)),
    ),
    "cat-empty-vector": (lambda t, x, y: t.cat([x, y, x], 1), ((2, 3), (0,))),
    "cat-dtypes": (lambda t, x: t.cat([x, t.tensor([1, 2]), t.tensor([True])]), ((3,),)),
    "stack": (
        lambda t, x, y: (t.stack([x, y]), t.stack([x, y], -1), t.stack((x, y), 1)),
        ((2, 3), (2, 3)),
        ((0, 1), (0, 1)),
    ),
    "stack-0d": (
        lambda t, x, y: (
            t.stack([x, y]),
            t.hstack([x, y]),
            t.vstack([x, y]),
            t.dstack([x, y]),
            t.column_stack([x, y]),
        ),
        ((), ()),
        ((3,), (3,)),
    ),
    "hstack": (
        lambda t, x, y: (t.hstack([x, y]), t.vstack([x, x]), t.dstack([x, x]), t.column_stack([x, y])),
        ((2, 3), (2, 1)),
        ((2, 1, 2), (2, 2, 2)),
    ),
    "split": (lambda t, x: (x.split(2), t.split(x, [1, 4], 0), x.split(2, 1), x.split(7, -1)), ((5, 3),)),
    "split-empty": (lambda t, x: (x.split(2), x.chunk(3)), ((0, 3),)),
    "chunk": (lambda t, x: (x.chunk(2), t.chunk(x, 3, 1), x.chunk(7)), ((5, 4),)),
    "tensor_split": (
        lambda t, x: (
            x.tensor_split(3),
            t.tensor_split(x, (1, 3)),
            x.tensor_split([2], 1),
            x.tensor_split((4, 2, 9)),
        ),
        ((5, 4),),
    ),
    "hsplit": (lambda t, x: (t.hsplit(x, 2), t.vsplit(x, [1]), t.dsplit(x, 3)), ((2, 4, 3),)),
    "unbind": (lambda t, x: (x.unbind(), t.unbind(x, -1), tuple(x)), ((2, 3),), ((2, 0),)),
    "meshgrid": (
        lambda t, x, y: (t.meshgrid(x, y, indexing="ij"), t.meshgrid([x, y], indexing="xy")),
        ((3,), (2,)),
        ((), (2,)),
    ),
    "cartesian_prod": (lambda t, x, y: (t.cartesian_prod(x, y), t.cartesian_prod(x)), ((3,), (2,))),
    "combinations": (
        lambda t, x: (t.combinations(x), t.combinations(x, 3), t.combinations(x, with_replacement=True)),
        ((4,),),
        ((1,),),
    ),
    "block_diag": (lambda t, x, y, z: t.block_diag(x, y, z), ((2, 3), (), (2,))),
    "tril": (
        lambda t, x: (x.tril(), t.tril(x, 1), x.triu(-1), t.triu(x)),
        ((3, 4),),
        ((2, 4, 3),),
        ((0, 3),),
    ),
    "diag": (lambda t, x: (t.diag(x), x.diag(1), t.diag(x, -2), t.diagflat(x, 1)), ((3,),), ((3, 4),)),
    "diagonal": (
        lambda t, x: (x.diagonal(), t.diagonal(x, 1), x.diagonal(-1, 1, 0), x.diagonal(9)),
        ((3, 4),),
    ),
    "diagonal-batched": (
        lambda t, x: (x.diagonal(0, -2, -1), t.diagonal(x, 1, 0, 2), t.linalg.diagonal(x)),
        ((2, 3, 4),),
    ),
    "diag_embed": (
        lambda t, x: (t.diag_embed(x), x.diag_embed(1), t.diag_embed(x, -1, 0, 2), t.diag_embed(x, 1, 2, 0)),
        ((2, 3),),
    ),
    "diagonal_scatter": (lambda t, x, y: t.diagonal_scatter(x, y, 1), ((3, 4), (3,))),
    "trace": (lambda t, x: (x.trace(), t.trace(x)), ((3, 4),)),
    "unfold": (
        lambda t, x: (x.unfold(1, 3, 2), x.unfold(0, 2, 1), x.unfold(-1, 2, 3)),
        ((3, 7),),
        ((2, 5, 2),),
    ),
    "as_strided": (
        lambda t, x: (t.as_strided(x.contiguous(), (2, 2), (1, 2)), x.contiguous().as_strided((3,), (4,), 1)),
        ((3, 4),),
    ),
}

FORWARD = {  # the gradient of PyTorch's vander fails: it multiplies in place
    "vander": (
        lambda t, x: (
            t.vander(x),
            t.vander(x, 2),
            t.vander(x, 4, increasing=True),
            t.linalg.vander(x),
            t.linalg.vander(x, N=5),
        ),
        ((3,),),
    ),
}

ERRORS = {
    "reshape": (lambda t, x: x.reshape(5, 2), (2, 3)),
    "view": (lambda t, x: x.t().view(6), (2, 3)),
    "permute": (lambda t, x: x.permute(0, 0), (2, 3)),
    "permute-count": (lambda t, x: x.permute(0), (2, 3)),
    "squeeze-dim": (lambda t, x: x.squeeze(2), (2, 3)),
    "unsqueeze-dim": (lambda t, x: x.unsqueeze(4), (2, 3)),
    "transpose-dim": (lambda t, x: x.transpose(0, 2), (2, 3)),
    "t-3d": (lambda t, x: x.t(), (2, 3, 4)),
    "expand": (lambda t, x: x.expand(2, 4), (2, 3)),
    "expand-fewer": (lambda t, x: x.expand(3), (2, 3)),
    "repeat-fewer": (lambda t, x: x.repeat(2), (2, 3)),
    "cat-shapes": (lambda t, x: t.cat([x, x[:, :2]]), (2, 3)),
    "cat-empty": (lambda t, x: t.cat([]), (2, 3)),
    "cat-0d": (lambda t, x: t.cat([x, x]), ()),
    "stack-shapes": (lambda t, x: t.stack([x, x[:1]]), (2, 3)),
    "split-sum": (lambda t, x: x.split([1, 3]), (2, 3)),
    "chunk-0": (lambda t, x: x.chunk(0), (2, 3)),
    "unbind-0d": (lambda t, x: x.unbind(), ()),
    "flip-twice": (lambda t, x: x.flip(0, 0), (2, 3)),
    "roll-dims": (lambda t, x: x.roll((1, 2), 0), (2, 3)),
    "pad-odd": (lambda t, x: t.nn.functional.pad(x, (1,)), (2, 3)),
    "pad-reflect": (lambda t, x: t.nn.functional.pad(x, (3, 3), "reflect"), (2, 3)),
    "diag-3d": (lambda t, x: t.diag(x), (2, 3, 4)),
    "diagonal-same": (lambda t, x: x.diagonal(0, 1, 1), (2, 3)),
    "tril-1d": (lambda t, x: x.tril(), (3,)),
    "trace-3d": (lambda t, x: x.trace(), (2, 2, 2)),
    "unfold-size": (lambda t, x: x.unfold(0, 5, 1), (2, 3)),
    "unflatten": (lambda t, x: x.unflatten(1, (2, 2)), (2, 3)),
    "movedim": (lambda t, x: x.movedim((0, 0), (0, 1)), (2, 3)),
    "meshgrid-2d": (lambda t, x: t.meshgrid(x, indexing="ij"), (2, 3)),
}


class _WithPad:
    """A library in which ``pad`` stands where it can be reached in one step."""

    def __init__(self, lib):
        self._lib, self.pad = lib, lib.nn.functional.pad

    def __getattr__(self, name):
        return getattr(self._lib, name)


def _reachable(row: Row) -> Row:
    if "pad" not in row.name:
        return row
    return row._replace(function=lambda t, *xs: row.function(_WithPad(t), *xs))


@pytest.mark.parametrize("row", rows(TABLE) + rows(FORWARD, order=0))
def test_same_as_pytorch(row):
    compare(_reachable(row))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", rows(TABLE) + rows(FORWARD, order=0))
def test_same_as_pytorch_in_every_dtype_and_layout(row, dtype, layout):
    compare(_reachable(row), dtype, layout, seed=1)


@pytest.mark.parametrize("name", ERRORS)
def test_refuses_what_pytorch_refuses(name):
    function, shape = ERRORS[name]
    same_error(function, np.ones(shape))


VIEWS = {
    "view": lambda x: x.view(4, 3),
    "reshape": lambda x: x.reshape(12),
    "flatten": lambda x: x.flatten(),
    "transpose": lambda x: x.transpose(0, 1),
    "permute": lambda x: x.permute(1, 0),
    "T": lambda x: x.T,
    "unsqueeze": lambda x: x.unsqueeze(1),
    "narrow": lambda x: x.narrow(1, 1, 2),
    "select": lambda x: x.select(0, 1),
    "element": lambda x: x[1, 2],
    "slice": lambda x: x[1:, ::2],
    "diagonal": lambda x: x.diagonal(1),
    "unfold": lambda x: x.unfold(1, 2, 2),
    "as_strided": lambda x: x.as_strided((2, 2), (4, 1), 1),
    "view of a view": lambda x: x.t()[1:].diagonal(),
    "as_strided of a view": lambda x: x[1:].as_strided((3,), (2,)),
}


@pytest.mark.parametrize("name", VIEWS)
def test_writing_a_view_reaches_the_root_and_its_gradient(name):
    def run(lib):
        leaf = lib.from_numpy(np.arange(12.0).reshape(3, 4)).requires_grad_()
        root = leaf * 2
        view = VIEWS[name](root)
        view.mul_(leaf.sum())
        total = (root * root).sum() + view.sum()
        (g,) = lib.autograd.grad(total, leaf, create_graph=True)
        (gg,) = lib.autograd.grad((g * g).sum(), leaf)
        return root.detach().numpy(), g.detach().numpy(), gg.numpy()

    pytorch.gives(run(ours), run, rtol=1e-7)


COPIES = {
    "flip": lambda t, x: x.flip(0),
    "roll": lambda t, x: x.roll(0, 0),
    "repeat": lambda t, x: x.repeat(1, 1),
    "tril": lambda t, x: x.tril(9),
    "diag": lambda t, x: x.diag(),
    "pad": lambda t, x: t.nn.functional.pad(x, (-1, 0)),
    "cat": lambda t, x: t.cat([x]),
    "rot90": lambda t, x: x.rot90(4),
    "index_select": lambda t, x: x.index_select(0, t.tensor([0, 1])),
}


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_shares_no_memory(name):
    for lib in libraries():
        x = lib.from_numpy(np.ones((3, 4)))
        COPIES[name](lib, x).fill_(7.0)
        assert (x.numpy() == 1).all()


@pytest.mark.parametrize("name", ["unsqueeze_", "squeeze_", "t_", "transpose_", "swapaxes_", "swapdims_"])
def test_a_tensor_changes_its_own_shape(name):
    args = {"unsqueeze_": (0,), "transpose_": (0, 1), "swapaxes_": (0, 1), "swapdims_": (0, 1)}.get(name, ())

    def run(lib):
        leaf = lib.from_numpy(np.arange(3.0).reshape(1, 3)).requires_grad_()
        x = leaf * 3
        assert getattr(x, name)(*args) is x
        x.mul_(leaf.sum())
        (x * x).sum().backward()
        return x.detach().numpy(), leaf.grad.numpy()

    pytorch.gives(run(ours), run, rtol=1e-7)


def test_writing_an_expanded_tensor_is_refused():
    for lib in libraries():
        with pytest.raises(RuntimeError):
            lib.ones(1, 3).expand(2, 3).add_(1)


def test_places_of_triangles():
    for args in [(3, 4), (4, 3, 1), (3, 3, -1), (0, 3)]:
        for name in ("tril_indices", "triu_indices"):
            pytorch.gives(getattr(ours, name)(*args), lambda t, name=name, args=args: getattr(t, name)(*args))
