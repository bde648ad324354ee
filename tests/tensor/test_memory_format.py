"""Memory formats: what is asked for is kept, what kernels choose is not told."""

import copy
import pickle

import pytest

import autograd_cnn as ag
from autograd_cnn.nn import functional as F

ROWS, LAST = (24, 12, 4, 1), (24, 1, 8, 2)


def image() -> ag.Tensor:
    return ag.arange(24.0).reshape(1, 2, 3, 4)


@pytest.mark.parametrize(
    "make",
    [
        lambda x: x.contiguous(memory_format=ag.channels_last),
        lambda x: x.clone(memory_format=ag.channels_last),
        lambda x: x.to(memory_format=ag.channels_last),
        lambda x: x.to(ag.float64, memory_format=ag.channels_last),
        lambda x: x.double(memory_format=ag.channels_last),
        lambda x: ag.zeros_like(x, memory_format=ag.channels_last),
        lambda x: ag.rand_like(x, memory_format=ag.channels_last),
        lambda x: ag.empty(x.shape, memory_format=ag.channels_last),
        lambda x: ag.empty_strided(x.shape, LAST),
        lambda x: ag.empty_permuted(x.shape, (0, 2, 3, 1)),
    ],
)
def test_asked_for_channels_last(make):
    y = make(image())
    assert y.stride() == LAST
    assert y.shape == (1, 2, 3, 4)
    assert y.is_contiguous(memory_format=ag.channels_last)
    assert not y.is_contiguous()
    assert y.contiguous(memory_format=ag.channels_last) is y
    assert y.contiguous().stride() == ROWS
    assert y.clone(memory_format=ag.contiguous_format).stride() == ROWS


@pytest.mark.parametrize(
    "call",
    [
        lambda y: y * 2,
        lambda y: y.relu(),
        lambda y: y + image(),
        lambda y: y > 1,
        lambda y: y.clone(),
        lambda y: y.double(),
        lambda y: ag.zeros_like(y),
        lambda y: ag.cat([y, y])[:1],
        lambda y: F.batch_norm(y, None, None, training=True),
        lambda y: F.conv2d(y, ag.ones(2, 2, 1, 1)),
        lambda y: F.max_pool2d(y, 1),
        lambda y: F.avg_pool2d(y, 1),
    ],
)
def test_results_lie_as_their_operand_was_asked_to(call):
    y = image().contiguous(memory_format=ag.channels_last)
    assert call(y).stride() == LAST
    assert call(image()).is_contiguous()  # nobody asked
    assert ag.allclose(call(y).double(), call(image()).double())


def test_gradients_flow_through_a_change_of_format():
    x = image().requires_grad_()
    (x.to(memory_format=ag.channels_last) * 2).sum().backward()
    assert x.grad is not None
    assert x.grad.unique().tolist() == [2.0]


def test_modules_in_a_memory_format():
    layer = ag.nn.Conv2d(2, 3, 3).to(memory_format=ag.channels_last)
    assert layer.weight.stride() == (18, 1, 6, 2)
    assert layer.bias is not None
    assert layer.bias.stride() == (1,)
    assert layer(image()).is_contiguous(memory_format=ag.channels_last)


def test_what_memory_formats_refuse():
    with pytest.raises(RuntimeError, match="required rank 4 tensor to use channels_last format"):
        ag.ones(2).contiguous(memory_format=ag.channels_last)
    with pytest.raises(RuntimeError, match="required rank 5 tensor to use channels_last_3d format"):
        image().to(memory_format=ag.channels_last_3d)
    with pytest.raises(TypeError, match=r"must be torch\.memory_format, not int"):
        image().clone(memory_format=3)
    with pytest.raises(RuntimeError, match="view size is not compatible"):
        image().contiguous(memory_format=ag.channels_last).view(-1)


def test_formats_are_single_objects():
    assert repr(ag.channels_last) == "torch.channels_last"
    assert copy.deepcopy(ag.channels_last) is ag.channels_last
    assert pickle.loads(pickle.dumps(ag.preserve_format)) is ag.preserve_format
    assert isinstance(ag.contiguous_format, ag.memory_format)
    assert isinstance(ag.strided, ag.layout)


def test_writes_and_views_in_a_memory_format():
    y = image().to(memory_format=ag.channels_last)
    y[:, 1].mul_(2)
    y.add_(1)
    expected = image()
    expected[:, 1] *= 2
    assert y.tolist() == (expected + 1).tolist()
    assert y.stride() == LAST


@pytest.mark.parametrize("part", [lambda y: y[:, :, 1:], lambda y: y[..., ::2], lambda y: y[:, :2, :, 1:3]])
@pytest.mark.parametrize(
    "call",
    [lambda y: F.interpolate(y, scale_factor=2), lambda y: F.pad(y, (1, 1)), lambda y: F.max_pool2d(y, 1)],
)
def test_results_follow_a_part_of_a_picture_too(part, call):
    whole = ag.arange(48.0).reshape(1, 4, 3, 4)
    y = call(part(whole.to(memory_format=ag.channels_last)))
    assert y.is_contiguous(memory_format=ag.channels_last)
    assert y.tolist() == call(part(whole)).tolist()
