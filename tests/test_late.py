"""What is imported when it is first used: found, listed, told to checkers; and what is no name stays none."""

import ast
import importlib
import pickle
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import autograd_cnn as ag

PACKAGE = Path(ag.__file__).parent


def said_to_checkers() -> set[str]:
    """The names that ``__init__`` imports for type checkers alone."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    assert ast.unparse(block.test) == "TYPE_CHECKING"
    return {alias.asname or alias.name for node in block.body for alias in node.names} - {"*"}


def test_every_listed_name_is_there() -> None:
    names = [name for name in dir(ag) if not name.startswith("_")]
    assert {"conv2d", "save", "GradScaler", "nn", "special", "sin", "sin_", "Tensor"} <= set(names)
    assert [name for name in names if getattr(ag, name, None) is None] == ["newaxis"]
    assert not {"Any", "TYPE_CHECKING", "importlib", "util"} & set(names)


def test_checkers_are_told_of_every_folder() -> None:
    folders = {
        name
        for name in dir(ag)
        if getattr(getattr(ag, name), "__name__", "") == f"autograd_cnn.{name}"  # not elsewhere
        and isinstance(getattr(ag, name), ModuleType)
        and not name.startswith("_")
    }
    assert said_to_checkers() == folders - {"cli", "ops", "run"}


@pytest.mark.parametrize("name", ["sinn", "conv9d", "_sin", "__wrapped__", "nn.functional"])
def test_what_is_no_name_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'autograd_cnn' has no attribute '{name}'"):
        getattr(ag, name)


def test_the_core_starts_without_the_rest() -> None:
    program = (
        "import sys, numpy; before = 'numpy.random' in sys.modules\n"
        "import autograd_cnn as ag\n"
        "(ag.ones(2, 3, requires_grad=True).sin() ** 2).sum().backward()\n"
        "late = [f'autograd_cnn.{name}' for name in ('nn', 'amp', '_files', '_late')]\n"
        "assert [name for name in late if name in sys.modules] == []\n"
        "assert before or 'numpy.random' not in sys.modules\n"
        "assert ag.conv2d is ag.nn.functional.conv2d\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=PACKAGE.parent, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", ["", ".special", ".linalg", ".fft", ".nn.functional", ".storage"])
def test_what_can_be_called_is_pickled_as_itself(path: str) -> None:
    module = importlib.import_module(f"{ag.__name__}{path}")
    for name in dir(module):
        found = getattr(module, name)
        if not name.startswith("_") and callable(found) and not isinstance(found, ModuleType):
            assert pickle.loads(pickle.dumps(found)) is found, name


def test_functions_say_where_they_are_found() -> None:
    for function in (ag.sin, ag.erf, ag.softmax, ag.hardshrink, ag.stft):
        assert function.__module__ == "autograd_cnn"
    assert (ag.special.expit.__module__, ag.linalg.inv.__module__) == ("autograd_cnn", "autograd_cnn.linalg")
