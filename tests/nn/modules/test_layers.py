"""Every layer beside PyTorch's: the same initial values from a seed, the same text, states that cross,
outputs and gradients."""

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from tests.recorded import pytorch


class Layer(NamedTuple):
    """How a layer is made and called; the shapes of its inputs (arrays stand as they are)."""

    source: str
    inputs: tuple[Any, ...]
    call: Callable[..., Any] = lambda layer, *inputs: layer(*inputs)
    train: bool = True

    def __str__(self) -> str:
        return self.source

    def make(self, library: Any) -> Any:
        """The layer, from seed 1."""
        library.manual_seed(1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return eval(f"nn.{self.source}", {"nn": library.nn})


LABELS = np.array([1, 0, 2])
IMAGE, LINE, VOLUME = (2, 4, 6, 5), (2, 4, 7), (2, 4, 4, 5, 6)
PAIR = ((3, 4), (3, 4))
SIGNS = np.array([1.0, -1.0, 1.0])
PROBABILITIES = np.array([[0.2, 0.7, 0.4, 0.9], [0.5, 0.1, 0.8, 0.3], [0.6, 0.2, 0.3, 0.7]])

ACTIVATIONS = [
    Layer(source, ((3, 4),))
    for source in (
        "ReLU()",
        "ReLU(inplace=True)",
        "ReLU6()",
        "LeakyReLU(0.2)",
        "ELU(0.7)",
        "CELU()",
        "SELU()",
        "GELU()",
        "GELU('tanh')",
        "SiLU()",
        "Mish()",
        "Softplus(2)",
        "Softsign()",
        "Hardtanh(-0.5, 0.7)",
        "Hardswish()",
        "Hardshrink()",
        "Softshrink(0.3)",
        "Tanhshrink()",
        "Threshold(0.1, 0.5)",
        "LogSigmoid()",
        "Sigmoid()",
        "Tanh()",
        "GLU()",
        "Softmax(1)",
        "LogSoftmax(0)",
        "Softmin(1)",
        "PReLU()",
        "PReLU(4)",
        "Identity()",
        "RReLU().eval()",
    )
] + [Layer("Softmax2d()", (IMAGE,))]

MAPS = [
    Layer("Linear(4, 3)", ((2, 5, 4),)),
    Layer("Linear(4, 3, bias=False)", ((5, 4),)),
    Layer("Bilinear(4, 3, 5)", ((2, 4), (2, 3))),
    Layer("Embedding(5, 3)", (LABELS,)),
    Layer("Embedding(5, 3, padding_idx=2)", (LABELS,)),
    Layer("EmbeddingBag(5, 3, mode='sum')", (LABELS, np.array([0, 2]))),
    Layer("EmbeddingBag(5, 3, padding_idx=1)", (np.array([[1, 2], [3, 3]]),)),
    Layer("Flatten()", (IMAGE,)),
    Layer("Unflatten(1, (2, 2))", (IMAGE,)),
    Layer("Unfold(2, padding=1)", (IMAGE,)),
    Layer("Fold((4, 5), 2)", ((2, 8, 12),)),
    Layer("PixelShuffle(2)", (IMAGE,)),
    Layer("PixelUnshuffle(2)", ((2, 3, 4, 6),)),
    Layer("ChannelShuffle(2)", (IMAGE,)),
    Layer("Upsample(scale_factor=2)", (IMAGE,)),
    Layer("Upsample(size=(7, 3), mode='bilinear', align_corners=True)", (IMAGE,)),
    Layer("UpsamplingBilinear2d(scale_factor=2)", (IMAGE,)),
    Layer("UpsamplingNearest2d((9, 10))", (IMAGE,)),
    Layer("CosineSimilarity()", PAIR),
    Layer("PairwiseDistance()", PAIR),
    Layer("Dropout(0.5).eval()", (IMAGE,)),
    Layer("AlphaDropout(0.0)", (IMAGE,)),
    Layer("FeatureAlphaDropout(0.5).eval()", (IMAGE,)),
    *(
        Layer(f"{name}Pad{n}d(2)", (shape,))
        for name in ("Zero", "Reflection", "Replication", "Circular")
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    ),
    Layer("ConstantPad2d((1, 2, 0, 3), 0.5)", (IMAGE,)),
]

CONVOLUTIONS = [
    *(
        Layer(f"Conv{n}d(4, 6, 3, padding=1, stride=2, groups=2)", (shape,))
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    ),
    *(
        Layer(f"ConvTranspose{n}d(4, 6, 3, padding=1, stride=2, groups=2)", (shape,))
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    ),
]

NORMS = [
    *(Layer(f"BatchNorm{n}d(4)", (shape,)) for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))),
    Layer("BatchNorm1d(4, affine=False)", ((5, 4),)),
    Layer("BatchNorm2d(4, bias=False)", (IMAGE,)),
    *(
        Layer(f"InstanceNorm{n}d(4, affine=True)", (shape,))
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    ),
    Layer("InstanceNorm2d(4, track_running_stats=True)", (IMAGE,)),
    Layer("InstanceNorm2d(4, track_running_stats=True).eval()", (IMAGE,)),
    Layer("InstanceNorm2d(4)", ((4, 6, 5),)),
    Layer("LayerNorm(5)", (IMAGE,)),
    Layer("LayerNorm((6, 5), bias=False)", (IMAGE,)),
    Layer("RMSNorm(5)", (IMAGE,)),
    Layer("GroupNorm(2, 4)", (IMAGE,)),
    Layer("LocalResponseNorm(3)", (IMAGE,)),
]

POOLS = [
    *(
        Layer(f"{name}Pool{n}d({size})", (shape,))
        for name, size in (("Max", 2), ("Avg", 2), ("AdaptiveAvg", 3), ("AdaptiveMax", 3))
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    ),
    *(
        Layer(f"LPPool{n}d(2, 2)", (shape,), lambda layer, x: layer(x.abs() + 0.1))
        for n, shape in ((1, LINE), (2, IMAGE), (3, VOLUME))
    ),
    Layer("MaxUnpool2d(2)", ((1, 1, 2, 2), np.array([[[[0, 3], [9, 14]]]]))),
]

LOSSES = [
    *(
        Layer(f"{name}Loss({options})", PAIR)
        for name in ("L1", "MSE", "SmoothL1", "Huber")
        for options in ("", "reduction='sum'")
    ),
    Layer("BCELoss()", ((3, 4), PROBABILITIES), lambda layer, x, t: layer(x.sigmoid(), t)),
    Layer("BCEWithLogitsLoss()", ((3, 4), PROBABILITIES)),
    Layer(
        "KLDivLoss(reduction='batchmean')",
        ((3, 4), PROBABILITIES),
        lambda layer, x, t: layer(x.log_softmax(1), t),
    ),
    Layer("PoissonNLLLoss(full=True)", ((3, 4), PROBABILITIES * 9)),
    Layer("GaussianNLLLoss()", ((3, 4), PROBABILITIES, PROBABILITIES * 2)),
    Layer("NLLLoss()", ((3, 4), LABELS), lambda layer, x, t: layer(x.log_softmax(1), t)),
    Layer("CrossEntropyLoss(label_smoothing=0.1)", ((3, 4), LABELS)),
    Layer("HingeEmbeddingLoss()", ((3,), SIGNS)),
    Layer("MarginRankingLoss(0.2)", ((3,), (3,), SIGNS)),
    Layer("MultiMarginLoss()", ((3, 4), LABELS)),
    Layer("MultiLabelMarginLoss()", ((2, 4), np.array([[3, 0, -1, 1], [1, -1, -1, -1]]))),
    Layer("MultiLabelSoftMarginLoss()", ((3, 4), PROBABILITIES)),
    Layer("SoftMarginLoss()", ((3,), SIGNS)),
    Layer("CosineEmbeddingLoss()", (*PAIR, SIGNS)),
    Layer("TripletMarginLoss()", (*PAIR, (3, 4))),
    Layer("TripletMarginWithDistanceLoss()", (*PAIR, (3, 4))),
    Layer(
        "CTCLoss()",
        ((5, 2, 4), np.array([[1, 2], [3, 1]]), np.array([5, 4]), np.array([2, 1])),
        lambda layer, x, *rest: layer(x.log_softmax(2), *rest),
    ),
]

RECURRENT = [
    *(Layer(f"{name}(4, 3)", ((5, 2, 4),)) for name in ("RNN", "LSTM", "GRU")),
    *(
        Layer(f"{name}(4, 3, num_layers=2, bidirectional=True, batch_first=True)", ((2, 5, 4),))
        for name in ("RNN", "LSTM", "GRU")
    ),
    Layer("RNN(4, 3, nonlinearity='relu', bias=False)", ((5, 2, 4), (1, 2, 3))),
    Layer(
        "LSTM(4, 3, num_layers=2, proj_size=2)",
        ((5, 2, 4), (2, 2, 2), (2, 2, 3)),
        lambda layer, x, h, c: layer(x, (h, c)),
    ),
    Layer("GRU(4, 3)", ((5, 4), (1, 3))),
    *(Layer(f"{name}Cell(4, 3)", ((2, 4),)) for name in ("RNN", "LSTM", "GRU")),
    Layer("LSTMCell(4, 3)", ((4,), (3,), (3,)), lambda layer, x, h, c: layer(x, (h, c))),
    Layer("GRUCell(4, 3, bias=False)", ((2, 4), (2, 3))),
]

HIDDEN = np.triu(np.ones((5, 5), bool), 1)
PADDED = np.array([[False, False, False, True, True], [False] * 5])

ATTENTION = [
    Layer("MultiheadAttention(4, 2)", ((5, 2, 4),), lambda layer, x: layer(x, x, x)),
    Layer(
        "MultiheadAttention(4, 2, batch_first=True, bias=False)",
        ((2, 5, 4), (2, 3, 4)),
        lambda layer, x, y: layer(x, y, y, average_attn_weights=False),
    ),
    Layer("MultiheadAttention(4, 2, kdim=3, vdim=5)", ((5, 2, 4), (6, 2, 3), (6, 2, 5))),
    Layer(
        "MultiheadAttention(4, 2, add_bias_kv=True, add_zero_attn=True)",
        ((5, 2, 4), HIDDEN, PADDED),
        lambda layer, x, m, p: layer(x, x, x, attn_mask=m, key_padding_mask=p),
    ),
    Layer("MultiheadAttention(4, 2)", ((5, 4),), lambda layer, x: layer(x, x, x, need_weights=False)),
    Layer(
        "TransformerEncoderLayer(4, 2, 8, dropout=0.0)",
        ((5, 2, 4), HIDDEN, PADDED),
        lambda layer, x, m, p: layer(x, m, p),
    ),
    Layer("TransformerEncoderLayer(4, 2, 8, 0.0, 'gelu', batch_first=True, norm_first=True)", ((2, 5, 4),)),
    Layer(
        "TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 8, 0.0), 2, enable_nested_tensor=False)",
        ((5, 2, 4), HIDDEN),
        lambda layer, x, m: layer(x, mask=m),
    ),
    Layer("TransformerDecoderLayer(4, 2, 8, 0.0, batch_first=True)", ((2, 3, 4), (2, 5, 4))),
    Layer(
        "TransformerDecoder(nn.TransformerDecoderLayer(4, 2, 8, 0.0), 2)",
        ((5, 2, 4), (3, 2, 4), HIDDEN),
        lambda layer, x, y, m: layer(x, y, tgt_mask=m),
    ),
    Layer("Transformer(4, 2, 1, 2, 8, 0.0, batch_first=True)", ((2, 3, 4), (2, 5, 4))),
]

LAYERS = ACTIVATIONS + MAPS + CONVOLUTIONS + NORMS + POOLS + LOSSES + RECURRENT + ATTENTION


def flat(result: Any) -> list[Any]:
    return (
        [x for part in result for x in flat(part)]
        if isinstance(result, tuple)
        else []
        if result is None
        else [result]
    )


def run(library: Any, case: Layer, layer: Any) -> tuple[list[Any], dict[str, Any]]:
    """The outputs, and the gradients of a weighted sum of them for inputs and parameters, by name."""
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=a) if isinstance(a, tuple) else a for a in case.inputs]
    inputs = [
        library.tensor(a, requires_grad=isinstance(given, tuple))
        for a, given in zip(arrays, case.inputs, strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        written = "inplace=True" in case.source  # a leaf may not be
        outputs = flat(case.call(layer, *(x * 1 if written else x for x in inputs)))
    parts = [
        (x * library.tensor(np.random.default_rng(i).normal(size=tuple(x.shape)))).sum()
        for i, x in enumerate(outputs)
        if x.requires_grad
    ]
    wanted = {f"input {i}": x for i, x in enumerate(inputs) if x.requires_grad} | dict(
        layer.named_parameters()
    )
    if not parts or not wanted:
        return outputs, {}
    sum(parts[1:], parts[0]).backward()
    return outputs, {
        name: np.zeros(tuple(x.shape)) if x.grad is None else x.grad.numpy() for name, x in wanted.items()
    }


@pytest.mark.parametrize("case", LAYERS, ids=str)
def test_layer_is_pytorchs(case: Layer) -> None:
    def new(t: Any) -> list[Any]:
        layer = case.make(t)
        return [repr(layer), layer.state_dict()]

    def called(t: Any) -> tuple[list[Any], dict[str, Any]]:
        return run(t, case, case.make(t).double())

    def changed(t: Any) -> dict[str, Any]:
        layer = case.make(t).double()
        before = {name: value.numpy().copy() for name, value in layer.state_dict().items()}
        run(t, case, layer)
        after = {name: value.numpy() for name, value in layer.state_dict().items()}
        return {name: value for name, value in after.items() if not np.array_equal(value, before[name])}

    pytorch.gives(new(ag), new)
    pytorch.gives(called(ag), called, rtol=1e-9, atol=1e-9)
    pytorch.gives(changed(ag), changed, rtol=1e-12)


QUICK = (
    "Linear(4, 3)",
    "Embedding(5, 3)",
    "Conv2d(4, 6, 3, padding=1, stride=2, groups=2)",
    "BatchNorm2d(4)",
    "LSTM(4, 3)",
    "MultiheadAttention(4, 2)",
)
"""The layers whose states cross in every run; the others do when there is time."""


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=str(case), marks=[] if case.source in QUICK else [pytest.mark.slow])
        for case in LAYERS
        if case.make(ag).state_dict()
    ],
)
def test_states_cross_both_ways(case: Layer) -> None:
    ours = case.make(ag).double()
    rng = np.random.default_rng(3)
    state = {
        name: rng.random(tuple(value.shape)).astype(value.numpy().dtype)
        for name, value in ours.state_dict().items()
    }

    def given(t: Any, state: dict[str, Any]) -> Any:
        layer = case.make(t).double()
        layer.load_state_dict({name: t.tensor(value) for name, value in state.items()})
        return layer

    ours.load_state_dict(pytorch(lambda t: given(t, state).state_dict()))
    back = {name: value.numpy() for name, value in ours.state_dict().items()}
    pytorch.gives(state, lambda t: given(t, back).state_dict())
    expected = pytorch(lambda t: run(t, case, given(t, state))[0])
    for a, b in zip(run(ag, case, ours)[0], expected, strict=True):
        np.testing.assert_allclose(a.detach().numpy(), b, rtol=1e-9, atol=1e-9)


def test_data_parallel_computes_what_its_module_does() -> None:
    x = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")

    def computed(t: Any) -> list[Any]:
        layer = t.nn.DataParallel(Layer("Linear(4, 3)", ()).make(t))
        return [repr(layer), list(layer.state_dict()), layer(t.tensor(x))]

    pytorch.gives(computed(ag), computed, rtol=1e-6)


def test_bags_of_a_given_table():
    table = ag.arange(6.0).reshape(3, 2)
    bag = nn.EmbeddingBag.from_pretrained(table, mode="sum", padding_idx=0)
    assert bag(ag.tensor([[1, 2], [0, 1]])).tolist() == [[6, 8], [2, 3]]
    assert not bag.weight.requires_grad
    assert nn.EmbeddingBag.from_pretrained(table, freeze=False).weight.requires_grad


def test_transposed_convolutions_pad_with_zeros_only():
    with pytest.raises(ValueError, match='Only "zeros" padding mode is supported for ConvTranspose2d'):
        nn.ConvTranspose2d(1, 1, 1, padding_mode="reflect")


def test_keys_that_are_given_take_no_bias():
    """``static_k`` stands for projected keys: a bias would have nothing to be added to."""
    one, two = ag.ones(1, 1, 2), ag.ones(2, 2)

    def attend(bias, **given):
        return nn.functional.multi_head_attention_forward(
            one, one, one, 2, 1, ag.ones(6, 2), ag.ones(6), bias, bias, False, 0.0, two, ag.ones(2), **given
        )

    with pytest.raises(AssertionError, match="bias cannot be added to static key"):
        attend(one, static_k=one)
    with pytest.raises(AssertionError, match="bias cannot be added to static value"):
        attend(one, static_v=one)
    with pytest.raises(AssertionError, match=r"expecting static_k.size\(2\) of 2, but got 3"):
        attend(None, static_k=ag.ones(1, 1, 3))
    assert attend(None, static_k=one)[0].shape == (1, 1, 2)
