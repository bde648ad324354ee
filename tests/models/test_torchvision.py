"""The models have torchvision's parameters: names, order, shapes, initial values; and its weight files give
its scores."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import models

PLAIN = ("alexnet", "vgg11")
LARGE = [pytest.param(name, marks=pytest.mark.slow) for name in ("alexnet", "vgg11", "vgg16")]
NAMES = [
    "resnet18",
    "mobilenet_v2",
    *(pytest.param(name, marks=pytest.mark.slow) for name in ("resnet34", "resnet50")),
    *LARGE,
]


def test_the_names_of_weight_files():
    """Some of each family, as they stand in torchvision's files."""
    assert {
        "conv1.weight",
        "bn1.running_mean",
        "layer2.0.downsample.1.bias",
        "layer4.1.bn2.num_batches_tracked",
        "fc.bias",
    } <= set(models.resnet18().state_dict())
    mobile = models.mobilenet_v2().state_dict()
    assert mobile["features.1.conv.0.0.weight"].shape == (32, 1, 3, 3)
    assert mobile["features.2.conv.0.1.weight"].shape == (96,)
    assert mobile["features.18.0.weight"].shape == (1280, 320, 1, 1)
    assert mobile["classifier.1.weight"].shape == (1000, 1280)


@pytest.mark.parametrize("name", NAMES)
def test_a_weight_file_of_torchvision_gives_its_scores(name, tmp_path):
    torch, torchvision = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    ag.manual_seed(3)
    ours = getattr(models, name)().eval()
    torch.manual_seed(3)
    theirs = getattr(torchvision.models, name)().eval()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for mine, other in zip(ours.state_dict().values(), theirs.state_dict().values(), strict=True):
        np.testing.assert_array_equal(mine.numpy(), other.numpy())
    torch.save(theirs.state_dict(), tmp_path / "weights.pth")
    ours.load_state_dict(ag.load(tmp_path / "weights.pth"))
    image = np.random.default_rng(0).normal(size=(1, 3, 64, 64)).astype(np.float32)
    with torch.no_grad(), ag.no_grad():
        expected, found = theirs(torch.tensor(image)).numpy(), ours(ag.tensor(image)).numpy()
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5 * np.abs(expected).max())


STRUCTURES = {
    "resnet18": "conv1 bn1 relu maxpool layer1 layer2 layer3 layer4 avgpool fc",
    "resnet50": "conv1 bn1 relu maxpool layer1 layer2 layer3 layer4 avgpool fc",
    "alexnet": "features avgpool classifier",
    "vgg11": "features avgpool classifier",
    "mobilenet_v2": "features classifier",
}
"""The modules of each model, as torchvision's documentation of its forward pass has them."""

BLOCKS = {
    "resnet18": (
        "layer2.0",
        "conv1 Conv2d, bn1 BatchNorm2d, relu ReLU, conv2 Conv2d, bn2 BatchNorm2d, downsample Sequential",
    ),
    "resnet50": (
        "layer1.1",
        "conv1 Conv2d, bn1 BatchNorm2d, conv2 Conv2d, bn2 BatchNorm2d, conv3 Conv2d, bn3 BatchNorm2d, "
        "relu ReLU",
    ),
    "mobilenet_v2": (
        "features.2.conv",
        "0 Conv2dNormActivation, 1 Conv2dNormActivation, 2 Conv2d, 3 BatchNorm2d",
    ),
}


@pytest.mark.parametrize(
    "name",
    ["resnet18", "mobilenet_v2", *(pytest.param(n, marks=pytest.mark.slow) for n in ("resnet50", *PLAIN))],
)
def test_the_modules_are_torchvisions_and_are_all_there_is(name):
    """Scripts cut models: their children one after another, without the last, give the features it saw."""
    model = getattr(models, name)().eval()
    assert " ".join(child for child, _ in model.named_children()) == STRUCTURES[name]
    if name in BLOCKS:
        path, children = BLOCKS[name]
        found = (f"{child} {type(m).__name__}" for child, m in model.get_submodule(path).named_children())
        assert ", ".join(found) == children
    seen = []
    last = list(model.children())[-1]
    last.register_forward_pre_hook(lambda _, args: seen.append(args[0]))
    x = ag.randn(2, 3, 64, 64)
    with ag.no_grad():
        model(x)
        features = ag.nn.Sequential(*list(model.children())[:-1])(x)
        if name == "mobilenet_v2":  # torchvision's averages by a function too
            features = features.mean((2, 3), keepdim=True)
    np.testing.assert_allclose(features.flatten(1).numpy(), seen[0].numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["resnet18", pytest.param("resnet50", marks=pytest.mark.slow)])
def test_small_images(name):
    """CIFAR's: the stem keeps 32x32, and all parameters get a gradient."""
    model = getattr(models, name)(num_classes=10, in_channels=1, small_images=True)
    scores = model(ag.rand(2, 1, 16, 16))
    assert scores.shape == (2, 10)
    scores.sum().backward()
    assert all(p.grad is not None for p in model.parameters())
