"""Things around training: reading data, and pictures of it."""

import weakref
from typing import Any

from .._tensor import Tensor
from . import checkpoint as checkpoint
from . import data as data
from . import deterministic as deterministic
from . import dlpack as dlpack
from . import hooks as hooks
from ._images import make_grid as make_grid
from ._images import save_image as save_image


def set_module(obj: Any, mod: str) -> None:
    """Say which module an object is of, for nicer printing. TypeError where ``mod`` is no name."""
    if not isinstance(mod, str):
        raise TypeError("The mod argument should be a string")
    obj.__module__ = mod


def swap_tensors(t1: Tensor, t2: Tensor) -> None:
    """Exchange what two leaves are: their memory, gradients and attributes. RuntimeError for what is part of
    a graph, or a view, or has weak references."""
    for name, t in (("t1", t1), ("t2", t2)):
        if weakref.getweakrefs(t) and not t.requires_grad:
            raise RuntimeError(f"Cannot swap {name} because it has weakref associated with it")
        if not t.is_leaf or t._is_view():
            raise RuntimeError(f"Cannot swap {name}: it is no leaf of its own, detach() and clone() it")
    wanted = t1.requires_grad, t2.requires_grad
    for t in (t1, t2):
        t.requires_grad_(False)
    t1.array, t2.array = t2.array, t1.array
    t1._grad, t2._grad = t2._grad, t1._grad
    t1.__dict__, t2.__dict__ = t2.__dict__, t1.__dict__
    t1.__class__, t2.__class__ = t2.__class__, t1.__class__
    for t, want in zip((t1, t2), wanted[::-1], strict=True):
        t.requires_grad_(want)
