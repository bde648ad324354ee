"""Ask PyTorch, and torchvision where it is installed, for their surface: what ``facts`` reads."""

import ast
import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from .facts import shown
from .scope import unread

SELF = ("self", "cls", "_cls")


class Surface:
    """Collects lines: an object is described under the first name that it is met by, the shortest."""

    def __init__(self, torch: ModuleType) -> None:
        self.torch = torch
        self.lines: list[str] = []
        self.known: dict[int, str] = {}
        self.kept: list[Any] = []
        here = Path(torch.__file__ or "").parent / "_C"
        self.functions = _stub(here / "_VariableFunctions.pyi") | _stub(here / "_nn.pyi")
        self.methods = _stub(here / "__init__.pyi", "TensorBase")
        self.operators = _schemas(torch)

    def add(self, root: ModuleType) -> None:
        """All of a package."""
        modules = sorted(_modules(root), key=lambda m: (m.__name__.count("."), m.__name__))
        for module in modules:
            self.lines.append(f"module {module.__name__}")
        for module in modules:
            for name in _public(module):
                whole = f"{module.__name__}.{name}"
                if not unread(whole):
                    self._name(whole, getattr(module, name, None))

    def _name(self, whole: str, value: Any) -> None:
        if isinstance(value, ModuleType):
            return
        if not callable(value) or id(value) not in self.known:
            self.kept.append(value)
            if callable(value):
                self.known[id(value)] = whole
        else:
            self.lines.append(f"alias {whole} {self.known[id(value)]}")
            return
        if inspect.isclass(value):
            self.lines += _lines("class", whole, _forms(value))
            if issubclass(value, self.torch.Tensor) or not whole.endswith("Tensor"):
                self._members(whole, value)  # torch.FloatTensor and its kin are Tensor
        elif callable(value):
            self.lines += _lines("function", whole, self._function_forms(whole, value))
        else:
            self.lines.append(f"value {whole}")

    def _function_forms(self, whole: str, value: Any) -> list[str]:
        plain = getattr(value, "__name__", whole.rpartition(".")[2])
        family = whole.split(".")[1]
        if family in ("linalg", "special", "fft") and not inspect.isfunction(value):
            return self.operators.get(f"{family}_{whole.rpartition('.')[2]}", []) or self.operators.get(
                plain, []
            )
        return _forms(value) or self.functions.get(plain, []) or self.operators.get(plain, [])

    def _members(self, whole: str, cls: type) -> None:
        for name in dir(cls):
            if name.startswith("_") or unread(f"{whole}.{name}"):
                continue
            owner = next((base for base in cls.__mro__ if name in vars(base)), None)
            if owner is None or not owner.__module__.startswith(("torch",)):
                continue
            if owner is not cls and not owner.__name__.startswith("_") and whole != "torch.Tensor":
                continue  # told there
            member = inspect.getattr_static(cls, name)
            if callable(member) or isinstance(member, (staticmethod, classmethod)):
                bare = inspect.unwrap(getattr(cls, name))
                bound = not isinstance(member, (staticmethod, classmethod))
                forms = self.methods.get(name, []) if whole == "torch.Tensor" else []
                self.lines += _lines("method", f"{whole}.{name}", forms or _forms(bare, bound))
            else:
                self.lines.append(f"property {whole}.{name}")


def _lines(kind: str, whole: str, forms: list[str]) -> list[str]:
    return [f"{kind} {whole} {form}" for form in dict.fromkeys(forms)] or [f"{kind} {whole}"]


def _modules(root: ModuleType) -> Iterator[ModuleType]:
    yield root
    for found in pkgutil.iter_modules(getattr(root, "__path__", ()), f"{root.__name__}."):
        if unread(found.name) or any(part.startswith("_") for part in found.name.split(".")):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                module = importlib.import_module(found.name)
        except ImportError:
            continue  # of what is not installed beside it
        yield from _modules(module)


def _public(module: ModuleType) -> list[str]:
    listed = list(getattr(module, "__all__", ()))
    own = [
        name
        for name, value in vars(module).items()
        if getattr(value, "__module__", None) == module.__name__
        or (not listed and str(getattr(value, "__module__", "")).startswith(("torch.", "torchvision.")))
        or (module.__name__ in ("torch", "torch.version") and type(value).__module__ in ("builtins", "torch"))
    ]
    return sorted(name for name in {*listed, *own} if not name.startswith("_"))


def _forms(function: Any, bound: bool = False) -> list[str]:
    try:
        found = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []
    if found and (bound or (found[0].name in SELF and not inspect.isfunction(function))):
        del found[0]
    parts, starred, by_place = [], False, False
    for p in found:
        if by_place and p.kind is not p.POSITIONAL_ONLY:
            parts.append("/")
        by_place = p.kind is p.POSITIONAL_ONLY
        if p.kind is p.VAR_POSITIONAL:
            parts.append(f"*{p.name}")
            starred = True
        elif p.kind is p.VAR_KEYWORD:
            parts.append(f"**{p.name}")
        else:
            if p.kind is p.KEYWORD_ONLY and not starred:
                parts.append("*")
                starred = True
            parts.append(p.name if p.default is p.empty else f"{p.name}={shown(p.default)}")
    parts += ["/"] * by_place
    return [f"({', '.join(parts)})"]


def _stub(path: Path, within: str = "") -> dict[str, list[str]]:
    """The signatures that PyTorch's stubs give of what is written in C++."""
    body: list[ast.stmt] = ast.parse(path.read_text(encoding="utf-8")).body
    if within:
        body = next(n for n in body if isinstance(n, ast.ClassDef) and n.name == within).body
    found: dict[str, list[str]] = {}
    for node in body:
        if isinstance(node, ast.FunctionDef):
            plain = node.args
            for argument in [*plain.posonlyargs, *plain.args, *plain.kwonlyargs]:
                argument.annotation = None
            for argument in [plain.vararg, plain.kwarg]:
                if argument is not None:
                    argument.annotation = None
            first = [*plain.posonlyargs, *plain.args][:1]
            if first and first[0].arg == "self":
                if within:
                    del (plain.posonlyargs or plain.args)[0]
                else:
                    first[0].arg = "input"
            names = [a.arg for a in (*plain.args, *plain.kwonlyargs)]
            if "names" not in names and not _deprecated(names):
                found.setdefault(node.name, []).append(f"({ast.unparse(plain)})")
    return found


def _deprecated(names: list[str]) -> bool:
    """Whether these are of a former way of calling: with the factor between the operands."""
    operands = [
        names.index(n) for n in ("other", "tensor1", "mat1", "batch1", "vec1", "mat", "vec2") if n in names
    ]
    return any(n in names and names.index(n) < i for n in ("alpha", "beta", "value") for i in operands)


def _schemas(torch: Any) -> dict[str, list[str]]:
    """The signatures of PyTorch's operators, as Python calls them."""
    found: dict[str, list[str]] = {}
    for schema in torch._C._jit_get_all_schemas():
        space, _, name = schema.name.partition("::")
        if space != "aten":
            continue
        parts, starred = [], False
        for argument in schema.arguments:
            writes = argument.alias_info is not None and argument.alias_info.is_write and argument.kwarg_only
            if argument.kwarg_only and not starred:
                parts.append("*")
                starred = True
            if writes:
                if "out=None" not in parts:
                    parts.append("out=None")
                continue
            title = "input" if argument.name == "self" else argument.name
            parts.append(
                f"{title}={shown(argument.default_value)}" if argument.has_default_value() else title
            )
        if not name.endswith("_out"):
            found.setdefault(name, []).append(f"({', '.join(parts)})")
    return found
