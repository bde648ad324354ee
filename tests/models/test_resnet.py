"""ResNet-18: its shapes, names and size, and that it learns."""

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import optim
from autograd_cnn.models import resnet18
from autograd_cnn.nn import functional as F


def test_parameters_and_shapes() -> None:
    model = resnet18(10, small_images=True)
    assert sum(p.numel() for p in model.parameters()) == 11_173_962
    names = [name for name, _ in model.named_parameters()]
    assert len(names) == 62
    assert {
        "conv1.weight",
        "bn1.bias",
        "layer1.0.conv1.weight",
        "layer2.0.downsample.1.weight",
        "layer4.1.bn2.bias",
        "fc.bias",
    } <= set(names)
    model.eval()
    with ac.no_grad():
        assert model(ac.zeros(2, 3, 32, 32)).shape == (2, 10)
        assert model(ac.zeros(1, 3, 8, 8)).shape == (1, 10)


def test_first_steps_are_those_of_pytorch() -> None:
    torch = pytest.importorskip("torch")
    from benchmarks.sides import pytorch

    ac.manual_seed(0)
    mine, theirs = resnet18(10, small_images=True), pytorch.resnet18()
    with torch.no_grad():
        for p, q in zip(mine.parameters(), theirs.parameters(), strict=True):
            q.copy_(torch.tensor(p.detach().numpy()))
    draw = np.random.default_rng(0)
    x, y = draw.standard_normal((8, 3, 16, 16)).astype("f"), draw.integers(0, 10, 8)
    ours, others = optim.SGD(mine.parameters(), lr=0.01), torch.optim.SGD(theirs.parameters(), lr=0.01)
    for _ in range(2):
        ours.zero_grad()
        loss = F.cross_entropy(mine(ac.tensor(x)), ac.tensor(y))
        loss.backward()
        ours.step()
        others.zero_grad()
        expected = torch.nn.functional.cross_entropy(theirs(torch.tensor(x)), torch.tensor(y))
        expected.backward()
        others.step()
        assert abs(float(loss.detach()) - float(expected.detach())) < 1e-3
