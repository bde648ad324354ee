"""An interrupted schedule goes on as if it had not been: any schedule, in any other, cut at any epoch."""

import math
import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import optim
from autograd_cnn.optim import lr_scheduler as s

EPOCHS = 26


def optimizer_of():
    parameters = [ag.zeros(2, requires_grad=True), ag.ones(3, requires_grad=True)]
    return optim.SGD(
        [{"params": parameters[:1]}, {"params": parameters[1:], "lr": 0.05}], lr=0.1, momentum=0.9
    )


SINGLE = {
    "step": lambda o, e=-1: s.StepLR(o, 7, 0.3, last_epoch=e),
    "multi-step": lambda o, e=-1: s.MultiStepLR(o, [3, 9, 9, 20], 0.5, last_epoch=e),
    "constant": lambda o, e=-1: s.ConstantLR(o, 0.25, 6, last_epoch=e),
    "linear": lambda o, e=-1: s.LinearLR(o, 0.2, 0.9, 12, last_epoch=e),
    "exponential": lambda o, e=-1: s.ExponentialLR(o, 0.93, last_epoch=e),
    "polynomial": lambda o, e=-1: s.PolynomialLR(o, 20, 1.7, last_epoch=e),
    "cosine": lambda o, e=-1: s.CosineAnnealingLR(o, 8, 0.002, last_epoch=e),
    "restarts": lambda o, e=-1: s.CosineAnnealingWarmRestarts(o, 5, last_epoch=e),
    "longer restarts": lambda o, e=-1: s.CosineAnnealingWarmRestarts(o, 1, 3, 0.01, last_epoch=e),
    "lambda": lambda o, e=-1: s.LambdaLR(o, lambda epoch: 0.9**epoch, last_epoch=e),
    "multiplicative": lambda o, e=-1: s.MultiplicativeLR(o, lambda epoch: 0.95 + 0.001 * epoch, last_epoch=e),
    "one cycle": lambda o, e=-1: s.OneCycleLR(o, [0.5, 0.3], 60, last_epoch=e),
    "three phases": lambda o, e=-1: s.OneCycleLR(o, 0.5, 60, three_phase=True, last_epoch=e),
    "cyclic": lambda o, e=-1: s.CyclicLR(o, 0.01, 0.2, 6, 9, last_epoch=e),
    "inverse": lambda o, e=-1: s.InvLR(o, 0.1, 0.75, last_epoch=e),
}

SEVERAL = {
    "two": lambda o, e=-1: s.SequentialLR(o, [SINGLE["constant"](o), SINGLE["exponential"](o)], [3], e),
    "three": lambda o, e=-1: s.SequentialLR(
        o, [SINGLE["linear"](o), SINGLE["longer restarts"](o), SINGLE["multi-step"](o)], [5, 15], e
    ),
    "cycles": lambda o, e=-1: s.SequentialLR(o, [SINGLE["linear"](o), SINGLE["restarts"](o)], [4], e),
    "within another": lambda o, e=-1: s.SequentialLR(
        o, [SINGLE["cosine"](o), SEVERAL["two"](o), SINGLE["step"](o)], [6, 15], e
    ),
    "first within another": lambda o, e=-1: s.SequentialLR(
        o, [SEVERAL["two"](o), SINGLE["cosine"](o)], [7], e
    ),
    "all at once, in turn": lambda o, e=-1: s.SequentialLR(
        o, [SEVERAL["all at once"](o), SINGLE["constant"](o), SEVERAL["all at once"](o)], [4, 9], e
    ),
    "all at once": lambda o: s.ChainedScheduler([SINGLE["linear"](o), SINGLE["exponential"](o)], o),
    "turns at once": lambda o: s.ChainedScheduler([SEVERAL["two"](o), SINGLE["step"](o)], o),
}


def settings(optimizer):
    return [[g["lr"], g["momentum"]] for g in optimizer.param_groups]


def whole_run(make):
    """The settings of each epoch, and the states at its begin."""
    optimizer = optimizer_of()
    scheduler = make(optimizer)
    found = []
    for _ in range(EPOCHS):
        found.append((settings(optimizer), optimizer.state_dict(), scheduler.state_dict()))
        optimizer.step()
        scheduler.step()
    return found


def assert_goes_on(optimizer, scheduler, expected):
    for before in expected:
        np.testing.assert_allclose(settings(optimizer), before, rtol=1e-12)
        np.testing.assert_allclose(scheduler.get_last_lr(), [rate for rate, _ in before], rtol=1e-12)
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize("name", SINGLE)
def test_from_the_optimizers_state_and_the_last_epoch(name):
    """``last_epoch`` is the epoch that was trained last; the optimizer has the rates of the next one."""
    run = whole_run(SINGLE[name])
    for epoch in range(1, EPOCHS):
        optimizer = optimizer_of()
        optimizer.load_state_dict(run[epoch][1])
        scheduler = SINGLE[name](optimizer, epoch - 1)
        assert_goes_on(optimizer, scheduler, [settings for settings, *_ in run[epoch:]])


@pytest.mark.parametrize("name", [name for name in SEVERAL if "at once" not in name or "turn" in name][:6])
def test_schedules_in_turn_from_their_last_epoch(name):
    """From nothing but its number, and without a warning about the order of steps."""
    run = whole_run(SEVERAL[name])
    for epoch in range(1, EPOCHS):
        optimizer = optimizer_of()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            scheduler = SEVERAL[name](optimizer, epoch)
            assert scheduler.last_epoch == epoch
            assert_goes_on(optimizer, scheduler, [settings for settings, *_ in run[epoch:]])


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("name", [*SINGLE, *SEVERAL])
def test_from_both_states(name):
    make = (SINGLE | SEVERAL)[name]
    run = whole_run(make)
    for epoch in range(EPOCHS):
        optimizer = optimizer_of()
        scheduler = make(optimizer)
        optimizer.load_state_dict(run[epoch][1])
        scheduler.load_state_dict(run[epoch][2])
        assert_goes_on(optimizer, scheduler, [settings for settings, *_ in run[epoch:]])


def rates(make):
    return [settings[0][0] for settings, *_ in whole_run(make)]


@pytest.mark.parametrize(
    "first", [name for name in SINGLE if name not in ("one cycle", "three phases", "cyclic")]
)
@pytest.mark.parametrize("second", ["linear", "cosine", "longer restarts", "step"])
def test_each_in_its_turn_begins_at_its_first_epoch(first, second):
    """Also where the two are in one of several turns."""
    expected = rates(SINGLE[first])[:5] + rates(SINGLE[second])[: EPOCHS - 5]

    def flat(o):
        return s.SequentialLR(o, [SINGLE[first](o), SINGLE[second](o)], [5])

    def nested(o):
        return s.SequentialLR(o, [flat(o), SINGLE["constant"](o)], [17])

    np.testing.assert_allclose(rates(flat), expected, rtol=1e-12)
    np.testing.assert_allclose(
        rates(nested), expected[:17] + rates(SINGLE["constant"])[: EPOCHS - 17], rtol=1e-12
    )


def test_all_at_once_multiply_also_in_their_turn():
    """base times the product of the factors, from the first epoch on."""
    linear, exponential = ([rate / 0.1 for rate in rates(SINGLE[name])] for name in ("linear", "exponential"))
    product = [0.1 * a * b for a, b in zip(linear, exponential, strict=True)]
    found = rates(SEVERAL["all at once, in turn"])
    np.testing.assert_allclose(rates(SEVERAL["all at once"]), product, rtol=1e-12)
    np.testing.assert_allclose(found[:4] + found[9:], product[:4] + product[: EPOCHS - 9], rtol=1e-12)


@pytest.mark.parametrize("mult", [1, 2, 3, 5, 10])
@pytest.mark.parametrize("period", [1, 3, 7])
def test_a_named_epoch_is_the_same_as_so_many_steps(period, mult):
    """Where a period begins too: the logarithm of 243 to the base 3 is a little below 5."""
    optimizer = optimizer_of()
    stepped = s.CosineAnnealingWarmRestarts(optimizer, period, mult)
    other = optimizer_of()
    named = s.CosineAnnealingWarmRestarts(other, period, mult)
    for epoch in range(1, 400):
        optimizer.step()
        stepped.step()
        named.step(epoch)
        assert named.T_i == stepped.T_i
        assert math.isclose(other.param_groups[0]["lr"], optimizer.param_groups[0]["lr"], abs_tol=1e-15)


def test_a_step_that_was_replaced_is_told():
    optimizer = optimizer_of()
    scheduler = s.StepLR(optimizer, 1)
    optimizer.step = lambda *args: None
    optimizer.step()
    with pytest.warns(UserWarning, match="has been overridden after learning rate scheduler"):
        scheduler.step()


def test_a_step_that_was_replaced_before_is_not_told():
    optimizer = optimizer_of()
    optimizer.step = lambda *args: None
    scheduler = s.StepLR(optimizer, 1)
    optimizer.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scheduler.step()
