"""The switches of PyTorch's libraries: each is one value, whatever name it is set by."""

import numpy as np

import autograd_cnn as ag
from autograd_cnn.ops.kernels import _switches
from tests import standin


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
