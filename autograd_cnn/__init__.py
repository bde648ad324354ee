"""Automatic differentiation over NumPy or CuPy arrays, under PyTorch's names."""

import importlib
from typing import TYPE_CHECKING, Any

from ._dtype import (
    Size,
    can_cast,
    device,
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
from ._dtype import bool_ as bool
from ._dtype import int_ as int
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
from ._functions.conversion import clone, is_floating_point, is_nonzero, is_tensor, numel, result_type
from ._functions.creation import (
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
from ._functions.einsum import einsum
from ._functions.elementwise import exp, log, relu, where
from ._functions.grids import tril_indices, triu_indices
from ._functions.indexing import (
    gather,
    index_select,
    masked_select,
    narrow,
    select,
    take,
    take_along_dim,
)
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
    broadcast_shapes,
    broadcast_tensors,
    broadcast_to,
    flatten,
    flip,
    fliplr,
    flipud,
    moveaxis,
    movedim,
    permute,
    ravel,
    repeat_interleave,
    reshape,
    roll,
    rot90,
    squeeze,
    swapaxes,
    swapdims,
    t,
    tile,
    transpose,
    unflatten,
    unsqueeze,
)
from ._functions.norm import dist, norm
from ._functions.random import (
    Generator,
    bernoulli,
    default_generator,
    get_rng_state,
    initial_seed,
    manual_seed,
    multinomial,
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
from ._functions.scattering import (
    index_add,
    index_copy,
    index_fill,
    index_put,
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
)
from ._functions.triangular import (
    as_strided,
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
from ._modes import enable_grad, inference_mode, no_grad
from ._printing import get_printoptions, set_printoptions
from ._serialization import FileFormatError, load, save
from ._tensor import Tensor
from .ops import primitive

if TYPE_CHECKING:
    from . import autograd, cuda, datasets, explain, func, linalg, models, nn, onnx, optim, testing, utils

_SUBMODULES = ("autograd", "cuda", "datasets", "explain", "func", "linalg", "models", "nn", "onnx", "optim", "testing", "utils")


def __getattr__(name: str) -> Any:
    """``autograd_cnn.nn`` and its kin are imported when they are first used: the core starts fast."""
    if name in _SUBMODULES:
        return importlib.import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
