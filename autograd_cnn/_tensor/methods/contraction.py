"""Methods of products summed over shared dimensions."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions.contraction import *
from ..._functions.contraction import addbmm_, addmm_, addr_, baddbmm_, matmul_operator


class ContractionMethods(Handle[T]):
    """Methods of products summed over shared dimensions."""

    __slots__ = ()

    __matmul__ = matmul_operator
    addbmm = addbmm
    addbmm_ = addbmm_
    addmm = addmm
    addmm_ = addmm_
    addmv = addmv
    addmv_ = addmv_
    addr = addr
    addr_ = addr_
    baddbmm = baddbmm
    baddbmm_ = baddbmm_
    bmm = bmm
    cross = cross
    dot = dot
    ger = ger
    inner = inner
    kron = kron
    matmul = matmul
    mm = mm
    mv = mv
    outer = outer
    vdot = vdot

    def __rmatmul__(self, other: Any) -> T:
        known = hasattr(other, "shape") or hasattr(other, "__torch_function__")
        return matmul(other, self) if known else NotImplemented
