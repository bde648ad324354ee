"""What PyTorch says: live where it is installed, and from ``tests/recordings`` where it is not.

A test asks ``pytorch(function, *arguments)`` and gets what ``function(torch, *arguments)`` returns, as plain
values: NumPy arrays for tensors, lists for tuples; an error is raised as Python's own type beneath it. Or it
lets ``pytorch.gives(found, function, *arguments)`` compare, and then large arrays and long texts take little
room in the recording. The answers stand in one file for each module of tests, in the order of the questions.

Where PyTorch is installed the tests hear PyTorch itself; and where that is the version that was recorded, a
test that passes fails all the same if its recording says otherwise. ``pytest --record`` writes anew what the
tests that run are told. Tests marked slow are not recorded: they skip without PyTorch.
"""

import builtins
import functools
import json
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autograd_cnn

from .recording import assert_equal, decoded, differ, digest, encoded, plain, sketch

HERE = Path(__file__).parent
RECORDINGS = HERE / "recordings"
VERSION = "2.13.0"
"""The version of PyTorch that was recorded."""

KINDS = ("NotImplementedError", "IndexError", "TypeError", "ValueError", "RuntimeError")


def outcome(t: Any, expression: str) -> str:
    """The text of the value of ``expression``, where ``t`` is a library, or the type of its error.

    An error of another type than a library raises on purpose, such as a name that is not known, is a mistake
    in the expression, and is raised.
    """
    try:
        return repr(eval(expression, {"t": t, "np": np}))
    except Exception as error:  # noqa: BLE001 - any error that a library means is an outcome to compare
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

    def gives(
        self, found: Any, function: Callable[..., Any], *arguments: Any, rtol: float = 0.0, atol: float = 0.0
    ) -> None:
        """Assert that ``function(torch, *arguments)`` returns what was ``found``: the same shapes and dtypes,
        and values that are equal, or as near as for ``numpy.testing.assert_allclose``."""
        form = sketch if rtol or atol else digest
        found, expected = plain(found), self._answer(form, lambda: function(self.library, *arguments))
        assert_equal(found, expected, rtol, atol)
        if self.library:
            assert_equal(
                found, form(expected), rtol, atol
            )  # as it is compared where PyTorch is not installed

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

    def begin(self, module: Path, name: str, slow: bool = False) -> None:
        """The test ``name`` of a module begins."""
        self._file = self.file(module)
        self._name, self._slow, self._answers = name, slow, []
        self._left = decoded(self._read(self._file).get(name, []))

    def end(self) -> None:
        """The test that began has passed: what it was told is written, or compared with its recording."""
        if self._slow or not (self._answers or self._left):
            return
        if self.library is None:
            assert not self._left, "PyTorch was asked more when this was recorded: pytest --record"
        elif self.writing:
            kept = not differ(self._answers, self._left)
            self._told.setdefault(self._file, {})[self._name] = encoded(self._left if kept else self._answers)
        elif self.version == VERSION:
            assert not differ(self._answers, self._left), (
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


pytorch = PyTorch()
