"""Functions, layers, optimizers and files give the same for tensors in any memory: strided, turned,
expanded, read-only. The primitives and kernels below them have a fuzzer of their own,
``tests/ops/kernels/test_layouts.py``."""

import io
import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn, optim
from autograd_cnn._tensor import tensor_of
from autograd_cnn.nn import functional as F
from tests.layouts import in_rows, relaid

Tensor = ac.Tensor


def writeable(x: np.ndarray[Any, Any], layout: np.random.Generator) -> np.ndarray[Any, Any]:
    """``x`` laid out at random, where it can be written."""
    while True:
        laid = relaid(x, layout)
        if laid.flags.writeable and np.array_equal(laid, x):
            return laid


class Make:
    """Makes operands: floats that want a gradient, indices, masks; laid out at random or in rows."""

    def __init__(self, seed: int, *, anywhere: bool) -> None:
        self.numbers, self.layout = np.random.default_rng(seed), np.random.default_rng(seed + 1000)
        self.anywhere, self.leaves = anywhere, []

    def _laid(self, x: np.ndarray[Any, Any]) -> Tensor:
        laid = relaid(x, self.layout)
        return tensor_of(laid if self.anywhere else in_rows(laid))

    def __call__(self, *shape: int, positive: bool = False) -> Tensor:
        x = self.numbers.standard_normal(shape).astype(np.float32)
        leaf = self._laid(abs(x) + np.float32(0.5) if positive else x).requires_grad_()
        self.leaves.append(leaf)
        return leaf

    def constant(self, *shape: int) -> Tensor:
        return self._laid(self.numbers.uniform(0.1, 1, shape).astype(np.float32))

    def written(self, *shape: int) -> Tensor:
        laid = writeable(self.numbers.uniform(0.1, 1, shape).astype(np.float32), self.layout)
        self.leaves.append(tensor_of(laid if self.anywhere else in_rows(laid)))
        return self.leaves[-1]

    def index(self, size: int, *shape: int) -> Tensor:
        return self._laid(self.numbers.integers(0, size, shape))

    def mask(self, *shape: int) -> Tensor:
        return self._laid(self.numbers.random(shape) < 0.7)

    def signs(self, *shape: int) -> Tensor:
        return self._laid(np.where(self.numbers.random(shape) < 0.5, -1, 1).astype(np.float32))


CALLS: dict[str, Callable[[Make], Any]] = {
    "conv1d": lambda m: F.conv1d(m(2, 3, 40), m(5, 3, 3), m(5), stride=2, padding=1),
    "conv2d": lambda m: F.conv2d(m(2, 3, 16, 15), m(9, 3, 3, 3), m(9), padding=1),
    "conv2d pointwise": lambda m: F.conv2d(m(2, 8, 16, 15), m(16, 8, 1, 1), m(16)),
    "conv2d in groups": lambda m: F.conv2d(m(2, 4, 9, 9), m(6, 2, 3, 3), m(6), groups=2),
    "conv3d": lambda m: F.conv3d(m(1, 2, 5, 6, 5), m(3, 2, 2, 2, 2), m(3)),
    "conv_transpose2d": lambda m: F.conv_transpose2d(m(2, 3, 6, 5), m(3, 4, 3, 3), m(4), stride=2),
    "linear": lambda m: F.linear(m(64, 40), m(50, 40), m(50)),
    "linear of three": lambda m: F.linear(m(8, 9, 40), m(50, 40), m(50)),
    "bilinear": lambda m: F.bilinear(m(5, 3), m(5, 4), m(6, 3, 4), m(6)),
    "max_pool2d": lambda m: F.max_pool2d(m(2, 5, 20, 18), 3, 2, 1),
    "max_pool2d with places": lambda m: F.max_pool2d(m(2, 5, 9, 8), 3, 2, 1, return_indices=True),
    "avg_pool2d": lambda m: F.avg_pool2d(m(2, 5, 20, 18), 3, 2, 1),
    "lp_pool2d": lambda m: F.lp_pool2d(m(2, 3, 8, 8, positive=True), 3, 2),
    "adaptive_avg_pool2d": lambda m: F.adaptive_avg_pool2d(m(2, 3, 9, 8), (4, 3)),
    "adaptive_max_pool2d": lambda m: F.adaptive_max_pool2d(m(2, 3, 9, 8), (4, 3)),
    "unfold": lambda m: F.unfold(m(2, 3, 6, 5), 3, padding=1),
    "fold": lambda m: F.fold(m(2, 12, 20), (6, 5), 2),
    "interpolate": lambda m: F.interpolate(m(2, 3, 6, 5), (9, 11), mode="bilinear"),
    "interpolate nearest": lambda m: F.interpolate(m(2, 3, 6, 5), (9, 11)),
    "grid_sample": lambda m: F.grid_sample(m(2, 3, 6, 5), m(2, 4, 3, 2), align_corners=False),
    "affine_grid": lambda m: F.affine_grid(m(2, 2, 3), (2, 3, 4, 5), align_corners=True),
    "pad": lambda m: F.pad(m(2, 3, 6, 5), (1, 2, 0, 1), "reflect"),
    "pixel_shuffle": lambda m: F.pixel_shuffle(m(2, 8, 3, 4), 2),
    "batch_norm": lambda m: F.batch_norm(
        m(4, 5, 16, 15), m.written(5), m.written(5), m(5), m(5), training=True
    ),
    "batch_norm by given moments": lambda m: F.batch_norm(
        m(4, 5, 6, 5), m.constant(5), m.constant(5), m(5), m(5)
    ),
    "layer_norm": lambda m: F.layer_norm(m(4, 5, 6), (5, 6), m(5, 6), m(5, 6)),
    "group_norm": lambda m: F.group_norm(m(4, 6, 5, 3), 3, m(6), m(6)),
    "instance_norm": lambda m: F.instance_norm(m(4, 6, 5, 3), weight=m(6), bias=m(6)),
    "rms_norm": lambda m: F.rms_norm(m(4, 6), (6,), m(6)),
    "local_response_norm": lambda m: F.local_response_norm(m(2, 6, 5, 3), 3),
    "normalize": lambda m: F.normalize(m(4, 6), dim=0),
    "cross_entropy": lambda m: F.cross_entropy(m(60, 80), m.index(80, 60)),
    "cross_entropy of classes": lambda m: F.cross_entropy(m(9, 7), m.index(7, 9), m.constant(7)),
    "cross_entropy of pixels": lambda m: F.cross_entropy(m(2, 7, 3, 4), m.index(7, 2, 3, 4), m.constant(7)),
    "cross_entropy of shares": lambda m: F.cross_entropy(
        m(5, 7), m.constant(5, 7), m.constant(7), label_smoothing=0.1
    ),
    "nll_loss": lambda m: F.nll_loss(F.log_softmax(m(9, 7), 1), m.index(7, 9), m.constant(7)),
    "binary_cross_entropy": lambda m: F.binary_cross_entropy(
        m(4, 5).sigmoid(), m.constant(4, 5), m.constant(4, 5)
    ),
    "with logits": lambda m: F.binary_cross_entropy_with_logits(
        m(4, 5), m.constant(4, 5), m.constant(5), pos_weight=m.constant(5)
    ),
    "mse_loss": lambda m: F.mse_loss(m(4, 5), m(4, 5)),
    "smooth_l1_loss": lambda m: F.smooth_l1_loss(m(4, 5), m(4, 5)),
    "huber_loss": lambda m: F.huber_loss(m(4, 5), m(4, 5)),
    "kl_div": lambda m: F.kl_div(m(4, 5), m.constant(4, 5), reduction="batchmean"),
    "poisson_nll_loss": lambda m: F.poisson_nll_loss(m(4, 5), m.constant(4, 5)),
    "gaussian_nll_loss": lambda m: F.gaussian_nll_loss(m(4, 5), m(4, 5), m(4, 5, positive=True)),
    "multi_margin_loss": lambda m: F.multi_margin_loss(m(4, 5), m.index(5, 4), weight=m.constant(5)),
    "multilabel_margin_loss": lambda m: F.multilabel_margin_loss(m(4, 5), m.index(5, 4, 5)),
    "multilabel_soft_margin_loss": lambda m: F.multilabel_soft_margin_loss(
        m(4, 5), m.constant(4, 5), m.constant(5)
    ),
    "soft_margin_loss": lambda m: F.soft_margin_loss(m(4, 5), m.signs(4, 5)),
    "hinge_embedding_loss": lambda m: F.hinge_embedding_loss(m(4, 5), m.signs(4, 5)),
    "margin_ranking_loss": lambda m: F.margin_ranking_loss(m(9), m(9), m.signs(9)),
    "cosine_embedding_loss": lambda m: F.cosine_embedding_loss(m(4, 5), m(4, 5), m.signs(4)),
    "triplet_margin_loss": lambda m: F.triplet_margin_loss(m(4, 5), m(4, 5), m(4, 5)),
    "ctc_loss": lambda m: F.ctc_loss(
        m(12, 3, 6).log_softmax(2), m.index(5, 3, 4) + 1, ac.tensor([12, 10, 11]), ac.tensor([4, 3, 2])
    ),
    "cosine_similarity": lambda m: F.cosine_similarity(m(4, 5), m(4, 5)),
    "pairwise_distance": lambda m: F.pairwise_distance(m(4, 5), m(4, 5)),
    "cdist": lambda m: ac.cdist(m(4, 5), m(6, 5)),
    "embedding": lambda m: F.embedding(m.index(9, 4, 3), m(9, 5)),
    "embedding_bag": lambda m: F.embedding_bag(
        m.index(9, 4, 3), m(9, 5), mode="sum", per_sample_weights=m(4, 3)
    ),
    "attention": lambda m: F.scaled_dot_product_attention(
        m(2, 3, 4, 5), m(2, 3, 6, 5), m(2, 3, 6, 5), m.mask(2, 1, 4, 6)
    ),
    "attention with offsets": lambda m: F.scaled_dot_product_attention(
        m(2, 3, 4, 5), m(2, 3, 6, 5), m(2, 3, 6, 5), m(4, 6)
    ),
    "prelu": lambda m: F.prelu(m(4, 5, 6), m(5)),
    "softmax": lambda m: F.softmax(m(4, 5, 6), 1),
    "log_softmax": lambda m: F.log_softmax(m(4, 5, 6), 1),
    "glu": lambda m: F.glu(m(4, 6, 5), 1),
    "gelu": lambda m: F.gelu(m(4, 5)),
    "max": lambda m: m(4, 5, 6).max(1),
    "amax": lambda m: m(4, 5, 6).amax((0, 2)),
    "var": lambda m: m(4, 5, 6).var((0, 2)),
    "logsumexp": lambda m: m(4, 5, 6).logsumexp(1),
    "prod": lambda m: m(4, 5).prod(1),
    "cumsum": lambda m: m(4, 5, 6).cumsum(1),
    "cumprod": lambda m: m(4, 5).cumprod(1),
    "logcumsumexp": lambda m: m(4, 5).logcumsumexp(0),
    "cummax": lambda m: m(4, 5).cummax(1),
    "sort": lambda m: m(4, 5, 6).sort(1, stable=True),
    "topk": lambda m: m(4, 9).topk(3, 1),
    "kthvalue": lambda m: m(4, 9).kthvalue(3, 1)[0],
    "median": lambda m: m(4, 9).median(1)[0],
    "quantile": lambda m: m(4, 9).quantile(m.constant(3), 1),
    "gather": lambda m: m(4, 5).gather(1, m.index(5, 4, 3)),
    "scatter": lambda m: m(4, 5).scatter(1, ac.tensor([[0, 2, 4]] * 4), m(4, 3)),
    "scatter_add": lambda m: m(4, 5).scatter_add(1, m.index(5, 4, 3), m(4, 3)),
    "index_add": lambda m: m(4, 5).index_add(0, m.index(4, 6), m(6, 5)),
    "index_select": lambda m: m(4, 5, 3).index_select(1, m.index(5, 7)),
    "an index": lambda m: m(4, 5, 3)[:, m.index(5, 2, 3)],
    "a mask": lambda m: m(4, 5)[ac.tensor(np.arange(20).reshape(4, 5) % 3 == 0)],
    "masked_fill": lambda m: m(4, 5).masked_fill(m.mask(4, 5), 2.0),
    "where": lambda m: ac.where(m.mask(4, 5), m(4, 5), m(5)),
    "take": lambda m: m(4, 5).take(m.index(20, 3, 2)),
    "repeat_interleave": lambda m: m(4, 5).repeat_interleave(m.index(3, 5) + 1, 1),
    "cat": lambda m: ac.cat([m(4, 5), m(4, 2)], 1),
    "flip": lambda m: m(4, 5, 2).flip(0, 2),
    "roll": lambda m: m(4, 5).roll((1, 2), (0, 1)),
    "tril": lambda m: m(4, 5).tril(),
    "diagonal": lambda m: m(4, 5, 4).diagonal(0, 0, 2),
    "unfold of a dimension": lambda m: m(4, 9).unfold(1, 3, 2),
    "reshape": lambda m: m(4, 6).reshape(3, 8),
    "matmul": lambda m: m(64, 40) @ m(40, 50),
    "batched matmul": lambda m: m(3, 4, 5) @ m(3, 5, 6),
    "einsum": lambda m: ac.einsum("bij,kj,bk->ik", m(2, 3, 4), m(5, 4), m(2, 5)),
    "tensordot": lambda m: ac.tensordot(m(3, 4, 5), m(4, 5, 6), 2),
    "solve": lambda m: ac.linalg.solve(m(4, 4) + 5 * ac.eye(4), m(4, 2)),
    "inv": lambda m: ac.linalg.inv(m(2, 4, 4) + 5 * ac.eye(4)),
    "det": lambda m: ac.linalg.det(m(4, 4) + 5 * ac.eye(4)),
    "cholesky": lambda m: ac.linalg.cholesky((x := m(4, 4)) @ x.T + 5 * ac.eye(4)),
    "vector_norm": lambda m: ac.linalg.vector_norm(m(4, 5), 3, 0),
    "bincount": lambda m: ac.bincount(m.index(6, 20), m.constant(20)),
    "histc": lambda m: ac.histc(m(40).detach(), 5, -2, 2),
    "searchsorted": lambda m: ac.searchsorted(ac.arange(5.0), m(4, 3).detach()),
    "unique": lambda m: ac.unique(m.index(4, 5, 4), return_counts=True),
    "nonzero": lambda m: m.mask(4, 5).nonzero(),
}


def results_of(call: Callable[[Make], Any], seed: int, *, anywhere: bool) -> list[Any]:
    """Results, the gradients of the floating-point ones weighted by their places, and whatever was followed
    in place."""
    make = Make(seed, anywhere=anywhere)
    out = call(make)
    results = list(out) if isinstance(out, tuple) else [out]
    floats = [y for y in results if y.requires_grad]
    if floats:
        total = sum((y * ac.linspace(0.5, 1.5, max(y.numel(), 1)).reshape(y.shape)).sum() for y in floats)
        total.backward()
    after = [t.grad if t.requires_grad else t for t in make.leaves]  # or what was written in place
    return [t.detach().numpy() for t in (*results, *after) if t is not None]


def check(name: str, seed: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = results_of(CALLS[name], seed, anywhere=True)
        expected = results_of(CALLS[name], seed, anywhere=False)
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert (a.shape, a.dtype) == (b.shape, b.dtype)
        scale = max(1.0, float(np.abs(np.where(np.isfinite(b), b, 0)).max(initial=0)))
        np.testing.assert_allclose(a, b, rtol=0, atol=2e-4 * scale, err_msg=name)


@pytest.mark.parametrize("name", CALLS)
def test_functions(name: str) -> None:
    check(name, 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", CALLS)
def test_functions_with_other_seeds(name: str) -> None:
    for seed in range(1, 25):
        check(name, seed)


MODULES: dict[str, Callable[[], nn.Module]] = {
    "linear": lambda: nn.Linear(6, 6),
    "lstm": lambda: nn.LSTM(6, 5, 2, batch_first=True, bidirectional=True),
    "gru": lambda: nn.GRU(6, 5, batch_first=True),
    "attention": lambda: nn.TransformerEncoderLayer(6, 2, 8, dropout=0.0, batch_first=True),
    "convolution": lambda: nn.Sequential(nn.Unflatten(1, (1, 7)), nn.Conv2d(1, 5, 3), nn.BatchNorm2d(5)),
}


def scattered(module: nn.Module, layout: np.random.Generator) -> nn.Module:
    """``module``, its parameters and buffers in any memory."""
    for part in module.modules():
        for name, tensor in (*part.named_parameters(recurse=False), *part.named_buffers(recurse=False)):
            laid = tensor_of(writeable(tensor.detach().numpy().copy(), layout))
            setattr(part, name, nn.Parameter(laid) if isinstance(tensor, nn.Parameter) else laid)
    return module


def pair(name: str, seed: int) -> tuple[nn.Module, nn.Module]:
    """A module in any memory, and one with the same numbers in rows."""
    ac.manual_seed(seed)
    plain, other = MODULES[name](), MODULES[name]()
    other.load_state_dict(plain.state_dict())
    return scattered(other, np.random.default_rng(seed)), plain


def same_state(a: nn.Module, b: nn.Module) -> None:
    for (name, x), y in zip(a.state_dict().items(), b.state_dict().values(), strict=True):
        np.testing.assert_allclose(x.numpy(), y.numpy(), rtol=0, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("name", MODULES)
def test_layers_train_alike(name: str) -> None:
    layout = np.random.default_rng(1)
    modules = pair(name, 0)
    optimizers = [optim.Adam(m.parameters(), lr=0.01) for m in modules]
    for step in range(3):
        numbers = np.random.default_rng(step).standard_normal((4, 7, 6)).astype(np.float32)
        laid, norms = relaid(numbers, layout), []
        for module, optimizer, x in zip(modules, optimizers, (laid, in_rows(laid)), strict=True):
            optimizer.zero_grad()
            out = module(tensor_of(x))
            out = out[0] if isinstance(out, tuple) else out
            out.square().sum().backward()
            norms.append(float(nn.utils.clip_grad_norm_(module.parameters(), 0.5)))
            optimizer.step()
        assert math.isclose(*norms, rel_tol=1e-4)
    same_state(*modules)


@pytest.mark.parametrize("name", MODULES)
def test_states_are_loaded_into_any_memory_and_saved_from_it(name: str, tmp_path: Path) -> None:
    scattered_one, plain = pair(name, 3)
    fresh = MODULES[name]()
    for file in (io.BytesIO(), tmp_path / "state.safetensors"):
        ac.save(scattered_one.state_dict(), file)
        if isinstance(file, io.BytesIO):
            file.seek(0)
        fresh.load_state_dict(ac.load(file))
        same_state(fresh, plain)
    target = scattered(MODULES[name](), np.random.default_rng(5))
    steps = [p.array.strides for p in target.parameters()]
    target.load_state_dict(plain.state_dict())
    same_state(target, plain)
    assert [p.array.strides for p in target.parameters()] == steps


@pytest.mark.parametrize("norm", [F.batch_norm, F.instance_norm], ids=["batch", "instance"])
def test_running_moments_that_share_memory_are_refused_before_anything_is_written(norm: Any) -> None:
    mean, variance = ac.zeros(5), ac.ones(1).expand(5)
    with pytest.raises(RuntimeError, match="running_var can't be written in place"):
        norm(ac.randn(4, 5, 3), mean, variance, None, None, True)
    assert mean.tolist() == [0.0] * 5
