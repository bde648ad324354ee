"""Half precision is a format to keep numbers in: everything is computed wider and rounded once, so that the
result is the float64 one, rounded, whatever the sums, squares and counts on the way come to."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn.nn import functional as F
from autograd_cnn.ops import Primitive, registry
from autograd_cnn.testing._draw import draw_for, samples_of

PRIMITIVES = [p for p in registry.values() if p.make_samples is not None and p.name != "cast"]


def halves(x: np.ndarray) -> np.ndarray:
    """The nearest numbers that halves hold, in float64."""
    return x.astype(np.float16).astype(np.float64)


def compare(found: np.ndarray, exact: np.ndarray, what: str) -> None:
    """Within two units in the last place of a half, and a float32's error of the largest element."""
    assert found.shape == exact.shape, what
    assert found.dtype == np.float16 if exact.dtype.kind == "f" else found.dtype == exact.dtype, what
    if exact.dtype.kind != "f":
        return
    with np.errstate(over="ignore", invalid="ignore"):
        expected = exact.astype(np.float16)
    whole = np.isfinite(expected)
    np.testing.assert_array_equal(found[~whole], expected[~whole], err_msg=what)
    unit = np.spacing(np.abs(expected[whole])).astype(np.float64)
    largest = np.abs(exact[whole]).max(initial=0)
    away = np.abs(found[whole].astype(np.float64) - exact[whole])
    assert (away <= 2 * unit + 2e-5 * largest).all(), (
        f"{what}: {found[whole][away.argmax()]} instead of {exact[whole][away.argmax()]}"
    )


def both(call: Any, arrays: list[np.ndarray], what: str) -> None:
    """``call`` and its gradient in float16 against float64, of the same numbers."""
    rng = np.random.default_rng(0)
    made = {}
    for kind in ("float64", "float16"):
        given = [
            ac.tensor(a.astype(kind), requires_grad=True) if a.dtype.kind == "f" else ac.tensor(a)
            for a in arrays
        ]
        out = call(*given)
        outs = out if isinstance(out, tuple) else (out,)
        if kind == "float64":
            signals = [halves(rng.uniform(0.5, 1, o.shape)) for o in outs]
        pairs = [
            (o, ac.tensor(s.astype(kind))) for o, s in zip(outs, signals, strict=True) if o.requires_grad
        ]
        if pairs:
            ac.autograd.backward([o for o, _ in pairs], [s for _, s in pairs])
        made[kind] = (
            [o.detach().numpy() for o in outs],
            [t.grad.numpy() if t.grad is not None else None for t in given],
        )
    for i, (found, exact) in enumerate(zip(made["float16"][0], made["float64"][0], strict=True)):
        compare(found, exact, f"{what}: result {i}")
    for i, (found, exact) in enumerate(zip(made["float16"][1], made["float64"][1], strict=True)):
        assert (found is None) == (exact is None)
        if found is not None:
            compare(found, exact, f"{what}: gradient {i}")


@pytest.mark.parametrize("primitive", PRIMITIVES, ids=lambda p: p.name)
def test_every_primitive(primitive: Primitive) -> None:
    for sample in samples_of(primitive, draw_for(primitive)):
        operands = [halves(a) if a.dtype.kind == "f" else a for a in sample.operands]
        both(lambda *t, p=sample.parameters: primitive(*t, **p), operands, primitive.name)


def numbers(*shape: int, low: float = 300.0, high: float = 900.0, seed: int = 0) -> np.ndarray:
    """Halves between ``low`` and ``high``."""
    return halves(np.random.default_rng(seed).uniform(low, high, shape))


def signed(*shape: int, seed: int = 0, size: float = 900.0) -> np.ndarray:
    """Halves of both signs, of up to ``size``."""
    return numbers(*shape, low=-size, high=size, seed=seed)


MANY = 70_000
"""More elements than a half can count."""

WIDE = numbers(MANY)
ROWS = numbers(3, 40)
IMAGE = signed(2, 3, 12, 12)
SMALL = signed(4, 6, size=2.0)
ONES = np.ones(MANY)
LABELS = np.arange(4) % 6

CALLS: dict[str, tuple[Any, list[np.ndarray]]] = {
    # reductions
    "mean": (lambda x: x.mean(), [WIDE]),
    "mean of dims": (lambda x: x.mean((0, 2, 3)), [IMAGE]),
    "nanmean": (lambda x: x.nanmean(), [WIDE]),
    "nansum": (lambda x: x.nansum(), [signed(4000)]),
    "var": (lambda x: x.var(), [numbers(MANY, low=300, high=400)]),
    "std": (lambda x: x.std(), [WIDE]),
    "std of dim": (lambda x: x.std(1), [ROWS]),
    "std_mean": (lambda x: ac.std_mean(x, 1), [ROWS]),
    "var_mean": (lambda x: ac.var_mean(x, 1), [numbers(3, 40, high=400)]),
    "norm": (lambda x: x.norm(), [numbers(3000)]),
    "norm 3": (lambda x: x.norm(3), [numbers(3000)]),
    "norm 1": (lambda x: x.norm(1), [numbers(60)]),
    "norm inf": (lambda x: x.norm(float("inf")), [WIDE]),
    "norm 0": (lambda x: x[:60000].norm(0), [WIDE]),
    "linalg.norm": (ac.linalg.norm, [numbers(8, 8)]),
    "linalg.norm 2": (lambda x: ac.linalg.norm(x, 2), [numbers(8, 8)]),
    "linalg.norm nuc": (lambda x: ac.linalg.norm(x, "nuc"), [numbers(8, 8)]),
    "linalg.norm 1": (lambda x: ac.linalg.norm(x, 1), [numbers(8, 8)]),
    "dist": (ac.dist, [numbers(3000), numbers(3000, seed=1)]),
    "cdist": (ac.cdist, [signed(5, 30), signed(4, 30, seed=1)]),
    "cdist 3": (lambda x, y: ac.cdist(x, y, 3.0), [signed(5, 30), signed(4, 30, seed=1)]),
    "pdist": (F.pdist, [signed(5, 30)]),
    "renorm": (lambda x: x.renorm(2, 0, 1000.0), [ROWS]),
    "trace": (ac.trace, [signed(40, 40)]),
    "prod": (lambda x: x.prod(1), [np.stack([numbers(2, high=400), 1 / numbers(2)], 1).reshape(1, -1)]),
    "cumsum": (lambda x: x.cumsum(0), [signed(2000, size=9)]),
    "cumprod": (lambda x: x.cumprod(0), [numbers(30, low=0.5, high=2)]),
    "logcumsumexp": (lambda x: x.logcumsumexp(0), [numbers(300, low=890)]),
    "logsumexp": (lambda x: x.logsumexp(0), [numbers(3000, low=895)]),
    "softmax": (lambda x: x.softmax(0), [numbers(300, low=898)]),
    "log_softmax": (lambda x: x.log_softmax(0), [numbers(3000, low=890)]),
    "softmax of equals": (lambda x: x.softmax(0), [np.zeros(MANY)]),
    "amax of ties": (lambda x: x.amax(), [ONES]),
    "amin of ties": (lambda x: x.amin(), [ONES]),
    "max of ties": (lambda x: x.max(), [ONES]),
    "median of ties": (lambda x: x.median(), [ONES]),
    "aminmax": (lambda x: tuple(x.aminmax()), [ONES]),
    "quantile": (lambda x: x.quantile(0.9), [np.arange(3000.0)]),
    "quantile of many": (lambda x: x.quantile(0.3), [halves(np.linspace(1, 2, 70001))]),
    "nanquantile": (lambda x: x.nanquantile(0.9), [np.arange(3000.0)]),
    "cov": (ac.cov, [numbers(3, 4000, high=400)]),
    "corrcoef": (ac.corrcoef, [numbers(3, 4000)]),
    "histogram": (lambda x, w: ac.histogram(x, 7, weight=w)[0] / 4, [WIDE, ONES]),
    "histc": (lambda x: ac.histc(x, 7, 300, 900), [WIDE]),
    "trapezoid": (ac.trapezoid, [numbers(20)]),
    # products
    "matmul": (ac.matmul, [signed(5, 3000, size=20), signed(3000, 4, size=2, seed=1)]),
    "bmm": (ac.bmm, [signed(2, 5, 300, size=20), signed(2, 300, 4, size=2, seed=1)]),
    "mv": (ac.mv, [signed(5, 3000, size=20), signed(3000, size=2, seed=1)]),
    "dot": (ac.dot, [signed(3000, size=20), signed(3000, size=2, seed=1)]),
    "vdot": (ac.vdot, [signed(3000, size=20), signed(3000, size=2, seed=1)]),
    "inner": (ac.inner, [signed(3, 300, size=20), signed(2, 300, size=2, seed=1)]),
    "tensordot": (
        lambda x, y: ac.tensordot(x, y, 1),
        [signed(3, 300, size=20), signed(300, 2, size=2, seed=1)],
    ),
    "einsum": (
        lambda x, y: ac.einsum("ij,kj->ik", x, y),
        [signed(3, 300, size=20), signed(2, 300, size=2, seed=1)],
    ),
    "einsum of three": (
        lambda x, y, z: ac.einsum("ij,jk,kl->il", x, y, z),
        [signed(3, 30), signed(30, 3, seed=1), signed(3, 2, size=1e-3, seed=2)],
    ),
    "chain": (
        lambda x, y, z: ac.linalg.multi_dot((x, y, z)),
        [signed(3, 30), signed(30, 3, seed=1), signed(3, 2, size=1e-3, seed=2)],
    ),
    "addmm": (
        lambda b, x, y: ac.addmm(b, x, y, beta=3e-4, alpha=1e-4),
        [signed(3, 3), signed(3, 30, seed=1), signed(30, 3, seed=2)],
    ),
    "addmv": (
        lambda b, x, y: ac.addmv(b, x, y, beta=3e-4, alpha=1e-4),
        [signed(3), signed(3, 30, seed=1), signed(30, seed=2)],
    ),
    "addr": (
        lambda b, x, y: ac.addr(b, x, y, alpha=1e-4),
        [signed(3, 4), signed(3, seed=1), signed(4, seed=2)],
    ),
    "addbmm": (
        lambda b, x, y: ac.addbmm(b, x, y, alpha=1e-4),
        [signed(3, 3), signed(2, 3, 30, seed=1), signed(2, 30, 3, seed=2)],
    ),
    "baddbmm": (
        lambda b, x, y: ac.baddbmm(b, x, y, alpha=1e-4),
        [signed(2, 3, 3), signed(2, 3, 30, seed=1), signed(2, 30, 3, seed=2)],
    ),
    "addcmul": (
        lambda b, x, y: ac.addcmul(b, x, y, value=1e-4),
        [signed(9), signed(9, seed=1), signed(9, seed=2)],
    ),
    "addcdiv": (
        lambda b, x, y: ac.addcdiv(b, x, y, value=1e-3),
        [signed(9), signed(9, seed=1), numbers(9, low=1e-3, high=2e-3)],
    ),
    "cross": (ac.linalg.cross, [signed(4, 3, size=200), signed(4, 3, size=200, seed=1)]),
    "matrix_power": (lambda x: ac.linalg.matrix_power(x, 3) * 1e-4, [signed(4, 4, size=20)]),
    "kron": (ac.kron, [signed(2, 2, size=200), signed(2, 2, size=200, seed=1)]),
    "linear": (F.linear, [signed(5, 300, size=20), signed(4, 300, size=2, seed=1), signed(4)]),
    "linear of many": (
        lambda x, w, b: F.linear(x, w, b).mean(),
        [numbers(3000, 3, low=1, high=2), signed(4, 3, size=2, seed=1), signed(4, size=2)],
    ),
    "bilinear": (
        F.bilinear,
        [signed(5, 30, size=9), signed(5, 20, size=9), signed(2, 30, 20, size=0.5, seed=1), signed(2)],
    ),
    "conv1d": (F.conv1d, [signed(2, 8, 30, size=20), signed(4, 8, 3, size=2, seed=1), signed(4)]),
    "conv2d": (F.conv2d, [signed(2, 8, 9, 9, size=20), signed(4, 8, 3, 3, size=2, seed=1), signed(4)]),
    "conv2d in groups": (
        lambda x, w: F.conv2d(x, w, groups=2, padding=1),
        [signed(2, 8, 9, 9, size=20), signed(4, 4, 3, 3, size=2, seed=1)],
    ),
    "conv3d": (F.conv3d, [signed(1, 4, 5, 5, 5, size=20), signed(2, 4, 3, 3, 3, size=2, seed=1)]),
    "conv_transpose2d": (
        lambda x, w: F.conv_transpose2d(x, w, stride=2),
        [signed(2, 8, 5, 5, size=20), signed(8, 4, 3, 3, size=2, seed=1)],
    ),
    "attention": (
        F.scaled_dot_product_attention,
        [signed(2, 5, 16, size=30), signed(2, 7, 16, size=30, seed=1), signed(2, 7, 3, seed=2)],
    ),
    # normalisation
    "layer_norm": (lambda x: F.layer_norm(x, (40,)), [ROWS]),
    "layer_norm with weights": (
        lambda x, w, b: F.layer_norm(x, (40,), w, b),
        [ROWS, signed(40, size=2), signed(40)],
    ),
    "rms_norm": (lambda x, w: F.rms_norm(x, (40,), w), [ROWS, signed(40, size=2)]),
    "group_norm": (lambda x: F.group_norm(x, 3), [IMAGE]),
    "instance_norm": (F.instance_norm, [IMAGE]),
    "batch_norm": (lambda x: F.batch_norm(x, None, None, training=True), [numbers(2, 3, 12, 12)]),
    "batch_norm of rows": (lambda x: F.batch_norm(x, None, None, training=True), [numbers(30, 4)]),
    "batch_norm with weights": (
        lambda x, w, b: F.batch_norm(x, None, None, w, b, training=True),
        [numbers(200, 3, 12, 12), signed(3, size=2), signed(3)],
    ),
    "batch_norm by running moments": (
        lambda x, m, v: F.batch_norm(x, m.detach(), v.detach()),
        [numbers(2, 3, 4, 4), numbers(3), numbers(3, low=1e-4, high=1e-3)],
    ),
    "local_response_norm": (lambda x: F.local_response_norm(x, 2, alpha=1.0), [signed(2, 4, 5, 5)]),
    "normalize": (lambda x: F.normalize(x), [ROWS]),
    "normalize 3": (lambda x: F.normalize(x, 3.0), [ROWS]),
    "cosine_similarity": (F.cosine_similarity, [ROWS, numbers(3, 40, seed=1)]),
    "pairwise_distance": (F.pairwise_distance, [ROWS, numbers(3, 40, seed=1)]),
    # losses
    "mse_loss": (F.mse_loss, [numbers(3000, low=300, high=310), numbers(3000, low=100, high=110)]),
    "mse_loss of many": (F.mse_loss, [ONES, 2 * ONES]),
    "l1_loss": (F.l1_loss, [ONES, 3 * ONES]),
    "smooth_l1_loss": (F.smooth_l1_loss, [0 * ONES, ONES]),
    "huber_loss": (lambda x, y: F.huber_loss(x, y, delta=150.0), [numbers(3000), numbers(3000, seed=1)]),
    "cross_entropy": (lambda x: F.cross_entropy(x, ac.tensor(LABELS)), [SMALL]),
    "cross_entropy of many": (
        lambda x: F.cross_entropy(x, ac.zeros(MANY, dtype=ac.int64)),
        [np.zeros((MANY, 2))],
    ),
    "cross_entropy of many, smooth": (
        lambda x: F.cross_entropy(x, ac.zeros(MANY, dtype=ac.int64), label_smoothing=0.1),
        [np.zeros((MANY, 2))],
    ),
    "cross_entropy of many, weighted": (
        lambda x, w: F.cross_entropy(x, ac.zeros(MANY, dtype=ac.int64), w.detach()),
        [np.zeros((MANY, 2)), np.array([2.0, 3.0])],
    ),
    "cross_entropy of probabilities": (
        lambda x, p: F.cross_entropy(x, p),
        [np.zeros((MANY, 2)), np.full((MANY, 2), 0.5)],
    ),
    "nll_loss": (lambda x: F.nll_loss(x, ac.zeros(MANY, dtype=ac.int64)), [-np.ones((MANY, 2))]),
    "nll_loss, weighted": (
        lambda x, w: F.nll_loss(x, ac.zeros(MANY, dtype=ac.int64), w.detach()),
        [-np.ones((MANY, 2)), np.array([2.0, 3.0])],
    ),
    "kl_div": (
        lambda x, y: F.kl_div(x, y, reduction="batchmean"),
        [SMALL, numbers(4, 6, low=0.01, high=0.9)],
    ),
    "binary_cross_entropy": (F.binary_cross_entropy, [0.5 * ONES, ONES]),
    "binary_cross_entropy_with_logits": (F.binary_cross_entropy_with_logits, [0 * ONES, ONES]),
    "poisson_nll_loss": (F.poisson_nll_loss, [0 * ONES, ONES]),
    "gaussian_nll_loss": (
        F.gaussian_nll_loss,
        [numbers(300), numbers(300, seed=1), numbers(300, low=1000, high=9000)],
    ),
    "gaussian_nll_loss of little variance": (
        F.gaussian_nll_loss,
        [
            numbers(300, low=1, high=1.01),
            numbers(300, low=1, high=1.01, seed=1),
            numbers(300, low=1e-4, high=1e-3),
        ],
    ),
    "soft_margin_loss": (F.soft_margin_loss, [signed(3000), np.sign(signed(3000, seed=1))]),
    "hinge_embedding_loss": (F.hinge_embedding_loss, [ONES, ONES]),
    "margin_ranking_loss": (F.margin_ranking_loss, [0 * ONES, ONES, ONES]),
    "multi_margin_loss": (lambda x: F.multi_margin_loss(x, ac.tensor(LABELS), p=2, margin=300.0), [SMALL]),
    "multilabel_soft_margin_loss": (F.multilabel_soft_margin_loss, [SMALL, np.ones((4, 6))]),
    "cosine_embedding_loss": (
        F.cosine_embedding_loss,
        [ROWS, numbers(3, 40, seed=1), np.array([1.0, -1, 1])],
    ),
    "triplet_margin_loss": (
        F.triplet_margin_loss,
        [ROWS, numbers(3, 40, seed=1), numbers(3, 40, seed=2)],
    ),
    "ctc_loss": (
        lambda x: F.ctc_loss(x, ac.tensor([[1, 2, 3]]), ac.tensor([40]), ac.tensor([3])),
        [numbers(40, 1, 5, low=-9, high=-0.1)],
    ),
    # pooling, interpolation
    "avg_pool1d": (lambda x: F.avg_pool1d(x, 3), [numbers(2, 3, 30, low=20000, high=60000)]),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, 3), [numbers(2, 3, 30, 30, low=20000, high=60000)]),
    "avg_pool2d, padded": (
        lambda x: F.avg_pool2d(x, 3, padding=1, count_include_pad=False),
        [numbers(2, 3, 9, 9, low=20000, high=60000)],
    ),
    "avg_pool3d": (lambda x: F.avg_pool3d(x, 3), [numbers(1, 2, 9, 9, 9, low=20000, high=60000)]),
    "adaptive_avg_pool2d": (
        lambda x: F.adaptive_avg_pool2d(x, (2, 3)),
        [numbers(2, 3, 9, 9, low=20000, high=60000)],
    ),
    "adaptive_avg_pool2d to one": (
        lambda x: F.adaptive_avg_pool2d(x, 1),
        [numbers(2, 3, 9, 9, low=20000, high=60000)],
    ),
    "lp_pool2d": (lambda x: F.lp_pool2d(x, 2.0, 3), [numbers(2, 3, 9, 9)]),
    "interpolate": (
        lambda x: F.interpolate(x, scale_factor=2, mode="bilinear"),
        [numbers(2, 3, 9, 9, low=20000, high=60000)],
    ),
    "interpolate, bicubic": (
        lambda x: F.interpolate(x, scale_factor=0.6, mode="bicubic"),
        [numbers(2, 3, 9, 9, low=2000, high=6000)],
    ),
    "grid_sample": (
        lambda x, g: F.grid_sample(x, g, align_corners=False),
        [numbers(2, 3, 9, 9), signed(2, 4, 4, 2, size=0.9)],
    ),
    "fold": (lambda x: F.fold(x, (6, 6), 3), [signed(1, 9, 16)]),
    # places
    "index_add": (
        lambda x, s: x.index_add(0, ac.zeros(4000, dtype=ac.int64), s, alpha=1e-3),
        [signed(3, 2), numbers(4000, 2, low=8, high=9)],
    ),
    "scatter_add": (
        lambda x, s: x.scatter_add(0, ac.zeros(4000, dtype=ac.int64), s),
        [signed(3), numbers(4000, low=8, high=9)],
    ),
    "scatter_reduce mean": (
        lambda x, s: x.scatter_reduce(0, ac.zeros(MANY, dtype=ac.int64), s, "mean"),
        [signed(3), numbers(MANY, low=8, high=9)],
    ),
    "gather": (lambda x: x.gather(0, ac.zeros(4000, dtype=ac.int64)), [signed(3)]),
    "index": (lambda x: x[ac.zeros(4000, dtype=ac.int64)], [signed(3)]),
    "index_select": (lambda x: x.index_select(0, ac.zeros(4000, dtype=ac.int64)), [signed(3)]),
    "index_put": (
        lambda x, s: x.index_put((ac.zeros(4000, dtype=ac.int64),), s, accumulate=True),
        [signed(3), numbers(4000, low=8, high=9)],
    ),
    "embedding": (lambda w: F.embedding(ac.zeros(4000, dtype=ac.int64), w), [signed(3, 2)]),
    "embedding by frequency": (
        lambda w: F.embedding(ac.zeros(MANY, dtype=ac.int64), w, scale_grad_by_freq=True),
        [signed(3, 2)],
    ),
    "embedding_bag": (lambda w: F.embedding_bag(ac.zeros((2, 400), dtype=ac.int64), w), [numbers(3, 2)]),
    "embedding_bag sum": (
        lambda w: F.embedding_bag(ac.arange(4000).reshape(2, 2000), w, mode="sum"),
        [numbers(4000, 2, low=8, high=9)],
    ),
    "broadcast": (lambda x, y: x + y, [signed(4000, 2), signed(2, seed=1)]),
    "broadcast product": (lambda x, y: x * y, [signed(4000, 2, size=20), signed(2, seed=1, size=20)]),
    "expand": (lambda x: x.expand(4000, 2), [signed(2)]),
    "repeat": (lambda x: x.repeat(4000), [signed(2)]),
    "repeat_interleave": (lambda x: x.repeat_interleave(4000), [signed(2)]),
    # elementwise, with squares and products between
    "gelu": (F.gelu, [signed(50, size=9)]),
    "gelu, tanh": (lambda x: F.gelu(x, approximate="tanh"), [signed(50)]),
    "silu": (F.silu, [signed(50)]),
    "mish": (F.mish, [signed(50)]),
    "softplus": (F.softplus, [signed(50)]),
    "logsigmoid": (F.logsigmoid, [signed(50)]),
    "softsign": (F.softsign, [signed(50)]),
    "tanh": (ac.tanh, [signed(50, size=6)]),
    "sigmoid": (ac.sigmoid, [signed(50, size=12)]),
    "tanhshrink": (F.tanhshrink, [signed(50, size=0.1)]),
    "elu": (F.elu, [signed(50, size=5)]),
    "selu": (F.selu, [signed(50, size=5)]),
    "celu": (lambda x: F.celu(x, 0.7), [signed(50, size=5)]),
    "hardswish": (F.hardswish, [signed(50, size=4)]),
    "hardsigmoid": (F.hardsigmoid, [signed(50, size=4)]),
    "softshrink": (F.softshrink, [signed(50)]),
    "prelu": (F.prelu, [signed(4000), np.array([0.3])]),
    "glu": (F.glu, [signed(5, 6, size=9)]),
    "atan": (ac.atan, [signed(50)]),
    "atan2": (ac.atan2, [signed(50), signed(50, seed=1)]),
    "asinh": (ac.asinh, [signed(50)]),
    "acosh": (ac.acosh, [numbers(50)]),
    "hypot": (ac.hypot, [signed(50), signed(50, seed=1)]),
    "divide": (ac.div, [signed(50), numbers(50, low=1e-3, high=2e-3)]),
    "times a large number": (lambda x: x * 1e6, [signed(50, size=1e-3)]),
    "over a large number": (lambda x: x / 1e6, [signed(50, size=6e4)]),
    "plus and minus": (lambda x: ac.add(x, x, alpha=1e-5), [signed(50, size=6e4)]),
    "sinc": (ac.sinc, [signed(50, size=3)]),
    "pow": (lambda x: x**0.5, [numbers(50)]),
    "logit": (lambda x: ac.logit(x), [numbers(50, low=1e-3, high=0.9)]),
    "logaddexp": (ac.logaddexp, [signed(50), signed(50, seed=1)]),
    "xlogy": (ac.xlogy, [numbers(50), numbers(50)]),
    "xlog1py": (ac.special.xlog1py, [numbers(50), numbers(50)]),
    "entr": (ac.special.entr, [numbers(50)]),
    "ndtr": (ac.special.ndtr, [signed(50, size=3)]),
    "log_ndtr": (ac.special.log_ndtr, [signed(50, size=9)]),
    "multigammaln": (lambda x: ac.mvlgamma(x, 3), [numbers(50, low=5, high=30)]),
    "lerp": (lambda x, y: ac.lerp(x, y, 0.3), [signed(50, size=6e4), signed(50, size=6e4, seed=1)]),
    "diff": (lambda x: x.diff(), [signed(50)]),
    "gradient": (lambda x: ac.gradient(x)[0], [signed(50)]),
    "vander": (lambda x: ac.vander(x, 3), [numbers(5, low=1, high=200)]),
    # matrices
    "det": (ac.linalg.det, [signed(4, 4, size=9)]),
    "slogdet": (lambda x: ac.linalg.slogdet(x)[1], [signed(4, 4)]),
    "inv": (ac.linalg.inv, [signed(4, 4, size=9)]),
    "solve": (ac.linalg.solve, [signed(4, 4, size=9), signed(4)]),
    "cond": (ac.linalg.cond, [signed(4, 4, size=9)]),
    "pinv": (ac.linalg.pinv, [signed(5, 3, size=9)]),
    "lstsq": (lambda a, b: ac.linalg.lstsq(a, b)[0], [signed(5, 3, size=9), signed(5, 2)]),
    "svdvals": (ac.linalg.svdvals, [signed(5, 3, size=900)]),
    "eigvalsh": (lambda x: ac.linalg.eigvalsh(x + x.mT), [signed(4, 4, size=9)]),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if i % 3 else []) for i, name in enumerate(CALLS)]
)
def test_every_function(name: str) -> None:
    call, arrays = CALLS[name]
    both(call, arrays, name)


def test_running_moments() -> None:
    """Of a variance that a half does not hold, one tenth is."""
    norm = ac.nn.BatchNorm1d(1).half()
    norm(ac.tensor([[300.0], [900.0]], dtype=ac.float16))
    assert norm.running_mean.tolist() == [60.0]
    assert norm.running_var.tolist() == [18000.0]
    norm = ac.nn.InstanceNorm1d(1, track_running_stats=True).half()
    norm(ac.tensor([[[300.0, 900.0]]], dtype=ac.float16))
    assert norm.running_var.tolist() == [18000.0]


def test_in_place_and_out() -> None:
    x = ac.tensor([-3.0, 0.5], dtype=ac.float16)
    assert F.silu(x, inplace=True) is x
    assert x.tolist() == [-0.142333984375, 0.311279296875]
    out = ac.empty(2, dtype=ac.float16)
    assert F.normalize(ac.tensor([300.0, 400.0], dtype=ac.float16), dim=0, out=out) is out
    assert out.tolist() == [0.60009765625, 0.7998046875]
    x = ac.tensor([300.0], dtype=ac.float16)
    assert x.addcmul_(x, x, value=1e-3).tolist() == [390.0]


def test_beside_wider_tensors_the_result_is_as_wide() -> None:
    x, y = ac.ones(3, dtype=ac.float16), ac.ones(3)
    assert F.mse_loss(x, y).dtype == ac.float32
    assert F.layer_norm(x, (3,), y).dtype == ac.float32
    assert ac.cdist(x[None], y[None]).dtype == ac.float32
    assert F.mse_loss(x, ac.ones((), dtype=ac.float64).expand(3)).dtype == ac.float64


def test_what_asks_for_a_dtype_gets_it() -> None:
    x = ac.full((70000,), 300.0, dtype=ac.float16)
    assert x.sum(dtype=ac.float32).item() == 21e6
    assert x.nanmean(dtype=ac.float32).dtype == ac.float32
    assert x.softmax(0, dtype=ac.float32).dtype == ac.float32
    assert ac.linalg.vector_norm(x, dtype=ac.float32).item() == pytest.approx(300 * 70000**0.5)


OPTIMIZERS: dict[str, dict[str, float]] = {
    "SGD": {"momentum": 0.9, "weight_decay": 1e-3},
    "Adam": {},
    "AdamW": {},
    "Adagrad": {},
    "Adadelta": {},
    "Adamax": {},
    "ASGD": {},
    "NAdam": {},
    "RAdam": {},
    "RMSprop": {"momentum": 0.9, "centered": True},
    "Rprop": {},
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers(name: str) -> None:
    """Gradients whose squares a half does not hold; the states are float32."""
    start = numbers(5, low=1, high=2)
    gradient = np.array([1e-5, 1e-3, 0.0, 300.0, -900.0])
    steps = {}
    for kind in (ac.float32, ac.float16):
        w = ac.nn.Parameter(ac.tensor(start, dtype=kind))
        optimizer = getattr(ac.optim, name)([w], lr=0.01, **OPTIMIZERS[name])
        for _ in range(3):
            w.grad = ac.tensor(gradient).to(kind)
            w.data.copy_(ac.tensor(start))
            optimizer.step()
            optimizer.load_state_dict(optimizer.state_dict())
        steps[kind] = w.detach().numpy()
    np.testing.assert_allclose(steps[ac.float16].astype(np.float64), steps[ac.float32], rtol=2e-3, atol=1e-6)


def test_clipping() -> None:
    """The norm of all gradients is more than a half holds."""
    w = ac.nn.Parameter(ac.zeros(MANY, dtype=ac.float16))
    w.grad = ac.full((MANY,), 900.0, dtype=ac.float16)
    total = ac.nn.utils.clip_grad_norm_([w], 1.0)
    assert total.dtype == ac.float16
    assert total.item() == float("inf")
    np.testing.assert_allclose(w.grad.numpy().astype(np.float64), MANY**-0.5, rtol=1e-3)
    assert ac.nn.utils.get_total_norm([w.grad, w.grad]).item() == pytest.approx(2**0.5, rel=2e-3)


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_recurrent_networks(kind: str) -> None:
    ac.manual_seed(0)
    half = getattr(ac.nn, kind)(6, 4).half()
    double = getattr(ac.nn, kind)(6, 4).double()
    double.load_state_dict(half.state_dict())
    x = ac.tensor(signed(9, 2, 6, size=3))
    for net, given in ((half, x.half()), (double, x)):
        net(given)[0].sum().backward()
    compare(half(x.half())[0].detach().numpy(), double(x)[0].detach().numpy(), kind)
    for (name, p), q in zip(half.named_parameters(), double.parameters(), strict=True):
        compare(p.grad.numpy(), q.grad.numpy(), f"{kind}: {name}")


def test_second_derivatives() -> None:
    """Under ``create_graph`` rules compute in float32 too: the slope of 300 / 90001 has one of its own."""
    made = {}
    for kind in ("float64", "float16"):
        x = ac.tensor([300.0, -2.0], dtype=getattr(ac, kind), requires_grad=True)
        first = ac.autograd.grad((ac.atan(x) * 900).sum(), x, create_graph=True)[0]
        second = ac.autograd.grad((first * x).sum(), x)[0]
        made[kind] = first.detach().numpy(), second.numpy()
    for found, exact in zip(made["float16"], made["float64"], strict=True):
        compare(found, exact, "atan")
