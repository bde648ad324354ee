"""Automatic differentiation over NumPy or CuPy arrays, under PyTorch's names."""

import importlib
from typing import TYPE_CHECKING, Any

from ._creation.creation import *
from ._creation.exchange import *
from ._creation.random import *
from ._creation.signal_windows import *
from ._creation.tensor_types import *
from ._devices.device import device
from ._devices.settings import (
    are_deterministic_algorithms_enabled,
    compile,
    get_float32_matmul_precision,
    get_num_interop_threads,
    is_deterministic_algorithms_warn_only_enabled,
    set_default_tensor_type,
    set_float32_matmul_precision,
    set_flush_denormal,
    set_num_interop_threads,
    use_deterministic_algorithms,
)
from ._devices.threads import get_num_threads, set_num_threads
from ._engine.dtypes import (
    Size,
    can_cast,
    double,
    dtype,
    finfo,
    float,
    float16,
    float32,
    float64,
    get_default_dtype,
    half,
    iinfo,
    int8,
    int16,
    int32,
    int64,
    long,
    promote_types,
    set_default_dtype,
    short,
    uint8,
)
from ._engine.dtypes import bool_ as bool
from ._engine.dtypes import int_ as int
from ._engine.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from ._functions.arithmetic import (
    abs,
    absolute,
    add,
    addcdiv,
    addcmul,
    angle,
    conj,
    conj_physical,
    copysign,
    deg2rad,
    div,
    divide,
    float_power,
    floor_divide,
    fmod,
    frexp,
    gcd,
    lcm,
    ldexp,
    lerp,
    mul,
    multiply,
    nan_to_num,
    neg,
    negative,
    nextafter,
    positive,
    pow,
    rad2deg,
    real,
    reciprocal,
    remainder,
    resolve_conj,
    resolve_neg,
    rsub,
    square,
    sub,
    subtract,
    true_divide,
)
from ._functions.bounds import clamp, clamp_max, clamp_min, clip, fmax, fmin, maximum, minimum, relu
from ._functions.broadcasting import *
from ._functions.comparison import (
    allclose,
    bitwise_and,
    bitwise_left_shift,
    bitwise_not,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    eq,
    equal,
    ge,
    greater,
    greater_equal,
    gt,
    heaviside,
    isclose,
    isfinite,
    isinf,
    isnan,
    isneginf,
    isposinf,
    isreal,
    le,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    not_equal,
    signbit,
    where,
)
from ._functions.contraction import *
from ._functions.conversion import (
    clone,
    detach,
    fill,
    is_floating_point,
    is_nonzero,
    is_same_size,
    is_signed,
    is_tensor,
    numel,
    result_type,
)
from ._functions.distance import *
from ._functions.einsum import *
from ._functions.exponential import (
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logaddexp2,
    logit,
    rsqrt,
    sigmoid,
    sqrt,
    xlogy,
)
from ._functions.factorization import *
from ._functions.householder import *
from ._functions.indexing import *
from ._functions.inplace import (
    abs_,
    ceil_,
    clamp_,
    clamp_max_,
    clamp_min_,
    clip_,
    deg2rad_,
    detach_,
    erf_,
    erfc_,
    exp2_,
    exp_,
    expm1_,
    fill_,
    fix_,
    floor_,
    frac_,
    gcd_,
    i0_,
    lcm_,
    ldexp_,
    log1p_,
    log2_,
    log10_,
    log_,
    logit_,
    nan_to_num_,
    neg_,
    negative_,
    rad2deg_,
    reciprocal_,
    relu_,
    round_,
    rsqrt_,
    sigmoid_,
    sqrt_,
    square_,
    trunc_,
    xlogy_,
    zero_,
)
from ._functions.joining import *
from ._functions.linalg import *
from ._functions.lu import *
from ._functions.movement import *
from ._functions.norm import *
from ._functions.reduction import *
from ._functions.rounding import ceil, fix, floor, frac, round, sgn, sign, trunc
from ._functions.sampling import *
from ._functions.scan import *
from ._functions.scattering import *
from ._functions.sorting import *
from ._functions.special import digamma, erf, erfc, erfinv, i0, igamma, igammac, lgamma, mvlgamma, polygamma
from ._functions.statistics import *
from ._functions.strided import *
from ._functions.triangular import *
from ._functions.trigonometric import *
from ._tensor import Tensor
from ._tensor.printing import get_printoptions, set_printoptions
from ._version import __version__
from .ops import OutOfMemoryError, primitive

if TYPE_CHECKING:
    from . import (
        amp,
        autograd,
        backends,
        cuda,
        datasets,
        explain,
        func,
        linalg,
        models,
        nn,
        onnx,
        optim,
        random,
        special,
        testing,
        utils,
    )
    from ._files.serialization import FileFormatError, load, save

_SUBMODULES = frozenset(
    [
        "amp",
        "autograd",
        "backends",
        "cuda",
        "datasets",
        "explain",
        "func",
        "linalg",
        "models",
        "nn",
        "onnx",
        "optim",
        "random",
        "special",
        "testing",
        "transforms",
        "utils",
        "vision",
    ]
)
_FILES = frozenset(["FileFormatError", "load", "save"])
_MIXED_PRECISION = frozenset(["autocast", "GradScaler"])
_FUNCTIONAL = frozenset(
    [
        "adaptive_avg_pool1d",
        "adaptive_max_pool1d",
        "alpha_dropout",
        "avg_pool1d",
        "batch_norm",
        "bilinear",
        "binary_cross_entropy_with_logits",
        "cdist",
        "celu",
        "celu_",
        "channel_shuffle",
        "conv1d",
        "conv2d",
        "conv3d",
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
        "cosine_embedding_loss",
        "cosine_similarity",
        "ctc_loss",
        "dropout",
        "embedding",
        "embedding_bag",
        "feature_alpha_dropout",
        "group_norm",
        "hardshrink",
        "hinge_embedding_loss",
        "instance_norm",
        "kl_div",
        "layer_norm",
        "margin_ranking_loss",
        "max_pool1d",
        "max_pool2d",
        "max_pool3d",
        "pairwise_distance",
        "pdist",
        "pixel_shuffle",
        "pixel_unshuffle",
        "poisson_nll_loss",
        "prelu",
        "rms_norm",
        "rrelu",
        "rrelu_",
        "selu",
        "selu_",
        "threshold",
        "threshold_",
        "triplet_margin_loss",
    ]
)
"""Functions of ``nn.functional`` that PyTorch also has at its top."""


def __getattr__(name: str) -> Any:
    """``autograd_cnn.nn`` and its kin are imported when they are first used: the core starts fast."""
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    home = (
        "._files.serialization"
        if name in _FILES
        else ".amp"
        if name in _MIXED_PRECISION
        else ".nn.functional"
        if name in _FUNCTIONAL
        else None
    )
    if home is not None:
        value = getattr(importlib.import_module(home, __name__), name, None)
        if value is not None:
            globals()[name] = value
            return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_SUBMODULES, *_FILES, *_MIXED_PRECISION, *_FUNCTIONAL})
