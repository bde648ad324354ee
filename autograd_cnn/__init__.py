"""Automatic differentiation over NumPy or CuPy arrays, under PyTorch's names."""

from typing import TYPE_CHECKING

from ._as_torch import install_as_torch as install_as_torch
from ._compile import compile as compile
from ._creation.constants import *
from ._creation.creation import *
from ._creation.exchange import *
from ._creation.mapped import *
from ._creation.random import *
from ._creation.ranges import *
from ._creation.signal_windows import *
from ._creation.tensor_types import *
from ._creation.triangular import *
from ._devices.default import *
from ._devices.device import device as device
from ._devices.precision import *
from ._devices.settings import *
from ._engine import dtypes as _dtypes
from ._engine.dtypes import *
from ._engine.memory_format import *
from ._engine.modes import *
from ._engine.named_dtypes import *
from ._engine.size import Size as Size
from ._functions._options import with_options as _with_options
from ._functions.activation import *
from ._functions.activation import log_softmax as log_softmax
from ._functions.activation import relu as relu
from ._functions.activation import softmax as softmax
from ._functions.arithmetic import *
from ._functions.asserting import *
from ._functions.bounds import *
from ._functions.broadcasting import *
from ._functions.comparison import *
from ._functions.contraction import *
from ._functions.conversion import *
from ._functions.description import *
from ._functions.distance import *
from ._functions.einsum import *
from ._functions.exponential import *
from ._functions.factorization import *
from ._functions.histograms import *
from ._functions.householder import *
from ._functions.incomplete_gamma import *
from ._functions.indexing import *
from ._functions.integers import *
from ._functions.joining import *
from ._functions.linalg import *
from ._functions.low_rank import *
from ._functions.lu import *
from ._functions.masking import *
from ._functions.movement import *
from ._functions.norm import *
from ._functions.reduction import *
from ._functions.rounding import *
from ._functions.sampling import *
from ._functions.scan import *
from ._functions.scattering import *
from ._functions.sorting import *
from ._functions.special import *
from ._functions.statistics import *
from ._functions.storage import *
from ._functions.strided import *
from ._functions.triangular import *
from ._functions.trigonometric import *
from ._paths import MODULES as _MODULES
from ._paths import install as _install
from ._tensor import Tensor as Tensor
from ._tensor.printing import *
from ._version import __version__ as __version__
from .ops import OutOfMemoryError as OutOfMemoryError
from .ops import primitive as primitive

_install()
globals().update(_with_options(globals()))

bool: _dtypes.dtype = _dtypes.bool_
int: _dtypes.dtype = _dtypes.int_

if TYPE_CHECKING:
    from . import accelerator as accelerator
    from . import amp as amp
    from . import autograd as autograd
    from . import backends as backends
    from . import cuda as cuda
    from . import datasets as datasets
    from . import distributions as distributions
    from . import explain as explain
    from . import func as func
    from . import futures as futures
    from . import hub as hub
    from . import linalg as linalg
    from . import masked as masked
    from . import models as models
    from . import multiprocessing as multiprocessing
    from . import nn as nn
    from . import onnx as onnx
    from . import optim as optim
    from . import profiler as profiler
    from . import random as random
    from . import return_types as return_types
    from . import serialization as serialization
    from . import signal as signal
    from . import special as special
    from . import storage as storage
    from . import testing as testing
    from . import torch_version as torch_version
    from . import transforms as transforms
    from . import types as types
    from . import utils as utils
    from . import version as version
    from . import vision as vision
    from ._late import *
else:  # which checkers don't read: they would take a __getattr__ for leave to use any name
    del TYPE_CHECKING

    def __getattr__(name: str) -> object:
        """``autograd_cnn.nn`` and its kin, and the names of ``_late``: imported when they are first used."""
        from importlib import import_module, util

        if f"torch.{name}" in _MODULES:
            return import_module(f".{name}", __name__)
        if name.startswith("_foreach_"):
            found = import_module("._tensor.foreach", __name__).foreach(name.removeprefix("_foreach_"))
            if found is not None:
                return globals().setdefault(name, found)
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
        names = {*globals(), *(name for name in late if not name.startswith("_"))}
        return sorted(filter(str.isidentifier, names))  # pytest gives what it rewrites names that are none
