"""A kernel and all functions that it calls as one unit: optimized once, and made machine code once.

Numba optimizes each function by itself, makes it machine code, and does all of it again for each that calls
it; the body of a parallel loop is wrapped three times and so compiled four. Only the kernel is ever called,
so that all before it is kept as it was written and joins it there (a convolution compiles in a third of the
time).
"""

from contextlib import contextmanager

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys


class _Joining(JITCodeLibrary):
    """The code of one function: only linked, unless it is that of the kernel."""

    kernel = ""

    @property
    def _only_linked(self):
        return self.name != self.kernel

    @property
    def codegen(self):
        return self if self._only_linked else self._codegen

    def set_env(self, name, env):
        """The environment of a function that is not there by itself: the kernel has a copy of it."""

    def _optimize_final_module(self):
        if not self._only_linked:
            super()._optimize_final_module()

    def _finalize_final_module(self):
        if self._only_linked:
            self._finalized = True
        else:
            super()._finalize_final_module()

    def get_pointer_to_function(self, name):
        return 0 if self._only_linked else super().get_pointer_to_function(name)


@contextmanager
def joined(name):
    """Compile the kernel of this name, and what it calls, inside."""
    target = cpu_target.target_context
    with global_compiler_lock:
        rtsys.initialize(target)  # its functions are called by others too
        codegen = target.codegen()
        _Joining.kernel, codegen._library_class = name, _Joining
        try:
            yield
        finally:
            del codegen._library_class
