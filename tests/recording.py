"""The form of a recording: plain values in JSON, shortened where large ones are only compared."""

import base64
import hashlib
import json
import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

LONG_TEXT, LONG, MANY = 32, 8, 16
"""Texts of more characters and arrays of more elements are recorded in short where they are only compared:
arrays of more than ``LONG`` where they have to be equal, of more than ``MANY`` where they have to be near."""

BARE = -15
"""For zlib: no header and no checksum."""

DTYPES = ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")
CLOSE = {"float16": 1e-2, "float32": 1e-4, "float64": 1e-8}
"""How far an answer may be from its recording: processors round differently."""


def plain(value: Any) -> Any:
    """``value`` with arrays for tensors and lists for tuples, in memory of its own."""
    if hasattr(value, "detach"):
        value = value.detach().numpy(force=True)
    if isinstance(value, np.ndarray):
        assert str(value.dtype) in DTYPES, value.dtype
        return np.array(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (tuple, list)):
        return [plain(x) for x in value]
    if isinstance(value, Mapping):
        assert not set(value) & {*DTYPES, "error", "sketch"}, "keys that mean something in a recording"
        return {str(key): plain(x) for key, x in value.items()}
    assert value is None or isinstance(value, (bool, int, float, str)), f"not a plain value: {value!r}"
    return value


def _each(function: Callable[[Any], Any], value: Any) -> Any:
    """``value`` with ``function`` applied to what is no list or dict."""
    if isinstance(value, list):
        return [_each(function, x) for x in value]
    if isinstance(value, dict):
        return {key: _each(function, x) for key, x in value.items()}
    return function(value)


# JSON


def encoded(value: Any) -> Any:
    """``value`` for JSON; an array is ``{dtype: [shape, elements]}``, with the shorter of two ways of writing
    its elements: as numbers, or their bytes, compressed."""

    def leaf(value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return value
        numbers = [_shortest(x) for x in value.reshape(-1)]
        places = np.frombuffer(value.tobytes(), "u1").reshape(-1, value.itemsize).T  # like bytes together
        packed = base64.b85encode(zlib.compress(places.tobytes(), 9, BARE)).decode()
        shorter = numbers if len(json.dumps(numbers, separators=(",", ":"))) <= len(packed) else packed
        return {str(value.dtype): [list(value.shape), shorter]}

    return _each(leaf, value)


def _shortest(x: Any) -> float:
    """The shortest number that is ``x`` again in the dtype of ``x``."""
    number = float(str(x)) if x.dtype.kind == "f" else int(x)
    whole = number == number // 1 and abs(number) < 1e6 and (number or math.copysign(1, number) > 0)
    return int(number) if whole else number


def decoded(value: Any) -> Any:
    """What ``encoded`` was given."""
    if isinstance(value, list):
        return [decoded(x) for x in value]
    if not isinstance(value, dict):
        return value
    if len(value) != 1 or next(iter(value)) not in DTYPES:
        return {key: decoded(x) for key, x in value.items()}
    ((dtype, (shape, elements)),) = value.items()
    if isinstance(elements, str):
        places = np.frombuffer(zlib.decompress(base64.b85decode(elements), BARE), "u1")
        elements = np.frombuffer(places.reshape(np.dtype(dtype).itemsize, -1).T.tobytes(), dtype)
    return np.array(elements, dtype).reshape(shape)


# Short forms


def digest(value: Any) -> Any:
    """``value`` with a text in place of each long text and array, the same for equal ones and no other."""

    def leaf(value: Any) -> Any:
        if isinstance(value, str) and len(value) > LONG_TEXT:
            return _hash(value.encode())
        if isinstance(value, np.ndarray) and value.size > LONG:
            same = np.where(np.isnan(value), np.nan, value + 0.0) if value.dtype.kind == "f" else value
            kind = f"{value.dtype}{list(value.shape)}"
            return _hash(kind.encode() + same.astype(value.dtype).tobytes())
        return value

    return _each(leaf, value)


def _hash(data: bytes) -> str:
    return "#" + base64.b85encode(hashlib.sha256(data).digest()[:6]).decode()


def sketch(value: Any) -> Any:
    """``value`` with, in place of each long array of real numbers, ``{"sketch": [dtype, shape, numbers, where
    it is infinite or NaN]}``: from it one tells the arrays that are near.

    The numbers are eight elements, a weighted sum of all, and that of their magnitudes. Other long arrays and
    texts become their digest.
    """

    def leaf(value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            return digest(value)
        if value.size <= MANY:
            return value
        return {"sketch": [str(value.dtype), list(value.shape), *_numbers(value)]}

    return _each(leaf, value)


def _numbers(array: Any) -> tuple[Any, str]:
    flat = array.reshape(-1).astype(float)
    finite = np.isfinite(flat)
    weighted = np.where(finite, flat, 0.0) * _weights(array.size)
    odd = np.where(np.isnan(flat), 2, np.where(finite, 0, np.sign(flat))).astype("i1")
    numbers = np.array([*flat[:: array.size // 8][:8], weighted.sum(), np.abs(weighted).sum()])
    return numbers, _hash(odd.tobytes()) if odd.any() else ""


def _weights(count: int) -> Any:
    """Between 0.5 and 1.5, all different."""
    return 1 + np.cos(np.arange(count)) / 2


# Comparing


def assert_equal(found: Any, expected: Any, rtol: float = 0.0, atol: float = 0.0, where: str = "") -> None:
    """What was ``found`` is ``expected``, or has it as its digest or sketch."""
    if isinstance(expected, dict) and "sketch" in expected:
        _assert_sketched(found, expected["sketch"], rtol, atol, where)
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for i, (a, b) in enumerate(zip(found, expected, strict=True)):
            assert_equal(a, b, rtol, atol, f"{where}[{i}]")
    elif isinstance(expected, dict):
        assert list(found) == list(expected), where
        for key in expected:
            assert_equal(found[key], expected[key], rtol, atol, f"{where}[{key!r}]")
    elif isinstance(expected, np.ndarray):
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape), where
        np.testing.assert_allclose(found, expected, rtol, atol, err_msg=where, strict=True)
    elif isinstance(expected, str):
        same = isinstance(found, str) and found == expected
        assert same or digest(found) == expected, f"{where} PyTorch gives another than {found!r}"
    else:
        assert found == expected, where


def _assert_sketched(
    found: Any, sketch: tuple[str, list[int], Any, str], rtol: float, atol: float, where: str
) -> None:
    dtype, shape, (*some, total, size), odd = sketch
    assert (str(found.dtype), list(found.shape)) == (dtype, shape), where
    (*here, found_total, _), found_odd = _numbers(found)
    np.testing.assert_allclose(here, some, rtol, atol, err_msg=where)
    assert found_odd == odd, f"{where}: infinite or NaN elsewhere"
    allowed = atol * _weights(found.size).sum() + (rtol + 1e-15) * size
    assert abs(found_total - total) <= allowed, f"{where}: the sum is {found_total}, PyTorch's {total}"


def differ(found: Any, recorded: Any) -> bool:
    """Whether two answers are further from each other than processors round."""
    if isinstance(found, list) and isinstance(recorded, list):
        return len(found) != len(recorded) or any(map(differ, found, recorded))
    if isinstance(found, dict) and isinstance(recorded, dict):
        return list(found) != list(recorded) or any(differ(found[key], recorded[key]) for key in found)
    if type(found) is not type(recorded):
        return True
    if isinstance(found, float):
        return differ(np.array(found), np.array(recorded))
    if not isinstance(found, np.ndarray):
        return bool(found != recorded)
    if found.dtype != recorded.dtype or found.shape != recorded.shape:
        return True
    error = CLOSE.get(str(found.dtype), 0.0)
    size = np.abs(found[np.isfinite(found)]).max(initial=0.0) if error else 0.0
    return not np.allclose(found, recorded, rtol=error, atol=error * float(size), equal_nan=error > 0)
