"""One step as a function of lists is one step of the optimizer."""

import pytest

import autograd_cnn as torch
from autograd_cnn import optim

BETAS = {"beta1": 0.9, "beta2": 0.999}
USUAL = {"lr": 0.1, "weight_decay": 0.01}


@pytest.mark.parametrize(("kind", "states", "options", "own"), [
    (optim.SGD, ["momentum_buffer"],
     {"momentum": 0.9, "dampening": 0, "nesterov": True, "maximize": False}, {}),
    (optim.Adam, ["exp_avg", "exp_avg_sq", "max_exp_avg_sq", "step"],
     {**BETAS, "amsgrad": True, "eps": 1e-8, "maximize": True}, {}),
    (optim.AdamW, ["exp_avg", "exp_avg_sq", None, "step"],
     {**BETAS, "amsgrad": False, "eps": 1e-8, "maximize": False}, {}),
    (optim.Adadelta, ["square_avg", "acc_delta", "step"], {"rho": 0.9, "eps": 1e-6, "maximize": False}, {}),
    (optim.Adagrad, ["sum", "step"], {"lr_decay": 0.1, "eps": 1e-10, "maximize": False}, {}),
    (optim.Adamax, ["exp_avg", "exp_inf", "step"], {**BETAS, "eps": 1e-8}, {}),
    (optim.ASGD, ["ax", "mu", "eta", "step"], {"lambd": 1e-4, "alpha": 0.75, "t0": 1e6}, {}),
    (optim.NAdam, ["exp_avg", "exp_avg_sq", "mu_product", "step"],
     {**BETAS, "momentum_decay": 4e-3, "eps": 1e-8}, {}),
    (optim.RAdam, ["exp_avg", "exp_avg_sq", "step"], {**BETAS, "eps": 1e-8}, {}),
    (optim.RMSprop, ["square_avg", "grad_avg", "momentum_buffer", "step"],
     {"alpha": 0.9, "eps": 1e-8, "momentum": 0.9, "centered": True}, {}),
    (optim.Rprop, ["prev", "step_size", "step"],
     {"step_size_min": 1e-6, "step_size_max": 50, "etaminus": 0.5, "etaplus": 1.2},
     {"step_sizes": (1e-6, 50), "etas": (0.5, 1.2)}),
])  # fmt: skip
@pytest.mark.parametrize("sequence", [list, tuple])
def test_a_step_of_lists_is_a_step(kind, states, options, own, sequence):
    name = kind.__name__.lower()
    shared = {"lr": 0.1} if name == "rprop" else USUAL
    given = {key: value for key, value in options.items() if not key.startswith("beta")}
    if "beta1" in options:
        given["betas"] = (options["beta1"], options["beta2"])
    whole = [torch.arange(3.0).requires_grad_(), torch.ones(2).requires_grad_()]
    optimizer = kind(whole, **{**shared, **(own or given)})
    parts = [p.detach().clone() for p in whole]
    for step in range(3):
        gradients = [(p * 0 + step + 1 - p).detach() for p in whole]
        if step == 1:  # go on from what the optimizer remembers so far
            lists = [[optimizer.state[p][s].clone() for p in whole] if s else [] for s in states]
        for p, gradient in zip(whole, gradients, strict=True):
            p.grad = gradient
        optimizer.step()
        if step:
            named = {} if name == "rprop" else USUAL
            given = [sequence(each) for each in (parts, gradients, *lists)]
            getattr(getattr(optim, name), name)(*given, **named, **options)
        else:
            parts = [p.detach().clone() for p in whole]
    for p, part in zip(whole, parts, strict=True):
        assert torch.equal(p, part)
    assert all(list_of[0].isfinite().all() for list_of in lists if list_of)


def test_what_is_not_remembered_yet_is_made():
    buffers = [None]
    options = {"weight_decay": 0, "momentum": 0.5, "lr": 1.0, "dampening": 0, "nesterov": False}
    parameter = torch.zeros(2)
    optim.sgd.sgd([parameter], [torch.ones(2)], buffers, maximize=False, **options)
    assert (parameter.tolist(), buffers[0].tolist()) == ([-1.0, -1.0], [1.0, 1.0])
    with pytest.raises(RuntimeError, match="unscale"):
        optim.sgd.sgd([parameter], [parameter], [], grad_scale=parameter, maximize=False, **options)


@pytest.mark.parametrize("sequence", [list, tuple])
def test_a_step_of_halves_is_computed_in_float32(sequence):
    parameter, gradient = torch.ones(2).half(), torch.full((2,), 1e-5).half()
    state = [torch.zeros(2), torch.zeros(2), torch.tensor(0.0)]
    optim.adam.adam(
        *map(sequence, ([parameter], [gradient], state[:1], state[1:2], [], state[2:])),
        amsgrad=False, lr=0.5, weight_decay=0.0, eps=1e-8, maximize=False, **BETAS,
    )  # fmt: skip
    assert parameter.dtype == torch.float16
    assert (parameter - 0.5).abs().max() < 1e-3  # its square, 1e-10, is no half
    assert state[2].item() == 1
    assert state[1].max() > 0
