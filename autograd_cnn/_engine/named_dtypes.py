"""dtypes of PyTorch's that exist by name only: libraries write them into tables and signatures, and nothing
here computes with them. Whoever uses one is told what to use instead."""

from typing import Any, Final, NoReturn

from .dtypes import dtype

__all__ = [
    "bfloat16",
    "bit",
    "bits1x8",
    "bits2x4",
    "bits4x2",
    "bits8",
    "bits16",
    "cdouble",
    "cfloat",
    "chalf",
    "complex32",
    "complex64",
    "complex128",
    "float4_e2m1fn_x2",
    "float8_e4m3fn",
    "float8_e4m3fnuz",
    "float8_e5m2",
    "float8_e5m2fnuz",
    "float8_e8m0fnu",
    "int1",
    "int2",
    "int3",
    "int4",
    "int5",
    "int6",
    "int7",
    "qint8",
    "qint32",
    "quint2x4",
    "quint4x2",
    "quint8",
    "uint1",
    "uint2",
    "uint3",
    "uint4",
    "uint5",
    "uint6",
    "uint7",
    "uint16",
    "uint32",
    "uint64",
]


_SHORT = {"bfloat": "bf", "float": "f", "complex": "c", "bits": "b", "uint": "u"}


class _Named(dtype):
    """A dtype without numbers."""

    __slots__ = ("_bytes", "_instead", "_kind")

    def __init__(self, name: str, size: int, kind: str, instead: str) -> None:
        self.name, self._bytes, self._kind, self._instead = name, size, kind, instead

    def __getattr__(self, name: str) -> NoReturn:
        if name == "dtype":  # NumPy's, which every use asks for
            raise TypeError(f"{self!r} is here by name only, no tensor can have it; {self._instead}")
        raise AttributeError(f"'torch.dtype' object has no attribute {name!r}")

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return hash(self.name)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_by_name, (self.name,))

    @property
    def is_floating_point(self) -> bool:
        """Whether its numbers have a point."""
        return self._kind == "f"

    @property
    def is_complex(self) -> bool:
        """Whether its numbers are complex."""
        return self._kind == "c"

    @property
    def is_signed(self) -> bool:
        """Whether it has negative values."""
        return self._kind in "fci"

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self._bytes

    @property
    def abbr(self) -> str:
        """Its short name: "bf16", "f8e5m2", "c64"; the small integers have no shorter one."""
        for long, short in _SHORT.items():
            rest = self.name.removeprefix(long).replace("_", "")
            if self.name.startswith(long) and (long != "uint" or self._bytes > 1):
                return f"{short}{rest}" + ("x1" if long == "bits" and "x" not in rest else "")
        return self.name


def _by_name(name: str) -> dtype:
    """The one object of this name."""
    found: dtype = globals()[name]
    return found


_FLOAT = "use float16 or float32"
_COMPLEX = "keep the real and the imaginary part as two tensors"
_SMALL = "use int8 or uint8"
_UNSIGNED = "use int32 or int64"

bfloat16: Final[dtype] = _Named("bfloat16", 2, "f", _FLOAT)
float8_e4m3fn: Final[dtype] = _Named("float8_e4m3fn", 1, "f", _FLOAT)
float8_e4m3fnuz: Final[dtype] = _Named("float8_e4m3fnuz", 1, "f", _FLOAT)
float8_e5m2: Final[dtype] = _Named("float8_e5m2", 1, "f", _FLOAT)
float8_e5m2fnuz: Final[dtype] = _Named("float8_e5m2fnuz", 1, "f", _FLOAT)
float8_e8m0fnu: Final[dtype] = _Named("float8_e8m0fnu", 1, "f", _FLOAT)
float4_e2m1fn_x2: Final[dtype] = _Named("float4_e2m1fn_x2", 1, "f", _FLOAT)
complex32: Final[dtype] = _Named("complex32", 4, "c", _COMPLEX)
chalf: Final[dtype] = complex32
complex64: Final[dtype] = _Named("complex64", 8, "c", _COMPLEX)
cfloat: Final[dtype] = complex64
complex128: Final[dtype] = _Named("complex128", 16, "c", _COMPLEX)
cdouble: Final[dtype] = complex128
uint16: Final[dtype] = _Named("uint16", 2, "u", _UNSIGNED)
uint32: Final[dtype] = _Named("uint32", 4, "u", _UNSIGNED)
uint64: Final[dtype] = _Named("uint64", 8, "u", _UNSIGNED)
uint1: Final[dtype] = _Named("uint1", 1, "u", _SMALL)
bit: Final[dtype] = uint1
uint2: Final[dtype] = _Named("uint2", 1, "u", _SMALL)
uint3: Final[dtype] = _Named("uint3", 1, "u", _SMALL)
uint4: Final[dtype] = _Named("uint4", 1, "u", _SMALL)
uint5: Final[dtype] = _Named("uint5", 1, "u", _SMALL)
uint6: Final[dtype] = _Named("uint6", 1, "u", _SMALL)
uint7: Final[dtype] = _Named("uint7", 1, "u", _SMALL)
int1: Final[dtype] = _Named("int1", 1, "i", _SMALL)
int2: Final[dtype] = _Named("int2", 1, "i", _SMALL)
int3: Final[dtype] = _Named("int3", 1, "i", _SMALL)
int4: Final[dtype] = _Named("int4", 1, "i", _SMALL)
int5: Final[dtype] = _Named("int5", 1, "i", _SMALL)
int6: Final[dtype] = _Named("int6", 1, "i", _SMALL)
int7: Final[dtype] = _Named("int7", 1, "i", _SMALL)
bits1x8: Final[dtype] = _Named("bits1x8", 1, "b", _SMALL)
bits2x4: Final[dtype] = _Named("bits2x4", 1, "b", _SMALL)
bits4x2: Final[dtype] = _Named("bits4x2", 1, "b", _SMALL)
bits8: Final[dtype] = _Named("bits8", 1, "b", _SMALL)
bits16: Final[dtype] = _Named("bits16", 2, "b", _SMALL)
qint8: Final[dtype] = _Named("qint8", 1, "i", _SMALL)
qint32: Final[dtype] = _Named("qint32", 4, "i", _SMALL)
quint8: Final[dtype] = _Named("quint8", 1, "u", _SMALL)
quint4x2: Final[dtype] = _Named("quint4x2", 1, "u", _SMALL)
quint2x4: Final[dtype] = _Named("quint2x4", 1, "u", _SMALL)
