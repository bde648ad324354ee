"""Mixed precision on the CPU: which operators run in which dtype, and the scaling of losses."""

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import amp, nn, optim
from autograd_cnn.nn import functional as F


def half() -> amp.autocast:
    return amp.autocast("cpu", dtype=ac.float16)


def test_products_run_in_float16_and_their_gradients_come_back_in_float32() -> None:
    layer = nn.Linear(4, 3)
    x = ac.rand(5, 4, requires_grad=True)
    with half():
        y = layer(x)
        assert y.dtype == ac.float16
        assert (y @ ac.rand(3, 2)).dtype == ac.float16
        loss = F.mse_loss(y, ac.rand(5, 3))
        assert loss.dtype == ac.float32
    loss.backward()
    assert x.grad.dtype == ac.float32
    assert layer.weight.grad.dtype == ac.float32
    assert layer(x).dtype == ac.float32


def test_the_dtypes_are_pytorchs() -> None:
    torch = pytest.importorskip("torch")

    def dtypes(lib, functional, modes):
        image, kernel, flat = lib.rand(2, 3, 6, 6), lib.rand(4, 3, 3, 3), lib.rand(2, 3)
        with modes:
            convolved = functional.conv2d(image, kernel, lib.rand(4))
            linear = functional.linear(flat, lib.rand(5, 3), lib.rand(5))
            product = flat @ lib.rand(3, 2)
            results = {
                "conv2d": convolved,
                "linear": linear,
                "matmul": product,
                "relu": functional.relu(convolved),
                "max_pool2d": functional.max_pool2d(convolved, 2),
                "add": linear + lib.rand(2, 5),
                "double": flat.double() @ lib.rand(3, 2).double(),
                "mse_loss": functional.mse_loss(linear, lib.rand(2, 5)),
                "untouched": flat * 2,
            }
        return {name: str(value.dtype).rpartition(".")[2] for name, value in results.items()}

    ours = dtypes(ac, F, half())
    theirs = dtypes(torch, torch.nn.functional, torch.autocast("cpu", dtype=torch.float16))
    assert ours == theirs


def test_what_adds_up_or_leaves_the_range_runs_in_float32() -> None:
    x = ac.rand(4, 5).half()
    with half():
        results = [
            x.softmax(1),
            x.log_softmax(1),
            x.exp(),
            x.sum(),
            x.norm(),
            x**2.0,
            F.cross_entropy(x, ac.tensor([0, 1, 2, 3])),
            F.layer_norm(x, (5,)),
        ]
    assert {r.dtype for r in results} == {ac.float32}


def test_a_disabled_region_inside_computes_in_full() -> None:
    x = ac.rand(2, 2)
    with half():
        with amp.autocast("cpu", enabled=False):
            assert (x @ x).dtype == ac.float32
        assert (x @ x).dtype == ac.float16


def test_tensors_of_another_device_are_left_alone() -> None:
    from tests import standin

    with standin.installed(), amp.autocast("cuda"):
        x = ac.rand(2, 2)
        assert (x @ x).dtype == ac.float32
        assert (x.cuda() @ x.cuda()).dtype == ac.float16


def test_without_a_gpu_cuda_says_that_it_is_disabled() -> None:
    with pytest.warns(UserWarning, match="CUDA is not available. Disabling"):
        mode = amp.autocast("cuda")
    with mode:
        assert (ac.rand(2, 2) @ ac.rand(2, 2)).dtype == ac.float32
    with pytest.warns(UserWarning, match="Disabling"):
        assert not amp.GradScaler().is_enabled()


def test_wrong_arguments_are_named() -> None:
    with pytest.raises(RuntimeError, match="unsupported autocast device_type 'xpu'"):
        amp.autocast("xpu")
    with pytest.warns(UserWarning, match=r"not in .*float32.* Disabling autocast"):
        amp.autocast("cpu", dtype=ac.float32)
    with (
        half(),
        pytest.raises(RuntimeError, match="unsafe to autocast: use binary_cross_entropy_with_logits"),
    ):
        F.binary_cross_entropy(ac.rand(2), ac.rand(2))


def test_gradients_that_vanish_in_float16_survive_by_the_scaler() -> None:
    def gradient(scaler: amp.GradScaler) -> float:
        w = ac.ones(1, 1, requires_grad=True)
        optimizer = optim.SGD([w], lr=0.0)
        with half():
            loss = (ac.full((1, 1), 1e-4) @ w).sum() * 1e-5
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        return float(w.grad.item())

    assert gradient(amp.GradScaler("cpu", enabled=False)) == 0.0
    assert gradient(amp.GradScaler("cpu")) == pytest.approx(1e-9, rel=1e-2)


def steps(lib, functional_optim, scaler, bad: set[int]) -> list[float]:
    w = lib.ones(2, requires_grad=True)
    optimizer = functional_optim.SGD([w], lr=0.1)
    seen = []
    for i in range(6):
        optimizer.zero_grad()
        factor = float("inf") if i in bad else 1.0
        scaler.scale((w * factor).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        seen += [scaler.get_scale(), *w.detach().tolist()]
    return seen


def test_the_scale_grows_and_shrinks_as_pytorchs_does() -> None:
    torch = pytest.importorskip("torch")
    settings = {"init_scale": 8.0, "growth_factor": 3.0, "backoff_factor": 0.25, "growth_interval": 2}
    ours, theirs = amp.GradScaler("cpu", **settings), torch.amp.GradScaler("cpu", **settings)
    assert steps(ac, optim, ours, {2}) == pytest.approx(steps(torch, torch.optim, theirs, {2}), rel=1e-6)
    assert ours.state_dict() == theirs.state_dict()
    fresh = amp.GradScaler("cpu")
    fresh.load_state_dict(theirs.state_dict())
    assert fresh.state_dict() == theirs.state_dict()


def test_gradients_can_be_clipped_after_unscaling() -> None:
    w = ac.ones(2, requires_grad=True)
    optimizer, scaler = optim.SGD([w], lr=1.0), amp.GradScaler("cpu", init_scale=1024.0)
    scaler.scale((w * 3.0).sum()).backward()
    scaler.unscale_(optimizer)
    assert w.grad.tolist() == [3.0, 3.0]
    with pytest.raises(RuntimeError, match="already been called"):
        scaler.unscale_(optimizer)
    scaler.step(optimizer)
    assert w.tolist() == [-2.0, -2.0]
    with pytest.raises(RuntimeError, match=r"step\(\) has already been called"):
        scaler.step(optimizer)


def test_the_order_of_calls_is_checked() -> None:
    w = ac.ones(2, requires_grad=True)
    optimizer, scaler = optim.SGD([w], lr=1.0), amp.GradScaler("cpu")
    with pytest.raises(AssertionError, match="Attempted step but _scale is None"):
        scaler.step(optimizer)
    scaler.scale(w.sum())
    with pytest.raises(AssertionError, match="No inf checks were recorded prior to update"):
        scaler.update()
    w.grad = None
    with pytest.raises(AssertionError, match="No inf checks were recorded for this optimizer"):
        scaler.step(optimizer)


def test_training_in_mixed_precision_learns() -> None:
    ac.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 2))
    optimizer, scaler = optim.SGD(model.parameters(), lr=0.5), amp.GradScaler("cpu", init_scale=2.0**10)
    x = ac.randn(64, 2)
    labels = (x[:, 0] * x[:, 1] > 0).long()
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        with half():
            loss = F.cross_entropy(model(x), labels)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    assert np.isfinite(losses).all()
