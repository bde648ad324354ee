"""Files with sizes that may differ, run in onnxruntime with other sizes than the example's."""

import dataclasses
import math
import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import models, nn
from autograd_cnn.nn import functional as F
from autograd_cnn.onnx import export

library = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

IMAGE = (2, 2, 7, 7)
OTHERS = [(3, 2, 9, 5), (1, 2, 8, 12), (5, 2, 6, 6)]
AXES = {0: "batch", 2: "height", 3: "width"}


def session(path):
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    return runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def check(model, path, example, others, axes, tolerance=1e-4):
    """The file gives what the model gives, also for inputs of other sizes."""
    export(model, example, path, input_names=["x"], dynamic_axes={"x": axes})
    library.checker.check_model(str(path), full_check=True)
    running = session(path)
    if isinstance(model, nn.Module):
        model.eval()
    for x in (example, *others):
        with ag.no_grad():
            wanted = model(x).numpy()
        (found,) = running.run(None, {"x": x.numpy()})
        assert (found.shape, found.dtype) == (wanted.shape, wanted.dtype), x.shape
        scale = max(1.0, np.abs(wanted).max(initial=0))
        np.testing.assert_allclose(found, wanted, rtol=0, atol=tolerance * scale)


def images(shapes):
    return [ag.randn(*shape) for shape in shapes]


def attention(t):
    """Over the rows of the image, each looking at those before it."""
    q = t.flatten(1, 2)
    return F.scaled_dot_product_attention(q, q, q, is_causal=True)


def masked_by_hand(t):
    n = t.shape[3]
    scores = t.transpose(2, 3) @ t / math.sqrt(t.shape[2])
    return scores.masked_fill(ag.tril(ag.ones(n, n)) == 0, float("-inf")).softmax(-1)


def positions(t):
    """Sines of the column, as transformers add them."""
    column = ag.arange(t.shape[3], dtype=ag.float32)
    return t + (column[None, :] * 0.3).sin() + column.div(t.shape[3])


def grid(t):
    rows, columns = t.shape[2], t.shape[3]
    y = ag.linspace(-1, 1, rows).view(1, 1, rows, 1).expand(t.shape[0], 1, rows, columns)
    x = ag.linspace(-1, 1, columns).view(1, 1, 1, columns).expand(t.shape[0], 1, rows, columns)
    return ag.cat([t, y, x], 1)


def skip(t):
    """Down, up again, and beside what was there."""
    down = F.max_pool2d(F.pad(t, (0, 1, 0, 1)), 2)
    up = F.interpolate(down, size=t.shape[2:], mode="nearest")
    return ag.cat([t, up], 1)


def patches(t):
    n, c, h, w = t.shape
    t = t[:, :, : h // 2 * 2, : w // 2 * 2]
    return (
        t.reshape(n, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 1, 3, 5).reshape(n, (h // 2) * (w // 2), c * 4)
    )


GRAPHS = {
    "rows but the first": lambda t: t[:, :, 1:],
    "from both ends": lambda t: t[..., 1:-1, :-2],
    "every other": lambda t: t[:, :, ::2, 1::3],
    "the last row": lambda t: t[:, :, -1],
    "backwards": lambda t: t.flip(3) - t.flip((2, 3)),
    "the first half": lambda t: t[:, :, : t.shape[2] // 2],
    "narrow": lambda t: t.narrow(2, 1, t.shape[2] - 2),
    "chunks": lambda t: t.chunk(2, 1)[1] * 2,
    "roll": lambda t: t.roll((1, -2), (2, 3)),
    "flatten": lambda t: t.flatten(1).sum(1),
    "view by sizes": lambda t: t.view(t.size(0), -1, t.size(3)).amax(1),
    "view by a product": lambda t: t.reshape(t.shape[0], 2, t.shape[2] * t.shape[3]).softmax(-1),
    "squares": lambda t: t.reshape(-1, t.shape[2] * t.shape[3]).pow(2).sum(1),
    "expand": lambda t: t * ag.ones(1, 2, 1, 1).expand(t.shape[0], -1, t.shape[2], 1),
    "repeat": lambda t: t.repeat(1, 2, 1, 1),
    "zeros beside it": lambda t: ag.cat([t, ag.zeros(t.shape[0], 1, t.shape[2], t.shape[3])], 1),
    "count": lambda t: t.sum((2, 3)) / (t.shape[2] * t.shape[3]),
    "root of a size": lambda t: t / t.shape[3] ** 0.5,
    "number of elements": lambda t: t * (1.0 / t.numel()),
    "length": lambda t: t + len(t),
    "arange": positions,
    "grid": grid,
    "variance": lambda t: t.var((2, 3)) + t.std(1).mean((1, 2))[:, None],
    "instance norm": lambda t: F.instance_norm(t),
    "layer norm over channels": lambda t: F.layer_norm(t.permute(0, 2, 3, 1), (2,)),
    "pad to a fixed width": lambda t: F.pad(t, (0, 20 - t.shape[3])),
    "circular": lambda t: F.pad(t, (2, 1, 0, 3), mode="circular"),
    "replicate": lambda t: F.pad(t, (2, 1, 0, 3), mode="replicate"),
    "pad to a multiple": lambda t: F.pad(t, (0, -t.shape[3] % 4, 0, t.shape[2] % 2)),
    "reflect": lambda t: F.pad(t, (1, 2, 2, 1), mode="reflect"),
    "max pooling rounded up": lambda t: F.max_pool2d(t, 3, 2, 1, ceil_mode=True),
    "max pooling of long strides, rounded up": lambda t: F.max_pool2d(t, 2, 3, ceil_mode=True),
    "mean pooling rounded up": lambda t: F.avg_pool2d(t, 3, 2, 1, ceil_mode=True),
    "mean pooling rounded up without padding": lambda t: F.avg_pool2d(
        t, 3, 2, 1, ceil_mode=True, count_include_pad=False
    ),
    "mean pooling by a divisor": lambda t: F.avg_pool2d(t, 2, 2, ceil_mode=True, divisor_override=3),
    "adaptive to one": lambda t: F.adaptive_avg_pool2d(t, 1),
    "adaptive": lambda t: F.adaptive_avg_pool2d(t, (3, 2)),
    "adaptive in one axis": lambda t: F.adaptive_avg_pool2d(t, (None, 4)),
    "twice as large": lambda t: F.interpolate(t, scale_factor=2),
    "twice as large, linear": lambda t: F.interpolate(
        t, scale_factor=2, mode="bilinear", align_corners=False
    ),
    "corners": lambda t: F.interpolate(t, size=(t.shape[2] * 2, 5), mode="bilinear", align_corners=True),
    "cubic": lambda t: F.interpolate(t, size=(11, 13), mode="bicubic", align_corners=False),
    "skip": skip,
    "windows": lambda t: F.unfold(t, 3, padding=1, stride=2),
    "patches": patches,
    "products of rows": lambda t: t @ t.transpose(2, 3),
    "einsum": lambda t: ag.einsum("nchw,ncvw->nhv", t, t),
    "attention": attention,
    "a mask by hand": masked_by_hand,
    "running sums": lambda t: t.cumsum(3).logsumexp(2),
    "places": lambda t: t.argmax(3),
    "the greatest place": lambda t: t.gather(3, t.argmax(3, keepdim=True)),
    "stack": lambda t: ag.stack([t.mean(1), t.amax(1)], 1),
    "truths": lambda t: (t > 0).all(1) | (t < -1).any(1),
    "upper triangle": lambda t: t.transpose(2, 3).matmul(t).triu(1),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_small_graphs_in_other_sizes(name, tmp_path):
    ag.manual_seed(0)
    check(GRAPHS[name], tmp_path / "graph.onnx", ag.randn(*IMAGE), images(OTHERS), AXES)


@pytest.mark.parametrize("name", ["rows but the first", "view by sizes", "grid", "adaptive"])
def test_one_axis_may_differ_and_the_others_may_not(name, tmp_path):
    ag.manual_seed(0)
    check(GRAPHS[name], tmp_path / "graph.onnx", ag.randn(*IMAGE), images([(5, 2, 7, 7)]), {0: "batch"})
    check(GRAPHS[name], tmp_path / "graph.onnx", ag.randn(*IMAGE), images([(2, 2, 7, 30)]), {-1: "width"})


class Transformer(nn.Module):
    """Tokens and positions from tables, one layer of attention."""

    def __init__(self):
        super().__init__()
        self.tokens, self.places = nn.Embedding(11, 8), nn.Embedding(40, 8)
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)

    def forward(self, x):
        places = self.places(ag.arange(x.shape[1]))
        return self.layer(self.tokens(x) + places)


class Table(nn.Module):
    """Positions cut out of a parameter."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(ag.randn(1, 64, 4))
        self.gru = nn.Linear(4, 4)

    def forward(self, x):
        return self.gru(x + self.table[:, : x.size(1)]).relu()


def test_sequences_of_other_lengths(tmp_path):
    ag.manual_seed(0)
    axes = {0: "batch", 1: "time"}
    tokens = [ag.randint(0, 11, shape) for shape in ((2, 5), (3, 9), (1, 2), (4, 33))]
    check(Transformer(), tmp_path / "tokens.onnx", tokens[0], tokens[1:], axes)
    rows = [ag.randn(*shape) for shape in ((2, 5, 4), (3, 9, 4), (1, 2, 4), (4, 33, 4))]
    check(Table(), tmp_path / "table.onnx", rows[0], rows[1:], axes)


SIZES = {"LeNet": [(28, 28)] * 3, "AlexNet": [(96, 70), (64, 80), (127, 99)]}
ZOO = [("LeNet", 1, 28), ("resnet18", 3, 64), ("mobilenet_v2", 3, 64)]
LARGE = [("resnet34", 3, 64), ("resnet50", 3, 64), ("alexnet", 3, 96), ("vgg11", 3, 32), ("vgg16", 3, 32)]


@pytest.mark.parametrize(
    ("name", "channels", "size"),
    [pytest.param(*row, marks=pytest.mark.slow) for row in ZOO + LARGE],
)
def test_models_in_other_sizes(name, channels, size, tmp_path):
    ag.manual_seed(1)
    model = getattr(models, name)()
    sides = (
        [(size, size)] * 3
        if name == "LeNet"
        else [(size + 7, size + 32), (size + 1, size), (2 * size, size + 3)]
    )
    axes = {0: "batch"} if name == "LeNet" else AXES
    others = [ag.randn(n, channels, *side) for n, side in zip((3, 1, 2), sides, strict=True)]
    check(model, tmp_path / "model.onnx", ag.randn(2, channels, size, size), others, axes)


def test_two_inputs_share_a_size_by_its_name(tmp_path):
    path = tmp_path / "two.onnx"
    same = {"x": {0: "batch"}, "y": {0: "batch", 1: "features"}}
    a, b = ag.randn(2, 3), ag.randn(2, 4)
    export(
        lambda x, y: ag.cat([x, y], 1) / y.shape[1], (a, b), path, input_names=["x", "y"], dynamic_axes=same
    )
    x, y = ag.randn(5, 3), ag.randn(5, 7)
    (found,) = session(path).run(None, {"x": x.numpy(), "y": y.numpy()})
    np.testing.assert_allclose(found, ag.cat([x, y], 1).numpy() / 7, rtol=1e-5)
    export(lambda x, y: x * 2 + y, (a, a), path, input_names=["x", "y"], dynamic_axes={"x": [0], "y": [0]})
    (found,) = session(path).run(None, {"x": x.numpy(), "y": x.numpy()})
    np.testing.assert_allclose(found, 3 * x.numpy(), rtol=1e-6)
    with pytest.raises(ValueError, match=r"axes of sizes \[2, 3\] 'n'"):
        export(lambda x, y: x, (a, b), path, input_names=["x", "y"], dynamic_axes={"x": {0: "n", 1: "n"}})
    with pytest.raises(ValueError, match="names axis 4 of input 'x'"):
        export(lambda x: x, a, path, input_names=["x"], dynamic_axes={"x": {4: "n"}})


def by_size(t):
    return t * 2 if t.shape[2] % 2 else t + 1


def by_loop(t):
    for row in range(t.shape[2]):
        t = t + row
    return t


REFUSED = {
    "a condition on the size": (by_size, "for one size"),
    "a loop over the size": (by_loop, "for one size Add runs there, for another Identity"),
    "a kernel of the size": (lambda t: F.avg_pool2d(t, (t.shape[2], 1)), "kernel_shape of AveragePool"),
    "numbers of nobody's making": (
        lambda t: t + ag.tensor(np.sqrt(np.arange(t.shape[3], dtype=np.float32)) % 0.7),
        "no formula tells",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_differ_is_refused_with_its_line(name, tmp_path):
    model, said = REFUSED[name]
    with pytest.raises(NotImplementedError, match=said) as caught:
        export(
            model,
            ag.randn(*IMAGE),
            tmp_path / "no.onnx",
            input_names=["x"],
            dynamic_axes={"x": {2: "h", 3: "w"}},
        )
    assert "test_dynamic.py:" in str(caught.value) or "<lambda>" in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    check(model, tmp_path / "fixed.onnx", ag.randn(*IMAGE), [], {0: "batch"})


@pytest.mark.slow
def test_a_model_for_one_size_only_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match="the model runs with no other one: RuntimeError: mat1"):
        export(
            models.LeNet(),
            ag.randn(2, 1, 28, 28),
            tmp_path / "no.onnx",
            input_names=["x"],
            dynamic_axes={"x": {2: "h"}},
        )


def test_what_depends_on_the_numbers_of_the_example_is_refused(tmp_path):
    x = ag.randn(6, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(NotImplementedError, match="depends on the numbers in the example"):
            export(lambda t: t * float(t[0, 0].detach().numpy()), x, tmp_path / "no.onnx")
    with pytest.raises(NotImplementedError, match="depends on the numbers in the example"):
        export(lambda t: t + ag.rand(3), x, tmp_path / "no.onnx")
    with pytest.warns(UserWarning, match="left the graph by"):
        export(lambda t: t if t.abs().sum().item() > 0 else -t, x, tmp_path / "yes.onnx")


def counted_up(t):
    place = t.argmax(1)
    place += 1
    return place


class Counting(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("total", ag.zeros(3))

    def forward(self, t):
        first = t + self.total
        self.total.add_(1)
        return first, t + self.total


def test_constants_that_are_written_while_the_model_runs(tmp_path):
    model, x = Counting(), ag.randn(2, 3)
    export(model, x, tmp_path / "two.onnx", input_names=["x"], dynamic_axes={"x": [0]})
    assert model.total.tolist() == [1.0, 1.0, 1.0]
    y = np.ones((4, 3), np.float32)
    first, second = session(tmp_path / "two.onnx").run(None, {"x": y})
    np.testing.assert_array_equal(first, y)
    np.testing.assert_array_equal(second, y + 1)
    with pytest.raises(NotImplementedError, match="written in place"):
        export(counted_up, x, tmp_path / "no.onnx")


@dataclasses.dataclass
class Output:
    logits: ag.Tensor
    hidden: object = None


def test_results_in_dicts_have_their_keys_as_names(tmp_path):
    x = ag.randn(2, 3)
    export(lambda t: {"mean": t.mean(1), "parts": [t, (t * 2,)]}, x, tmp_path / "dict.onnx")
    running = session(tmp_path / "dict.onnx")
    assert [o.name for o in running.get_outputs()] == ["mean", "parts_0", "parts_1_0"]
    for found, wanted in zip(running.run(None, {"input_0": x.numpy()}), (x.mean(1), x, x * 2), strict=True):
        np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-6)
    export(lambda t: Output(t * 2, [None, t]), x, tmp_path / "data.onnx", dynamic_axes={"input_0": {0: "n"}})
    described = [(o.name, o.shape) for o in session(tmp_path / "data.onnx").get_outputs()]
    assert described == [("logits", ["n", 3]), ("hidden_1", ["n", 3])]
    with pytest.raises(TypeError, match="returned int as its output_1"):
        export(lambda t: (t, 3), x, tmp_path / "no.onnx")
    with pytest.raises(ValueError, match="1 output_names for 2 outputs"):
        export(lambda t: (t, t), x, tmp_path / "no.onnx", output_names=["y"])


def of_another_input(model, args, others, path):
    """What a file that was exported with ``args`` gives for ``others``, and what the model gives."""
    names = [f"input_{i}" for i in range(len(args))]
    export(model, args, path, input_names=names)
    with ag.no_grad():
        wanted = model(*others).numpy()
    given = {name: value.numpy() for name, value in zip(names, others, strict=True)}
    return session(path).run(None, given)[0], wanted


WORDS, PADDED = ag.tensor([[3, 4, 5], [1, 2, 3]]), ag.tensor([[3, 0, 5], [1, 0, 0]])
ATTENTION = nn.MultiheadAttention(4, 2, batch_first=True).eval()
MASKING = {
    "masked_fill": lambda x, words: x.masked_fill((words == 0)[..., None], -9.0),
    "masked_fill_": lambda x, words: x.clone().masked_fill_((words == 0)[..., None], -9.0).softmax(1),
    "attention": lambda x, words: ATTENTION(x, x, x, key_padding_mask=words == 0)[0],
    "attention without weights": lambda x, words: ATTENTION(
        x, x, x, key_padding_mask=words == 0, need_weights=False
    )[0],
    "one key for all": lambda x, words: F.scaled_dot_product_attention(
        x, x, x, attn_mask=(words != 0)[:, None].expand(2, 3, 3)
    ),
    "rows that see nothing": lambda x, words: F.scaled_dot_product_attention(
        x, x, x, attn_mask=(words != 0)[..., None].expand(2, 3, 3)
    ),
}


@pytest.mark.parametrize("model", MASKING.values(), ids=MASKING)
def test_a_mask_that_the_example_does_not_need_is_in_the_file(model, tmp_path):
    """The example has no padding: its mask hides nothing, and another one's does."""
    x = ag.randn(2, 3, 4)
    found, wanted = of_another_input(model, (x, WORDS), (x, PADDED), tmp_path / "mask.onnx")
    np.testing.assert_allclose(found, wanted, atol=1e-6)


def test_a_number_that_is_the_same_for_similar_inputs_is_not_frozen(tmp_path):
    """Labels that are the same throughout, and an index that is 0 as long as all is above 0."""
    x = ag.rand(4, 3) + 1
    with pytest.raises(NotImplementedError, match="depends on the numbers in the example"):
        export(F.cross_entropy, (x, ag.tensor([2, 2, 2, 2])), tmp_path / "no.onnx")
    with pytest.raises(NotImplementedError, match="depends on the numbers in the example"):
        export(lambda t: t.index_select(0, (t[:, 0] < 0).long()), x, tmp_path / "no.onnx")
