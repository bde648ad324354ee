"""Files with dynamic axes compute at other sizes what the model does; what can't be dynamic is refused."""

import dataclasses

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import models, nn, onnx
from autograd_cnn.nn import functional as F

library = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
runtime.set_default_logger_severity(3)

NAMES = ("batch", "channels", "height", "width")
SIZES = ((3, 9, 5), (1, 6, 11), (5, 8, 8))


def agree(model, path, shape, axes, others, tolerance=2e-5):
    """Export at one shape, compare at others; ``axes`` are dynamic."""
    source = np.random.default_rng(0)
    example = ag.from_numpy(source.normal(size=shape).astype(np.float32))
    onnx.export(model, example, path, dynamic_axes={"input_0": {a: NAMES[a] for a in axes}})
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    if isinstance(model, nn.Module):
        model.eval()
    for sizes in others:
        whole = list(shape)
        for axis, size in zip(axes, sizes, strict=True):
            whole[axis] = size
        array = source.normal(size=whole).astype(np.float32)
        with ag.no_grad():
            expected = model(ag.from_numpy(array))
        wanted = [expected] if isinstance(expected, ag.Tensor) else list(expected)
        for found, y in zip(session.run(None, {"input_0": array}), wanted, strict=True):
            assert found.shape == y.shape
            bound = tolerance * max(1.0, float(abs(y.numpy()).max(initial=0.0)))
            np.testing.assert_allclose(found, y.numpy(), rtol=0, atol=bound)


class Encoded(nn.Module):
    """A learned and a computed positional encoding, on sequences (N, T, 4)."""

    def __init__(self):
        super().__init__()
        self.table = nn.Parameter(ag.randn(1, 64, 4))
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        t = x.shape[1]
        place = ag.arange(t).float()[:, None] * ag.tensor([1.0, 0.1, 0.01, 0.001])
        return self.linear(x + self.table[:, :t] + place.sin())


class Attention(nn.Module):
    """Causal attention with two heads, on (N, T, 4)."""

    def __init__(self):
        super().__init__()
        self.q, self.k, self.v = nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4)

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = (f(x).reshape(n, t, 2, c // 2).transpose(1, 2) for f in (self.q, self.k, self.v))
        scores = q @ k.transpose(-1, -2) / (c // 2) ** 0.5
        mask = ag.ones(t, t).tril() == 0
        weights = F.softmax(scores.masked_fill(mask, float("-inf")), -1)
        return (weights @ v).transpose(1, 2).reshape(n, t, c)


class Patches(nn.Module):
    """Conv features as a sequence, and back to a map."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 4, 3, stride=2, padding=1)

    def forward(self, x):
        y = self.conv(x)
        n, c, h, w = y.shape
        return y.flatten(2).transpose(1, 2).softmax(1).transpose(1, 2).reshape(n, c, h, w)


IMAGES = {
    "slice": lambda t: t[:, :, 1:],
    "slices from the end": lambda t: t[:, :, :-2, -3:],
    "half": lambda t: t[:, :, : t.shape[2] // 2],
    "middle": lambda t: t[:, :, (t.shape[2] - 3) // 2 : (t.shape[2] - 3) // 2 + 3, 1:-1],
    "odd rows": lambda t: t[:, :, 1::2, ::2],
    "last row": lambda t: t[:, :, -1],
    "row by count": lambda t: t[:, :, t.shape[2] - 2],
    "narrow": lambda t: t.narrow(3, 1, t.shape[3] - 2),
    "flatten": lambda t: t.flatten(1),
    "flatten all": lambda t: t.flatten(),
    "view": lambda t: t.view(t.size(0), t.size(1), t.size(2) * t.size(3)),
    "view of the batch": lambda t: t.reshape(t.shape[0] * 2, -1),
    "rows as a batch": lambda t: t.permute(0, 2, 1, 3).reshape(-1, t.shape[1] * t.shape[3]),
    "expand": lambda t: t[:, :1].expand(t.shape[0], 3, t.shape[2], t.shape[3]) * 2,
    "expand a constant": lambda t: ag.tensor([[1.0], [2.0]]).expand(2, t.shape[3])[None, :, None] + t,
    "broadcast": lambda t: t - t.mean((2, 3), keepdim=True),
    "pad": lambda t: F.pad(t, (1, 2, 0, 3), value=0.5),
    "pad to double": lambda t: F.pad(t, (0, t.shape[3])),
    "arange": lambda t: t + ag.arange(t.shape[3]) * 0.1,
    "reversed arange": lambda t: t * ag.arange(t.shape[2] - 1, -1, -1).float()[:, None],
    "linspace": lambda t: t * ag.linspace(-1, 1, t.shape[3]),
    "zeros": lambda t: ag.cat([t, ag.zeros(t.shape[0], 1, t.shape[2], t.shape[3])], 1),
    "ones": lambda t: ag.cat([ag.ones(t.shape[0], 2, 1, t.shape[3]) * 3, t], 2),
    "full of a size": lambda t: t + ag.full((t.shape[2], 1), float(t.shape[3])),
    "zeros like": lambda t: ag.zeros_like(t) + t.sum(),
    "eye": lambda t: ag.eye(t.shape[2]) @ t,
    "triangle": lambda t: t.transpose(2, 3) @ ag.ones(t.shape[2], t.shape[2]).triu(1),
    "divided by the batch": lambda t: t.sum(0) / t.shape[0],
    "divided by a count": lambda t: t.sum() / (t.shape[2] * t.shape[3]),
    "by a root": lambda t: t / t.shape[3] ** 0.5,
    "by a count less one": lambda t: t / (t.numel() - 1),
    "len": lambda t: t * len(t),
    "mean": lambda t: (t.mean(2), t.mean((0, 3))),
    "variance": lambda t: (t * t).mean((2, 3)) - t.mean((2, 3)) ** 2,
    "split": lambda t: [a * 2 for a in t.split([1, t.shape[3] - 1], 3)],
    "chunk": lambda t: t.chunk(2, 1)[1] + t[:, :1],
    "max pool": lambda t: F.max_pool2d(t, 2),
    "max pool rounded up": lambda t: F.max_pool2d(t, 3, 2, ceil_mode=True),
    "average pool": lambda t: F.avg_pool2d(t, 3, 2, 1),
    "global": lambda t: F.adaptive_avg_pool2d(t, 1),
    "adaptive": lambda t: F.adaptive_avg_pool2d(t, (3, 2)),
    "conv": nn.Conv2d(2, 3, 3, stride=2, padding=1),
    "transposed conv": nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1),
    "patches": Patches(),
    "norm": nn.BatchNorm2d(2),
    "transposed product": lambda t: t @ t.transpose(2, 3),
    "softmax": lambda t: t.flatten(2).softmax(-1),
    "where": lambda t: ag.where(t > 0, t, ag.zeros(t.shape)),
    "upsample by two": lambda t: (
        t[:, :, :, None, :, None]
        .expand(*t.shape[:3], 2, t.shape[3], 2)
        .reshape(*t.shape[:2], 2 * t.shape[2], 2 * t.shape[3])
    ),
}
SHARE = ("slice", "half", "view", "arange", "divided by a count", "adaptive", "patches", "triangle", "expand")


@pytest.mark.parametrize(
    "name", [n if n in SHARE else pytest.param(n, marks=pytest.mark.slow) for n in IMAGES]
)
def test_images_of_any_size(name, tmp_path):
    agree(IMAGES[name], tmp_path / "model.onnx", (1, 2, 7, 7), (0, 2, 3), SIZES)


SEQUENCES = {"encoded": Encoded, "attention": Attention, "linear": lambda: nn.Linear(4, 3)}


@pytest.mark.parametrize("name", SEQUENCES)
def test_sequences_of_any_length(name, tmp_path):
    agree(SEQUENCES[name](), tmp_path / "model.onnx", (2, 5, 4), (0, 1), ((1, 3), (4, 9), (2, 17)))


ZOO = {
    "LeNet": (models.LeNet, (1, 1, 28, 28), (0,), ((3,), (1,), (6,))),
    "resnet18": (models.resnet18, (1, 3, 64, 64), (0, 2, 3), ((2, 64, 96), (1, 71, 64), (3, 80, 85))),
    "resnet50": (models.resnet50, (1, 3, 64, 64), (0, 2, 3), ((2, 64, 96), (1, 71, 64), (3, 80, 85))),
    "mobilenet_v2": (models.mobilenet_v2, (1, 3, 64, 64), (0, 2, 3), ((2, 64, 96), (1, 71, 64))),
    "vgg11": (models.vgg11, (1, 3, 32, 32), (0, 2, 3), ((2, 64, 40), (1, 33, 64))),
    "alexnet": (models.alexnet, (1, 3, 95, 95), (0, 2, 3), ((2, 95, 127), (1, 130, 99))),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_models_at_any_size(name, tmp_path):
    make, shape, axes, others = ZOO[name]
    ag.manual_seed(1)
    agree(make(), tmp_path / "model.onnx", shape, axes, others, 1e-4)


def loop_over_rows(t):
    return ag.stack([row * i for i, row in enumerate(t.unbind(2))], 2)


REFUSED = {
    "a loop": (loop_over_rows, "'height' can't be dynamic: other operators run"),
    "a layer that fixes a size": (
        nn.Sequential(nn.Flatten(), nn.Linear(98, 3)),
        "does not run where .*'height'",
    ),
    "a constant of the example": (lambda t: t + ag.ones(7), "does not run where 'width' differs"),
    "a condition": (
        lambda t: t * 2 if t.shape[3] % 2 else t + 1,
        "'width' can't be dynamic: other operators",
    ),
    "numbers of no order": (
        lambda t: t * ag.from_numpy(np.cos(np.arange(t.shape[3]) ** 2.0).astype(np.float32)),
        r"test_dynamic.py:\d+: 'width' can't be dynamic: a constant of shape \[7\] or \[\d+\] .*has no form",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_dynamic_is_refused_and_named(name, tmp_path):
    model, says = REFUSED[name]
    path = tmp_path / "no.onnx"
    axes = {"input_0": {0: "batch", 2: "height", 3: "width"}}
    with pytest.raises((NotImplementedError, RuntimeError), match=says):
        onnx.export(model, ag.rand(1, 2, 7, 7), path, dynamic_axes=axes)
    assert not path.exists()
    onnx.export(model, ag.rand(1, 2, 7, 7), path, dynamic_axes={"input_0": [0]})


def test_two_inputs_of_one_batch(tmp_path):
    path, x, y = tmp_path / "two.onnx", ag.rand(2, 3), ag.rand(2, 3)
    onnx.export(
        lambda x, y: x * y + x.shape[0],
        (x, y),
        path,
        input_names=["x", "y"],
        dynamic_axes={"x": [0], "y": [0], "output_0": {0: "n"}},
    )
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    a = np.ones((5, 3), np.float32)
    np.testing.assert_allclose(session.run(None, {"x": a, "y": a})[0], a + 5)
    assert session.get_outputs()[0].shape == ["n", 3]


def test_the_names_of_axes(tmp_path):
    path = tmp_path / "model.onnx"
    axes = {"input_0": {0: "batch", 2: "height"}}
    onnx.export(lambda t: (t.mean(2), t[:, :, 1:]), ag.rand(1, 2, 7, 7), path, dynamic_axes=axes)
    outputs = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"]).get_outputs()
    assert [o.shape for o in outputs] == [["batch", 2, 7], ["batch", 2, "output_1_2", 7]]
    with pytest.raises(IndexError, match="axis 4 of input_0, which has 4 axes"):
        onnx.export(nn.ReLU(), ag.rand(1, 2, 7, 7), path, dynamic_axes={"input_0": {4: "x"}})


def test_the_model_is_left_as_it_was(tmp_path):
    norm = nn.BatchNorm2d(2, track_running_stats=True)
    before = {k: v.numpy().copy() for k, v in norm.state_dict().items()}
    model = nn.Sequential(norm, nn.ReLU())
    norm.train()
    onnx.export(model, ag.rand(2, 2, 4, 4), tmp_path / "m.onnx", dynamic_axes={"input_0": [0]})
    assert all(np.array_equal(v.numpy(), before[k]) for k, v in norm.state_dict().items())


@dataclasses.dataclass
class Output:
    logits: ag.Tensor
    hidden: object = None


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (lambda x: {"a": x * 2, "b": x + 1}, ["a", "b"]),
        (lambda x: Output(x * 2), ["logits"]),
        (lambda x: Output(x * 2, [x, {"last": x + 1}]), ["logits", "hidden.0", "hidden.1.last"]),
        (lambda x: [x, (x * 2,)], ["0", "1.0"]),
        (lambda x: (x, None), ["output_0"]),
    ],
)
def test_results_in_structures_are_outputs_by_name(model, names, tmp_path):
    path = tmp_path / "model.onnx"
    onnx.export(model, ag.rand(2, 3), path)
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [o.name for o in session.get_outputs()] == names


def test_results_that_are_no_tensors_are_refused(tmp_path):
    for model, says in ((lambda x: {"a": x, "n": 3}, r"int at result\['n'\]"), (lambda x: None, "NoneType")):
        with pytest.raises(TypeError, match=says):
            onnx.export(model, ag.rand(2, 3), tmp_path / "no.onnx")


@pytest.mark.parametrize("size", range(5, 12))
@pytest.mark.parametrize("pool", [F.max_pool2d, F.avg_pool2d])
def test_pools_rounded_up_at_every_remainder(pool, size, tmp_path):
    for kernel, stride, padding in ((2, 2, 0), (3, 2, 1), (2, 3, 0), (2, 2, 1), (3, 3, 1), (1, 3, 0)):
        counted = {} if pool is F.max_pool2d else {"count_include_pad": False}
        x = ag.rand(1, 1, size, size + 1)

        def model(t, k=kernel, s=stride, p=padding, c=counted):
            return pool(t, k, s, p, ceil_mode=True, **c)

        path = tmp_path / f"{kernel}{stride}{padding}.onnx"
        onnx.export(model, x, path)
        library.checker.check_model(library.load(str(path)), full_check=True)
        session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        np.testing.assert_allclose(session.run(None, {"input_0": x.numpy()})[0], model(x).numpy(), atol=1e-6)
