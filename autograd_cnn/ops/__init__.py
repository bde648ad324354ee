"""Primitive operators: each a forward on arrays with its own local gradient, formula and samples.

The folder is installed as ``autograd_cnn.ops``. It knows arrays only, never a Tensor: on plain arrays the
operators are plain functions, and an operand that has a ``__primitive__`` hook (as the Tensor does) takes the
call over.
"""

if __name__ == "ops":
    raise ImportError(
        "import this package as 'autograd_cnn.ops'; under the name 'ops' every operator would be "
        "registered twice"
    )

from ._activation import leaky_relu, log_softmax, relu, relu_gradient, soft_sign, softmax, tanh_shrink
from ._arithmetic import (
    absolute,
    add,
    copysign,
    divide,
    frexp,
    gated,
    lerp,
    multiply,
    nan_to_num,
    negative,
    power,
    reciprocal,
    square,
    subtract,
)
from ._arrays import array_module, unit_vector
from ._bessel import bessel_i, i0, i1
from ._bounds import clamp, clamp_max, clamp_min, fmax, fmin, maximum, minimum
from ._broadcasting import broadcast_to, sum_to
from ._comparison import (
    equal,
    greater,
    greater_equal,
    heaviside,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    not_equal,
    signbit,
    where,
)
from ._contraction import matmul, swap_last
from ._conversion import cast, contiguous, transfer
from ._creation import attached, zeros_like
from ._cylinder import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    spherical_bessel_j0,
)
from ._determinant import cofactors, cofactors_along, det, slogdet
from ._einsum import einsum, swapped
from ._entropy import binary_cross_entropy, entropy, logistic_loss
from ._errors import DeviceError, DTypeError, LinAlgError, OutOfMemoryError, ShapeError
from ._exponential import (
    clamped_logit,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    logistic,
    logistic2,
    logit,
    rsqrt,
    sigmoid,
    sqrt,
    xlogy,
)
from ._factorization import cholesky, eigh, pinv, qr, svd
from ._fused_convolution import (
    biased_convolution,
    biased_transposed_convolution,
    channel_sum,
    convolution,
    convolution_input_gradient,
    convolution_weight_gradient,
)
from ._fused_linear import affine
from ._fused_loss import softmax_cross_entropy, softmax_cross_entropy_gradient
from ._fused_normalization import batch_norm, batch_norm_gradients
from ._fused_pooling import MOST_TAPS, average_pool, average_unpool, max_pool, max_unpool, pool_at
from ._gamma import digamma, lgamma, polygamma
from ._geometry import Geometry, output_size
from ._incomplete_gamma import igamma, igammac
from ._indexing import follow, getitem, is_basic, take_along
from ._integers import (
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    gcd,
    lcm,
    left_shift,
    right_shift,
)
from ._joining import concatenate, slices, stack, unstack
from ._ldl import ldl, ldl_solve
from ._linalg import finite_svd, inv, matrix_exp, solve
from ._lu import eliminate, lu
from ._movement import flip, reshape, roll, transpose
from ._norm import euclidean_norm, p_norm
from ._normal import log_ndtr, ndtr, ndtri
from ._orthogonal import (
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
    hermite_polynomial_h,
    hermite_polynomial_he,
    laguerre_polynomial_l,
    legendre_polynomial_p,
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
)
from ._padding import crop, pad
from ._plan import Operator, Plan, gathered
from ._pooling import adaptive_max_pool_index, least, max_pool_index
from ._primitive import Primitive, Sample, primitive, registry
from ._recurrent import elman, gru, lstm
from ._reduction import (
    all,
    amax,
    amin,
    any,
    argmax,
    argmin,
    count_nonzero,
    logsumexp,
    mean,
    prod,
    sum,
    unreduce,
)
from ._rounding import (
    ceil,
    floor,
    floor_divide,
    fmod,
    nextafter,
    remainder,
    round,
    sign,
    trunc,
    trunc_divide,
)
from ._saturation import sigmoid_gradient, tanh_gradient
from ._scaled import erfcx, erfcx_derivative, i0e, i1e
from ._scan import cummax_index, cummin_index, cumprod, cumsum, logcumsumexp, recurrence
from ._scattering import additem, put_along
from ._sinc import sinc, sinc_derivative
from ._sorting import argsort, argwhere, searchsorted
from ._special import bell, erf, erfc, erfinv
from ._spectrum import eig
from ._statistics import bincount, histogram, median, median_index, mode_index, nanmedian, std, var
from ._strided import as_strided, diagonal, overlap_add, put_diagonal, unfold
from ._substitution import solve_triangular
from ._triangular import mirrored, tril, triu
from ._trigonometric import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    cosine,
    hypot,
    one_minus_square,
    sin,
    sinh,
    tan,
    tanh,
)
from ._windows import fold, windows
from ._writing import put_view, replace, setitem, write_along, write_at
from ._zeta import zeta
from .formulas import run_in_loops

run_in_loops()
