"""Linear algebra under the names of ``torch.linalg``."""

from .._functions._options import with_options as _with_options
from .._functions.contraction import linalg_cross as cross
from .._functions.contraction import matmul, multi_dot, vecdot
from .._functions.factorization import cholesky_ex, eigh, eigvalsh, pinv, svdvals
from .._functions.factorization import linalg_cholesky as cholesky
from .._functions.factorization import linalg_qr as qr
from .._functions.factorization import linalg_svd as svd
from .._functions.householder import householder_product
from .._functions.ldl import ldl_factor, ldl_factor_ex, ldl_solve
from .._functions.linalg import (
    cond,
    det,
    inv,
    lstsq,
    matrix_exp,
    matrix_power,
    matrix_rank,
    solve,
    solve_triangular,
    tensorinv,
    tensorsolve,
)
from .._functions.linalg import linalg_slogdet as slogdet
from .._functions.lu import inv_ex, lu_factor, lu_factor_ex, solve_ex
from .._functions.lu import linalg_lu as lu
from .._functions.lu import linalg_lu_solve as lu_solve
from .._functions.norm import linalg_norm as norm
from .._functions.norm import matrix_norm, vector_norm
from .._functions.spectrum import eig, eigvals
from .._functions.strided import linalg_diagonal as diagonal
from .._functions.triangular import linalg_vander as vander
from ..ops import LinAlgError

globals().update(_with_options(globals()))

__all__ = [
    "LinAlgError",
    "cholesky",
    "cholesky_ex",
    "cond",
    "cross",
    "det",
    "diagonal",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_norm",
    "matrix_power",
    "matrix_rank",
    "multi_dot",
    "norm",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
    "vander",
    "vecdot",
    "vector_norm",
]
