"""What scripts call once at their beginning: it is harmless, and what it can't do is said."""

import importlib

import pytest

import autograd_cnn as ag


def test_compile_takes_functions_modules_and_pytorchs_options():
    model = ag.nn.Linear(2, 2)
    assert ag.compile(model)._orig_mod is model
    assert ag.compile(model, mode="max-autotune", fullgraph=True)._orig_mod is model
    assert ag.compile(model, disable=True) is model

    @ag.compile
    def double(x):
        return 2 * x

    @ag.compile(dynamic=True)
    def triple(x):
        return 3 * x

    assert (double(4), triple(4)) == (8, 12)
    with pytest.raises(TypeError, match="unexpected keyword argument 'fast'"):
        ag.compile(model, fast=True)


def test_requests_for_determinism_are_remembered():
    assert not ag.are_deterministic_algorithms_enabled()
    ag.use_deterministic_algorithms(True, warn_only=True)
    assert ag.are_deterministic_algorithms_enabled()
    assert ag.is_deterministic_algorithms_warn_only_enabled()
    ag.use_deterministic_algorithms(False)
    assert not ag.are_deterministic_algorithms_enabled()


def test_precision_of_products():
    assert ag.get_float32_matmul_precision() == "highest"
    ag.set_float32_matmul_precision("high")
    assert ag.get_float32_matmul_precision() == "high"
    with pytest.warns(UserWarning, match="lowest is not one of"):
        ag.set_float32_matmul_precision("lowest")
    ag.set_float32_matmul_precision("highest")


def test_the_former_way_to_set_the_default_dtype():
    try:
        ag.set_default_tensor_type("torch.DoubleTensor")
        assert ag.ones(1).dtype is ag.float64
        ag.set_default_tensor_type(ag.FloatTensor)
        assert ag.ones(1).dtype is ag.float32
    finally:
        ag.set_default_dtype(ag.float32)
    with pytest.raises(TypeError, match="set_default_tensor_type takes"):
        ag.set_default_tensor_type("torch.cuda.FloatTensor")
    with pytest.raises(TypeError, match="floating-point types"):
        ag.set_default_tensor_type(ag.LongTensor)


def test_mixed_precision_on_a_gpu_that_is_not_there_is_switched_off_and_says_so():
    from autograd_cnn.cuda import amp

    with pytest.warns(UserWarning, match="GradScaler is enabled, but CUDA is not available"):
        scaler = amp.GradScaler()
    with pytest.warns(UserWarning, match="CUDA is not available. Disabling"):
        mixed = ag.autocast("cuda", dtype=ag.float16)
    with mixed:
        w = ag.ones(2, requires_grad=True)
        loss = (w * w).sum()
    assert loss.dtype is ag.float32
    scaler.scale(loss).backward()
    optimizer = ag.optim.SGD([w], lr=0.25)
    scaler.unscale_(optimizer)
    scaler.step(optimizer)
    scaler.update()
    assert w.tolist() == [0.5, 0.5]
    assert (scaler.get_scale(), scaler.is_enabled(), scaler.state_dict()) == (1.0, False, {})
    with amp.autocast(enabled=False):
        pass


def test_the_version():
    metadata = importlib.import_module("importlib.metadata")
    try:
        installed = metadata.version("autograd-cnn")
    except metadata.PackageNotFoundError:
        pytest.skip("not installed")
    assert ag.__version__ == installed
