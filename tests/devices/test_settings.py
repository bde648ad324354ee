"""What scripts call once at their beginning: it is harmless, and what it can't do is said."""

import importlib

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.ops.kernels import _switches
from tests import standin


def test_compile_is_the_identity():
    model = ag.nn.Linear(2, 2)
    assert ag.compile(model) is model
    assert ag.compile(model, mode="max-autotune", fullgraph=True) is model

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


def test_a_switch_has_one_home_whatever_name_it_is_set_by(monkeypatch):
    products, cudnn = ag.backends.cuda.matmul, ag.backends.cudnn
    monkeypatch.setattr(_switches, "float32_products", None)
    assert (products.allow_tf32, ag.get_float32_matmul_precision()) == (False, "highest")
    for set_by, allowed, precision in (
        (lambda: ag.set_float32_matmul_precision("medium"), True, "medium"),
        (lambda: setattr(products, "allow_tf32", True), True, "high"),
        (lambda: setattr(products, "allow_tf32", False), False, "highest"),
    ):
        set_by()
        assert (products.allow_tf32, ag.get_float32_matmul_precision()) == (allowed, precision)
    homes = {
        "enabled": "cudnn",
        "deterministic": "cudnn_deterministic",
        "allow_tf32": "cudnn_tf32",
        "benchmark": "cudnn_benchmark",
    }
    for name, home in homes.items():
        before = getattr(cudnn, name)
        monkeypatch.setattr(_switches, home, not before)
        assert getattr(cudnn, name) is not before
        setattr(cudnn, name, before)
        assert getattr(_switches, home) is before


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


def test_switches_of_pytorchs_libraries():
    from autograd_cnn.backends import cudnn

    ag.backends.cudnn.deterministic = True
    ag.backends.cudnn.benchmark = False
    ag.backends.cudnn.enabled = True
    ag.backends.cuda.matmul.allow_tf32 = True
    assert cudnn.deterministic
    assert ag.backends.cuda.matmul.allow_tf32
    ag.backends.cuda.matmul.allow_tf32 = False
    with cudnn.flags(enabled=False, benchmark=True):
        assert cudnn.benchmark
        assert not cudnn.deterministic
        assert not _switches.cudnn
    assert (cudnn.benchmark, cudnn.deterministic, _switches.cudnn, _switches.cudnn_deterministic) == (
        False,
        True,
        True,
        True,
    )
    cudnn.deterministic = False
    assert not ag.backends.mps.is_available()
    assert not ag.backends.openmp.is_available()


def test_products_of_a_gpu_are_told_whether_they_may_use_tf32():
    with standin.installed():
        ag.backends.cuda.matmul.allow_tf32 = True
        assert standin.computed_in[np.dtype(np.float32)] == 7
        ag.set_float32_matmul_precision("highest")
        assert standin.computed_in[np.dtype(np.float32)] == 1
        assert not ag.backends.cuda.matmul.allow_tf32
    ag.set_float32_matmul_precision("high")
    assert ag.backends.cuda.matmul.allow_tf32
    with standin.installed():
        ag.ones(1).cuda()  # the library is told when it is first used
        assert standin.computed_in[np.dtype(np.float32)] == 7
    ag.set_float32_matmul_precision("highest")


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
