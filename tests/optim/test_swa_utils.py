"""Averages of models beside PyTorch's: their numbers, states and rates."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.optim import swa_utils


def network(m):
    net = m.nn.Sequential(m.nn.Linear(2, 3), m.nn.BatchNorm1d(3), m.nn.Linear(3, 1))
    numbers = np.random.default_rng(0)
    for p in net.parameters():
        p.data = m.tensor(numbers.normal(size=tuple(p.shape)))
    return net.double()


AVERAGES = {
    "equal": lambda s: {},
    "equal, with buffers": lambda s: {"use_buffers": True},
    "exponential": lambda s: {"multi_avg_fn": s.get_ema_multi_avg_fn(0.7)},
    "equal, all at once": lambda s: {"multi_avg_fn": s.get_swa_multi_avg_fn()},
    "exponential, one by one": lambda s: {"avg_fn": s.get_ema_avg_fn(0.9), "use_buffers": True},
    "a function": lambda s: {
        "avg_fn": lambda averaged, present, count: averaged * 0.9 + present / (count + 3)
    },
}


@pytest.mark.parametrize("name", AVERAGES)
def test_averages_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    from torch.optim import swa_utils as theirs

    found = []
    for m, s in ((ag, swa_utils), (torch, theirs)):
        net, data = network(m), np.random.default_rng(1).normal(size=(4, 6, 2))
        averaged = s.AveragedModel(net, **AVERAGES[name](s))
        optimizer = m.optim.SGD(net.parameters(), lr=0.1)
        for batch in data:
            optimizer.zero_grad()
            (net(m.tensor(batch)) ** 2).mean().backward()
            optimizer.step()
            averaged.update_parameters(net)
        states = [{k: v.detach().numpy().copy() for k, v in averaged.state_dict().items()}]
        s.update_bn([m.tensor(batch) for batch in data], averaged)
        s.update_bn([[m.tensor(batch), 3] for batch in data], net.eval())
        states += [{k: v.detach().numpy().copy() for k, v in net.state_dict().items()}]
        states += [{k: v.detach().numpy().copy() for k, v in averaged.state_dict().items()}]
        found.append((states, net.training, averaged.training, net[1].momentum))
    assert found[0][1:] == found[1][1:] == (False, True, 0.1)
    for ours, other in zip(found[0][0], found[1][0], strict=True):
        assert list(ours) == list(other)
        for key, value in other.items():
            np.testing.assert_allclose(ours[key], value, rtol=1e-7, atol=1e-9, err_msg=key)


@pytest.mark.parametrize("strategy", ["cos", "linear"])
@pytest.mark.parametrize("epochs", [0, 1, 5])
def test_rates_are_pytorchs(strategy, epochs):
    """Also where it takes over from a schedule that went on for some epochs."""
    torch = pytest.importorskip("torch")
    from torch.optim import swa_utils as theirs

    found = []
    for m, s in ((ag, swa_utils), (torch, theirs)):
        groups = [{"params": [m.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.1, 0.5)]
        optimizer = m.optim.SGD(groups)
        before = m.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
        after = s.SWALR(optimizer, [0.05, 0.02], anneal_epochs=epochs, anneal_strategy=strategy)
        rates = []
        for epoch in range(12):
            optimizer.step()
            (before if epoch < 4 else after).step()
            rates.append([group["lr"] for group in optimizer.param_groups])
        found.append(rates)
    np.testing.assert_allclose(*found, rtol=1e-9)


def test_what_is_refused():
    optimizer = ag.optim.SGD([ag.zeros(1, requires_grad=True)])
    with pytest.raises(ValueError, match=r"Invalid decay value 1\.5"):
        swa_utils.get_ema_avg_fn(1.5)
    with pytest.raises(ValueError, match="'linear'"):
        swa_utils.SWALR(optimizer, 0.1, anneal_strategy="x")
    with pytest.raises(ValueError, match="anneal_epochs"):
        swa_utils.SWALR(optimizer, 0.1, anneal_epochs=-1)
    with pytest.raises(AssertionError, match="Only one"):
        swa_utils.AveragedModel(ag.nn.ReLU(), avg_fn=max, multi_avg_fn=max)
