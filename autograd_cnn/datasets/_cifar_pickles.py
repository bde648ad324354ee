"""The Python version of CIFAR's files, which torchvision fetches: pickles that Python 2 wrote, read without
unpickling.

The machine that reads PyTorch's files follows the opcodes; here it learns Python 2's strings and NumPy's
arrays of bytes.
"""

from typing import Any

import numpy as np

from .._files.torch_zip import RefusedError, _Machine

_ARRAY = ("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct")


class _Part:
    """An array of bytes (or, where it stays empty, its dtype) that the pickle is about to describe."""

    array: "np.ndarray[Any, Any] | None" = None


class _Batch(_Machine):
    def __init__(self) -> None:
        super().__init__(lambda key: b"", 0)

    def _step(self, name: str, argument: Any) -> None:
        if name in ("STRING", "BINSTRING", "SHORT_BINSTRING"):
            self._stack.append(argument)
        elif name == "REDUCE":
            arguments, function = self._stack.pop(), self._stack.pop()
            if str(function) not in _ARRAY and (str(function) != "numpy.dtype" or arguments[0] != "u1"):
                raise RefusedError(
                    f"it calls {function}{arguments}, which an array of bytes does not need; nothing "
                    "was executed"
                )
            self._stack.append(_Part())
        elif name == "BUILD":
            state = self._stack.pop()
            part = self._stack[-1]
            if not isinstance(part, _Part):
                raise RefusedError(f"it sets the state of {type(part).__name__}")
            if (
                len(state) == 5
            ):  # version, shape, dtype, whether the order is Fortran's, bytes; a dtype's state is longer
                _, shape, _, fortran, raw = state
                if not isinstance(raw, str):
                    raise RefusedError(f"the bytes of an array in it are {type(raw).__name__}")
                array = np.frombuffer(raw.encode("latin-1"), np.uint8)
                part.array = array.reshape(shape, order="F" if fortran else "C")
        else:
            super()._step(name, argument)


def _content(pickle: bytes, *keys: str) -> list[Any]:
    content = _Batch().run(pickle)
    if not isinstance(content, dict) or any(key not in content for key in keys):
        raise RefusedError(f"it is no dictionary with {', '.join(keys)}")
    return [content[key] for key in keys]


def records(pickle: bytes, *labels: str) -> bytes:
    """The images of a batch as the binary version has them: the labels of each, named by these keys, before
    its pixels."""
    data, *columns = _content(pickle, "data", *labels)
    pixels = data.array if isinstance(data, _Part) else None
    listed = all(isinstance(column, list) for column in columns)
    if (
        pixels is None
        or pixels.shape[1:] != (3 * 32 * 32,)
        or not listed
        or any(len(column) != len(pixels) for column in columns)
    ):
        raise RefusedError("its data is no array of bytes with a row of 3072 for each label")
    try:
        return np.column_stack([*(np.array(bytearray(column)) for column in columns), pixels]).tobytes()
    except (TypeError, ValueError) as error:
        raise RefusedError(f"a label in it is no class ({error})") from error


def names(pickle: bytes, key: str) -> bytes:
    """The names of the classes, a line for each."""
    [found] = _content(pickle, key)
    if not isinstance(found, list):
        raise RefusedError(f"its {key} is no list")
    return "\n".join(map(str, found)).encode()
