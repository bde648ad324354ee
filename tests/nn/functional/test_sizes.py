"""Windows of every size over images of every size, also none, and in integers: what PyTorch computes, or its
class of error."""

import itertools
import math
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn.nn import functional as F

torch = pytest.importorskip("torch")

Call = Callable[[Any, Any, Callable[..., Any]], Any]
"""Of a library, its nn.functional, and a maker of leaves of a shape."""


def outcome(library: Any, call: Call) -> Any:
    """Results and gradients, rounded; or the class of the error."""
    leaves: list[Any] = []

    def leaf(*shape: int) -> Any:
        numbers = np.random.default_rng(sum(shape) + len(leaves)).standard_normal(shape)
        leaves.append(library.tensor(numbers, requires_grad=True))
        return leaves[-1]

    try:
        out = call(library, library.nn.functional, leaf)
        results = list(out) if isinstance(out, tuple) else [out]
        results[0].sum().backward()
    except (RuntimeError, ValueError, IndexError) as error:
        return (
            ValueError
            if isinstance(error, ValueError) and not isinstance(error, RuntimeError)
            else RuntimeError
        )
    return [
        (tuple(t.shape), str(t.dtype), np.round(np.nan_to_num(t.detach().numpy().astype(float)), 6).tolist())
        for t in (*results, *(t.grad for t in leaves if t.grad is not None))
    ]


def shapes(axes: int) -> Iterator[tuple[int, ...]]:
    """Of images: with and without a batch, an axis that is empty, and all sizes 1."""
    for batch, channels in itertools.product(((0,), (1,), (2,), ()), (0, 1, 2)):
        for spatial in {(4,) * axes, (0, *(4,) * (axes - 1)), (*(4,) * (axes - 1), 0), (1,) * axes}:
            yield (*batch, channels, *spatial)


def of_windows(axes: int, shape: tuple[int, ...]) -> dict[str, Call]:
    """Every function of windows over images with so many axes."""
    d, c = f"{axes}d", shape[-axes - 1]
    interpolation = ("linear", "bilinear", "trilinear")[axes - 1]
    calls: dict[str, Call] = {
        "max": lambda t, F, x: getattr(F, f"max_pool{d}")(x(*shape), 2),
        "max with places": lambda t, F, x: getattr(F, f"max_pool{d}")(
            x(*shape), 2, 1, 1, return_indices=True
        ),
        "mean": lambda t, F, x: getattr(F, f"avg_pool{d}")(x(*shape), 2),
        "power": lambda t, F, x: getattr(F, f"lp_pool{d}")(x(*shape), 2, 2),
        "adaptive mean": lambda t, F, x: getattr(F, f"adaptive_avg_pool{d}")(x(*shape), 3),
        "the mean": lambda t, F, x: getattr(F, f"adaptive_avg_pool{d}")(x(*shape), 1),
        "adaptive max": lambda t, F, x: getattr(F, f"adaptive_max_pool{d}")(x(*shape), 3),
        "convolution": lambda t, F, x: getattr(F, f"conv{d}")(
            x(*shape), x(3, c, *(2,) * axes), x(3), padding=1
        ),
        "convolution to none": lambda t, F, x: getattr(F, f"conv{d}")(x(*shape), x(0, c, *(2,) * axes), x(0)),
        "nearest": lambda t, F, x: F.interpolate(x(*shape), size=3),
        "interpolation": lambda t, F, x: F.interpolate(x(*shape), scale_factor=2, mode=interpolation),
        "to nothing": lambda t, F, x: F.interpolate(x(*shape), size=0),
    }
    for mode, width in itertools.product(("reflect", "replicate", "circular"), (1, 4, -1)):
        calls[f"{mode} by {width}"] = lambda t, F, x, mode=mode, width=width: F.pad(
            x(*shape), [width] * (2 * axes), mode
        )
    if axes == 2:
        calls |= {
            "unfold": lambda t, F, x: F.unfold(x(*shape), 2, padding=1),
            "unpool": lambda t, F, x: F.max_unpool2d(
                x(*shape), t.arange(math.prod(shape[-2:])).reshape(shape[-2:]).expand(*shape).clone(), 2
            ),
            "grid": lambda t, F, x: F.grid_sample(x(*shape), x(shape[0], 3, 3, 2), align_corners=False),
        }
    return calls


def compare(axes: int, some: slice) -> None:
    for shape in list(shapes(axes))[some]:
        for name, call in of_windows(axes, shape).items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                expected, found = outcome(torch, call), outcome(ac, call)
            assert found == expected, f"{name} of {shape}"


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_images_of_any_size(axes: int) -> None:
    compare(axes, slice(None, None, 9))


@pytest.mark.slow
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_images_of_every_size(axes: int) -> None:
    compare(axes, slice(None))


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("pool", ["max_pool", "avg_pool", "lp_pool"])
def test_a_window_may_be_as_large_as_the_image(pool: str, axes: int) -> None:
    size = (300, 21, 8)[axes - 1]
    x = np.random.default_rng(axes).uniform(0.5, 1, (2, 3, *(size,) * axes)).astype(np.float32)
    more = (2,) if pool == "lp_pool" else ()
    for kernel in (size, size - 3):
        ends = []
        for library in (torch, ac):
            t = library.tensor(x, requires_grad=True)
            y = getattr(library.nn.functional, f"{pool}{axes}d")(t, *more, kernel, 1)
            y.square().sum().backward()
            ends.append((y.detach().numpy(), t.grad.numpy()))
        for found, expected in zip(*reversed(ends), strict=True):
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("taps", [(15, 17), (16, 16), (17, 16), (1, 256), (257, 1)])
def test_a_byte_counts_the_taps_of_a_maximum_as_far_as_it_can(taps: tuple[int, int]) -> None:
    x = (
        np.random.default_rng(0)
        .permutation(2 * 260 * 20)
        .reshape(1, 2, *((260, 20) if taps[0] > 20 else (20, 260)))
    )
    ends = []
    for library in (torch, ac):
        t = library.tensor(x.astype(np.float32), requires_grad=True)
        y = library.nn.functional.max_pool2d(t, taps, (3, 2))
        (y * y).sum().backward()
        ends.append((y.detach().numpy(), t.grad.numpy()))
    for found, expected in zip(*reversed(ends), strict=True):
        np.testing.assert_array_equal(found, expected)


BLIND: list[tuple[tuple[int, ...], dict[str, Any]]] = [
    ((1, 1), {"kernel_size": 2, "padding": 1, "dilation": 2}),
    ((1, 2, 3), {"kernel_size": 2, "padding": 1, "dilation": 4, "stride": 1}),
    ((1, 1, 1, 1), {"kernel_size": 2, "padding": 1, "dilation": 2}),
    ((1, 1, 1, 224), {"kernel_size": 3, "stride": 6, "padding": 1, "dilation": 2, "ceil_mode": True}),
    ((2, 3, 5, 6), {"kernel_size": 3, "stride": 1, "padding": 1, "dilation": (3, 2)}),
    ((2, 70, 6, 5), {"kernel_size": 2, "stride": 1, "padding": 1, "dilation": (7, 3)}),
    ((1, 2, 1, 3, 1), {"kernel_size": 2, "padding": 1, "dilation": 2}),
]
"""Images, and windows over them of which some may lie in the padding with all their taps."""


@pytest.mark.parametrize("places", [False, True])
@pytest.mark.parametrize(("shape", "options"), BLIND, ids=str)
def test_a_window_that_sees_no_pixel_is_minus_infinity(
    shape: tuple[int, ...], options: dict[str, Any], places: bool
) -> None:
    axes = max(len(shape) - 2, 1)
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    pool = f"max_pool{axes}d"
    expected = getattr(torch.nn.functional, pool)(torch.tensor(x), **options).numpy()
    t = ac.tensor(x, requires_grad=True)
    y = getattr(F, pool)(t, **options, return_indices=places)
    if places:
        y, index = y
        # PyTorch's number too, where its first tap would be; it may be no place of the image
        _, theirs = getattr(torch.nn.functional, pool)(torch.tensor(x), **options, return_indices=True)
        np.testing.assert_array_equal(index.numpy(), theirs.numpy())
    np.testing.assert_array_equal(y.detach().numpy(), expected)
    ac.where(ac.isfinite(y), y, 0.0).sum().backward()
    winners = np.isfinite(expected).sum()
    assert t.grad is not None
    assert t.grad.sum().item() == winners  # a maximum for each window that sees something, and nothing else


@pytest.mark.parametrize(("call", "message"), [
    (lambda: F.avg_pool2d(ac.ones(1, 1, 4, 4), 2, stride=0), "stride should not be zero"),
    (lambda: F.max_pool1d(ac.ones(1, 1, 4), 2, stride=-1), "stride should be greater than zero"),
    (lambda: F.max_pool3d(ac.ones(1, 1, 4, 4, 4), 0, 1), "kernel size should be greater than zero"),
    (lambda: F.max_pool2d(ac.ones(1, 1, 4, 4), 2, dilation=0), "dilation should be greater than zero"),
    (lambda: F.max_pool2d(ac.ones(1, 1, 9, 9), 3, 1, 2, 2), "smaller than or equal to half of kernel"),
    (lambda: F.conv2d(ac.ones(1, 1, 4, 4), ac.ones(1, 1, 2, 2), stride=0), "non-positive stride is not"),
    (lambda: F.conv2d(ac.ones(1, 1, 4, 4), ac.ones(1, 1, 2, 2), dilation=0), "dilation should be greater"),
])  # fmt: skip
def test_numbers_that_make_no_windows_are_refused(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(RuntimeError, match=message):
        call()


# whole numbers


def test_means_of_integers_are_integers() -> None:
    x = np.random.default_rng(1).integers(-50, 50, (2, 3, 6, 7))
    for options in (
        {},
        {"ceil_mode": True},
        {"divisor_override": 3},
        {"padding": 1, "count_include_pad": False},
    ):
        expected = torch.nn.functional.avg_pool2d(torch.tensor(x), 2, **options)
        found = F.avg_pool2d(ac.tensor(x), 2, **options)
        assert found.dtype == ac.int64
        np.testing.assert_array_equal(found.numpy(), expected.numpy())


FLOATS_ONLY: dict[str, Callable[[Any], Any]] = {
    "adaptive_avg_pool2d": lambda x: F.adaptive_avg_pool2d(x, 2),
    "the mean": lambda x: F.adaptive_avg_pool2d(x, 1),
    "adaptive_max_pool2d": lambda x: F.adaptive_max_pool2d(x, 2),
    "unfold": lambda x: F.unfold(x, 2),
    "fold": lambda x: F.fold(x.reshape(1, 4, 4), (3, 3), 2),
    "batch_norm": lambda x: F.batch_norm(x, None, None, training=True),
    "layer_norm": lambda x: F.layer_norm(x, (4,)),
    "group_norm": lambda x: F.group_norm(x, 1),
    "instance_norm": lambda x: F.instance_norm(x),
    "nearest": lambda x: F.interpolate(x, 8),
    "bilinear": lambda x: F.interpolate(x, 8, mode="bilinear"),
    "bicubic": lambda x: F.interpolate(x, 8, mode="bicubic"),
    "area": lambda x: F.interpolate(x, 8, mode="area"),
    "bool": lambda x: F.max_pool2d(x > 0, 2),
    "grid_sample": lambda x: F.grid_sample(x, ac.zeros(1, 2, 2, 2, dtype=ac.int64), align_corners=True),
}


@pytest.mark.parametrize("name", FLOATS_ONLY)
def test_what_would_cut_off_fractions_refuses_integers(name: str) -> None:
    with pytest.raises(NotImplementedError, match=r"not implemented for '(Long|Bool)'"):
        FLOATS_ONLY[name](ac.ones(1, 1, 4, 4, dtype=ac.int64))


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(5, 7), (2, 2), (9, 3)])
def test_images_of_bytes_are_rounded(mode: str, size: tuple[int, int], antialias: bool) -> None:
    x = np.random.default_rng(0).integers(0, 256, (1, 2, 4, 6)).astype(np.uint8)
    expected = torch.nn.functional.interpolate(torch.tensor(x), size, mode=mode, antialias=antialias)
    found = F.interpolate(ac.tensor(x), size, mode=mode, antialias=antialias)
    assert found.dtype == ac.uint8
    assert np.abs(found.numpy().astype(int) - expected.numpy().astype(int)).max() <= 1


@pytest.mark.parametrize("size", [1, 3, 4])
def test_what_goes_round_meets_where_it_was_cut(size: int) -> None:
    x = np.random.default_rng(0).standard_normal((1, 2, size))
    for before, after in itertools.product((-2, -1, 0, 1, 3, 4, 5), repeat=2):
        kept = size + min(before, 0) + min(after, 0)
        if kept < 0 or max(before, after) > kept:
            if (before, after) != (0, 0):
                with pytest.raises(RuntimeError, match=r"wrapping around more than once|does not fit"):
                    F.pad(ac.tensor(x), (before, after), "circular")
            continue
        expected = torch.nn.functional.pad(torch.tensor(x), (before, after), "circular")
        np.testing.assert_array_equal(
            F.pad(ac.tensor(x), (before, after), "circular").numpy(), expected.numpy()
        )
