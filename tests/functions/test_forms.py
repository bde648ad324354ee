"""The ways a call can be written: argument forms, dtypes that meet, Python numbers, tensors without axes or
elements.

Each line runs with PyTorch and with this package; values, shapes and dtypes agree.
"""

from typing import Any

import pytest

import autograd_cnn
from tests.recorded import pytorch

FORMS = """
m.sum(I(m), dtype=m.float32)
m.sum(X(m), (0,), True)
m.sum(input=X(m), dim=1)
m.mean(X(m), [0, 1], keepdim=True)
X(m).sum((0, 1))
X(m).max(1)[1]
X(m).max(dim=0, keepdim=True).values
m.max(I(m), 1)
m.min(I(m), dim=1)
m.median(I(m))
m.median(I(m), 1)
m.mode(I(m))
m.prod(I(m))
m.prod(B(m))
m.any(I(m) > 3, dim=1)
m.all(X(m))
m.all(X(m), dim=(0, 1))
m.argmax(I(m))
m.argmin(X(m), dim=1, keepdim=True)
m.argmax(X(m), keepdim=True)
m.std(X(m), dim=1, unbiased=False)
m.var(X(m), dim=[0, 1])
m.cumsum(I(m), dim=0, dtype=m.float64)
m.clamp(I(m), min=0)
m.clamp(I(m), 0.5, 2)
m.clamp(X(m), m.tensor(0.0), m.tensor(2.0))
m.clamp(X(m), min=m.tensor([0.0, 1.0, 2.0]))
m.clamp_min(X(m), 0)
I(m) / 2
I(m) // 2
I(m) % 3
-7 // m.tensor(2)
7 % m.tensor([3, -3])
2 ** I(m).abs()
I(m) ** 2
I(m) ** 0.5
I(m) ** m.tensor(2.0)
m.pow(I(m), 2.0)
m.float_power(I(m), 2)
I(m) * 1.5
I(m) + True
B(m) + 1
B(m) * 2.5
B(m) & True
I(m) & 3
3 & I(m)
I(m) << 1
~B(m)
I(m) == 1.0
I(m).eq(1)
I(m) > 1.5
X(m).ge(m.tensor(1))
m.where(X(m) > 0, X(m), 0)
m.where(X(m) > 0, 1, X(m))
m.where(X(m) > 0, I(m), X(m))
X(m).where(X(m) > 0, m.tensor(0.0))
m.logical_and(X(m) > 0, I(m))
m.isclose(X(m), X(m) + 1e-09)
m.add(X(m), 1, alpha=2)
m.add(I(m), X(m), alpha=0.5)
m.sub(X(m), X(m), alpha=2)
m.rsub(X(m), 1)
m.true_divide(I(m), I(m))
m.div(I(m), 2, rounding_mode="floor")
m.div(X(m), 2, rounding_mode="trunc")
m.div(7.5, X(m), rounding_mode="trunc")
m.where(X(m) > 0)
m.remainder(X(m), -2.5)
m.remainder(5, m.tensor([3, -3]))
m.fmod(X(m), 2)
m.lerp(X(m), X(m) * 2, 0.5)
m.lerp(X(m), X(m) * 2, m.tensor(0.25))
m.addcmul(X(m), m.tensor(2.0), X(m), value=3)
m.addcmul(I(m), I(m), I(m), value=2)
m.copysign(X(m), -1)
m.copysign(I(m), m.tensor(-1.0))
m.atan2(I(m), X(m))
m.hypot(X(m), m.tensor(2.0))
m.xlogy(2, X(m).abs())
m.xlogy(I(m), 3)
m.logaddexp(X(m), m.tensor(0.0))
m.ldexp(m.tensor([1.0]), m.tensor([3]))
m.nan_to_num(m.tensor([float("nan"), float("inf")]), nan=2.0, posinf=5)
m.nan_to_num(I(m))
m.round(m.tensor([0.5, 1.5, -2.5, 1.26]), decimals=1)
m.frac(X(m) / 3)
m.sign(I(m))
m.sgn(X(m))
m.signbit(I(m))
m.square(I(m))
m.reciprocal(I(m))
m.rsqrt(I(m).abs())
m.sigmoid(I(m))
m.softmax(X(m), dim=-1)
m.softmax(I(m), 0, dtype=m.float32)
X(m).softmax(1)
X(m).log_softmax(dim=0)
m.logsumexp(X(m), (0, 1))
m.logsumexp(I(m), 0)
m.count_nonzero(I(m))
m.quantile(X(m), 0.5)
m.quantile(X(m), m.tensor([0.25, 0.75]), dim=1)
m.histc(X(m), bins=4, min=-6, max=6)
m.bincount(m.tensor([1, 1, 3]), minlength=6)
m.cov(X(m))
m.corrcoef(X(m))
m.diff(I(m))
m.trapezoid(I(m))
m.dist(X(m), X(m) * 2)
m.polygamma(1, I(m).abs())
m.heaviside(X(m), m.tensor(0.5))
m.gcd(I(m), m.tensor(2))
m.bitwise_not(I(m))
m.bitwise_left_shift(I(m), 1)
m.logit(m.tensor([0.2, 0.9]), 1e-06)
m.deg2rad(I(m))
m.erf(I(m))
m.aminmax(X(m), dim=0)
m.std_mean(X(m), 1)
m.nanmean(X(m), 0)
m.nansum(X(m), dim=(0, 1))
m.cummax(I(m), 1)
m.cumprod(I(m), 1)
m.maximum(I(m), X(m))
m.fmin(X(m), m.tensor(0.0))
m.max(X(m), m.tensor(0.0))
m.abs(I(m))
m.neg(I(m))
m.positive(I(m))
m.exp2(I(m))
m.equal(X(m), X(m))
m.allclose(X(m), X(m))
m.sum(m.tensor([], dtype=m.float32))
m.mean(m.zeros(0))
m.sum(m.zeros(0, 3), 0)
m.std(m.zeros(0))
m.logsumexp(m.zeros(2, 0), 1)
m.softmax(m.zeros(0, 3), 1)
m.cumsum(m.zeros(0, 3), 0)
m.all(m.zeros(0))
m.any(m.zeros(0, 3), 1)
m.prod(m.zeros(2, 0), 1)
m.tensor(3.0).sum(0)
m.tensor(3.0).max(0)
m.tensor(3.0).argmax(0)
m.tensor(3.0).softmax(0)
m.tensor(3.0).cumsum(0)
m.tensor(3.0).mean(-1, keepdim=True)
m.tensor(3.0).std()
m.tensor(3.0).median()
m.tensor([1, 2], dtype=m.uint8) - m.tensor([2, 1], dtype=m.uint8)
m.tensor([1, 2], dtype=m.uint8) + m.tensor([1], dtype=m.int8)
m.tensor([1.0], dtype=m.float16) * m.tensor([2.0])
m.tensor([1], dtype=m.int32) * 2.5
m.tensor(1.0, dtype=m.float64) * m.tensor([2.0])
m.tensor(1.5) * m.tensor([2])
m.tensor([1.0]) * m.tensor(2, dtype=m.int64)
m.max(m.tensor([True, False]))
m.argmax(m.tensor([1, 3, 3]))
m.amax(m.tensor([[1, 2], [3, 4]]), (0, 1))
m.amin(X(m), (0,))
m.sum(m.tensor([1, 2], dtype=m.int32))
m.mean(m.tensor([1.0, 2.0], dtype=m.float16))
m.var_mean(X(m), dim=1, correction=0)
m.tensor([5.0, -5.0]).fmod_(3)
m.tensor([5, 6]).floor_divide_(2)
m.tensor([5.0, 6.0]).pow_(2)
m.tensor([5.0, 6.0]).clamp_(max=5.5)
m.tensor([True, False]).logical_not_()
m.tensor([5.0, 6.0]).eq_(5)
m.tensor([5.0, 6.0]).logical_and_(m.tensor([0.0, 1.0]))
m.tensor([5.0, 6.0]).cumsum_(0)
m.tensor([1.0, 2.0]).sub_(1, alpha=3)
m.tensor([5, 6]).bitwise_and_(4)
m.tensor([3.0]) // m.tensor([0.0])
m.tensor([-3.0]) % m.tensor([0.0])
""".strip().splitlines()


def _value(m: Any, form: str) -> list[Any]:
    """The results of ``form``, where X(m) is a tensor of floats, I(m) one of integers, B(m) one of
    booleans."""

    def floats(_: Any) -> Any:
        return m.tensor([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0]])

    def integers(_: Any) -> Any:
        return m.tensor([[1, -2, 3], [4, 5, -6]])

    def booleans(_: Any) -> Any:
        return m.tensor([True, False])

    result = eval(form, {"m": m, "X": floats, "I": integers, "B": booleans})
    return list(result) if isinstance(result, (tuple, list)) else [result]


@pytest.mark.filterwarnings("ignore:std\\(\\). degrees of freedom is <= 0:UserWarning")
@pytest.mark.parametrize("form", FORMS)
def test_same_as_pytorch(form: str) -> None:
    pytorch.gives(_value(autograd_cnn, form), _value, form, rtol=1e-5)
