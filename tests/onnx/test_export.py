"""ONNX files run by onnxruntime give what the models give."""

import subprocess
import sys

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import models, nn, onnx
from autograd_cnn.nn import functional as F
from autograd_cnn.nn._composition import compositions, forms

pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
rng = np.random.default_rng(0)


def run(path, *arrays):
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [i.name for i in session.get_inputs()]
    return session.run(None, dict(zip(names, arrays, strict=True)))


def check(model, path, *shapes, tolerance=1e-5):
    """The same outputs, relative to the largest, on other numbers than the example's."""
    examples = [ag.rand(*shape) for shape in shapes]
    onnx.export(model, tuple(examples), path)
    if isinstance(model, nn.Module):
        model.eval()
    arrays = [rng.normal(size=shape).astype(np.float32) for shape in shapes]
    with ag.no_grad():
        expected = model(*map(ag.tensor, arrays))
    for found, wanted in zip(
        run(path, *arrays), expected if isinstance(expected, (tuple, list)) else [expected], strict=True
    ):
        assert found.dtype == wanted.numpy().dtype
        np.testing.assert_allclose(
            found, wanted.numpy(), rtol=0, atol=tolerance * max(1.0, np.abs(wanted.numpy()).max())
        )


def lively(model):
    """A model whose batch normalisation has seen something, so that nothing in it is small or trivial."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.array[...] = rng.normal(size=module.running_mean.shape) * 0.1
            module.running_var.array[...] = rng.uniform(0.5, 2, size=module.running_var.shape)
    return model


LARGE = [pytest.param(name, 32, marks=pytest.mark.slow) for name in ("vgg11", "vgg16")]
MODELS = [
    ("resnet18", 64),
    ("mobilenet_v2", 64),
    *(pytest.param(name, 64, marks=pytest.mark.slow) for name in ("resnet34", "resnet50")),
]


def test_lenet(tmp_path):
    check(models.LeNet(), tmp_path / "lenet.onnx", (3, 1, 28, 28))


@pytest.mark.parametrize(
    ("name", "size"), [*MODELS, pytest.param("alexnet", 95, marks=pytest.mark.slow), *LARGE]
)
def test_models(name, size, tmp_path):
    ag.manual_seed(1)
    check(lively(getattr(models, name)()), tmp_path / "model.onnx", (1, 3, size, size))


LAYERS = {
    "conv1d": (lambda: nn.Conv1d(2, 4, 3, stride=2, padding=1), (2, 2, 9)),
    "conv2d": (lambda: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 0), dilation=2, groups=2), (2, 4, 9, 8)),
    "conv2d same": (lambda: nn.Conv2d(2, 3, 4, padding="same", bias=False), (1, 2, 7, 6)),
    "conv2d of one image": (lambda: nn.Conv2d(2, 3, 3, padding=1), (2, 7, 6)),
    "conv3d": (lambda: nn.Conv3d(1, 2, 2), (1, 1, 4, 4, 4)),
    "conv_transpose2d": (lambda: nn.ConvTranspose2d(3, 2, 3, 2, 1, output_padding=1), (1, 3, 5, 5)),
    "linear": (lambda: nn.Linear(4, 3), (5, 4)),
    "linear of three axes": (lambda: nn.Linear(4, 3), (2, 5, 4)),
    "linear without bias": (lambda: nn.Linear(4, 3, bias=False), (5, 4)),
    "max_pool2d": (lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True), (1, 2, 8, 8)),
    "max_pool2d of one image": (lambda: nn.MaxPool2d(2), (2, 8, 8)),
    "avg_pool2d": (lambda: nn.AvgPool2d(3, 2, 1), (1, 2, 8, 8)),
    "avg_pool2d by another divisor": (lambda: nn.AvgPool2d(2, divisor_override=3), (1, 2, 8, 8)),
    "adaptive": (lambda: lambda x: F.adaptive_avg_pool2d(x, 2), (1, 2, 8, 8)),
    "adaptive overlapping": (lambda: lambda x: F.adaptive_avg_pool2d(x, 3), (1, 2, 8, 7)),
    "batch_norm": (lambda: lively(nn.BatchNorm2d(3)), (2, 3, 4, 4)),
    "relu in place": (lambda: nn.Sequential(nn.Linear(4, 4), nn.ReLU(inplace=True), nn.Linear(4, 2)), (3, 4)),
    "relu6": (lambda: lambda x: F.relu6(x * 10), (3, 4)),
    "leaky_relu": (lambda: nn.LeakyReLU(0.2), (3, 4)),
    "gelu": (lambda: F.gelu, (3, 4)),
    "dropout": (lambda: nn.Dropout(0.9), (3, 4)),
    "softmax": (lambda: lambda x: F.softmax(x, 1), (3, 4)),
    "log_softmax": (lambda: lambda x: F.log_softmax(x, 0), (3, 4)),
    "arithmetic": (lambda: lambda x: (2 - x) / (x.abs() + 1) - (x**2).exp().log() * 0.5, (3, 4)),
    "where": (lambda: lambda x: ag.where(x > 0.5, x, -x), (3, 4)),
    "clamp": (lambda: lambda x: x.clamp(-0.5, 0.5), (3, 4)),
    "movement": (
        lambda: lambda x: ag.cat([x.permute(2, 0, 1).reshape(4, -1), x[0, :, ::2].reshape(4, -1)[:, 1:]], 1),
        (2, 6, 4),
    ),
    "reduction": (lambda: lambda x: x.sum(1) + x.mean(1) + x.amax((0, 1)) - x.mean(), (2, 3, 4)),
    "matmul": (lambda: lambda x: x @ x.transpose(-1, -2), (2, 3, 4)),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers(name, tmp_path):
    make, shape = LAYERS[name]
    check(make(), tmp_path / "layer.onnx", shape)


def test_several_inputs_and_outputs(tmp_path):
    check(lambda x, y: (x + y, x @ y), tmp_path / "two.onnx", (3, 3), (3, 3))


def test_names_and_sizes_that_may_differ(tmp_path):
    model, path = models.LeNet(), tmp_path / "lenet.onnx"
    onnx.export(
        model,
        ag.rand(2, 1, 28, 28),
        path,
        input_names=["image"],
        output_names=["scores"],
        dynamic_axes={"image": {0: "n"}, "scores": [0]},
    )
    session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    assert [i.name for i in session.get_inputs()] == ["image"]
    images = rng.normal(size=(5, 1, 28, 28)).astype(np.float32)
    (scores,) = session.run(["scores"], {"image": images})
    np.testing.assert_allclose(scores, model(ag.tensor(images)).detach().numpy(), rtol=0, atol=1e-5)
    import onnx as library

    assert {"conv1.weight", "fc2.bias"} <= {
        tensor.name for tensor in library.load(str(path)).graph.initializer
    }


def test_the_model_is_left_as_it_was(tmp_path):
    model = nn.Sequential(nn.Linear(2, 2), nn.Dropout(), nn.BatchNorm1d(2).eval())
    onnx.export(model, ag.rand(3, 2), tmp_path / "model.onnx")
    assert [m.training for m in model.modules()] == [True, True, True, False]
    assert all(p.grad is None for p in model.parameters())


def test_nothing_of_the_export_stays_behind(tmp_path):
    before = {name: composition.__dict__.copy() for name, composition in compositions.items()}
    onnx.export(models.LeNet(), ag.rand(1, 1, 28, 28), tmp_path / "model.onnx")
    assert not forms.get()
    assert before == {name: composition.__dict__ for name, composition in compositions.items()}


def test_a_batch_that_is_normalised_by_itself_is_followed_once(tmp_path):
    x, mean, variance = ag.rand(3, 2, 4, 4), ag.zeros(2), ag.ones(2)
    path = tmp_path / "model.onnx"
    onnx.export(lambda x: F.batch_norm(x, mean, variance, training=True), x, path)
    np.testing.assert_allclose(mean.numpy(), 0.1 * x.numpy().mean((0, 2, 3)), rtol=1e-5)
    (found,) = run(path, x.numpy())
    np.testing.assert_allclose(found, F.batch_norm(x, None, None, training=True).numpy(), atol=1e-5)


def test_what_has_no_form_is_refused_by_name(tmp_path):
    with pytest.raises(NotImplementedError, match=r"no ONNX operator is known for \w+"):
        onnx.export(lambda x: ag.linalg.inv(x), ag.rand(2, 2), tmp_path / "no.onnx")
    with pytest.raises(NotImplementedError, match="return_indices"):
        onnx.export(
            lambda x: F.max_pool2d(x, 2, return_indices=True), ag.rand(1, 1, 4, 4), tmp_path / "no.onnx"
        )
    with pytest.raises(TypeError, match="ndarray"):
        onnx.export(nn.ReLU(), np.ones(2), tmp_path / "no.onnx")
    with pytest.raises(ValueError, match="opset_version 9"):
        onnx.export(nn.ReLU(), ag.rand(2), tmp_path / "no.onnx", opset_version=9)
    with pytest.raises(ValueError, match="dynamic_axes names"):
        onnx.export(nn.ReLU(), ag.rand(2), tmp_path / "no.onnx", dynamic_axes={"x": [0]})
    assert list(tmp_path.iterdir()) == []


def test_without_the_library_the_error_says_what_to_install(tmp_path):
    code = (
        "import sys; sys.modules['onnx'] = None\nimport autograd_cnn as "
        "ag\nag.onnx.export(ag.nn.ReLU(), ag.rand(2), 'x')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "pip install 'autograd-cnn[onnx]'" in done.stderr
