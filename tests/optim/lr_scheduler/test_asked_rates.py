"""Rates asked for outside of a step, by ``get_lr()``."""

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

SCHEDULES = {
    "step": lambda s, o: s.StepLR(o, 2),
    "every step": lambda s, o: s.StepLR(o, 1),
    "steps": lambda s, o: s.MultiStepLR(o, [2, 3]),
    "exponential": lambda s, o: s.ExponentialLR(o, 0.9),
    "line": lambda s, o: s.LinearLR(o, total_iters=3),
    "cosine": lambda s, o: s.CosineAnnealingLR(o, 3),
    "cyclic": lambda s, o: s.CyclicLR(o, 0.1, 1.0, 3, cycle_momentum=False),
}


def asked(t, name):
    optimizer = t.optim.SGD([t.nn.Parameter(t.ones(1))], lr=0.5)
    scheduler = SCHEDULES[name](t.optim.lr_scheduler, optimizer)
    found = []
    for _ in range(5):
        with pytest.warns(UserWarning, match="get_last_lr"):
            found.append(scheduler.get_lr())
        optimizer.step()
        scheduler.step()
    return found


@pytest.mark.parametrize("name", SCHEDULES)
def test_rates_asked_for_are_pytorchs(name):
    pytorch.gives(asked(ag, name), asked, name, rtol=1e-12)
