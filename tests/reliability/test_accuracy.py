"""How far float32 is from float64, for numbers that are hard to add up (a large mean and little spread,
alternating signs, a million of them, in any order of memory) or to square (very large and very small ones).

Errors are counted in units of float32's epsilon, relative to the sum of the magnitudes that go into a result:
adding n numbers one after the other may lose n/2 of them, adding in parts a few.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn.nn import functional as F
from autograd_cnn.ops.kernels import using_numpy

EPSILON = float(np.finfo(np.float32).eps)
LOST = 12
"""Units that parts of 64 equal numbers may lose, each rounded the same way; of others it is one or two."""

Draw = Callable[[tuple[int, ...]], np.ndarray]

DATA: dict[str, Draw] = {
    "ones": lambda shape: np.full(shape, 1.1),
    "large mean": lambda shape: np.random.default_rng(0).normal(-0.386, 0.002, shape),
    "alternating": lambda shape: (
        np.resize([1e3, -999.9, 0.1], shape) * np.random.default_rng(0).uniform(1, 2, shape)
    ),
    "of all sizes": lambda shape: 10 ** np.random.default_rng(0).uniform(-4, 4, shape),
}

LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "rows": np.ascontiguousarray,
    "columns": np.asfortranarray,
    "last axis first": lambda x: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, -1, 0)), 0, -1),
    "second axis last": lambda x: np.moveaxis(np.ascontiguousarray(np.moveaxis(x, 1, -1)), -1, 1),
    "every other": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("data", DATA)
def test_sums_in_any_memory(data: str, layout: str) -> None:
    x = LAYOUTS[layout](DATA[data]((40, 30, 50)).astype(np.float32))
    t = ac.from_numpy(x)
    for axis in (None, 0, 1, 2, (0, 1), (0, 2), (1, 2)):
        exact = x.astype(np.float64)
        scale = np.abs(exact).sum(axis) * EPSILON
        assert (np.abs(t.sum(axis).numpy() - exact.sum(axis)) <= LOST * scale).all(), axis
        assert (
            np.abs(t.mean(axis).numpy() - exact.mean(axis)) <= LOST * scale / x.size * exact.sum(axis).size
        ).all()


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(100_000, 2), (2, 100_000), (100, 1000, 4)])
def test_sums_of_many(shape: tuple[int, ...]) -> None:
    """Of equal numbers, where errors do not cancel; also those of broadcasts, biases and scans."""
    x = np.full(shape, 1.1, np.float32)
    t = ac.from_numpy(x)
    for axis in range(len(shape)):
        exact = shape[axis] * float(x.flat[0])
        np.testing.assert_allclose(t.sum(axis).numpy(), exact, rtol=LOST * EPSILON)
        np.testing.assert_allclose(t.cumsum(axis).select(axis, -1).numpy(), exact, rtol=LOST * EPSILON)
        np.testing.assert_allclose(
            t.exp().log().logsumexp(axis).numpy(), 1.1 + np.log(shape[axis]), rtol=1e-6
        )
    bias = ac.zeros(shape[-1], requires_grad=True)
    (ac.zeros(shape) + bias).backward(t)
    np.testing.assert_allclose(
        bias.grad.numpy(), t.numel() / shape[-1] * float(x.flat[0]), rtol=LOST * EPSILON
    )
    for name in ("var", "std"):
        np.testing.assert_allclose(getattr(t, name)(0).numpy(), 0, atol=1e-12)


def test_the_gradient_of_a_bias() -> None:
    for shape, layer in (((64, 3, 40, 40), ac.nn.Conv2d(3, 5, 1)), ((50_000, 3), ac.nn.Linear(3, 5))):
        out = layer(ac.zeros(shape))
        out.backward(ac.full(out.shape, 1.1))
        exact = out.numel() / 5 * float(np.float32(1.1))
        np.testing.assert_allclose(layer.bias.grad.numpy(), exact, rtol=LOST * EPSILON)


def error(found: Any, exact: Any) -> float:
    """The largest error, relative to the largest element."""
    return float(np.abs(found.numpy() - exact.numpy()).max() / np.abs(exact.numpy()).max())


def in_both(call: Callable[..., Any], *arrays: np.ndarray) -> list[float]:
    """The errors of ``call`` and of its gradients in float32, against float64 of the same numbers."""
    made = []
    for kind in (np.float64, np.float32):
        operands = [ac.tensor(a.astype(np.float32).astype(kind), requires_grad=True) for a in arrays]
        out = call(*operands)
        signal = np.random.default_rng(1).uniform(0.5, 1, out.shape).astype(np.float32)
        out.backward(ac.tensor(signal.astype(kind)))
        made.append([out.detach(), *(t.grad for t in operands)])
    return [error(found, exact) for exact, found in zip(*made, strict=True)]


@pytest.mark.parametrize("kernels", ["compiled", "numpy"])
@pytest.mark.parametrize(("mean", "deviation"), [(-0.386, 0.002), (1.0, 1.0), (100.0, 0.1), (0.0, 1e-3)])
def test_batch_norm_of_a_channel_with_little_spread(mean: float, deviation: float, kernels: str) -> None:
    """What float32 can tell of x - mean is eps mean / deviation; no digit more is lost."""
    x = np.random.default_rng(0).normal(mean, deviation, (16, 3, 20, 20))
    x[0, 0, 0, 0] = 0  # the first pixel is no measure of the others
    w, b = np.random.default_rng(1).normal(size=(2, 3))
    limit = 8 * EPSILON * (1 + abs(mean) / deviation)

    def norm(x: Any, w: Any, b: Any) -> Any:
        return F.batch_norm(x, None, None, w, b, training=True, eps=1e-12)

    if kernels == "numpy":
        with using_numpy():
            errors = in_both(norm, x, w, b)
    else:
        errors = in_both(norm, x, w, b)
    forward, dx, dw, db = errors
    assert forward < min(limit, 1e-5)
    assert dx < limit
    assert dw < 40 * limit  # the sum of what has both signs
    assert db < 8 * EPSILON


def test_moments_of_an_image() -> None:
    image = np.random.default_rng(0).normal(5, 0.01, (16, 4, 30, 30)).astype(np.float32)
    for x in (image, LAYOUTS["second axis last"](image)):
        t, exact = ac.from_numpy(x), ac.from_numpy(x.astype(np.float64))
        assert error(t.mean((0, 2, 3)), exact.mean((0, 2, 3))) < 4 * EPSILON
        assert error(t.var((0, 2, 3)), exact.var((0, 2, 3))) < 8 * EPSILON
        assert error(t.std(), exact.std()) < 8 * EPSILON
        norm = ac.nn.BatchNorm2d(4, momentum=1.0)
        norm(t)
        assert error(norm.running_mean, exact.mean((0, 2, 3))) < 4 * EPSILON
        assert error(norm.running_var, exact.var((0, 2, 3))) < 8 * EPSILON


def test_cross_entropy_over_many_classes_and_rows() -> None:
    x = np.random.default_rng(0).normal(0, 1e-3, (20, 20_000))
    assert max(in_both(lambda x: F.cross_entropy(x, ac.arange(20)), x)) < 1e-6
    assert (
        max(in_both(lambda x: F.cross_entropy(x, ac.zeros(70_000, dtype=ac.int64)), np.ones((70_000, 3))))
        < 1e-6
    )
    assert (
        max(in_both(lambda x: F.nll_loss(x, ac.zeros(70_000, dtype=ac.int64)), -1.1 * np.ones((70_000, 3))))
        < 1e-6
    )


# squares that leave the range

ROWS = np.random.default_rng(2).normal(size=(2, 4, 6))
IMAGE = np.random.default_rng(2).normal(size=(8, 3, 16, 16))

OF_SQUARES: dict[str, tuple[Callable[..., Any], list[np.ndarray]]] = {
    "std": (lambda x: x.std(), [ROWS[0]]),
    "std of dim": (lambda x: x.std(0), [ROWS[0]]),
    "norm": (lambda x: x.norm(), [ROWS[0]]),
    "norm of dim": (lambda x: x.norm(dim=1), [ROWS[0]]),
    "norm 3": (lambda x: x.norm(3), [ROWS[0]]),
    "norm -2": (lambda x: x.norm(-2), [ROWS[0]]),
    "norm 40": (lambda x: x.norm(40), [ROWS[0]]),
    "fro": (ac.linalg.matrix_norm, [ROWS[0]]),
    "nuc": (lambda x: ac.linalg.matrix_norm(x, "nuc"), [ROWS[0]]),
    "dist": (ac.dist, [*ROWS]),
    "cdist": (ac.cdist, [*ROWS]),
    "pdist": (F.pdist, [ROWS[0]]),
    "pairwise_distance": (lambda x, y: F.pairwise_distance(x, y, eps=0), [*ROWS]),
    "triplet_margin_loss": (lambda x, y: F.triplet_margin_loss(x, y, -x, eps=0), [*ROWS]),
    "hypot": (ac.hypot, [*ROWS]),
    "cosine_similarity": (lambda x, y: F.cosine_similarity(x, y, eps=0), [*ROWS]),
    "cosine_embedding_loss": (
        lambda x, y: F.cosine_embedding_loss(x, y, ac.tensor([1.0, -1, 1, -1])),
        [*ROWS],
    ),
    "normalize": (lambda x: F.normalize(x, eps=0), [ROWS[0]]),
    "renorm": (lambda x: x.renorm(2, 0, 1.0), [ROWS[0]]),
    "layer_norm": (lambda x: F.layer_norm(x, (6,)), [ROWS[0]]),
    "rms_norm": (lambda x: F.rms_norm(x, (6,), eps=1e-5), [ROWS[0]]),
    "group_norm": (lambda x: F.group_norm(x, 3), [IMAGE]),
    "instance_norm": (F.instance_norm, [IMAGE]),
    "batch_norm": (lambda x: F.batch_norm(x, None, None, training=True), [IMAGE]),
    "batch_norm of rows": (lambda x: F.batch_norm(x, None, None, training=True), [ROWS[0]]),
}


@pytest.mark.parametrize(
    "size", [1e25, 1e-25, *(pytest.param(size, marks=pytest.mark.slow) for size in (1e19, 1.0, 1e-20))]
)
@pytest.mark.parametrize("name", OF_SQUARES)
def test_squares_that_leave_the_range(name: str, size: float) -> None:
    """Value and gradient are those of float64, where a square of 1e25 is still a number."""
    call, arrays = OF_SQUARES[name]
    assert max(in_both(call, *(a * size for a in arrays))) < 1e-5


def test_the_same_in_float64() -> None:
    for size in (1e200, 1e-200):
        x = ac.tensor([3 * size, 4 * size], dtype=ac.float64, requires_grad=True)
        (x.norm() + x.std()).backward()
        assert x.norm().item() == pytest.approx(5 * size)
        np.testing.assert_allclose(x.grad.numpy(), [0.6 - 0.5**0.5, 0.8 + 0.5**0.5])


def test_norms_at_nothing() -> None:
    """The gradient of a norm at 0 is 0, as in PyTorch; NaN and infinity stay."""
    for call in (lambda x: x.norm(), lambda x: x.norm(3), lambda x: x.std()):
        x = ac.zeros(4, requires_grad=True)
        call(x).backward()
        assert x.grad.tolist() == [0.0] * 4
    assert ac.tensor([float("inf"), 1.0]).norm().item() == float("inf")
    assert np.isnan(ac.tensor([float("nan"), 1.0]).norm().item())
    assert ac.zeros(0).norm().item() == 0
    assert ac.zeros(2, 0).norm(dim=1).tolist() == [0.0, 0.0]
    assert ac.tensor([1e-45, 0.0]).norm().item() > 0
    with pytest.warns(UserWarning, match="degrees of freedom is <= 0"):
        assert np.isnan(ac.zeros(1).std().item())


def test_clipping_of_large_gradients() -> None:
    w = ac.nn.Parameter(ac.zeros(2))
    w.grad = ac.tensor([3e19, 4e19])
    assert ac.nn.utils.clip_grad_norm_([w], 1.0).item() == pytest.approx(5e19)
    np.testing.assert_allclose(w.grad.numpy(), [0.6, 0.8], rtol=1e-6)
