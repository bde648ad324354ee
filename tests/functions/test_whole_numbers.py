"""Wherever a dimension or a size is asked for, a whole number of any kind means the same: Python's, NumPy's,
or that of an integer tensor without axes. A truth value, or a number with a fraction, is none."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

CALLS: dict[str, Callable[..., Any]] = {
    # reductions, statistics, scans
    "sum": lambda m, x, n: m.sum(x, n),
    "sum of several": lambda m, x, n: x.sum((n, 0)),
    "nansum": lambda m, x, n: x.nansum(n),
    "mean": lambda m, x, n: m.mean(x, n),
    "nanmean": lambda m, x, n: x.nanmean(n),
    "prod": lambda m, x, n: x.prod(n),
    "max": lambda m, x, n: x.max(n, True),
    "max by name": lambda m, x, n: m.max(x, dim=n),
    "min": lambda m, x, n: x.min(n, True),
    "min by name": lambda m, x, n: m.min(x, dim=n),
    "amax": lambda m, x, n: x.amax(n),
    "amin": lambda m, x, n: x.amin(n),
    "aminmax": lambda m, x, n: m.aminmax(x, dim=n),
    "argmax": lambda m, x, n: x.argmax(n),
    "argmin": lambda m, x, n: x.argmin(n),
    "all": lambda m, x, n: x.all(n),
    "any": lambda m, x, n: x.any(n),
    "count_nonzero": lambda m, x, n: x.count_nonzero(n),
    "logsumexp": lambda m, x, n: x.logsumexp(n),
    "softmax": lambda m, x, n: x.softmax(n),
    "log_softmax": lambda m, x, n: m.log_softmax(x, n),
    "var_mean": lambda m, x, n: m.var_mean(x, (n,), unbiased=False),
    "std_mean": lambda m, x, n: m.std_mean(x, (n,)),
    "median": lambda m, x, n: x.median(n),
    "nanmedian": lambda m, x, n: x.nanmedian(n),
    "mode": lambda m, x, n: x.mode(n),
    "quantile": lambda m, x, n: x.quantile(0.5, n),
    "nanquantile": lambda m, x, n: x.nanquantile(0.5, n),
    "histc": lambda m, x, n: x.histc(n),
    "bincount": lambda m, x, n: m.bincount(m.tensor([0]), minlength=n),
    "cumsum": lambda m, x, n: x.cumsum(n),
    "cumprod": lambda m, x, n: x.cumprod(n),
    "cummax": lambda m, x, n: x.cummax(n),
    "logcumsumexp": lambda m, x, n: x.logcumsumexp(n),
    "diff": lambda m, x, n: x.diff(n, n),
    "gradient": lambda m, x, n: m.gradient(x, dim=n),
    "trapezoid": lambda m, x, n: m.trapezoid(x, dim=n),
    # order
    "sort": lambda m, x, n: x.sort(n),
    "argsort": lambda m, x, n: x.argsort(n),
    "topk": lambda m, x, n: x.topk(n, n),
    "kthvalue": lambda m, x, n: x.kthvalue(n, n),
    "unique": lambda m, x, n: m.unique(x, dim=n),
    "unique_consecutive": lambda m, x, n: m.unique_consecutive(x, dim=n),
    # movement
    "flip": lambda m, x, n: m.flip(x, (n,)),
    "flip, the method": lambda m, x, n: x.flip(n, 0),
    "roll": lambda m, x, n: m.roll(x, n, n),
    "roll of several": lambda m, x, n: m.roll(x, (n, 2), (n, 0)),
    "rot90": lambda m, x, n: x.rot90(n, (0, n)),
    "transpose": lambda m, x, n: x.transpose(0, n),
    "swapaxes": lambda m, x, n: x.swapaxes(n, 0),
    "permute": lambda m, x, n: x.permute(n, 0),
    "permute, the function": lambda m, x, n: m.permute(x, (n, 0)),
    "movedim": lambda m, x, n: x.movedim(0, n),
    "movedim of several": lambda m, x, n: x.movedim((0, n), (n, 0)),
    "squeeze": lambda m, x, n: x[:, :1].squeeze(n),
    "squeeze of several": lambda m, x, n: x[:, :1].squeeze((n,)),
    "unsqueeze": lambda m, x, n: x.unsqueeze(n),
    "flatten": lambda m, x, n: x.flatten(0, n),
    "unflatten": lambda m, x, n: x.unflatten(n, (3, n)),
    "reshape": lambda m, x, n: x.reshape(n, 6),
    "reshape, the function": lambda m, x, n: m.reshape(x, (6, n)),
    "view": lambda m, x, n: x.view(n, 6),
    "view in one": lambda m, x, n: x[:1, :1].view(n),
    "expand": lambda m, x, n: x[:1].expand(n, 3),
    "broadcast_to": lambda m, x, n: m.broadcast_to(x[:1], (n, 3)),
    "sum_to_size": lambda m, x, n: x.sum_to_size(n, 3),
    "repeat": lambda m, x, n: x.repeat(n, 2),
    "tile": lambda m, x, n: m.tile(x, (n, 2)),
    "repeat_interleave": lambda m, x, n: x.repeat_interleave(n, n),
    # apart and together
    "cat": lambda m, x, n: m.cat([x, x], n),
    "stack": lambda m, x, n: m.stack([x, x], n),
    "split": lambda m, x, n: x.split([n, 2], n),
    "chunk": lambda m, x, n: x.chunk(n, n),
    "tensor_split at places": lambda m, x, n: x.tensor_split((n,), n),
    "hsplit": lambda m, x, n: x.hsplit(n),
    "unbind": lambda m, x, n: x.unbind(n),
    "combinations": lambda m, x, n: m.combinations(x[0], n),
    # index
    "in brackets": lambda m, x, n: (x[n], x[:, :n], x[..., n]),
    "gather": lambda m, x, n: x.gather(n, m.tensor([[0], [1]])),
    "take_along_dim": lambda m, x, n: x.take_along_dim(m.tensor([[0]]), n),
    "index_select": lambda m, x, n: x.index_select(n, m.tensor([0])),
    "select": lambda m, x, n: x.select(n, n),
    "narrow": lambda m, x, n: x.narrow(n, n, n),
    "scatter": lambda m, x, n: x.scatter(n, m.tensor([[0]]), 1.0),
    "scatter_add": lambda m, x, n: x.scatter_add(n, m.tensor([[0]]), x),
    "scatter_reduce": lambda m, x, n: x.scatter_reduce(n, m.tensor([[0]]), x, "amax"),
    "index_add": lambda m, x, n: x.index_add(n, m.tensor([0]), x[:, :1]),
    "index_copy": lambda m, x, n: x.index_copy(n, m.tensor([0]), x[:, :1]),
    "index_fill": lambda m, x, n: x.index_fill(n, m.tensor([0]), 1.0),
    "select_scatter": lambda m, x, n: x.select_scatter(x[:, 0], n, n),
    "slice_scatter": lambda m, x, n: x.slice_scatter(x[:, :1], n, n, 2),
    # matrices
    "norm": lambda m, x, n: x.norm(2, n),
    "linalg.norm": lambda m, x, n: m.linalg.norm(x, 2, n),
    "linalg.vector_norm": lambda m, x, n: m.linalg.vector_norm(x, 2, n),
    "renorm": lambda m, x, n: x.renorm(2, n, 1.0),
    "cross": lambda m, x, n: m.cross(x, x, n),
    "matrix_power": lambda m, x, n: m.linalg.matrix_power(x[:, :2], n),
    "vander": lambda m, x, n: m.vander(x[0], n),
    "tril": lambda m, x, n: x.tril(n),
    "triu": lambda m, x, n: x.triu(n),
    "diagonal": lambda m, x, n: x.diagonal(n),
    "diag": lambda m, x, n: x.diag(n),
    "diag_embed": lambda m, x, n: x.diag_embed(n),
    "unfold": lambda m, x, n: x.unfold(n, n, n),
    "as_strided": lambda m, x, n: x.as_strided((n, 2), (n, n), n),
    # creation
    "zeros": lambda m, x, n: m.zeros(n, 2),
    "ones in one": lambda m, x, n: m.ones((n, 2)),
    "full": lambda m, x, n: m.full((n,), 2.0),
    "eye": lambda m, x, n: m.eye(n, 2),
    "linspace": lambda m, x, n: m.linspace(0, 1, n),
    "tril_indices": lambda m, x, n: m.tril_indices(n, n, n),
    "new_zeros": lambda m, x, n: x.new_zeros(n, 2),
    "hann_window": lambda m, x, n: m.hann_window(n),
    "randint": lambda m, x, n: m.randint(n, (n, 2)),
    "randperm": lambda m, x, n: m.randperm(n),
    "rand": lambda m, x, n: m.rand(n, 2) * 0,
    "multinomial": lambda m, x, n: m.ones(1).multinomial(n),
    # what it is
    "size": lambda m, x, n: m.tensor(x.size(n)),
    "stride": lambda m, x, n: m.tensor(x.stride(n)),
}

BY_NUMPY: dict[str, Callable[..., Any]] = {
    "var": lambda m, x, n: x.var(n),
    "std": lambda m, x, n: x.std(n),
    "max by position": lambda m, x, n: m.max(x, n),
    "min by position": lambda m, x, n: m.min(x, n),
    "arange": lambda m, x, n: m.arange(n, 5),
    "new": lambda m, x, n: x.new(n, 2).zero_(),
    "FloatTensor": lambda m, x, n: m.FloatTensor(n, 2).zero_(),
    "LayerNorm": lambda m, x, n: m.nn.LayerNorm(n)(x[:, :1]),
    "RMSNorm": lambda m, x, n: m.nn.RMSNorm(n)(x[:, :1]),
    "ZeroPad1d": lambda m, x, n: m.nn.ZeroPad1d(n)(x),
    "ReflectionPad1d": lambda m, x, n: m.nn.ReflectionPad1d(n)(x),
    "AvgPool1d": lambda m, x, n: m.nn.AvgPool1d(n)(x),
    "MaxPool1d": lambda m, x, n: m.nn.MaxPool1d(n, n)(x),
    "conv1d": lambda m, x, n: m.nn.functional.conv1d(x, m.ones(1, 2, 2), padding=n, stride=n),
    "Softmax": lambda m, x, n: m.nn.Softmax(n)(x),
    "Flatten": lambda m, x, n: m.nn.Flatten(0, n)(x),
}
"""Where PyTorch takes a truth value (``var(True)``), a tensor as something else, or no tensor at all."""


def _arrays(result: Any) -> list[Any]:
    if isinstance(result, (tuple, list)):
        return [array for part in result for array in _arrays(part)]
    return [result.detach().numpy()]


def _called(library: Any, call: Callable[..., Any], n: Any) -> list[Any]:
    if isinstance(n, ag.Tensor) and library is not ag:
        n = library.tensor(1)
    return _arrays(call(library, library.arange(6.0).reshape(2, 3), n))


@pytest.mark.parametrize("call", (CALLS | BY_NUMPY).values(), ids=CALLS | BY_NUMPY)
def test_a_whole_number_of_any_kind_means_the_same(call):
    kinds = [1, np.int64(1), np.int32(1), np.uint8(1)]
    if call in CALLS.values():
        kinds += [ag.tensor(1), ag.tensor(1, dtype=ag.int32)]

    def of_one(torch: Any) -> list[Any]:
        expected = _called(torch, call, 1)
        for n in kinds:
            for same, wanted in zip(_called(torch, call, n), expected, strict=True):
                np.testing.assert_allclose(same, wanted, rtol=1e-6)
        return expected

    expected = pytorch(of_one)
    for n in kinds:
        for found, wanted in zip(_called(ag, call, n), expected, strict=True):
            assert found.dtype == wanted.dtype, type(n)
            np.testing.assert_allclose(found, wanted, rtol=1e-6, err_msg=str(type(n)))


def _refuses(library: Any, call: Callable[..., Any], wrong: Any) -> bool:
    try:
        _called(library, call, wrong)
    except (TypeError, IndexError):
        return True
    return False


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_what_is_no_whole_number_to_pytorch_is_none_here(call):
    wrong = (True, 1.0, 1.5, "1")
    refused = pytorch(lambda torch: [_refuses(torch, call, n) for n in wrong])
    for n, refuses in zip(wrong, refused, strict=True):
        if refuses:
            assert _refuses(ag, call, n), n
