"""Functional transforms under torch.func's names: they take a function and return a function."""

from ._forward import *
from ._functorch import debug_unwrap as debug_unwrap
from ._functorch import functionalize as functionalize
from ._functorch import replace_all_batch_norm_modules_ as replace_all_batch_norm_modules_
from ._functorch import stack_module_state as stack_module_state
from ._reverse import *
from ._stateless import functional_call as functional_call
from ._vmap import vmap as vmap
