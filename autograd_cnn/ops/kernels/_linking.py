"""A kernel and all functions that it calls as one unit: optimized once, made machine code once, and kept on
disk until any of their sources changes.

Numba optimizes each function by itself, makes it machine code, and does all of it again for each that calls
it; the body of a parallel loop is wrapped three times and so compiled four. Only the kernel is ever called,
so that all before it is kept as it was written and joins it there (a convolution compiles in a third of the
time).
"""

import gc
import hashlib
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import cpu_target
from numba.core.runtime import rtsys


class _Joining(JITCodeLibrary):  # type: ignore[misc]  # Numba has no types
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


@cache
def _sources():
    """A digest of all sources here."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def kept(dispatcher):
    """Keep on disk what ``dispatcher`` compiles. Numba would take it up again as long as the kernel's own
    file is the same, whatever became of the functions that are joined to it."""
    dispatcher.enable_caching()
    file = dispatcher._cache._cache_file
    file._source_stamp = file._source_stamp, _sources()
    return dispatcher


@contextmanager
def _uncollected():
    """Without Python's collector of cycles: a tenth of the time, for compiling makes millions of objects."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextmanager
def joined(name):
    """Compile the kernel of this name, and what it calls, inside."""
    target = cpu_target.target_context
    with global_compiler_lock, _uncollected():
        rtsys.initialize(target)  # its functions are called by others too
        codegen = target.codegen()
        _Joining.kernel, codegen._library_class = name, _Joining
        try:
            yield
        finally:
            del codegen._library_class
