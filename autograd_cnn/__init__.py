"""Automatic differentiation over NumPy or CuPy arrays, under PyTorch's names."""

from typing import TYPE_CHECKING

from ._creation.creation import (
    BoolTensor,
    ByteTensor,
    CharTensor,
    DoubleTensor,
    FloatTensor,
    HalfTensor,
    IntTensor,
    LongTensor,
    ShortTensor,
    arange,
    as_tensor,
    asarray,
    empty,
    empty_like,
    eye,
    from_numpy,
    full,
    full_like,
    linspace,
    logspace,
    ones,
    ones_like,
    scalar_tensor,
    tensor,
    zeros,
    zeros_like,
)
from ._creation.exchange import from_dlpack
from ._creation.grids import tril_indices, triu_indices
from ._creation.random import (
    Generator,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    normal,
    rand,
    rand_like,
    randint,
    randint_like,
    randn,
    randn_like,
    randperm,
    seed,
    set_rng_state,
)
from ._creation.signal_windows import (
    bartlett_window,
    blackman_window,
    hamming_window,
    hann_window,
    kaiser_window,
)
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
from ._engine.dtypes import bool_ as bool
from ._engine.dtypes import (
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
from ._engine.dtypes import int_ as int
from ._engine.modes import (
    enable_grad,
    inference_mode,
    is_grad_enabled,
    is_inference_mode_enabled,
    no_grad,
    set_grad_enabled,
)
from ._engine.size import Size
from ._functions.activation import *
from ._functions.arithmetic import *
from ._functions.bounds import *
from ._functions.comparison import *
from ._functions.contraction import (
    addbmm,
    addmm,
    addmv,
    addr,
    baddbmm,
    bmm,
    chain_matmul,
    cross,
    dot,
    ger,
    inner,
    kron,
    matmul,
    mm,
    mv,
    outer,
    tensordot,
    vdot,
)
from ._functions.conversion import *
from ._functions.description import *
from ._functions.distance import cdist, pdist
from ._functions.einsum import einsum
from ._functions.exponential import *
from ._functions.factorization import geqrf, lu_solve, lu_unpack, orgqr, ormqr, triangular_solve
from ._functions.factorization import lu_of as lu
from ._functions.incomplete_gamma import *
from ._functions.indexing import (
    gather,
    index_select,
    masked_select,
    narrow,
    narrow_copy,
    select,
    take,
    take_along_dim,
)
from ._functions.inplace import addmv_, index_put_
from ._functions.integers import *
from ._functions.joining import (
    block_diag,
    cartesian_prod,
    cat,
    chunk,
    column_stack,
    combinations,
    concat,
    concatenate,
    dsplit,
    dstack,
    hsplit,
    hstack,
    meshgrid,
    row_stack,
    split,
    split_with_sizes,
    stack,
    tensor_split,
    unbind,
    vsplit,
    vstack,
)
from ._functions.linalg import (
    cholesky_inverse,
    cholesky_solve,
    det,
    logdet,
    matrix_exp,
    matrix_power,
    pinverse,
    slogdet,
)
from ._functions.linalg import cholesky_of as cholesky
from ._functions.linalg import inv as inverse
from ._functions.linalg import qr_of as qr
from ._functions.linalg import svd_of as svd
from ._functions.movement import (
    adjoint,
    atleast_1d,
    atleast_2d,
    atleast_3d,
    flatten,
    flip,
    fliplr,
    flipud,
    moveaxis,
    movedim,
    permute,
    ravel,
    reshape,
    roll,
    rot90,
    squeeze,
    swapaxes,
    swapdims,
    t,
    transpose,
    unflatten,
    unsqueeze,
)
from ._functions.norm import dist, frobenius_norm, norm, nuclear_norm, renorm
from ._functions.reduction import (
    all,
    amax,
    amin,
    aminmax,
    any,
    argmax,
    argmin,
    count_nonzero,
    logsumexp,
    max,
    mean,
    min,
    nanmean,
    nansum,
    prod,
    sum,
)
from ._functions.repetition import broadcast_shapes, broadcast_tensors, broadcast_to, repeat_interleave, tile
from ._functions.rounding import *
from ._functions.sampling import bernoulli, binomial, multinomial, poisson
from ._functions.scan import (
    cummax,
    cummin,
    cumprod,
    cumsum,
    cumulative_trapezoid,
    diff,
    gradient,
    logcumsumexp,
    trapezoid,
    trapz,
)
from ._functions.scattering import (
    index_add,
    index_copy,
    index_fill,
    index_put,
    index_reduce,
    masked_fill,
    masked_scatter,
    put,
    scatter,
    scatter_add,
    scatter_reduce,
    select_scatter,
    slice_scatter,
)
from ._functions.sorting import (
    argsort,
    argwhere,
    bucketize,
    isin,
    kthvalue,
    msort,
    nonzero,
    searchsorted,
    sort,
    topk,
    unique,
    unique_consecutive,
    unravel_index,
)
from ._functions.special import *
from ._functions.statistics import (
    bincount,
    corrcoef,
    cov,
    histc,
    histogram,
    median,
    mode,
    nanmedian,
    nanquantile,
    quantile,
    std,
    std_mean,
    var,
    var_mean,
)
from ._functions.triangular import (
    as_strided,
    as_strided_scatter,
    diag,
    diag_embed,
    diagflat,
    diagonal,
    diagonal_scatter,
    trace,
    tril,
    triu,
    vander,
)
from ._functions.trigonometric import *
from ._tensor import Tensor
from ._tensor.printing import get_printoptions, set_printoptions
from ._version import __version__
from .ops import OutOfMemoryError, primitive

if TYPE_CHECKING:
    from . import amp as amp
    from . import autograd as autograd
    from . import backends as backends
    from . import cuda as cuda
    from . import datasets as datasets
    from . import explain as explain
    from . import func as func
    from . import linalg as linalg
    from . import models as models
    from . import nn as nn
    from . import onnx as onnx
    from . import optim as optim
    from . import random as random
    from . import special as special
    from . import testing as testing
    from . import transforms as transforms
    from . import utils as utils
    from . import vision as vision
    from ._late import *
else:  # which checkers don't read: they would take a __getattr__ for leave to use any name
    del TYPE_CHECKING

    def __getattr__(name: str) -> object:
        """``autograd_cnn.nn`` and its kin, and the names of ``_late``: imported when they are first used."""
        from importlib import import_module, util

        if name.isidentifier() and not name.startswith("_"):
            if util.find_spec(f".{name}", __name__) is not None:
                return import_module(f".{name}", __name__)
            late = import_module("._late", __name__)
            if hasattr(late, name):
                return globals().setdefault(name, getattr(late, name))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        from importlib import import_module
        from pkgutil import iter_modules

        late = [
            *vars(import_module("._late", __name__)),
            *(m.name for m in iter_modules(globals()["__path__"])),
        ]
        return sorted({*globals(), *(name for name in late if not name.startswith("_"))})
