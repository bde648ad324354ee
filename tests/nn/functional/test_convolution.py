"""Convolution and transposed convolution: PyTorch's values, gradients, second gradients and errors."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.modes import fusion
from autograd_cnn.nn import functional as F

rng = np.random.default_rng(0)


def draw(*shape):
    return rng.normal(size=shape)


CONVOLUTIONS = [
    ("conv1d", (2, 3, 8), (4, 3, 3), {}),
    ("conv1d", (2, 4, 9), (6, 2, 3), {"stride": 2, "padding": 1, "dilation": 2, "groups": 2}),
    ("conv1d", (2, 3, 8), (4, 3, 4), {"padding": "same", "dilation": 2}),
    ("conv2d", (2, 3, 6, 7), (4, 3, 3, 2), {}),
    ("conv2d", (6, 6, 6), (4, 3, 3, 3), {"stride": (2, 1), "padding": (1, 0), "groups": 2}),
    ("conv2d", (2, 4, 7, 8), (4, 1, 3, 3), {"groups": 4, "dilation": (1, 2), "padding": (0, 2)}),
    ("conv2d", (2, 3, 5, 6), (4, 3, 2, 3), {"padding": "same"}),
    ("conv2d", (2, 3, 5, 6), (4, 3, 2, 3), {"padding": "valid", "stride": 3}),
    ("conv2d", (2, 3, 5, 5), (4, 3, 1, 1), {}),
    ("conv2d", (2, 4, 5, 5), (6, 2, 1, 1), {"groups": 2}),
    ("conv2d", (2, 3, 5, 5), (4, 3, 1, 1), {"stride": 2}),
    ("conv2d", (2, 3, 5, 5), (4, 3, 5, 5), {}),
    ("conv3d", (2, 2, 4, 5, 4), (3, 2, 2, 3, 2), {}),
    ("conv3d", (1, 4, 4, 5, 4), (4, 2, 2, 3, 2), {"stride": (1, 2, 1), "padding": 1, "groups": 2}),
]
TRANSPOSED = [
    ("conv_transpose1d", (2, 3, 5), (3, 4, 3), {"stride": 2, "padding": 1, "output_padding": 1}),
    ("conv_transpose2d", (2, 3, 4, 5), (3, 4, 3, 2), {}),
    (
        "conv_transpose2d",
        (2, 4, 3, 4),
        (4, 3, 3, 3),
        {"stride": (2, 3), "padding": 1, "output_padding": (1, 2), "groups": 2},
    ),
    ("conv_transpose2d", (4, 3, 4), (4, 3, 2, 3), {"dilation": (2, 1), "groups": 4}),
    ("conv_transpose3d", (1, 2, 3, 2, 3), (2, 3, 2, 2, 2), {"stride": 2, "padding": 1}),
]


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths")  # PyTorch's own
@pytest.mark.parametrize(("name", "x", "w", "options"), CONVOLUTIONS + TRANSPOSED, ids=str)
def test_convolution_is_pytorchs(compare, name, x, w, options):
    torch = pytest.importorskip("torch")
    outputs = w[1] * options.get("groups", 1) if "transpose" in name else w[0]
    theirs = getattr(torch.nn.functional, name)
    compare(
        lambda *t: getattr(F, name)(*t, **options),
        lambda *t: theirs(*t, **options),
        draw(*x),
        draw(*w),
        draw(outputs),
        atol=1e-8,
    )


def test_without_bias_and_in_float32():
    torch = pytest.importorskip("torch")
    x, w = draw(2, 3, 6, 6).astype("f"), draw(4, 3, 3, 3).astype("f")
    out = F.conv2d(ag.tensor(x), ag.tensor(w))
    assert out.dtype == ag.float32
    np.testing.assert_allclose(
        out.array, torch.nn.functional.conv2d(torch.tensor(x), torch.tensor(w)).numpy(), atol=1e-5
    )


def test_an_empty_batch_gives_an_empty_result():
    w = ag.tensor(draw(4, 3, 3, 3), requires_grad=True)
    out = F.conv2d(ag.zeros(0, 3, 6, 6, dtype="float64"), w)
    assert out.shape == (0, 4, 4, 4)
    out.sum().backward()
    np.testing.assert_array_equal(w.grad.array, np.zeros((4, 3, 3, 3)))
    assert F.conv2d(ag.zeros(0, 3, 6, 6), ag.zeros(4, 3, 1, 1)).shape == (0, 4, 6, 6)


def test_the_graph_keeps_the_image_and_not_its_columns():
    x, w = ag.tensor(draw(2, 3, 8, 8), requires_grad=True), ag.tensor(draw(4, 3, 5, 5), requires_grad=True)
    with fusion(False):
        node = F.conv2d(x, w).grad_fn
    kept = [value for value in node.saved if hasattr(value, "shape")]
    assert any(np.shares_memory(value, x.array) for value in kept)
    assert all(np.shares_memory(value, x.array) or np.shares_memory(value, w.array) for value in kept)


def test_a_pointwise_convolution_unfolds_nothing():
    x, w = ag.tensor(draw(2, 3, 8, 8), requires_grad=True), ag.tensor(draw(4, 3, 1, 1), requires_grad=True)
    with fusion(False):
        out = F.conv2d(x, w)
    names, stack = set(), [out.grad_fn]
    while stack:
        node = stack.pop()
        names.add(type(node).__name__ if not hasattr(node, "prim") else node.prim.name)
        stack += [edge for edge in node.edges if edge is not None]
    assert "matmul" in names
    assert "windows" not in names


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda x, w: F.conv2d(x, ag.zeros(4, 2, 3, 3)),
            r"weight of size \[4, 2, 3, 3\], expected input\[2, 3, 6, 6\] to have 2 channels, but got 3",
        ),
        (
            lambda x, w: F.conv2d(ag.zeros(2, 3), w),
            r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: \[2, 3\]",
        ),
        (lambda x, w: F.conv2d(x, w.double()), "should be the same"),
        (
            lambda x, w: F.conv2d(x, w, ag.zeros(3)),
            r"expected bias to be 1-dimensional with 4 elements, but got bias of size \[3\]",
        ),
        (
            lambda x, w: F.conv2d(x, ag.zeros(4, 3, 9, 3)),
            r"\(6 x 6\). Kernel size: \(9 x 3\). Kernel size can't be greater",
        ),
        (lambda x, w: F.conv2d(x, w, stride=0), "non-positive stride is not supported"),
        (lambda x, w: F.conv2d(x, w, stride=(1, 2, 3)), r"a list of 2 values.*stride=\[1, 2, 3\]"),
        (lambda x, w: F.conv2d(x, w, padding=-1), "negative padding is not supported"),
        (lambda x, w: F.conv2d(x, w, padding="foo"), "Invalid padding string: 'foo'"),
        (
            lambda x, w: F.conv2d(x, w, padding="same", stride=2),
            "padding='same' is not supported for strided",
        ),
        (lambda x, w: F.conv2d(x, w, groups=0), "non-positive groups is not supported"),
        (lambda x, w: F.conv2d(x, w, groups=3), "expected weight to be divisible by 3 at dimension 0"),
        (lambda x, w: F.conv2d(x, ag.zeros(4, 3, 3)), "expected 4-dimensional weight"),
        (
            lambda x, w: F.conv_transpose2d(x, w),
            r"Given transposed=1, groups=1, weight of size \[4, 3, 3, 3\]",
        ),
        (
            lambda x, w: F.conv_transpose2d(x, ag.zeros(3, 4, 3, 3), output_padding=1),
            "output padding must be smaller",
        ),
        (lambda x, w: F.conv_transpose2d(x, ag.zeros(3, 4, 3, 3), padding=5), "Output size is too small"),
        (lambda x, w: F.conv_transpose2d(x, ag.zeros(3, 4, 3, 3), padding=4), "Output size is too small"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_array_is_made(call, message):
    with pytest.raises(RuntimeError, match=message):
        call(ag.zeros(2, 3, 6, 6), ag.zeros(4, 3, 3, 3))


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize(("inputs", "outputs", "groups"), [(2, 3, 1), (20, 35, 1), (4, 6, 2), (6, 6, 6)])
@pytest.mark.parametrize("stride", [(1, 2, 1), (2, 1, 3), (2, 2, 2)])
def test_pixels_that_no_tap_reaches_hold_the_bias(axes, inputs, outputs, groups, stride):
    """Between strides, where taps are dilated: along one axis, while there are taps along the others."""
    for dilation in ((1, 2, 2), (2, 4, 2)):
        ways = {"stride": stride[-axes:], "dilation": dilation[-axes:], "groups": groups}
        operands = (
            draw(2, inputs, *(5, 6, 7)[-axes:]),
            draw(inputs, outputs // groups, *(2, 1, 2)[-axes:]),
            draw(outputs),
        )
        dirt = [np.full(count, 9e5, np.float32) for count in (1000, 3000, 10000, 30000)]
        del dirt  # what memory that is taken again may hold
        single, double = (
            getattr(F, f"conv_transpose{axes}d")(*(ag.tensor(a, dtype=dtype) for a in operands), **ways)
            for dtype in (ag.float32, ag.float64)
        )
        np.testing.assert_allclose(single.array, double.array, rtol=1e-4, atol=1e-4)
