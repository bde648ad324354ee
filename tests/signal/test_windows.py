"""Windows of signal processing."""

import inspect

import numpy as np
import pytest

import autograd_cnn as torch
from autograd_cnn.signal import windows

from ..recorded import pytorch

CALLS = [
    ("bartlett", {}), ("blackman", {}), ("cosine", {}), ("exponential", {}), ("exponential", {"tau": 2.5}),
    ("exponential", {"center": 1.5, "sym": False}), ("gaussian", {}), ("gaussian", {"std": 0.7}),
    ("general_cosine", {"a": [0.4, 0.3, 0.2, 0.1]}), ("general_hamming", {"alpha": 0.6}), ("hamming", {}),
    ("hann", {}), ("kaiser", {"beta": 5.0}), ("kaiser", {}), ("nuttall", {}),
]  # fmt: skip

SIZES = (0, 1, 2, 3, 6, 9)


def made(library, name, options, sizes, dtype):
    window = getattr(library.signal.windows, name)
    return [
        window(m, **{"sym": sym, **options}, dtype=getattr(library, dtype)).numpy()
        for m in sizes
        for sym in ((options["sym"],) if "sym" in options else (True, False))
    ]


@pytest.mark.parametrize(("name", "options"), CALLS)
def test_values(name, options):
    for dtype, tolerance in (("float64", 1e-12), ("float32", 1e-5)):
        found = np.concatenate(made(torch, name, options, SIZES, dtype))
        pytorch.gives(
            found,
            lambda t, d: np.concatenate(made(t, name, options, SIZES, d)),
            dtype,
            rtol=tolerance,
            atol=tolerance,
        )


@pytest.mark.parametrize(("call", "error"), [
    (lambda: windows.hann(-1), "non-negative window length"),
    (lambda: windows.hann(3, dtype=torch.int64), "float32 or float64"),
    (lambda: windows.exponential(3, center=1.0), "Center must be None"),
    (lambda: windows.exponential(3, tau=0.0), "Tau must be positive"),
    (lambda: windows.gaussian(3, std=-1.0), "must be positive"),
    (lambda: windows.kaiser(3, beta=-1.0), "non-negative"),
    (lambda: windows.general_cosine(3, a=[]), "cannot be empty"),
])  # fmt: skip
def test_errors(call, error):
    with pytest.raises(ValueError, match=error):
        call()
    with pytest.raises(TypeError, match="list"):
        windows.general_cosine(3, a=3)
    with pytest.raises(TypeError):
        windows.hann(3, beta=1)


def test_options():
    window = windows.hann(4, requires_grad=True)
    assert window.requires_grad
    assert "dtype" in inspect.signature(windows.hann).parameters
