"""What nn refuses, it refuses with PyTorch's type of error."""

import warnings
from collections.abc import Callable
from typing import Any

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

CALLS: dict[str, Callable[[Any, Any], Any]] = {
    "elu of integers": lambda t, f: f.elu(t.arange(3)),
    "gelu of integers": lambda t, f: f.gelu(t.arange(3)),
    "gelu of another form": lambda t, f: f.gelu(t.zeros(3), approximate="sigmoid"),
    "celu with alpha 0": lambda t, f: f.celu(t.zeros(3), 0.0),
    "softshrink below 0": lambda t, f: f.softshrink(t.zeros(3), -1.0),
    "glu of odd size": lambda t, f: f.glu(t.zeros(3)),
    "glu of a number": lambda t, f: f.glu(t.tensor(1.0)),
    "glu along a missing dimension": lambda t, f: f.glu(t.zeros(2), 3),
    "rrelu upside down": lambda t, f: f.rrelu(t.zeros(2), 0.5, 0.1, True),
    "softmax along a missing dimension": lambda t, f: f.softmax(t.zeros(2, 3), 2),
    "layer_norm of another shape": lambda t, f: f.layer_norm(t.zeros(2, 3), (4,)),
    "layer_norm with a weight that does not fit": lambda t, f: f.layer_norm(t.zeros(2, 3), (3,), t.zeros(2)),
    "layer_norm over nothing": lambda t, f: f.layer_norm(t.zeros(2, 3), ()),
    "group_norm with channels left over": lambda t, f: f.group_norm(t.zeros(2, 3, 4), 2),
    "group_norm of one value": lambda t, f: f.group_norm(t.zeros(1, 2), 2),
    "instance_norm of one value": lambda t, f: f.instance_norm(t.zeros(2, 3, 1)),
    "batch_norm of one value": lambda t, f: f.batch_norm(t.zeros(1, 3), None, None, training=True),
    "local_response_norm of a matrix": lambda t, f: f.local_response_norm(t.zeros(2, 3), 2),
    "embedding with floats": lambda t, f: f.embedding(t.zeros(2), t.zeros(3, 4)),
    "embedding out of range": lambda t, f: f.embedding(t.tensor([3]), t.zeros(3, 4)),
    "embedding with padding out of range": lambda t, f: f.embedding(
        t.tensor([1]), t.zeros(3, 4), padding_idx=5
    ),
    "embedding_bag in another mode": lambda t, f: f.embedding_bag(
        t.tensor([[1]]), t.zeros(3, 4), mode="median"
    ),
    "embedding_bag without offsets": lambda t, f: f.embedding_bag(t.tensor([1]), t.zeros(3, 4)),
    "embedding_bag with offsets too many": lambda t, f: f.embedding_bag(
        t.tensor([[1]]), t.zeros(3, 4), t.tensor([0])
    ),
    "one_hot of a negative class": lambda t, f: f.one_hot(t.tensor([-1])),
    "one_hot with too few classes": lambda t, f: f.one_hot(t.tensor([3]), 2),
    "one_hot of floats": lambda t, f: f.one_hot(t.tensor([3.0])),
    "bilinear of sizes that do not fit": lambda t, f: f.bilinear(
        t.zeros(2, 3), t.zeros(2, 4), t.zeros(5, 3, 3)
    ),
    "fold of a wrong number of blocks": lambda t, f: f.fold(t.zeros(1, 4, 5), (3, 3), 2),
    "fold of a wrong number of rows": lambda t, f: f.fold(t.zeros(1, 5, 4), (3, 3), 2),
    "unfold of a vector": lambda t, f: f.unfold(t.zeros(3), 2),
    "pixel_shuffle of channels left over": lambda t, f: f.pixel_shuffle(t.zeros(1, 3, 2, 2), 2),
    "pixel_unshuffle of pixels left over": lambda t, f: f.pixel_unshuffle(t.zeros(1, 3, 3, 2), 2),
    "channel_shuffle of channels left over": lambda t, f: f.channel_shuffle(t.zeros(1, 3, 2, 2), 2),
    "max_pool2d of a vector": lambda t, f: f.max_pool2d(t.zeros(3), 2),
    "max_pool2d with too much padding": lambda t, f: f.max_pool2d(t.zeros(1, 4, 4), 2, padding=2),
    "adaptive_avg_pool2d to three sizes": lambda t, f: f.adaptive_avg_pool2d(t.zeros(1, 1, 4, 4), (2, 2, 2)),
    "adaptive_max_pool2d of a matrix": lambda t, f: f.adaptive_max_pool2d(t.zeros(4, 4), 2),
    "max_unpool2d to an impossible size": lambda t, f: f.max_unpool2d(
        t.zeros(1, 1, 2, 2), t.zeros(1, 1, 2, 2).long(), 2, output_size=(9, 9)
    ),
    "max_unpool2d with an index outside": lambda t, f: f.max_unpool2d(
        t.zeros(1, 1, 1, 1), t.full((1, 1, 1, 1), 9), 2
    ),
    "max_unpool2d with other shapes": lambda t, f: f.max_unpool2d(
        t.zeros(1, 1, 1, 1), t.zeros(1, 1, 1, 2).long(), 2
    ),
    "a reduction of another name": lambda t, f: f.l1_loss(t.zeros(3), t.zeros(3), reduction="median"),
    "smooth_l1_loss with negative beta": lambda t, f: f.smooth_l1_loss(t.zeros(3), t.zeros(3), beta=-1.0),
    "huber_loss with negative delta": lambda t, f: f.huber_loss(t.zeros(3), t.zeros(3), delta=-1.0),
    "binary_cross_entropy of other shapes": lambda t, f: f.binary_cross_entropy(t.zeros(3), t.zeros(2)),
    "binary_cross_entropy of scores": lambda t, f: f.binary_cross_entropy(t.full((3,), 2.0), t.zeros(3)),
    "binary_cross_entropy of integers": lambda t, f: f.binary_cross_entropy(t.zeros(3), t.arange(3)),
    "binary_cross_entropy_with_logits of other shapes": lambda t, f: f.binary_cross_entropy_with_logits(
        t.zeros(3), t.zeros(2)
    ),
    "gaussian_nll_loss with negative variances": lambda t, f: f.gaussian_nll_loss(
        t.zeros(3), t.zeros(3), -t.ones(3)
    ),
    "gaussian_nll_loss with a wrong variance": lambda t, f: f.gaussian_nll_loss(
        t.zeros(3, 2), t.zeros(3, 2), t.ones(5)
    ),
    "gaussian_nll_loss with another reduction": lambda t, f: f.gaussian_nll_loss(
        t.zeros(3), t.zeros(3), t.ones(3), reduction="median"
    ),
    "margin_ranking_loss of other dimensions": lambda t, f: f.margin_ranking_loss(
        t.zeros(3), t.zeros(3, 1), t.ones(3)
    ),
    "multi_margin_loss with p 3": lambda t, f: f.multi_margin_loss(t.zeros(2, 3), t.tensor([0, 1]), p=3),
    "multi_margin_loss of labels outside": lambda t, f: f.multi_margin_loss(t.zeros(2, 3), t.tensor([0, 3])),
    "multi_margin_loss of too few labels": lambda t, f: f.multi_margin_loss(t.zeros(2, 3), t.tensor([0])),
    "multilabel_margin_loss of other shapes": lambda t, f: f.multilabel_margin_loss(
        t.zeros(2, 3), t.tensor([[0]])
    ),
    "cosine_embedding_loss of matrices and a number": lambda t, f: f.cosine_embedding_loss(
        t.zeros(2, 3), t.zeros(2, 3), t.tensor(1)
    ),
    "triplet_margin_loss with margin 0": lambda t, f: f.triplet_margin_loss(
        t.zeros(2, 3), t.zeros(2, 3), t.zeros(2, 3), margin=0
    ),
    "triplet_margin_loss of other dimensions": lambda t, f: f.triplet_margin_loss(
        t.zeros(2, 3), t.zeros(3), t.zeros(2, 3)
    ),
    "nll_loss of a label outside": lambda t, f: f.nll_loss(t.zeros(2, 3), t.tensor([0, 3])),
    "ctc_loss with too long inputs": lambda t, f: f.ctc_loss(t.zeros(4, 1, 3), t.tensor([[1]]), (5,), (1,)),
    "ctc_loss with a blank outside": lambda t, f: f.ctc_loss(
        t.zeros(4, 1, 3), t.tensor([[1]]), (4,), (1,), blank=3
    ),
    "interpolate without a size": lambda t, f: f.interpolate(t.zeros(1, 1, 4)),
    "interpolate with both": lambda t, f: f.interpolate(t.zeros(1, 1, 4), 3, 2.0),
    "interpolate with two sizes for one": lambda t, f: f.interpolate(t.zeros(1, 1, 4), (3, 3)),
    "interpolate bilinear of a line": lambda t, f: f.interpolate(t.zeros(1, 1, 4), 3, mode="bilinear"),
    "interpolate in another mode": lambda t, f: f.interpolate(t.zeros(1, 1, 4), 3, mode="quartic"),
    "interpolate nearest with corners": lambda t, f: f.interpolate(t.zeros(1, 1, 4), 3, align_corners=True),
    "interpolate of a matrix": lambda t, f: f.interpolate(t.zeros(4, 4), 3),
    "interpolate nearest with antialias": lambda t, f: f.interpolate(t.zeros(1, 1, 4, 4), 3, antialias=True),
    "grid_sample in another mode": lambda t, f: f.grid_sample(
        t.zeros(1, 1, 4, 4), t.zeros(1, 2, 2, 2), mode="x", align_corners=False
    ),
    "grid_sample of other batches": lambda t, f: f.grid_sample(
        t.zeros(1, 1, 4, 4), t.zeros(2, 2, 2, 2), align_corners=False
    ),
    "affine_grid of other matrices": lambda t, f: f.affine_grid(
        t.zeros(1, 3, 3), (1, 1, 2, 2), align_corners=False
    ),
    "cosine_similarity of shapes that do not fit": lambda t, f: f.cosine_similarity(
        t.zeros(2, 3), t.zeros(2, 4)
    ),
    "attention with two masks": lambda t, f: f.scaled_dot_product_attention(
        t.zeros(1, 2, 3), t.zeros(1, 2, 3), t.zeros(1, 2, 3), t.ones(2, 2), is_causal=True
    ),
    "attention of other dtypes": lambda t, f: f.scaled_dot_product_attention(
        t.zeros(1, 2, 3), t.zeros(1, 2, 3).double(), t.zeros(1, 2, 3)
    ),
    "dropout with p 2": lambda t, f: f.alpha_dropout(t.zeros(3), 2.0, True),
    "Threshold without a value": lambda t, f: t.nn.Threshold(1.0),
    "Embedding with padding outside": lambda t, f: t.nn.Embedding(3, 4, 7),
    "GroupNorm with channels left over": lambda t, f: t.nn.GroupNorm(2, 3),
    "InstanceNorm2d of a vector": lambda t, f: t.nn.InstanceNorm2d(3)(t.zeros(3)),
    "BatchNorm2d of a line": lambda t, f: t.nn.BatchNorm2d(3)(t.zeros(2, 3, 4)),
    "Bilinear of nothing": lambda t, f: t.nn.Bilinear(0, 1, 2),
    "Unflatten to a number": lambda t, f: t.nn.Unflatten(1, 3),
    "Softmax2d of a vector": lambda t, f: t.nn.Softmax2d()(t.zeros(3)),
    "MultiheadAttention with heads left over": lambda t, f: t.nn.MultiheadAttention(5, 2),
    "MultiheadAttention of another width": lambda t, f: t.nn.MultiheadAttention(4, 2)(
        *[t.zeros(2, 1, 5)] * 3
    ),
    "TransformerEncoderLayer with another activation": lambda t, f: t.nn.TransformerEncoderLayer(
        4, 2, activation="x"
    ),
    "Transformer of other widths": lambda t, f: t.nn.Transformer(4, 2, 1, 1, 4)(
        t.zeros(2, 1, 4), t.zeros(2, 1, 5)
    ),
    "Transformer of other batches": lambda t, f: t.nn.Transformer(4, 2, 1, 1, 4)(
        t.zeros(2, 1, 4), t.zeros(2, 3, 4)
    ),
    "TripletMarginLoss with margin 0": lambda t, f: t.nn.TripletMarginLoss(margin=0.0),
    "RNN of another nonlinearity": lambda t, f: t.nn.RNN(2, 3, nonlinearity="x"),
    "LSTM with dropout 2": lambda t, f: t.nn.LSTM(2, 3, dropout=2.0),
    "LSTM with floats as sizes": lambda t, f: t.nn.LSTM(2.0, 3),
    "LSTM without layers": lambda t, f: t.nn.LSTM(2, 3, num_layers=0),
    "LSTMCell of a cube": lambda t, f: t.nn.LSTMCell(2, 3)(t.zeros(1, 1, 2)),
    "attention of a flat key": lambda t, f: t.nn.MultiheadAttention(4, 2)(
        t.zeros(3, 1, 4), t.zeros(3, 4), t.zeros(3, 1, 4)
    ),
    "attention with a flat mask": lambda t, f: t.nn.MultiheadAttention(4, 2)(
        *[t.zeros(3, 4)] * 3, attn_mask=t.zeros(3)
    ),
    "attention with padding of a batch": lambda t, f: t.nn.MultiheadAttention(4, 2)(
        *[t.zeros(3, 4)] * 3, key_padding_mask=t.zeros(1, 3)
    ),
    "nll_loss of several targets": lambda t, f: f.nll_loss(t.zeros(3, 4), t.zeros(3, 2, dtype=t.int64)),
    "nll_loss of one target for rows": lambda t, f: f.nll_loss(t.zeros(3, 4), t.tensor(0)),
    "nll_loss of two targets for a row": lambda t, f: f.nll_loss(t.zeros(4), t.zeros(2, dtype=t.int64)),
    "nll_loss of a number": lambda t, f: f.nll_loss(t.tensor(0.0), t.tensor(0)),
    "instance_norm of other channels": lambda t, f: t.nn.InstanceNorm1d(3, affine=True)(t.zeros(2, 4, 5)),
    "embedding_bag of a cube": lambda t, f: f.embedding_bag(
        t.zeros(2, dtype=t.int64), t.zeros(2, 2, 2), t.zeros(1, dtype=t.int64)
    ),
    "LSTM with a flat state": lambda t, f: t.nn.LSTM(2, 3)(t.zeros(4, 1, 2), (t.zeros(1, 3), t.zeros(1, 3))),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_type_of_error_is_pytorchs(name: str) -> None:
    call = CALLS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(Exception) as expected:  # noqa: PT011 - PyTorch decides which type it is
            pytorch(lambda t: call(t, t.nn.functional))
        with pytest.raises(expected.type):
            call(ag, ag.nn.functional)


@pytest.mark.parametrize(
    "call",
    [
        lambda: ag.empty(2**60, 2**10),
        lambda: ag.zeros(2**62, 2**10),
        lambda: ag.nn.functional.pad(ag.empty(1, 4, 4), (2**60, 2**60)),
        lambda: ag.nn.AdaptiveMaxPool1d(2**62 - 1)(ag.empty(4, 4, 4)),
    ],
)
def test_what_no_memory_can_hold_is_a_runtime_error(call) -> None:
    with pytest.raises(RuntimeError, match=r"out of memory|Storage size calculation overflowed"):
        call()


def test_fractional_pooling_to_nothing() -> None:
    assert ag.nn.FractionalMaxPool2d(2, output_size=(0, 3))(ag.zeros(1, 2, 5, 5)).shape == (1, 2, 0, 3)


def attention(key: tuple[int, ...], value: tuple[int, ...], **sizes: int) -> Any:
    layer, query = ag.nn.MultiheadAttention(4, 2, **sizes), ag.ones(3, 1, 4)
    return layer(*(ag.ones(*shape) for shape in (tuple(query.shape)[-len(key) :], key, value)))


SAID: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "slopes in a matrix": (
        lambda: ag.nn.functional.prelu(ag.ones(2, 4), ag.zeros(1, 4)),
        RuntimeError,
        "a scalar or 1D tensor, but got: ndim = 2",
    ),
    "slopes of a number": (
        lambda: ag.nn.functional.prelu(ag.tensor(1.0), ag.zeros(3)),
        RuntimeError,
        "Not allow zero-dim input tensor",
    ),
    "indices of a vector": (
        lambda: ag.nn.functional.max_pool2d_with_indices(ag.ones(3), 2),
        RuntimeError,
        "max_pool2d_with_indices",
    ),
    "fewer keys than values": (
        lambda: attention((5, 1, 4), (6, 1, 4)),
        AssertionError,
        r"key shape .*5, 1, 4.* does not match value shape .*6, 1, 4",
    ),
    "fewer keys than values, projected apart": (
        lambda: attention((5, 1, 3), (6, 1, 5), kdim=3, vdim=5),
        AssertionError,
        r"key's sequence and batch dims .*5, 1.* do not match value's .*6, 1",
    ),
    "values of another batch": (
        lambda: attention((5, 1, 4), (5, 2, 4)),
        AssertionError,
        "does not match value shape",
    ),
}


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_names_what_does_not_fit(name: str) -> None:
    call, error, words = SAID[name]
    with pytest.raises(error, match=words):
        call()
