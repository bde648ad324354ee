"""Rerun a script under ``watch`` and say what is wrong with its gradients: ``autograd-cnn why script.py``."""

import os
import sys
import traceback
import types
from collections.abc import Sequence
from typing import Any

from .._engine.handle import Handle
from .._engine.node import Leaf
from .._tensor import lift
from ._cuts import frozen_at
from ._names import Names, given_names
from ._reading import read
from ._signals import measure
from ._watch import Watch
from ._why import Explanation, destroyed, explanation


class _EnoughError(BaseException):
    """Ends the script once as many backward passes were seen as were asked for."""


class _Bounded(Watch):
    """A watch that ends the script after some backward passes, so that a long training is not kept in
    memory."""

    def __init__(self, passes: int) -> None:
        super().__init__()
        self._limit = passes

    def began(self, roots: list[Any]) -> None:
        """A backward pass begins."""
        if len(self.passes) >= self._limit:
            raise _EnoughError
        super().began(roots)


def why_script(
    path: "str | os.PathLike[str]", arguments: Sequence[str] = (), passes: int = 20
) -> Explanation:
    """Run the script at ``path`` with ``arguments`` and explain every gradient that is None, zero or NaN.

    The script ends after ``passes`` backward passes. The first line of what is returned names the first
    culprit's line. An error of the script is part of the answer and not raised.
    """
    path = os.fspath(path)
    with open(path, encoding="utf-8") as file:
        code = compile(file.read(), path, "exec")
    module = types.ModuleType("__main__")
    module.__file__ = path
    seen = _Bounded(passes)
    error: BaseException | None = None
    before = sys.argv, sys.path[:], sys.modules.get("__main__")
    sys.argv, sys.modules["__main__"] = [path, *arguments], module
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        with seen:
            exec(code, module.__dict__)
    except (_EnoughError, SystemExit):
        pass
    except Exception as raised:  # noqa: BLE001 - a script may raise anything; that is what is explained
        error = raised
    finally:
        sys.argv, sys.path[:] = before[0], before[1]
        if before[2] is not None:
            sys.modules["__main__"] = before[2]
    return _verdict(module.__dict__, seen, error, path)


def _verdict(variables: dict[str, Any], seen: Watch, error: BaseException | None, path: str) -> Explanation:
    names, params = parameters_of(variables)
    loss = _loss(variables, seen, error)
    if error is not None and loss is not None and loss._node is not None:
        written = destroyed(loss._node)
        if written is not None:
            return Explanation(f"{written}\n{type(error).__name__}: {error}")
    found: dict[str, list[str]] = {}
    texts = []
    if loss is not None:
        for name, param in params.items():
            judged = _problem(name, param, loss, names, seen)
            if judged is not None:
                first_line = judged.splitlines()[0].replace(name, "…")
                if first_line not in found:
                    texts.append((judged, found.setdefault(first_line, [])))
                found[first_line].append(name)
    said = [text + _also(who) for text, who in texts]
    if error is not None:
        said.append(_error_text(error, path))
    if not said:
        said = [
            f"{path}: the gradients of {', '.join(params)} are finite and not zero"
            if params and loss is not None
            else _nothing(path, params)
        ]
    return Explanation("\n\n".join(said))


def _also(who: list[str]) -> str:
    return (
        f"\nthe same holds for {', '.join(who[1:6])}{' and others' if len(who) > 6 else ''}"
        if len(who) > 1
        else ""
    )


def _nothing(path: str, params: dict[str, Any]) -> str:
    if not params:
        return (
            f"{path}: no variable of the script is a leaf that asks for a gradient (requires_grad=True), "
            "nor a module that has parameters"
        )
    return f"{path}: the script ran no backward pass; call loss.backward()"


def parameters_of(variables: dict[str, Any]) -> tuple[Names, dict[str, Any]]:
    """Names of nodes, and the tensors that may be expected to get a gradient, by the script's own names."""
    names: Names = {}
    params: dict[str, Any] = {}
    computed: dict[str, Any] = {}
    modules_first = sorted(variables.items(), key=lambda item: not hasattr(item[1], "named_parameters"))
    for variable, value in modules_first:
        if variable.startswith("_") or isinstance(value, type):
            continue
        if hasattr(value, "named_parameters"):
            for name, param in value.named_parameters():
                params.setdefault(f"{variable}.{name}", param)
            names.update({node: f"{variable}.{name}" for node, name in given_names(value).items()})
        elif isinstance(value, Handle) and all(value is not param for param in params.values()):
            if type(value._node) is Leaf:
                params.setdefault(variable, value)
            elif value._node is not None:
                computed[variable] = value
            else:
                computed.setdefault(f"constant {variable}", value)
            if value._node is not None:
                names.setdefault(value._node, variable)
    leaves = {variable: value for variable, value in computed.items() if not variable.startswith("constant ")}
    if not params and leaves:
        params = {
            variable: value
            for variable, value in leaves.items()
            if all(type(edge) is Leaf and edge not in names for edge in value._node.edges if edge)
        }
    return names, {
        **params,
        **{
            name.removeprefix("constant "): value
            for name, value in computed.items()
            if name.startswith("constant ")
        },
    }


def _loss(variables: dict[str, Any], seen: Watch, error: BaseException | None) -> Any:
    """The tensor whose backward pass is in question: the one that failed, else the last (or the first that
    went bad)."""
    if error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            tensor = frame.f_locals.get("self")
            if frame.f_code.co_name == "backward" and isinstance(tensor, Handle):
                return tensor
    for record in seen.passes:
        if any(
            measure(part).state in ("nan", "inf")
            for (node, position), part in record.parts.items()
            if type(node.edges[position]) is Leaf
        ):
            return _tensor_of(record.roots[0], variables, seen)
    return _tensor_of(seen.passes[-1].roots[0], variables, seen) if seen.passes else None


def _tensor_of(node: Any, variables: dict[str, Any], seen: Watch) -> Any:
    known = next((v for v in variables.values() if isinstance(v, Handle) and v._node is node), None)
    value = seen.value_of(node)
    return known if known is not None or value is None else lift(value, node)


def _problem(name: str, param: Any, loss: Any, names: Names, seen: Watch) -> Explanation | None:
    """What is wrong with one parameter's gradient; None where nothing is, or where none was asked for."""
    if param._node is None:
        asked_once = hasattr(param, "requires_grad") and frozen_at(seen, param) is not None
        return (
            explanation(param, loss, names, name)
            if asked_once or type(param).__name__ == "Parameter"
            else None
        )
    if loss._node is not None and param._node is loss._node:
        return None
    judged = explanation(param, loss, names, name)
    reading = read(loss, names) if loss._node is not None else None
    if reading is None or param._node not in reading.at or not judged.startswith("the gradient of"):
        return judged
    return None if "is all right" in judged.splitlines()[0] else judged


def _error_text(error: BaseException, path: str) -> str:
    at = [line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == path]
    return f"{path}:{at[-1] if at else '?'}: {type(error).__name__}: {error}"
