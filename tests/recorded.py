"""What PyTorch says, live where it is installed and from ``tests/recordings`` where it is not.

A test asks ``pytorch(function, *arguments)`` and gets what ``function(torch, *arguments)`` returns, as plain
values: tensors and their like are NumPy arrays, tuples are lists, and an error is raised as Python's own type
beneath it. The answers stand in a file for each module of tests, in the order in which a test asks. Where
PyTorch is installed, in the version that was recorded, a test that passes fails all the same if the recording
says otherwise; ``pytest --record`` writes it anew. Tests marked slow are not recorded: they skip without
PyTorch.
"""

import base64
import builtins
import functools
import hashlib
import json
import math
import warnings
import zlib
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_cnn

HERE = Path(__file__).parent
RECORDINGS = HERE / "recordings"
VERSION = "2.13.0"
"""The version of PyTorch that was recorded."""

LONG = 32
"""Texts of more characters, and arrays of more elements, are recorded by their digest where they have to be
equal to the last bit."""

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
        assert not set(value) & {*DTYPES, "error"}, "keys that mean something in a recording"
        return {str(key): plain(x) for key, x in value.items()}
    assert value is None or isinstance(value, (bool, int, float, str)), f"not a plain value: {value!r}"
    return value


# The text of a recording


def encoded(value: Any) -> Any:
    """``value`` for JSON; an array is ``{dtype: [shape, elements]}``, with the shorter of two ways of writing
    its elements: as numbers, or their bytes, compressed."""
    if isinstance(value, list):
        return [encoded(x) for x in value]
    if isinstance(value, dict):
        return {key: encoded(x) for key, x in value.items()}
    if not isinstance(value, np.ndarray):
        return value
    numbers = [_shortest(x) for x in value.reshape(-1)]
    places = np.frombuffer(value.tobytes(), "u1").reshape(-1, value.itemsize).T  # first bytes first: alike
    packed = base64.b85encode(zlib.compress(places.tobytes(), 9)).decode()
    shorter = numbers if len(json.dumps(numbers, separators=(",", ":"))) <= len(packed) else packed
    return {str(value.dtype): [list(value.shape), shorter]}


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
        places = np.frombuffer(zlib.decompress(base64.b85decode(elements)), "u1")
        elements = np.frombuffer(places.reshape(np.dtype(dtype).itemsize, -1).T.tobytes(), dtype)
    return np.array(elements, dtype).reshape(shape)


def digest(value: Any) -> Any:
    """``value`` with a text in place of each long text and array, the same for equal ones and no other."""
    if isinstance(value, list):
        return [digest(x) for x in value]
    if isinstance(value, dict):
        return {key: digest(x) for key, x in value.items()}
    if isinstance(value, str) and len(value) > LONG:
        return _hash(value.encode())
    if isinstance(value, np.ndarray) and value.size > LONG:
        same = np.where(np.isnan(value), np.nan, value + 0.0) if value.dtype.kind == "f" else value
        return f"{value.dtype}{list(value.shape)}{_hash(same.astype(value.dtype).tobytes())}"
    return value


def _hash(data: bytes) -> str:
    return "#" + base64.b85encode(hashlib.sha256(data).digest()[:8]).decode()


def _differ(found: Any, recorded: Any) -> bool:
    if isinstance(found, list) and isinstance(recorded, list):
        return len(found) != len(recorded) or any(map(_differ, found, recorded))
    if isinstance(found, dict) and isinstance(recorded, dict):
        return list(found) != list(recorded) or any(_differ(found[key], recorded[key]) for key in found)
    if type(found) is not type(recorded):
        return True
    if isinstance(found, float):
        return _differ(np.array(found), np.array(recorded))
    if not isinstance(found, np.ndarray):
        return bool(found != recorded)
    if found.dtype != recorded.dtype or found.shape != recorded.shape:
        return True
    error = CLOSE.get(str(found.dtype), 0.0)
    size = np.abs(found[np.isfinite(found)]).max(initial=0.0) if error else 0.0
    return not np.allclose(found, recorded, rtol=error, atol=error * float(size), equal_nan=error > 0)


KINDS = ("NotImplementedError", "IndexError", "TypeError", "ValueError", "RuntimeError")


def outcome(t: Any, expression: str) -> str:
    """The text of the value of ``expression``, where ``t`` is a library, or the type of its error.

    An error of another type than a library raises on purpose, such as a name that is not known, is a mistake
    in the expression, and is raised.
    """
    try:
        return repr(eval(expression, {"t": t, "np": np}))
    except Exception as error:
        return kind_of(error)


def kind_of(error: Exception) -> str:
    """The name of the type of an error that was meant; any other is raised."""
    names = [kind.__name__ for kind in type(error).__mro__]
    for kind in KINDS:
        if kind in names:
            return kind
    raise error


@functools.cache
def _torch() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return import_module("torch")
        except ImportError:
            return None


def libraries() -> tuple[Any, ...]:
    """This library, and PyTorch where it is installed: for tests that say themselves what comes out."""
    return (autograd_cnn,) if pytorch.library is None else (autograd_cnn, pytorch.library)


class PyTorch:
    """Who is asked; there is one, ``pytorch``."""

    def __init__(self, folder: Path = RECORDINGS) -> None:
        self.folder = folder
        self.writing = False
        self._files: dict[Path, dict[str, Any]] = {}
        self._told: dict[Path, dict[str, Any]] = {}
        self._file, self._name, self._slow = folder, "", False
        self._answers: list[Any] = []
        self._left: list[Any] = []

    @property
    def library(self) -> Any:
        """PyTorch itself, or None where it is not installed."""
        return _torch()

    @property
    def version(self) -> str:
        """The version that is installed, without what it was built for; empty where none is."""
        return self.library.__version__.partition("+")[0] if self.library else ""

    def __call__(self, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        """What ``function(torch, *arguments, **options)`` returns, or raises."""
        return self._answer(plain, lambda: function(self.library, *arguments, **options))

    def gives(self, found: Any, function: Callable[..., Any], *arguments: Any, **options: Any) -> None:
        """Assert that ``function(torch, *arguments, **options)`` returns ``found``, to the last bit or
        character."""
        expected = self._answer(digest, lambda: function(self.library, *arguments, **options))
        _assert_equal(plain(found), expected)

    def _answer(self, form: Callable[[Any], Any], ask: Callable[[], Any]) -> Any:
        if self.library is None:
            return self._recorded()
        try:
            answer = plain(ask())
        except Exception as error:
            kind = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
            self._answers.append({"error": kind.__name__})
            raise kind(str(error)) from error
        self._answers.append(form(answer))
        return answer

    def _recorded(self) -> Any:
        if self._slow:
            pytest.skip("PyTorch is not installed, and slow tests are not recorded")
        if not self._left:
            pytest.fail("PyTorch is not installed, and there is no recording of this: pytest --record")
        answer = self._left.pop(0)
        if isinstance(answer, dict) and "error" in answer:
            raise getattr(builtins, answer["error"])("what PyTorch raises")
        return answer

    def file(self, module: Path) -> Path:
        """Where the answers to the tests of a module stand."""
        return self.folder / (".".join(module.relative_to(HERE).with_suffix("").parts) + ".json")

    def begin(self, path: Path, name: str, slow: bool = False) -> None:
        """The test ``name`` of the file ``path`` begins."""
        self._file = self.file(path)
        self._name, self._slow, self._answers = name, slow, []
        self._left = decoded(self._read(self._file).get(name, []))

    def end(self) -> None:
        """The test that began has passed: what it was told is written, or compared with its recording."""
        if not self._answers and not self._left:
            return
        if self.library is None:
            assert not self._left, "PyTorch was asked more when this was recorded: pytest --record"
        elif self.writing:
            if self._answers and not self._slow:
                told = self._told.setdefault(self._file, {})
                kept = not _differ(self._answers, self._left)
                told[self._name] = encoded(self._left if kept else self._answers)
        elif not self._slow and self.version == VERSION:
            assert not _differ(self._answers, self._left), (
                f"PyTorch {VERSION} says otherwise than {self._file.name}: pytest --record writes it anew"
            )

    def write(self, collected: Mapping[Path, set[str]], whole: bool) -> None:
        """Write what was told to the tests of each file; where whole modules were collected, the answers to
        tests that are no more are dropped."""
        for file, names in collected.items():
            answers = {name: told for name, told in self._read(file).items() if name in names or not whole}
            answers |= self._told.get(file, {})
            lines = (
                f"{json.dumps(name)}:{json.dumps(answers[name], separators=(',', ':'))}"
                for name in sorted(answers)
            )
            if answers:
                file.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
            else:
                file.unlink(missing_ok=True)

    def _read(self, file: Path) -> dict[str, Any]:
        if file not in self._files:
            self._files[file] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return self._files[file]


def _assert_equal(found: Any, expected: Any) -> None:
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected, strict=True):
            _assert_equal(a, b)
    elif isinstance(expected, dict):
        assert list(found) == list(expected)
        for key in expected:
            _assert_equal(found[key], expected[key])
    elif isinstance(expected, np.ndarray):
        assert found.dtype == expected.dtype
        np.testing.assert_array_equal(found, expected)
    else:
        assert found == expected or digest(found) == expected, f"PyTorch gives another than {found!r}"


pytorch = PyTorch()
