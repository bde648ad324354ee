"""Where an argument is drawn for, and which numbers and dtypes a function is made for."""

from typing import Any, NamedTuple

from ._draw import WHOLE, Code, Draw, Shape, uniform
from ._surface import Door, words

FLOATING = words(
    """
    softmax log_softmax normal uniform exponential cauchy log_normal geometric dropout alpha_dropout
    feature_dropout feature_alpha_dropout rrelu rand_like randn_like logit inverse det logdet
    slogdet quantile nanquantile std var std_mean var_mean mean nanmean renorm cdist pdist frexp
    nextafter lerp cov corrcoef
    """
)
OPEN = words(
    """
    bernoulli logit erfinv atanh arctanh ndtri acos asin arccos arcsin polygamma
    """
)
POSITIVE = words(
    """
    log log2 log10 sqrt rsqrt lgamma digamma log1p gammaln multigammaln mvlgamma acosh arccosh xlogy
    poisson pow float_power psi
    """
)
INTEGER = words(
    """
    bitwise_and bitwise_or bitwise_xor bitwise_not bitwise_left_shift bitwise_right_shift gcd lcm
    bincount one_hot
    """
)


class Place(NamedTuple):
    """Where an argument is drawn for: the call, and the first tensor of it."""

    draw: Draw
    door: Door
    given: dict[str, Any]
    """The arguments drawn before."""

    @property
    def first(self) -> str:
        """The name of the first tensor."""
        return next(iter(self.draw.shapes), "")

    @property
    def shape(self) -> Shape:
        """The shape of the first tensor."""
        return next(iter(self.draw.shapes.values()), ())

    @property
    def dtype(self) -> str:
        """The dtype of the first tensor."""
        return next((made.dtype for made in self.draw.made.values()), "float32")


def first_tensor(at: Place) -> Code:
    """The tensor that a function is mostly about."""
    draw, space = at.draw, at.door.space
    floating = space in ("F", "torch.linalg", "torch.special") or at.door.base in FLOATING
    least = 2 if space == "torch.linalg" else 0
    values = (
        uniform(0.05, 0.95)
        if at.door.base in OPEN
        else uniform(0.1, 3.0)
        if at.door.base in POSITIVE
        else None
    )
    kinds = (*WHOLE, "bool") if at.door.base in INTEGER and draw.chance(0.95) else None
    return draw.tensor(
        draw.shape(least),
        draw.dtype(kinds) if kinds else draw.floating() if floating else draw.dtype(),
        values if draw.chance(0.93) else None,
    )
