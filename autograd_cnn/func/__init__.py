"""Functional transforms under torch.func's names: they take a function and return a function. What functorch
had beside is here too."""

from . import experimental as experimental
from ._forward import *
from ._functorch import *
from ._reverse import *
from ._stateless import functional_call as functional_call
from ._vmap import chunk_vmap as chunk_vmap
from ._vmap import vmap as vmap
