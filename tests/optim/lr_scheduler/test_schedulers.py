"""Schedulers: their rates, momenta and states are PyTorch's over fifty steps, and over a run that is
resumed."""

import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import optim
from autograd_cnn.optim import lr_scheduler

STEPS = 50


class Halving:
    """A callable with an attribute, which is state."""

    def __init__(self, rate=0.5):
        self.rate = rate

    def __call__(self, epoch):
        return self.rate ** (epoch // 7)


SCHEDULES = {
    "step": lambda s, o: s.StepLR(o, 7, gamma=0.3),
    "multi-step": lambda s, o: s.MultiStepLR(o, [3, 9, 9, 30], gamma=0.5),
    "constant": lambda s, o: s.ConstantLR(o, factor=0.25, total_iters=6),
    "linear": lambda s, o: s.LinearLR(o, start_factor=0.2, end_factor=0.9, total_iters=12),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.93),
    "polynomial": lambda s, o: s.PolynomialLR(o, total_iters=20, power=1.7),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, T_max=8, eta_min=0.002),
    "restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 5),
    "longer restarts": lambda s, o: s.CosineAnnealingWarmRestarts(o, 3, T_mult=2, eta_min=0.01),
    "lambda": lambda s, o: s.LambdaLR(o, lambda epoch: 0.9**epoch),
    "lambdas": lambda s, o: s.LambdaLR(o, [lambda epoch: 1 / (1 + epoch), Halving()]),
    "multiplicative": lambda s, o: s.MultiplicativeLR(o, lambda epoch: 0.95 + 0.001 * epoch),
    "one cycle": lambda s, o: s.OneCycleLR(o, max_lr=[0.5, 0.3], total_steps=60),
    "one cycle in three phases": lambda s, o: s.OneCycleLR(
        o, max_lr=0.5, epochs=10, steps_per_epoch=6, three_phase=True, anneal_strategy="linear"
    ),
    "cyclic": lambda s, o: s.CyclicLR(o, 0.01, 0.2, step_size_up=6, step_size_down=9),
    "cyclic halved": lambda s, o: s.CyclicLR(o, [0.01, 0.02], 0.2, step_size_up=5, mode="triangular2"),
    "cyclic exponential": lambda s, o: s.CyclicLR(
        o, 0.01, 0.2, step_size_up=5, mode="exp_range", gamma=0.97, cycle_momentum=False
    ),
    "cyclic by function": lambda s, o: s.CyclicLR(
        o, 0.01, 0.2, step_size_up=5, scale_fn=Halving(0.7), scale_mode="iterations"
    ),
    "sequential": lambda s, o: s.SequentialLR(
        o, [s.ConstantLR(o, 0.1, 4), s.ExponentialLR(o, 0.9), s.CosineAnnealingLR(o, 20)], [4, 15]
    ),
    "warmup": lambda s, o: s.SequentialLR(
        o, [s.LinearLR(o, 0.01, total_iters=5), s.CosineAnnealingLR(o, 40)], milestones=[5]
    ),
    "chained": lambda s, o: s.ChainedScheduler(
        [s.ConstantLR(o, 0.1, 4), s.ExponentialLR(o, 0.9)], optimizer=o
    ),
}


def optimizer_of(module, name="SGD", **options):
    parameters = [module.zeros(2, requires_grad=True), module.ones(3, requires_grad=True)]
    return getattr(module.optim, name)(
        [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.05}], lr=0.1, **options
    )


def settings(optimizer):
    """What schedulers change: rates and momenta."""
    return [[float(g["lr"]), g.get("momentum", 0), *g.get("betas", ())] for g in optimizer.param_groups]


def plain(state):
    """A state with everything that differs between the libraries taken out: nothing, for now, but inner
    order."""
    return {
        key: plain(value)
        if isinstance(value, dict)
        else [plain(v) if isinstance(v, dict) else v for v in value]
        if isinstance(value, list)
        else value
        for key, value in sorted(state.items())
    }


def assert_same_state(ours, theirs):
    ours, theirs = plain(ours), plain(theirs)
    assert ours.keys() == theirs.keys()
    for key, value in theirs.items():
        if key == "_schedulers":
            for a, b in zip(ours[key], value, strict=True):
                assert_same_state(a, b)
        elif isinstance(value, (float, list)) and key not in (
            "lr_lambdas",
            "_milestones",
            "_schedule_phases",
        ):
            np.testing.assert_allclose(ours[key], value, rtol=0, atol=1e-9, err_msg=key)
        else:
            assert ours[key] == value, key


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize(("kind", "options"), [("SGD", {"momentum": 0.9}), ("Adam", {})])
def test_fifty_steps_are_pytorchs(name, kind, options):
    torch = pytest.importorskip("torch")
    mine, other = optimizer_of(ag, kind, **options), optimizer_of(torch, kind, **options)
    ours, theirs = SCHEDULES[name](lr_scheduler, mine), SCHEDULES[name](torch.optim.lr_scheduler, other)
    for _ in range(STEPS):
        np.testing.assert_allclose(settings(mine), settings(other), rtol=0, atol=1e-9)
        np.testing.assert_allclose(ours.get_last_lr(), theirs.get_last_lr(), rtol=0, atol=1e-9)
        assert_same_state(ours.state_dict(), theirs.state_dict())
        for optimizer, scheduler in ((mine, ours), (other, theirs)):
            optimizer.step()
            scheduler.step()


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_continues_from_its_state(name):
    def run(optimizer, scheduler, steps):
        found = []
        for _ in range(steps):
            optimizer.step()
            scheduler.step()
            found.append(settings(optimizer))
        return found

    whole = optimizer_of(ag, momentum=0.9)
    expected = run(whole, SCHEDULES[name](lr_scheduler, whole), 30)
    first = optimizer_of(ag, momentum=0.9)
    before = SCHEDULES[name](lr_scheduler, first)
    run(first, before, 13)
    second = optimizer_of(ag, momentum=0.9)
    after = SCHEDULES[name](lr_scheduler, second)
    second.load_state_dict(first.state_dict())
    after.load_state_dict(before.state_dict())
    np.testing.assert_allclose(run(second, after, 17), expected[13:], rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    "name",
    [
        "step",
        "multi-step",
        "constant",
        "linear",
        "exponential",
        "polynomial",
        "cosine",
        "longer restarts",
        "lambda",
    ],
)
def test_an_epoch_may_be_named_as_it_used_to_be(name):
    torch = pytest.importorskip("torch")
    mine, other = optimizer_of(ag), optimizer_of(torch)
    ours, theirs = SCHEDULES[name](lr_scheduler, mine), SCHEDULES[name](torch.optim.lr_scheduler, other)
    for epoch in (1, 5, 3, 17):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            for optimizer, scheduler in ((mine, ours), (other, theirs)):
                optimizer.step()
                scheduler.step(epoch)
        np.testing.assert_allclose(settings(mine), settings(other), rtol=0, atol=1e-9)


def test_fractions_of_an_epoch_move_a_restart():
    torch = pytest.importorskip("torch")
    mine, other = optimizer_of(ag), optimizer_of(torch)
    ours = lr_scheduler.CosineAnnealingWarmRestarts(mine, 4, T_mult=2)
    theirs = torch.optim.lr_scheduler.CosineAnnealingWarmRestarts(other, 4, T_mult=2)
    for epoch in np.arange(0.0, 20.0, 0.5):
        ours.step(float(epoch))
        theirs.step(float(epoch))
        np.testing.assert_allclose(settings(mine), settings(other), rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    "options",
    [
        {"patience": 2, "factor": 0.5},
        {"mode": "max", "patience": 1, "threshold": 0.05, "threshold_mode": "abs"},
        {"patience": 0, "cooldown": 3, "min_lr": [0.01, 0.02]},
        {"mode": "max", "patience": 3, "threshold": 0.2},
        {"patience": 1, "threshold_mode": "abs", "eps": 0.01},
    ],
)
def test_a_plateau_is_seen_as_by_pytorch(options):
    torch = pytest.importorskip("torch")
    measures = np.abs(np.sin(np.arange(STEPS) / 3)) + np.random.default_rng(0).normal(size=STEPS) * 0.1
    mine, other = optimizer_of(ag), optimizer_of(torch)
    ours, theirs = (
        lr_scheduler.ReduceLROnPlateau(mine, **options),
        torch.optim.lr_scheduler.ReduceLROnPlateau(other, **options),
    )
    for measure in measures:
        ours.step(ag.tensor(measure))
        theirs.step(torch.tensor(measure))
        np.testing.assert_allclose(settings(mine), settings(other), rtol=0, atol=1e-9)
        assert_same_state(ours.state_dict(), theirs.state_dict())
    again = lr_scheduler.ReduceLROnPlateau(mine)
    again.load_state_dict(theirs.state_dict())
    assert_same_state(again.state_dict(), theirs.state_dict())


@pytest.mark.parametrize(
    "name", [name for name in SCHEDULES if name not in ("lambdas", "cyclic by function")]
)  # objects of a script's own
def test_a_checkpoint_keeps_optimizer_and_schedule(name, tmp_path):
    first = optimizer_of(ag, "Adam")
    before = SCHEDULES[name](lr_scheduler, first)
    for group in first.param_groups:
        for p in group["params"]:
            p.grad = ag.ones(p.shape)
    for _ in range(5):
        first.step()
        before.step()
    ag.save({"optimizer": first.state_dict(), "schedule": before.state_dict()}, tmp_path / "checkpoint.pt")
    saved = ag.load(tmp_path / "checkpoint.pt")
    second = optimizer_of(ag, "Adam")
    after = SCHEDULES[name](lr_scheduler, second)
    second.load_state_dict(saved["optimizer"])
    after.load_state_dict(saved["schedule"])
    for optimizer, scheduler in ((first, before), (second, after)):
        optimizer.step()
        scheduler.step()
    assert settings(second) == settings(first)
    assert after.state_dict() == before.state_dict()


def test_caffes_inverse_decay():
    optimizer = optimizer_of(ag)
    scheduler = lr_scheduler.InvLR(optimizer, gamma=1e-4, power=0.75)
    found = []
    for _ in range(1000):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(found, 0.1 * (1 + 1e-4 * np.arange(1000)) ** -0.75, rtol=1e-12)


def test_a_rate_that_is_a_tensor_stays_that_tensor():
    rate = ag.tensor(0.1, dtype=ag.float64)
    optimizer = optim.SGD([ag.zeros(2, requires_grad=True)], lr=rate)
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == pytest.approx(0.05)
    assert scheduler.base_lrs[0].item() == pytest.approx(0.1)


def test_stepping_in_the_wrong_order_warns():
    scheduler = lr_scheduler.StepLR(optimizer_of(ag), 3)
    with pytest.warns(UserWarning, match=r"`lr_scheduler.step\(\)` before `optimizer.step\(\)`"):
        scheduler.step()
    with pytest.warns(UserWarning, match="please use `get_last_lr"):
        scheduler.get_lr()


def test_a_schedule_of_ones_own():
    class Warmup(lr_scheduler._LRScheduler):
        def get_lr(self):
            return [base * min(1.0, (self.last_epoch + 1) / 4) for base in self.base_lrs]

    optimizer = optimizer_of(ag)
    scheduler = Warmup(optimizer)
    found = []
    for _ in range(5):
        found.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    np.testing.assert_allclose(found, [0.025, 0.05, 0.075, 0.1, 0.1])


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda s, o: s.StepLR(1, 3), TypeError, "int is not an Optimizer"),
        (lambda s, o: s.StepLR(o, 3, last_epoch=4), KeyError, "'initial_lr' is not specified"),
        (lambda s, o: s.LambdaLR(o, [lambda e: 1]), ValueError, "Expected 2 lr_lambdas, but got 1"),
        (lambda s, o: s.MultiplicativeLR(o, 0.5), TypeError, "lr_lambda should be a function, but got float"),
        (lambda s, o: s.ConstantLR(o, factor=2), ValueError, "between 0 and 1"),
        (lambda s, o: s.LinearLR(o, start_factor=0), ValueError, "greater than 0"),
        (lambda s, o: s.LinearLR(o, end_factor=2), ValueError, "between 0 and 1"),
        (lambda s, o: s.CosineAnnealingWarmRestarts(o, 0), ValueError, "positive integer T_0"),
        (lambda s, o: s.CosineAnnealingWarmRestarts(o, 2, T_mult=0), ValueError, "integer T_mult"),
        (lambda s, o: s.OneCycleLR(o, 0.1), ValueError, "total_steps OR"),
        (lambda s, o: s.OneCycleLR(o, 0.1, total_steps=-3), ValueError, "positive integer total_steps"),
        (lambda s, o: s.OneCycleLR(o, 0.1, total_steps=3, pct_start=2.0), ValueError, "pct_start"),
        (
            lambda s, o: s.OneCycleLR(o, 0.1, total_steps=3, anneal_strategy="x"),
            ValueError,
            "anneal_strategy",
        ),
        (
            lambda s, o: s.OneCycleLR(o, [0.1], total_steps=3),
            ValueError,
            "same length as optimizer.param_groups",
        ),
        (lambda s, o: s.CyclicLR(o, 0.1, 0.2, mode="x"), ValueError, "mode is invalid"),
        (lambda s, o: s.ReduceLROnPlateau(o, factor=1.0), ValueError, "Factor should be < 1.0"),
        (lambda s, o: s.ReduceLROnPlateau(o, mode="x"), ValueError, "mode x is unknown"),
        (lambda s, o: s.SequentialLR(o, [], []), ValueError, "at least one scheduler"),
        (
            lambda s, o: s.SequentialLR(o, [s.StepLR(o, 1)], [3]),
            ValueError,
            "one more than the number of milestone points",
        ),
        (
            lambda s, o: s.ChainedScheduler([s.ReduceLROnPlateau(o)]),
            ValueError,
            "does not support `ReduceLROnPlateau`",
        ),
    ],
)
def test_bad_arguments_are_refused_in_pytorchs_words(make, error, message):
    torch = pytest.importorskip("torch")
    with pytest.raises(error, match=message):
        make(lr_scheduler, optimizer_of(ag))
    with pytest.raises(error, match=message):
        make(torch.optim.lr_scheduler, optimizer_of(torch))
