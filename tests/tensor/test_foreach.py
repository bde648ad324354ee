"""``_foreach_`` functions: a function of each tensor of a list."""

import numpy as np
import pytest

import autograd_cnn as torch


def lists():
    return [torch.tensor([1.0, 4.0]), torch.tensor([[9.0]])], [
        torch.tensor([2.0, 2.0]),
        torch.tensor([[3.0]]),
    ]


@pytest.mark.parametrize(("call", "expected"), [
    (lambda t, a, b: t._foreach_sqrt(a), [[1.0, 2.0], [[3.0]]]),
    (lambda t, a, b: t._foreach_add(a, b), [[3.0, 6.0], [[12.0]]]),
    (lambda t, a, b: t._foreach_add(a, b, alpha=2), [[5.0, 8.0], [[15.0]]]),
    (lambda t, a, b: t._foreach_mul(a, 2.0), [[2.0, 8.0], [[18.0]]]),
    (lambda t, a, b: t._foreach_div(a, [1.0, 3.0]), [[1.0, 4.0], [[3.0]]]),
    (lambda t, a, b: t._foreach_addcmul(a, b, b, 0.5), [[3.0, 6.0], [[13.5]]]),
    (lambda t, a, b: t._foreach_addcdiv(a, b, b, value=1.0), [[2.0, 5.0], [[10.0]]]),
    (lambda t, a, b: t._foreach_lerp(a, b, 0.5), [[1.5, 3.0], [[6.0]]]),
    (lambda t, a, b: t._foreach_norm(a), [17.0**0.5, 9.0]),
    (lambda t, a, b: t._foreach_maximum(a, b), [[2.0, 4.0], [[9.0]]]),
    (lambda t, a, b: t._foreach_maximum(a, 3.0), [[3.0, 4.0], [[9.0]]]),
    (lambda t, a, b: t._foreach_clamp_max(a, b), [[1.0, 2.0], [[3.0]]]),
    (lambda t, a, b: t._foreach_pow(2.0, b), [[4.0, 4.0], [[8.0]]]),
    (lambda t, a, b: t._foreach_pow(a, 2), [[1.0, 16.0], [[81.0]]]),
])  # fmt: skip
def test_each(call, expected):
    for found, values in zip(call(torch, *lists()), expected, strict=True):
        np.testing.assert_allclose(found.numpy(), values, rtol=1e-6)


@pytest.mark.parametrize(("call", "expected"), [
    (lambda t, a, b: t._foreach_sqrt_(a), [1.0, 2.0]),
    (lambda t, a, b: t._foreach_copy_(a, b), [2.0, 2.0]),
    (lambda t, a, b: t._foreach_zero_(a), [0.0, 0.0]),
    (lambda t, a, b: t._foreach_maximum_(a, b), [2.0, 4.0]),
    (lambda t, a, b: t._foreach_addcdiv_(a, b, b, [2.0, 1.0]), [3.0, 6.0]),
])  # fmt: skip
def test_with_an_underscore_they_write(call, expected):
    a, b = lists()
    call(torch, a, b)
    assert a[0].tolist() == expected


def test_what_no_tensor_has_is_no_name():
    with pytest.raises(AttributeError):
        torch._foreach_nothing  # noqa: B018 - asked for
