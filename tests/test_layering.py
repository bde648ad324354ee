"""The floors of the house: imports point down only, read from the syntax trees, and no file imports itself in
a circle."""

import ast
import functools
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "autograd_cnn"

FLOORS = {
    "ops": 0,
    "_devices": 1,
    "_random": 1,
    "_engine": 1,
    "_functions": 2,
    "_tensor": 2,
    "_creation": 2,
    "_files": 3,
    "serialization": 3,
    "testing": 3,
    "autograd": 3,
    "explain": 3,
    "func": 3,
    "nn": 4,
    "hub": 4,
    "datasets": 5,
    "distributions": 5,
    "masked": 5,
    "models": 5,
    "onnx": 5,
    "transforms": 5,
    "optim": 5,
    "profiler": 5,
    "utils": 5,
    "_inert": 6,
    "cli": 6,
    "vision": 6,
    "__main__": 6,
    "_late": 7,
}
"""The floor of a file or folder by its first name below the package; everything else is the Tensor's floor,
2."""


def modules() -> dict[str, Path]:
    """Every module of the package by its full name."""
    found = {}
    for path in (ROOT / PACKAGE).rglob("*.py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


@functools.cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file, read once."""
    return ast.parse(path.read_text(encoding="utf-8"))


@functools.cache
def imports(name: str, *, lazy: bool) -> set[str]:
    """The modules of this package that ``name`` imports, relative imports included; ``lazy``: also inside
    functions."""
    tree = tree_of(MODULES[name])
    is_package = MODULES[name].name == "__init__.py"
    found: set[str] = set()
    for node in _statements(tree, lazy):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = name.split(".")[: len(name.split(".")) - node.level + is_package] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            below = {f"{source}.{alias.name}" for alias in node.names}
            found |= (below & MODULES.keys()) or {source}
            if below - MODULES.keys():
                found.add(source)
    return {module for module in found if module in MODULES and module != name}


def _statements(tree: ast.AST, lazy: bool):
    """Every statement that runs on import; type-checking blocks and (unless ``lazy``) functions left out."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and not lazy:
            continue
        yield child
        yield from _statements(child, lazy)


def floor(name: str) -> int:
    """The floor a module stands on; the package's own ``__init__`` is the roof: it re-exports everything."""
    parts = name.split(".")
    return 7 if len(parts) == 1 else FLOORS.get(parts[1], 2)


def test_the_modules_are_found() -> None:
    assert {
        f"{PACKAGE}._engine.backward",
        f"{PACKAGE}.ops",
        f"{PACKAGE}.ops._primitive",
        f"{PACKAGE}.testing",
    } <= MODULES.keys()
    assert f"{PACKAGE}.ops._primitive" in imports(f"{PACKAGE}.ops", lazy=False)
    assert f"{PACKAGE}._engine.memory" in imports(f"{PACKAGE}._engine.backward", lazy=False)


@pytest.mark.parametrize("name", sorted(MODULES))
def test_imports_point_down_only(name: str) -> None:
    """Also inside functions: an import that waits is still an arrow."""
    above = {module for module in imports(name, lazy=True) if floor(module) > floor(name)}
    assert not above, f"{name} (floor {floor(name)}) imports {', '.join(sorted(above))} above it"


@pytest.mark.parametrize("name", sorted(name for name in MODULES if floor(name) == 0))
def test_operators_know_arrays_only(name: str) -> None:
    assert {module for module in imports(name, lazy=True) if not module.startswith(f"{PACKAGE}.ops")} == set()


def test_there_are_no_cycles() -> None:
    """An import inside a function, and one of a package by its part, are arrows too: what waits, or works by
    the order of imports, still goes round."""
    arrows = {name: imports(name, lazy=True) for name in MODULES}
    done: set[str] = set()

    def walk(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"import cycle: {' -> '.join((*path[path.index(name) :], name))}"
        if name not in done:
            for module in sorted(arrows[name]):
                walk(module, (*path, name))
            done.add(name)

    for name in sorted(MODULES):
        walk(name, ())


def test_the_folder_of_operators_refuses_to_be_imported_under_its_own_name() -> None:
    import importlib
    import sys

    before = list(sys.path)
    sys.path.insert(0, str(ROOT))
    try:
        with pytest.raises(ImportError, match=r"import this package as 'autograd_cnn\.ops'"):
            importlib.import_module("ops")
    finally:
        sys.path[:] = before
        sys.modules.pop("ops", None)


def test_nothing_is_written_through_what_may_be_a_copy() -> None:
    """``x.reshape(-1)[i] = 1`` writes into ``x`` in one layout, and into nothing in another. (Compiled
    kernels refuse to reshape what is not contiguous.)"""
    copies = {"reshape", "ravel", "flatten", "ascontiguousarray", "astype", "contiguous", "to"}
    found = []
    for name, path in MODULES.items():
        for node in ast.walk(tree_of(path)):
            targets = getattr(node, "targets", [getattr(node, "target", None)])
            for target in targets if isinstance(node, (ast.Assign, ast.AugAssign)) else []:
                value = target.value if isinstance(target, ast.Subscript) else None
                called = value.func if isinstance(value, ast.Call) else None
                if isinstance(called, ast.Attribute) and called.attr in copies and ".kernels." not in name:
                    found.append(f"{name}:{node.lineno}")
    assert found == []


LONGER = {f"{PACKAGE}._engine.backward.backward": 90, f"{PACKAGE}._tensor.tensor.record": 97}
"""The two loops that run once per operator: a call inside them is what they are measured by."""


def test_files_and_functions_stay_short() -> None:
    """About 300 lines in ops/, 400 elsewhere, 60 for a function without its docstring: what is longer has two
    subjects."""
    long = []
    for name, path in MODULES.items():
        text = path.read_text(encoding="utf-8")
        limit = 330 if floor(name) == 0 else 400
        if path.name != "__init__.py" and text.count("\n") > limit:  # a list of names may be long
            long.append(f"{name}: {text.count(chr(10))} lines, at most {limit}")
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1 - (ast.get_docstring(node) or "").count("\n")
                if lines > LONGER.get(f"{name}.{node.name}", 60):
                    long.append(f"{name}.{node.name}: {lines} lines, at most 60")
    assert long == []


BESIDE = {"docs", "examples", "libraries", "recordings", "reliability", "scripts", "typing"}
"""Folders of tests that look at the whole: its pages, examples and tools, what it promises, its types."""


def folders(root: Path, pattern: str) -> set[str]:
    """The folders below ``root`` that hold files of ``pattern``, without the underscores of their names."""
    found = {path.parent.relative_to(root) for path in root.rglob(pattern)}
    return {"/".join(part.lstrip("_") for part in folder.parts) for folder in found} - {""}


def test_tests_mirror_the_package() -> None:
    """Each folder of the package has its folder of tests, and no folder of tests stands without one."""
    package, tests = folders(ROOT / PACKAGE, "*.py"), folders(ROOT / "tests", "test_*.py")
    assert package - tests == set()
    assert {folder for folder in tests - package if folder.split("/")[0] not in BESIDE} == set()
