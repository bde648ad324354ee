"""Fused operators against the compositions they stand in for: values, gradients, second order; float64 and
the float32 kernels."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._engine.modes import fusion, winograd
from autograd_cnn._tensor import tensor_of
from autograd_cnn.nn import functional as F

Call = Callable[..., Any]


def real(*shape: int, seed: int = 0, dtype: str = "float64") -> ac.Tensor:
    values = np.random.default_rng([seed, *shape]).standard_normal(shape).astype(dtype)
    return ac.from_numpy(values).requires_grad_()


def labels(n: int, classes: int) -> ac.Tensor:
    return ac.tensor(np.random.default_rng(1).integers(0, classes, n))


def running(dtype: str) -> dict[str, ac.Tensor]:
    return {
        "running_mean": ac.zeros(4, dtype=getattr(ac, dtype)),
        "running_var": ac.ones(4, dtype=getattr(ac, dtype)),
    }


CASES: dict[str, tuple[list[tuple[int, ...]], Call]] = {
    "conv2d": ([(2, 3, 7, 6), (4, 3, 3, 2), (4,)], lambda x, w, b: F.conv2d(x, w, b)),
    "conv2d-options": (
        [(2, 3, 9, 8), (4, 3, 3, 3), (4,)],
        lambda x, w, b: F.conv2d(x, w, b, (2, 1), (1, 2), (1, 2)),
    ),
    "conv2d-no-bias": ([(3, 2, 6, 6), (4, 2, 3, 3)], lambda x, w: F.conv2d(x, w, padding=1)),
    "conv2d-pixels": ([(3, 5, 6, 6), (4, 5, 1, 1)], lambda x, w: F.conv2d(x, w, stride=2)),
    "conv2d-wide-padding": ([(1, 2, 4, 4), (3, 2, 3, 3)], lambda x, w: F.conv2d(x, w, padding=3)),
    "conv2d-same": (
        [(2, 3, 7, 6), (4, 3, 3, 5)],
        lambda x, w: F.conv2d(x, w, padding="same", dilation=(2, 1)),
    ),
    "conv2d-one-image": ([(3, 7, 6), (4, 3, 3, 2), (4,)], lambda x, w, b: F.conv2d(x, w, b)),
    "conv2d-one-pixel": ([(1, 1, 1, 1), (1, 1, 1, 1)], lambda x, w: F.conv2d(x, w)),
    "conv2d-groups": (
        [(2, 4, 7, 6), (6, 2, 3, 2), (6,)],
        lambda x, w, b: F.conv2d(x, w, b, (2, 1), 1, groups=2),
    ),
    "conv2d-depthwise": ([(2, 3, 7, 6), (6, 1, 3, 3), (6,)], lambda x, w, b: F.conv2d(x, w, b, groups=3)),
    "conv1d": ([(2, 4, 9), (6, 2, 3), (6,)], lambda x, w, b: F.conv1d(x, w, b, 2, 2, 2, groups=2)),
    "conv3d": ([(1, 2, 4, 5, 4), (3, 2, 2, 3, 2)], lambda x, w: F.conv3d(x, w, None, (1, 2, 1), 1)),
    "conv_transpose1d": (
        [(2, 4, 5), (4, 3, 3), (6,)],
        lambda x, w, b: F.conv_transpose1d(x, w, b, 3, 1, 1, groups=2, dilation=2),
    ),
    "conv_transpose2d": ([(2, 3, 4, 3), (3, 2, 4, 2)], lambda x, w: F.conv_transpose2d(x, w, None, 2, 1)),
    "conv_transpose3d": (
        [(1, 2, 3, 2, 3), (2, 3, 2, 3, 2), (3,)],
        lambda x, w, b: F.conv_transpose3d(x, w, b, (2, 1, 1), (0, 1, 0), (1, 0, 0)),
    ),
    "max_pool2d": ([(2, 3, 7, 6)], lambda x: F.max_pool2d(x, 2)),
    "max_pool2d-overlap": ([(2, 3, 7, 6)], lambda x: F.max_pool2d(x, 3, 2, 1)),
    "max_pool2d-dilated": ([(2, 3, 9, 9)], lambda x: F.max_pool2d(x, (2, 3), (1, 2), dilation=(3, 2))),
    "max_pool2d-one-image": ([(3, 7, 6)], lambda x: F.max_pool2d(x, 2)),
    "avg_pool2d": ([(2, 3, 7, 6)], lambda x: F.avg_pool2d(x, 2)),
    "avg_pool2d-overlap": ([(2, 3, 7, 6)], lambda x: F.avg_pool2d(x, 3, 2, 1)),
    "linear": ([(5, 7), (6, 7), (6,)], lambda x, w, b: F.linear(x, w, b)),
    "cross_entropy": ([(6, 5)], lambda x: F.cross_entropy(x, labels(6, 5))),
    "cross_entropy-ignored": (
        [(6, 5)],
        lambda x: F.cross_entropy(x, labels(6, 5), ignore_index=int(labels(6, 5).array[0])),
    ),
    "batch_norm": (
        [(3, 4, 5, 2), (4,), (4,)],
        lambda x, w, b: F.batch_norm(x, weight=w, bias=b, training=True, **running(str(x.array.dtype))),
    ),
    "batch_norm-2d": ([(9, 4)], lambda x: F.batch_norm(x, None, None, training=True)),
}


def gradients(call: Call, operands: list[ac.Tensor], *, second: bool) -> list[np.ndarray]:
    """The result, its gradients under a fixed upstream signal, and those of a projection of the gradients."""
    out = call(*operands)
    upstream = ac.from_numpy(
        np.random.default_rng(7).standard_normal(out.array.shape).astype(out.array.dtype)
    )
    first = ac.autograd.grad(out, operands, upstream, create_graph=second)
    found = [out.detach().numpy(), *(g.detach().numpy() for g in first)]
    if second:
        total = sum((g * g).sum() for g in first)
        if total.requires_grad:
            again = ac.autograd.grad(total, operands, allow_unused=True)
            found += [
                np.zeros(x.array.shape) if g is None else g.numpy()
                for x, g in zip(operands, again, strict=True)
            ]
    return found


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("second", [False, True], ids=["first", "second"])
def test_equals_its_composition(name: str, second: bool) -> None:
    shapes, call = CASES[name]
    operands = [real(*shape, seed=i) for i, shape in enumerate(shapes)]
    fused = gradients(call, operands, second=second)
    with fusion(False):
        defined = gradients(call, operands, second=second)
    for mine, expected in zip(fused, defined, strict=True):
        np.testing.assert_allclose(mine, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", CASES)
def test_the_composition_is_made_of_other_operators(name: str) -> None:
    shapes, call = CASES[name]
    operands = [real(*shape, seed=i) for i, shape in enumerate(shapes)]

    def operators() -> set[str]:
        found, stack = set(), [call(*operands).grad_fn]
        while stack:
            node = stack.pop()
            found |= {node.prim.name} if hasattr(node, "prim") else set()
            stack += [edge for edge in node.edges if edge is not None]
        return found

    fused = operators()
    with fusion(False):
        defined = operators()
    assert not fused <= defined


LARGE: dict[str, tuple[list[tuple[int, ...]], Call]] = {
    "conv2d": ([(4, 7, 13, 11), (19, 7, 3, 3), (19,)], lambda x, w, b: F.conv2d(x, w, b, padding=1)),
    "conv2d-one-channel": ([(5, 1, 28, 28), (20, 1, 5, 5), (20,)], lambda x, w, b: F.conv2d(x, w, b)),
    "conv2d-strided": ([(3, 16, 17, 16), (70, 16, 3, 3)], lambda x, w: F.conv2d(x, w, stride=2, padding=1)),
    "conv2d-dilated": (
        [(2, 9, 17, 16), (33, 9, 3, 5)],
        lambda x, w: F.conv2d(x, w, stride=(1, 2), padding=(2, 3), dilation=(2, 3)),
    ),
    "conv2d-pixels": ([(3, 65, 9, 9), (130, 65, 1, 1), (130,)], lambda x, w, b: F.conv2d(x, w, b)),
    "conv2d-even-kernel": ([(3, 20, 12, 12), (50, 20, 4, 2)], lambda x, w: F.conv2d(x, w, padding=(2, 1))),
    "conv2d-depthwise": (
        [(2, 37, 17, 16), (37, 1, 3, 3), (37,)],
        lambda x, w, b: F.conv2d(x, w, b, padding=1, groups=37),
    ),
    "conv2d-depthwise-strided": (
        [(2, 24, 17, 16), (24, 1, 7, 5)],
        lambda x, w: F.conv2d(x, w, None, (2, 3), 3, (1, 2), 24),
    ),
    "conv2d-depthwise-multiplied": (
        [(2, 20, 11, 12), (60, 1, 3, 3), (60,)],
        lambda x, w, b: F.conv2d(x, w, b, 1, 2, groups=20),
    ),
    "conv2d-depthwise-one-tap": (
        [(2, 20, 11, 12), (20, 1, 1, 1)],
        lambda x, w: F.conv2d(x, w, stride=2, padding=1, groups=20),
    ),
    "conv2d-groups": (
        [(2, 36, 11, 12), (27, 12, 3, 3), (27,)],
        lambda x, w, b: F.conv2d(x, w, b, 1, 1, groups=3),
    ),
    "conv2d-groups-dilated": (
        [(2, 20, 13, 12), (40, 4, 3, 2)],
        lambda x, w: F.conv2d(x, w, None, (1, 2), (0, 1), 2, 5),
    ),
    "conv2d-group-pixels": ([(2, 36, 11, 12), (54, 12, 1, 1)], lambda x, w: F.conv2d(x, w, groups=3)),
    "conv2d-patches": ([(2, 9, 12, 12), (20, 9, 4, 4)], lambda x, w: F.conv2d(x, w, stride=4)),
    "conv2d-steps-over-pixels": ([(2, 9, 17, 17), (20, 9, 2, 2)], lambda x, w: F.conv2d(x, w, stride=5)),
    "conv1d": ([(2, 9, 900), (20, 9, 7), (20,)], lambda x, w, b: F.conv1d(x, w, b, 2, 3, 2)),
    "conv1d-depthwise": ([(2, 17, 1300), (17, 1, 4)], lambda x, w: F.conv1d(x, w, padding=2, groups=17)),
    "conv3d": (
        [(2, 5, 7, 9, 8), (11, 5, 3, 3, 2), (11,)],
        lambda x, w, b: F.conv3d(x, w, b, (2, 1, 1), (1, 2, 1), (1, 2, 1)),
    ),
    "conv3d-groups": ([(1, 12, 6, 7, 8), (18, 4, 3, 2, 3)], lambda x, w: F.conv3d(x, w, groups=3)),
    "conv3d-depthwise": (
        [(2, 19, 5, 7, 6), (19, 1, 3, 3, 3)],
        lambda x, w: F.conv3d(x, w, None, (1, 2, 1), 1, groups=19),
    ),
    "conv_transpose2d": (
        [(3, 19, 8, 7), (19, 13, 4, 4), (13,)],
        lambda x, w, b: F.conv_transpose2d(x, w, b, 2, 1),
    ),
    "conv_transpose2d-few-channels": (
        [(3, 19, 8, 7), (19, 3, 4, 5), (3,)],
        lambda x, w, b: F.conv_transpose2d(x, w, b, 3, 1, 2),
    ),
    "conv_transpose2d-depthwise": (
        [(3, 20, 8, 7), (20, 2, 3, 3), (40,)],
        lambda x, w, b: F.conv_transpose2d(x, w, b, 2, 1, groups=20),
    ),
    "conv_transpose3d": (
        [(2, 12, 3, 5, 4), (12, 4, 3, 2, 3), (8,)],
        lambda x, w, b: F.conv_transpose3d(x, w, b, (2, 2, 1), 1, (1, 0, 0), 2),
    ),
    "max_pool2d": ([(4, 20, 24, 24)], lambda x: F.max_pool2d(x, 2)),
    "max_pool2d-overlap": ([(4, 20, 23, 24)], lambda x: F.max_pool2d(x, 3, 2, 1)),
    "avg_pool2d": ([(4, 20, 23, 24)], lambda x: F.avg_pool2d(x, 3, 2, 1)),
    "max_pool2d-windows-apart": ([(4, 35, 23, 25)], lambda x: F.max_pool2d(x, 2, 3)),
    "max_pool2d-one-channel": ([(8, 1, 24, 24)], lambda x: F.max_pool2d(x, 3, 3, 1)),
    "avg_pool2d-tiles": ([(4, 17, 24, 24)], lambda x: F.avg_pool2d(x, (2, 3))),
    "linear": ([(64, 800), (500, 800), (500,)], lambda x, w, b: F.linear(x, w, b)),
    "linear-more-rows": ([(500, 90), (70, 90), (70,)], lambda x, w, b: F.linear(x, w, b)),
    "linear-no-bias": ([(33, 200), (131, 200)], lambda x, w: F.linear(x, w)),
    "cross_entropy": ([(64, 100)], lambda x: F.cross_entropy(x, labels(64, 100))),
    "batch_norm": (
        [(8, 4, 9, 16), (4,), (4,)],
        lambda x, w, b: F.batch_norm(x, weight=w, bias=b, training=True, **running(str(x.array.dtype))),
    ),
    "relu": ([(70, 70)], lambda x: F.relu(x)),
    "matmul": ([(33, 190), (190, 131)], lambda x, y: x @ y),
}


def against_float64(shapes: list[tuple[int, ...]], call: Call, bound: float) -> None:
    operands = [real(*shape, seed=i, dtype="float32") for i, shape in enumerate(shapes)]
    fused = gradients(call, operands, second=False)
    with fusion(False):
        defined = gradients(
            call, [real(*x.shape).detach().copy_(x.detach()).requires_grad_() for x in operands], second=False
        )
    for mine, expected in zip(fused, defined, strict=True):
        assert mine.dtype == np.float32
        assert np.abs(mine - expected).max() <= bound * np.abs(expected).max()


@pytest.mark.parametrize("name", LARGE)
def test_float32_kernels_keep_five_digits(name: str) -> None:
    with winograd(False):
        against_float64(*LARGE[name], 1e-5)


def test_a_pixel_that_is_not_finite_spoils_only_the_windows_that_see_it() -> None:
    x = real(16, 36, 16, 16, dtype="float32").detach()
    x.array[0, 0, 8, 8] = np.nan
    with winograd(False):
        out = F.conv2d(x, real(40, 36, 3, 3, dtype="float32").detach(), padding=1).numpy()
    rows, columns = np.nonzero(np.isnan(out[0]).all(0))
    assert (set(rows), set(columns)) == ({7, 8, 9}, {7, 8, 9})
    assert np.isfinite(out[1:]).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_channels_that_do_not_mix_do_not_spoil_each_other(value: float) -> None:
    """A pixel that is not finite, in one group: all windows that see it, of its group and no other."""
    for channels, groups in ((24, 24), (24, 3)):
        x = real(2, channels, 16, 16, dtype="float32").detach()
        x.array[0, 9, 8, 8] = value
        out = F.conv2d(x, ac.ones(24, channels // groups, 3, 3), padding=1, groups=groups).numpy()
        _, places, rows, columns = np.nonzero(~np.isfinite(out))
        width = 24 // groups
        assert set(places) == set(range(9 // width * width, 9 // width * width + width))
        assert (set(rows), set(columns)) == ({7, 8, 9}, {7, 8, 9})


@pytest.mark.parametrize("name", [name for name in LARGE if name.startswith("conv")])
def test_convolutions_have_the_same_bits_for_any_number_of_threads(name: str) -> None:
    shapes, call = LARGE[name]
    operands = [real(*shape, seed=i, dtype="float32") for i, shape in enumerate(shapes)]
    before, found = ac.get_num_threads(), []
    try:
        for threads in (1, 2):
            ac.set_num_threads(threads)
            found.append(gradients(call, operands, second=False))
    finally:
        ac.set_num_threads(before)
    for one, two in zip(*found, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_kernels_do_not_assume_away_what_is_not_finite(value: float) -> None:
    x = np.ones((4, 20, 24, 24), np.float32)
    x[0, 0, 0, 1] = value
    t = ac.tensor(x)
    pooled, relu = F.max_pool2d(t, 2).numpy(), F.relu(t).numpy()
    assert np.array_equal(
        pooled[0, 0, 0, 0], max(value, 1) if value == value else np.float32(value), equal_nan=True
    )
    assert np.array_equal(relu[0, 0, 0, 1], np.maximum(np.float32(value), np.float32(0)), equal_nan=True)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_max_pool_of_pixels_that_are_all_minus_infinity(dtype: str) -> None:
    """The gradient goes to a pixel, never into the padding."""
    torch = pytest.importorskip("torch")
    x = np.full((4, 20, 9, 9), -np.inf, dtype)
    ours, theirs = ac.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    for pool, t in ((F.max_pool2d, ours), (torch.nn.functional.max_pool2d, theirs)):
        out = pool(t, 3, 2, 1)
        out.backward((ac if t is ours else torch).ones_like(out))
    np.testing.assert_array_equal(ours.grad.numpy(), theirs.grad.numpy())


@pytest.mark.parametrize("classes", [3, 16, 37, 200])
@pytest.mark.parametrize("logit", [1e4, -1e4, np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("shift", [0, 1])
def test_cross_entropy_of_extreme_logits(classes: int, logit: float, shift: int) -> None:
    """One row has such a logit, in each place once; the other rows are as without it."""
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).standard_normal((2000, classes)).astype("f")
    x[np.arange(classes), np.arange(classes)] = logit
    target = (np.arange(2000) + shift) % classes
    ours, theirs = ac.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    for rows in (slice(0, 1), slice(classes, None), slice(0, None)):
        mine = F.cross_entropy(ours[rows], ac.tensor(target[rows]))
        expected = torch.nn.functional.cross_entropy(theirs[rows], torch.tensor(target[rows]))
        np.testing.assert_allclose(mine.item(), expected.detach().numpy(), rtol=1e-5)
        ours.grad = theirs.grad = None
        mine.backward()
        expected.backward()
        np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-4, atol=1e-9)


def test_max_pool_sends_the_gradient_to_the_first_of_equal_maxima() -> None:
    for shape in [(1, 1, 2, 2), (4, 20, 24, 24)]:
        x = ac.ones(*shape, requires_grad=True)
        F.max_pool2d(x, 2).sum().backward()
        np.testing.assert_array_equal(x.grad.numpy()[..., ::2, ::2], np.ones_like(x.array[..., ::2, ::2]))
        assert x.grad.numpy().sum() == x.array.size / 4


def test_operands_of_any_memory_layout() -> None:
    x, w = real(4, 7, 13, 11, dtype="float32").detach(), real(19, 7, 3, 3, dtype="float32").detach()
    expected = F.conv2d(x, w).numpy()
    for other in (
        np.asfortranarray(x.array),
        np.ascontiguousarray(x.array.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2),
        x.array[:, :, :, ::-1].copy()[:, :, :, ::-1],
    ):
        np.testing.assert_array_equal(F.conv2d(tensor_of(np.asarray(other)), w).numpy(), expected)
    np.testing.assert_array_equal(F.conv2d(x, ac.from_numpy(np.asfortranarray(w.array))).numpy(), expected)


def test_labels_that_are_no_class_are_named() -> None:
    x = real(64, 100, dtype="float32")
    bad = labels(64, 100).array.copy()
    bad[5] = 100
    with pytest.raises(IndexError, match="Target 100 is out of bounds"):
        F.cross_entropy(x, ac.tensor(bad))


def test_kernels_need_not_be_there() -> None:
    from autograd_cnn.ops import kernels

    for name in LARGE:
        shapes, call = LARGE[name]
        operands = [real(*shape, seed=i, dtype="float32") for i, shape in enumerate(shapes)]
        compiled = gradients(call, operands, second=False)
        with kernels.using_numpy():
            plain = gradients(call, operands, second=False)
        for mine, expected in zip(compiled, plain, strict=True):
            np.testing.assert_allclose(mine, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())
