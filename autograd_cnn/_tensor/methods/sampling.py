"""Methods that draw random numbers, and that fill a tensor with them."""

from ..._functions.sampling import *
from ..._functions.sampling import (
    bernoulli_,
    cauchy_,
    exponential_,
    geometric_,
    log_normal_,
    normal_,
    random_,
    uniform_,
)


class SamplingMethods:
    """Methods that draw random numbers, and that fill a tensor with them."""

    __slots__ = ()

    bernoulli = bernoulli
    bernoulli_ = bernoulli_
    cauchy_ = cauchy_
    exponential_ = exponential_
    geometric_ = geometric_
    log_normal_ = log_normal_
    multinomial = multinomial
    normal_ = normal_
    random_ = random_
    uniform_ = uniform_
