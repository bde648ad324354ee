"""Functional transforms under torch.func's names: they take a function and return a function."""

from ._forward import *
from ._reverse import *
from ._stateless import functional_call as functional_call
from ._vmap import vmap as vmap
