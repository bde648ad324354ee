"""Operators on feature maps: bent convolutions, dropped blocks, pyramids, bins with channels of their own."""

from collections import OrderedDict

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn
from autograd_cnn.vision import ops


def image(*shape, seed=0):
    return ac.tensor(np.random.RandomState(seed).rand(*shape))


def test_a_convolution_that_is_not_bent_is_one():
    x, weight, bias = image(2, 4, 7, 6), image(6, 2, 3, 2), image(6)
    found = ops.deform_conv2d(x, ac.zeros(2, 24, 4, 4, dtype=x.dtype), weight, bias, 2, 1)
    assert ac.allclose(found, nn.functional.conv2d(x, weight, bias, 2, 1, groups=2))


def test_each_tap_reads_between_the_pixels_that_it_is_bent_to():
    """Of one tap: down and right by 0.25 and 0.5 is the mean of four pixels with these weights; outside 0."""
    x, weight = image(1, 1, 4, 4), ac.ones(1, 1, 1, 1, dtype=ac.float64)
    offset = ac.tensor([0.25, 0.5], dtype=ac.float64).reshape(1, 2, 1, 1).expand(1, 2, 4, 4)
    mask = ac.full((1, 1, 4, 4), 2.0, dtype=ac.float64)
    framed = nn.functional.pad(x, (0, 1, 0, 1))
    down = 0.75 * framed[..., :-1, :] + 0.25 * framed[..., 1:, :]
    expected = down[..., :-1] + down[..., 1:]
    assert ac.allclose(ops.deform_conv2d(x, offset, weight, mask=mask), expected)
    assert not ops.deform_conv2d(x, offset - 9, weight).any()
    with pytest.raises(RuntimeError, match="multiple of 2"):
        ops.deform_conv2d(x, offset[:, :1], weight)


@pytest.mark.slow
def test_bent_convolutions_have_gradients():
    shapes = [(1, 4, 4, 4), (1, 16, 3, 3), (2, 2, 2, 2), (2,), (1, 8, 3, 3)]
    given = [image(*shape, seed=i).requires_grad_() for i, shape in enumerate(shapes)]
    layer = lambda x, o, w, b, m: ops.deform_conv2d(x, o, w, b, mask=m)  # noqa: E731 - one line
    assert ac.autograd.gradcheck(layer, given)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input": (4, 7, 6)}, "Expected input to have 4 dimensions, but got 3"),
        ({"mask": (2, 12, 4)}, "Expected mask to have 4 dimensions, but got 3"),
        ({"offset": (2, 13, 4, 4)}, "multiple of 2"),
        ({"offset": (2, 24, 4, 3)}, r"offset output dims: \(4, 3\) - computed output dims: \(4, 4\)"),
        ({"offset": (1, 24, 4, 4)}, "invalid batch size of offset"),
        ({"offset": (2, 36, 4, 4)}, "4 channels can't be divided into 3 offset groups"),
        ({"mask": (2, 12, 5, 4)}, r"mask output dims: \(5, 4\) - computed output dims: \(4, 4\)"),
        ({"mask": (1, 12, 4, 4)}, "invalid batch size of mask"),
        ({"mask": (2, 6, 4, 4)}, "mask.shape.1. is not valid: got: 6 expected: 12"),
        ({"weight": (6, 3, 3, 2)}, "the channels don't fit"),
        ({"weight": (5, 2, 3, 2)}, "the channels don't fit"),
        ({"bias": (5,)}, "the weight gives 6 channels"),
        ({"stride": 0}, "stride_h: 0 stride_w: 0"),
        ({"dilation": 9}, "output size too small"),
    ],
)
def test_what_a_bent_convolution_refuses(change, said):
    fitting = {"input": (2, 4, 7, 6), "offset": (2, 24, 4, 4), "weight": (6, 2, 3, 2), "mask": (2, 12, 4, 4)}
    given = fitting | {"bias": (6,), "stride": 2, "padding": 1} | change
    options = {key: ac.ones(*value) if isinstance(value, tuple) else value for key, value in given.items()}
    with pytest.raises(RuntimeError, match=said):
        ops.deform_conv2d(**options)


def test_a_bent_convolution_of_no_images():
    x, offset, weight, mask = (
        ac.ones(0, 4, 7, 6),
        ac.ones(0, 24, 4, 4),
        ac.ones(6, 2, 3, 2),
        ac.ones(0, 12, 4, 4),
    )
    leaves = [each.requires_grad_() for each in (x, offset, weight, mask)]
    found = ops.deform_conv2d(x, offset, weight, stride=2, padding=1, mask=mask)
    assert found.shape == (0, 6, 4, 4)
    found.sum().backward()
    assert all(each.grad.shape == each.shape for each in leaves)


@pytest.mark.parametrize("dims", [2, 3])
def test_blocks_are_dropped_whole(dims):
    ac.manual_seed(0)
    layer = (ops.DropBlock2d if dims == 2 else ops.DropBlock3d)(0.1, 3)
    found = layer(ac.ones(2, 4, *[9] * dims))
    assert found.mean().item() == pytest.approx(1, abs=1e-5)
    pool = nn.functional.max_pool2d if dims == 2 else nn.functional.max_pool3d
    dropped = (found == 0).float()
    middles = -pool(-dropped, 3, stride=1)  # 1 where all around is dropped
    assert dropped.any()
    assert ac.equal(pool(nn.functional.pad(middles, [1] * 2 * dims), 3, stride=1, padding=1), dropped)
    assert ac.equal(layer.eval()(found), found)
    with pytest.raises(ValueError, match="odd"):
        layer.train()(found[..., :2])


def test_a_pyramid_hands_down_what_the_smaller_maps_say():
    pyramid = ops.FeaturePyramidNetwork([1, 2], 3, ops.feature_pyramid_network.LastLevelP6P7(3, 3))
    maps = OrderedDict(a=ac.rand(1, 1, 8, 8), b=ac.rand(1, 2, 4, 4))
    found = pyramid(maps)
    sizes = {name: tuple(value.shape[1:]) for name, value in found.items()}
    assert sizes == {"a": (3, 8, 8), "b": (3, 4, 4), "p6": (3, 2, 2), "p7": (3, 1, 1)}
    inner = [block(value) for block, value in zip(pyramid.inner_blocks, maps.values(), strict=True)]
    below = inner[0] + inner[1].repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert ac.allclose(found["a"], pyramid.layer_blocks[0](below), atol=1e-6)


def test_regions_go_to_the_map_that_suits_them():
    pooler = ops.MultiScaleRoIAlign(["a", "b"], 1, 2)
    maps = {"a": ac.zeros(1, 1, 64, 64), "b": ac.ones(1, 1, 32, 32), "c": ac.full((1, 1, 8, 8), 9.0)}
    boxes = ac.tensor([[0.0, 0.0, 60.0, 60.0], [0.0, 0.0, 500.0, 500.0]])
    assert pooler(maps, [boxes], [(512, 512)]).flatten().tolist() == [0.0, 1.0]


def test_bins_with_channels_of_their_own():
    x = image(1, 8, 9, 9)
    regions = ac.tensor([[0.0, 1.0, 1.0, 5.0, 5.0]], dtype=ac.float64)
    every = ops.roi_align(x, regions, 2, aligned=True)[0]
    found = ops.ps_roi_align(x, regions, 2)[0]
    pooled = ops.PSRoIPool(2, 1.0)(x, regions)[0]
    for channel in range(2):
        for i in range(2):
            for j in range(2):
                own = channel * 4 + 2 * i + j
                assert ac.allclose(found[channel, i, j], every[own, i, j])
                square = x[0, own, 1 + 2 * i : 3 + 2 * i, 1 + 2 * j : 3 + 2 * j]
                assert ac.allclose(pooled[channel, i, j], square.mean())
    with pytest.raises(RuntimeError, match="multiple"):
        ops.ps_roi_pool(x, regions, 3)
    assert not ops.roi_align(x, ac.tensor([[0.0, 1.0, 1.0, 1.0, 5.0]]), 2, aligned=True).any()  # no extent
