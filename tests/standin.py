"""A strict stand-in for CuPy, for machines without a GPU.

Its arrays live in the host's memory but behave as CuPy's do towards everybody else: they never turn into
NumPy arrays by themselves, refuse to mix with them, have no scalars (a result without axes is an array),
offer no ``reduce`` of NumPy's ufuncs, and answer NumPy functions. Code that quietly needs NumPy fails here,
in ordinary CI.

CUDA sources are compiled for the CPU by g++ (see ``cuda_on_cpu``), and so run too; without g++ there is no
``RawModule``.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

import numpy as np

from autograd_cnn.ops.kernels import _switches
from tests import cuda_on_cpu


def _owner(array: np.ndarray[Any, Any]) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class ndarray:
    """An array that only its own library may touch."""

    def __init__(self, hidden: Any, base: "ndarray | None" = None) -> None:
        self._hidden = np.asarray(hidden)
        self.base = base

    device = SimpleNamespace(id=0)

    @property
    def flags(self) -> Any:
        flags = self._hidden.flags
        return SimpleNamespace(
            c_contiguous=flags.c_contiguous, f_contiguous=flags.f_contiguous, owndata=flags.owndata
        )

    @property
    def __cuda_array_interface__(self) -> dict[str, Any]:
        return dict(self._hidden.__array_interface__)

    @property
    def data(self) -> Any:
        return SimpleNamespace(ptr=self._hidden.ctypes.data)

    def get(self, out: Any = None, blocking: bool = True) -> np.ndarray[Any, Any]:
        """The elements as a NumPy array: the one explicit way out."""
        _wait("get")
        if out is None:
            return self._hidden.copy()
        out[...] = self._hidden
        return out

    def set(self, array: np.ndarray[Any, Any]) -> None:
        """Copy from the host."""
        _wait("set")
        self._hidden[...] = array

    def __dlpack__(self, **_: Any) -> Any:
        return self._hidden.__dlpack__()

    def __dlpack_device__(self) -> tuple[int, int]:
        return 2, 0

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            "Implicit conversion to a NumPy array is not allowed. Please use `.get()` to construct a "
            "NumPy array explicitly."
        )

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__":
            return NotImplemented
        return _call(ufunc, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return _call(function, args, options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._hidden, name)
        if isinstance(value, np.ndarray):
            return _wrapped(value, [self])
        return (
            (lambda *args, **options: _call(getattr(np.ndarray, name), (self, *args), options))
            if callable(value)
            else value
        )

    def __getitem__(self, index: Any) -> Any:
        return _call(np.ndarray.__getitem__, (self, _index(index)), {})

    def __setitem__(self, index: Any, value: Any) -> None:
        _call(np.ndarray.__setitem__, (self, _index(index), value), {})

    def __len__(self) -> int:
        return len(self._hidden)

    def __iter__(self) -> Iterator[Any]:
        return (self[i] for i in range(len(self)))

    def __bool__(self) -> bool:
        _wait("bool()")
        return bool(self._hidden)

    def __int__(self) -> int:
        _wait("int()")
        return int(self._hidden)

    def __float__(self) -> float:
        _wait("float()")
        return float(self._hidden)

    def __index__(self) -> int:
        _wait("an index")
        return self._hidden.__index__()

    def __copy__(self) -> "ndarray":
        return ndarray(self._hidden.copy())

    def __deepcopy__(self, memo: Any) -> "ndarray":
        return ndarray(self._hidden.copy())

    __hash__ = None  # type: ignore[assignment]  # as CuPy's


def _index(index: Any) -> Any:
    """An index with NumPy's arrays copied to the device: CuPy takes them there, and only there."""
    if isinstance(index, tuple):
        return tuple(map(_index, index))
    if getattr(index, "dtype", None) == np.bool_:
        _wait("a mask as an index")
    return ndarray(index) if isinstance(index, np.ndarray) else index


KERNELS = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "truediv": "true_divide",
    "floordiv": "floor_divide",
    "mod": "remainder",
    "pow": "power",
}
KERNELS |= {
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
}
KERNELS |= {"and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor"}
"""CuPy's names of the operators."""


def _operator(name: str) -> Any:
    kernel = SimpleNamespace(name="cupy_" + KERNELS.get(name.strip("_"), name.strip("_")))

    def method(self: ndarray, *others: Any) -> Any:
        for other in others:
            if hasattr(other, "__cupy_override_elementwise_kernel__") and "matmul" not in name:
                return other.__cupy_override_elementwise_kernel__(kernel, self, *others)
            if not isinstance(other, ndarray | np.generic | int | float):
                raise TypeError(f"Unsupported type {type(other)}")
        return _call(getattr(np.ndarray, name), (self, *others), {})

    return method


for _name in [
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
]:
    for _form in (f"__{_name}__", f"__r{_name}__", f"__i{_name}__"):
        setattr(ndarray, _form, _operator(_form))
for _name in ["neg", "pos", "abs", "invert", "eq", "ne", "lt", "le", "gt", "ge"]:
    setattr(ndarray, f"__{_name}__", _operator(f"__{_name}__"))


def _unwrapped(value: Any, seen: list[ndarray]) -> Any:
    if isinstance(value, ndarray):
        seen.append(value)
        return value._hidden
    if isinstance(value, np.ndarray):
        raise TypeError(f"Unsupported type {type(value)}: an array of NumPy's met one of the device's")
    if type(value) in (tuple, list):
        return type(value)(_unwrapped(part, seen) for part in value)
    if isinstance(value, slice):
        return slice(*(_unwrapped(part, seen) for part in (value.start, value.stop, value.step)))
    return value


def _refuse_what_cupy_lacks(function: Any, args: Any, options: Any) -> None:
    name = getattr(function, "__name__", "")
    if name in REDUCTIONS and ("initial" in options or "where" in options):
        raise TypeError(f"{name}() got an unexpected keyword argument: CuPy's has no initial and no where")
    if name in ABSENT:
        raise TypeError(f"no implementation found for {name!r}: CuPy has none")
    if name in ("sort", "argsort") and options.get("kind") not in (None, "stable"):
        raise NotImplementedError("kind must be None or 'stable'")


def _wrapped(value: Any, sources: list[ndarray]) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        for source in sources:
            if isinstance(value, np.ndarray) and value is source._hidden:
                return source
            if isinstance(value, np.ndarray) and _owner(value) is _owner(source._hidden):
                return ndarray(value, source if source.base is None else source.base)
        return ndarray(value)
    if isinstance(value, tuple):
        parts = [_wrapped(part, sources) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    if isinstance(value, list):
        return [_wrapped(part, sources) for part in value]
    return value


def _call(function: Any, args: Any, options: Any) -> Any:
    seen: list[ndarray] = []
    plain_args = [_unwrapped(arg, seen) for arg in args]
    plain_options = {key: _unwrapped(value, seen) for key, value in options.items()}
    _refuse_what_cupy_lacks(function, args, options)
    if function in (np.ndarray.item, np.ndarray.tolist):
        _wait(function.__name__)
        return function(*plain_args, **plain_options)
    result = function(*plain_args, **plain_options)
    if getattr(result, "nbytes", 0) > Memory.limit:
        raise OutOfMemoryError(f"Out of memory allocating {result.nbytes:,} bytes")
    if function is np.ndarray.diagonal and plain_args[0].flags.writeable:
        result.flags.writeable = True  # CuPy's can be written
    if result is NotImplemented:
        return result
    wrapped = _wrapped(result, seen)
    if _captured is not None:
        _captured.append(
            Launch(function, plain_args, plain_options, [] if any(wrapped is s for s in seen) else wrapped)
        )
    return wrapped


class OutOfMemoryError(MemoryError):
    """CuPy's."""


class Memory:
    """The memory of the device; a test may set how much a single result may take."""

    limit = float("inf")

    def used_bytes(self) -> int:
        return 1024

    def total_bytes(self) -> int:
        return 4096

    def free_all_blocks(self) -> None:
        pass

    def malloc(self, size: int) -> None:
        pass


class Launch(NamedTuple):
    """A call while a graph was captured: it is repeated into the same memory."""

    function: Any
    args: Any
    options: Any
    results: Any

    def replay(self) -> None:
        _copy_into(self.results, self.function(*self.args, **self.options))


def _copy_into(results: Any, values: Any) -> None:
    if isinstance(results, tuple | list):
        for result, value in zip(results, values, strict=False):
            _copy_into(result, value)
    elif (
        isinstance(results, ndarray) and results.base is None
    ):  # None: what ran wrote into memory it was given
        results._hidden[...] = values


def launched(kernel: Any, *args: Any) -> None:
    """Run a compiled kernel, which writes into the memory it was given, and remember it while a graph is
    captured."""
    kernel(*args)
    if _captured is not None:
        _captured.append(Launch(kernel, args, {}, None))


_captured: list[Launch] | None = None


def _wait(what: str) -> None:
    if _captured is not None:
        raise RuntimeError(
            f"cudaErrorStreamCaptureUnsupported: operation not permitted when stream is capturing ({what})"
        )


class Stream:
    """A stream that does its work at once, and captures it where asked to."""

    ptr = 0

    def __init__(self, non_blocking: bool = False) -> None:
        self.done = True

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def synchronize(self) -> None:
        _wait("synchronize")

    def record(self) -> Any:
        return SimpleNamespace(done=True)

    def wait_event(self, event: Any) -> None:
        pass

    def is_capturing(self) -> bool:
        return _captured is not None

    def begin_capture(self) -> None:
        global _captured
        _captured = []

    def end_capture(self) -> Any:
        global _captured
        launches, _captured = _captured or [], None
        first = [True]  # what was captured has run here already, other than on a GPU

        def launch(stream: Any = None) -> None:
            for each in [] if first.pop() else launches:
                each.replay()
            first.append(False)

        return SimpleNamespace(launch=launch)


class _Function:
    """A function of the library; ufuncs also have ``at``."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def __call__(self, *args: Any, **options: Any) -> Any:
        return _call(self._function, args, options)

    def at(self, target: ndarray, index: Any, values: Any) -> None:
        seen: list[ndarray] = []
        if target._hidden.dtype.name not in ATOMIC.get(self._function.__name__, "").split():
            raise TypeError(f"{self._function.__name__}.at does not support {target._hidden.dtype}")
        plain = [_unwrapped(part, seen) for part in (target, index, values)]
        self._function.at(*plain)
        if _captured is not None:
            _captured.append(Launch(self._function.at, plain, {}, None))


ATOMIC = {
    "add": "int32 uint32 uint64 float16 float32 float64",
    "maximum": "int32 uint32 uint64 float32 float64",
}
ATOMIC["minimum"] = ATOMIC["maximum"]
"""The dtypes that CuPy's scattering kernels know."""

REDUCTIONS = frozenset(["sum", "prod", "max", "min", "amax", "amin", "mean", "any", "all"])
ABSENT = frozenset(
    ["unwrap_axis", "nanquantile", "insert", "ndenumerate", "einsum_path", "block", "busday_count", "spacing"]
)
"""Functions of NumPy that CuPy does not have (of those that somebody might want here)."""


class _Grid:
    def __init__(self, grid: Any) -> None:
        self._grid = grid

    def __getitem__(self, index: Any) -> Any:
        return _wrapped(self._grid[index], [])


class _Library(ModuleType):
    """A module of the library: NumPy's functions on device arrays."""

    def __init__(self, name: str, hidden: Any) -> None:
        super().__init__(name)
        self._hidden = hidden

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(self._hidden, name)
        if isinstance(value, ModuleType):
            return _Library(f"{self.__name__}.{name}", value)
        if name in ("ogrid", "mgrid"):
            return _Grid(value)
        if isinstance(value, type) or not callable(value):
            return value
        return _Function(value)


def _asarray(value: Any, dtype: Any = None, **_: Any) -> ndarray:
    if not isinstance(value, ndarray):
        _wait("a copy from the host")
    return (
        value
        if isinstance(value, ndarray) and dtype is None
        else ndarray(np.array(value._hidden if isinstance(value, ndarray) else value, dtype))
    )


def _empty(like: Any) -> Any:
    """``empty`` and ``empty_like`` whose memory is full of NaN, or of the largest number: to read what nobody
    wrote shows."""

    def make(*args: Any, **options: Any) -> ndarray:
        out: ndarray = _Function(like)(*args, **options)
        kind = out._hidden.dtype
        out._hidden.fill(np.nan if kind.kind in "fc" else np.iinfo(kind).max if kind.kind in "iu" else True)
        return out

    return make


class _Device:
    def __init__(self, index: int = 0) -> None:
        self.id = index

    def __enter__(self) -> "_Device":
        return self

    def __exit__(self, *_: Any) -> None:
        pass

    def use(self) -> None:
        pass

    def synchronize(self) -> None:
        pass


class PinnedMemoryPointer(bytearray):
    """Memory of the host that the device can reach."""


def _empty_pinned(shape: Any, dtype: Any) -> np.ndarray[Any, Any]:
    return np.ndarray(
        shape, dtype, buffer=PinnedMemoryPointer(max(1, int(np.prod(shape)) * np.dtype(dtype).itemsize))
    )


class _Special(ModuleType):
    """``cupyx.scipy.special``: SciPy's functions, each imported when it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        import scipy.special

        return _Function(getattr(scipy.special, name))


def _modules() -> dict[str, ModuleType]:
    """What stands in ``sys.modules``, by name."""
    cupyx = ModuleType("cupyx")
    cupyx.empty_pinned = _empty_pinned  # type: ignore[attr-defined]  # a module made here
    return {
        "cupy": library(),
        "cupyx": cupyx,
        "cupyx.scipy": ModuleType("cupyx.scipy"),
        "cupyx.scipy.special": _Special("cupyx.scipy.special"),
    }


computed_in: dict[Any, int] = {}
"""By dtype: which type products are computed in, as the library was told."""


def _as_numpy(a: Any) -> Any:
    return a.get() if isinstance(a, ndarray) else np.asarray(a)


def _from_dlpack(array: Any) -> Any:
    return array if isinstance(array, ndarray) else ndarray(np.from_dlpack(array))


def library() -> ModuleType:
    """A module to stand in ``sys.modules`` as ``cupy``."""
    cupy = _Library("cupy", np)
    vars(cupy).update(
        ndarray=ndarray,
        asarray=_asarray,
        array=_asarray,
        empty=_empty(np.empty),
        empty_like=_empty(np.empty_like),
    )
    types = {"COMPUTE_TYPE_DEFAULT": 1, "COMPUTE_TYPE_TF32": 7}
    linalg = SimpleNamespace(
        set_compute_type=lambda dtype, kind: computed_in.update({np.dtype(dtype): kind}), **types
    )
    cupy._core = SimpleNamespace(_routines_linalg=linalg)  # type: ignore[attr-defined]  # a module made here
    if cuda_on_cpu.available():
        cupy.RawModule = cuda_on_cpu.RawModule  # type: ignore[attr-defined]  # a module made here
    cupy.asnumpy = _as_numpy  # type: ignore[attr-defined]  # a module made here
    runtime = SimpleNamespace(getDeviceCount=lambda: 1, getDevice=lambda: 0, CUDARuntimeError=RuntimeError)
    pool, stream = Memory(), Stream()
    cupy.cuda = SimpleNamespace(  # type: ignore[attr-defined]  # a module made here
        runtime=runtime,
        Device=_Device,
        Stream=Stream,
        MemoryPool=Memory,
        get_current_stream=lambda: stream,
        using_allocator=lambda _: nullcontext(),
    )
    cupy.get_default_memory_pool = lambda: pool  # type: ignore[attr-defined]  # a module made here
    cupy.from_dlpack = _from_dlpack  # type: ignore[attr-defined]  # a module made here
    return cupy


@contextmanager
def installed() -> Iterator[ModuleType]:
    """The stand-in as ``cupy``, for as long as the block lasts; a cuDNN that may be installed could not use
    its arrays."""
    modules, cudnn = _modules(), _switches.cudnn
    before = {name: sys.modules.get(name) for name in modules}
    sys.modules.update(modules)
    _switches.cudnn = False
    try:
        yield modules["cupy"]
    finally:
        _switches.cudnn = cudnn
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module
