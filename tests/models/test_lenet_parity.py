"""LeNet beside PyTorch's: every activation and every gradient, in float64, to 1e-10."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.modes import fusion
from autograd_cnn._random.stream import default_stream
from autograd_cnn.models import LeNet
from autograd_cnn.nn import functional as F

LAYERS = ["conv1", "pool1", "conv2", "pool2", "fc1", "relu1", "fc2", "loss"]


def layers(functional, model, x, y):
    """The forward pass step by step; returns the outputs of the layers in LAYERS."""
    conv1 = model.conv1(x)
    pool1 = functional.max_pool2d(conv1, 2)
    conv2 = model.conv2(pool1)
    pool2 = functional.max_pool2d(conv2, 2)
    fc1 = model.fc1(pool2.reshape(pool2.shape[0], -1))
    relu1 = functional.relu(fc1)
    fc2 = model.fc2(relu1)
    return [conv1, pool1, conv2, pool2, fc1, relu1, fc2, functional.cross_entropy(fc2, y)]


@pytest.fixture(params=[False, True], ids=["definitions", "fused"])
def steps(request):
    """One step of both models from equal parameters: (ours, theirs), each (model, input, outputs)."""
    torch = pytest.importorskip("torch")
    tnn = torch.nn

    class Reference(tnn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = tnn.Conv2d(1, 20, 5), tnn.Conv2d(20, 50, 5)
            self.fc1, self.fc2 = tnn.Linear(800, 500), tnn.Linear(500, 10)

    rng = np.random.default_rng(0)
    x, y = rng.uniform(size=(8, 1, 28, 28)), rng.integers(10, size=8)
    default_stream.seed(0)
    ours, theirs = LeNet(dtype=ag.float64), Reference().double()
    theirs.load_state_dict({name: torch.tensor(value.array) for name, value in ours.state_dict().items()})
    found = []
    for library, functional, model in ((ag, F, ours), (torch, tnn.functional, theirs)):
        image = library.tensor(x, requires_grad=True)
        with fusion(request.param):
            outputs = layers(functional, model, image, library.tensor(y))
        for output in outputs:
            output.retain_grad()
        outputs[-1].backward()
        found.append((model, image, outputs))
    return found


def test_activations_are_pytorchs(steps):
    (_, _, ours), (_, _, theirs) = steps
    for name, a, b in zip(LAYERS, ours, theirs, strict=True):
        np.testing.assert_allclose(a.detach().array, b.detach().numpy(), rtol=0, atol=1e-10, err_msg=name)


def test_gradients_of_activations_and_image_are_pytorchs(steps):
    (_, image, ours), (_, other_image, theirs) = steps
    for name, a, b in zip(["image", *LAYERS], [image, *ours], [other_image, *theirs], strict=True):
        np.testing.assert_allclose(a.grad.array, b.grad.numpy(), rtol=0, atol=1e-10, err_msg=name)


def test_gradients_of_parameters_are_pytorchs(steps):
    (ours, _, _), (theirs, _, _) = steps
    expected = dict(theirs.named_parameters())
    assert [name for name, _ in ours.named_parameters()] == list(expected)
    for name, parameter in ours.named_parameters():
        np.testing.assert_allclose(
            parameter.grad.array, expected[name].grad.numpy(), rtol=0, atol=1e-10, err_msg=name
        )


def test_the_model_is_its_layers(steps):
    (model, image, outputs), _ = steps
    np.testing.assert_allclose(model(image).detach().array, outputs[-2].detach().array, rtol=0, atol=1e-12)


def test_starts_with_pytorchs_parameters_and_prints_as_pytorchs():
    torch = pytest.importorskip("torch")
    default_stream.seed(5)
    torch.manual_seed(5)
    model = LeNet()
    made = [
        torch.nn.Conv2d(1, 20, 5),
        torch.nn.Conv2d(20, 50, 5),
        torch.nn.Linear(800, 500),
        torch.nn.Linear(500, 10),
    ]
    for name, layer in zip(["conv1", "conv2", "fc1", "fc2"], made, strict=True):
        assert repr(getattr(model, name)) == repr(layer)
        np.testing.assert_array_equal(getattr(model, name).weight.array, layer.weight.detach().numpy())
        np.testing.assert_array_equal(getattr(model, name).bias.array, layer.bias.detach().numpy())
