"""Winograd's filtering against the direct kernels and the definition."""

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._engine.modes import winograd
from autograd_cnn.nn import functional as F
from tests.nn.functional.test_fused import against_float64, real


@pytest.mark.quick_share(7)
@pytest.mark.parametrize("size", [(9, 9), (16, 13), (32, 32)])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_winograd_keeps_four_digits(size: tuple[int, int], padding: int) -> None:
    against_float64(
        [(16, 36, *size), (40, 36, 3, 3), (40,)], lambda x, w, b: F.conv2d(x, w, b, padding=padding), 1e-4
    )


def test_winograd_is_not_used_where_it_is_off_or_somebody_watches_for_nan() -> None:
    x, w = real(16, 36, 16, 16, dtype="float32"), real(40, 36, 3, 3, dtype="float32")
    fast = F.conv2d(x, w, padding=1).detach().numpy()
    with winograd(False):
        exact = F.conv2d(x, w, padding=1).detach().numpy()
    with ac.autograd.detect_anomaly():
        watched = F.conv2d(x, w, padding=1).detach().numpy()
    assert (fast != exact).any()
    np.testing.assert_array_equal(watched, exact)
