"""Which numbers and dtypes a function is made for."""

from ._surface import words

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
