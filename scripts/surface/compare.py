"""What stands here for each of PyTorch's names: the same, another thing, or nothing."""

import inspect
from collections import Counter
from collections.abc import Iterator
from enum import EnumType
from typing import Any, NamedTuple, get_overloads

import numpy as np

from autograd_cnn._functions._arguments import own_names, takes_other_names
from autograd_cnn._paths import resolve

from .facts import NOT_TOLD, Fact, Parameter, shown, value
from .scope import argued, refused, rule

ABSENT = object()


class Row(NamedTuple):
    """A name and its arguments. ``status`` is same, differs, argued, absent or out of scope."""

    name: str
    kind: str
    status: str
    differences: dict[str, str]
    """What differs, by argument; "" is the name itself."""
    arguments: int
    """How many arguments PyTorch's has."""
    note: str = ""


def rows(facts: dict[str, Fact]) -> list[Row]:
    """One for each fact."""
    return [_row(fact, facts) for fact in facts.values()]


def _row(fact: Fact, facts: dict[str, Fact]) -> Row:
    target = fact.of or fact.name
    why = rule(fact.name) or rule(target)
    if why is not None:
        return Row(fact.name, fact.kind, "out of scope", {}, 0, why)
    forms = fact.forms
    arguments = len({p.name for form in forms for p in form if p.kind not in ("args", "kwargs")})
    mine = _ours(fact.name)
    if mine is ABSENT:
        reason = argued(fact.name) or _argued_class(fact, facts)
        return Row(
            fact.name, fact.kind, "argued" if reason else "absent", {"": "absent"}, arguments, reason or ""
        )
    found = dict(_differences(forms, mine, fact)) if forms else {}
    left = {
        p: d for p, d in found.items() if argued(f"{fact.name}({p})") is None and argued(fact.name) is None
    }
    reasons = {argued(f"{fact.name}({p})") or argued(fact.name) for p in found if p not in left}
    status = "differs" if left else "argued" if found or argued(fact.name) else "same"
    note = "; ".join(sorted(r for r in {*reasons, argued(fact.name)} if r))
    return Row(fact.name, fact.kind, status, found, arguments, note)


def _argued_class(fact: Fact, facts: dict[str, Fact]) -> str | None:
    """What is said of the class or module that a name belongs to, where that is absent altogether."""
    parent = fact.name.rpartition(".")[0]
    if parent in facts and _ours(parent) is ABSENT:
        return argued(parent) or _argued_class(facts[parent], facts)
    return None


def _ours(name: str) -> Any:
    try:
        return resolve(name)
    except (AttributeError, ImportError):
        return _of_members(name)


def _of_members(name: str) -> Any:
    """What the members of an enumeration have, and it has not itself: their name and value."""
    parent, _, last = name.rpartition(".")
    try:
        owner = resolve(parent) if parent else None
    except (AttributeError, ImportError):
        return ABSENT
    members = list(owner) if isinstance(owner, EnumType) else []
    return getattr(members[0], last, ABSENT) if members else ABSENT


def _signature(mine: Any, fact: Fact) -> list[inspect.Parameter] | None:
    """Its parameters, and those that are told by its overloads alone."""
    try:
        found = list(inspect.signature(mine).parameters.values())
    except (TypeError, ValueError):
        return None
    if fact.kind == "method" and not inspect.ismethod(mine) and not _static(fact.name):
        found = found[1:] if found and found[0].kind is not inspect.Parameter.VAR_POSITIONAL else found
    bare = inspect.unwrap(mine) if callable(mine) else mine
    forms = get_overloads(bare) if inspect.isfunction(bare) else ()
    told = {p.name: p for form in forms for p in inspect.signature(form).parameters.values()}
    known = {p.name for p in found} | {"self"}
    return found + [p.replace(default=None) for p in told.values() if p.name not in known and not _any(p)]


def _any(parameter: inspect.Parameter) -> bool:
    return parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)


def _static(name: str) -> bool:
    """Whether a method takes no instance."""
    parent, _, last = name.rpartition(".")
    return isinstance(inspect.getattr_static(resolve(parent), last, None), staticmethod)


def _differences(forms: list[tuple[Parameter, ...]], mine: Any, fact: Fact) -> Iterator[tuple[str, str]]:
    offered = _signature(mine, fact)
    if offered is None:
        yield "", "its arguments are not told"
        return
    if all(p.kind in ("args", "kwargs") for form in forms for p in form) and any(forms):
        return  # takes anything, so nothing is known
    asked: dict[str, list[Parameter]] = {}
    for form in forms:
        for p in form:
            asked.setdefault(p.name, []).append(p)
    names = {p.name: p for p in offered}
    owns: dict[str, str] = {}
    for form in forms if takes_other_names(mine) else ():
        owns |= own_names(names, [p.name for p in form])
    has_args = any(p.kind is p.VAR_POSITIONAL for p in offered)
    has_kwargs = any(p.kind is p.VAR_KEYWORD for p in offered)
    open_there = any(p.kind == "kwargs" for form in forms for p in form)
    for name, ways in asked.items():
        kinds = {"*"} if refused(f"{fact.name}({name})") else {p.kind for p in ways}
        if kinds == {"*"} and names.get(owns.get(name, name)) is None and refused(f"{fact.name}({name})"):
            continue
        if kinds <= {"args", "kwargs"}:
            if "args" in kinds and not has_args:
                if len(forms) == 1:
                    yield name, "any number of arguments"
            elif "kwargs" in kinds and not has_kwargs:
                yield name, "any arguments by keyword"
            continue
        own = names.get(owns.get(name, name))
        if own is None:
            if not (has_kwargs and open_there):
                yield name, "not told (**)" if has_kwargs else "absent"
            continue
        if own.kind is own.POSITIONAL_ONLY and kinds != {"/"}:
            yield name, "by position only"
        elif own.kind is own.KEYWORD_ONLY and kinds & {"", "/"} and not has_args:
            yield name, "by keyword only"
        if len(forms) == 1 and not ways[0].required:
            yield from _default(name, ways[0].default, own)
        elif len(forms) == 1 and ways[0].required and own.default is not own.empty:
            continue
    if len(forms) == 1 and not has_args:
        theirs = [owns.get(p.name, p.name) for p in forms[0] if p.kind in ("", "/")]
        theirs = [name for name in theirs if name in names]
        places = [list(names).index(n) for n in theirs]
        if places != sorted(places):
            yield "", f"another order: {', '.join(sorted(theirs, key=list(names).index))}"
    required = {owns.get(n, n) for n, ways in asked.items() if all(p.required for p in ways)}
    for own in offered:
        if own.default is own.empty and own.kind in (own.POSITIONAL_OR_KEYWORD, own.KEYWORD_ONLY):
            if own.name not in {*asked, *owns.values()}:
                yield own.name, "asked for here only"
            elif own.name not in required and len(forms) == 1:
                yield own.name, "has no default"


def _default(name: str, theirs: Any, own: inspect.Parameter) -> Iterator[tuple[str, str]]:
    if own.default is own.empty:
        return
    default = _plain(own.default)
    if theirs in (NOT_TOLD,) or default == NOT_TOLD or _alike(theirs, default):
        return
    yield name, f"default {default!r} instead of {theirs!r}"


def _plain(default: Any) -> Any:
    if isinstance(default, np.generic):
        default = default.item()
    return value(shown(default))


EQUIVALENT = (
    ("mean", 1),  # how C++ numbers reductions
    ("torch.preserve_format", None),
    ("torch.strided", None),
    ("torch.float32", None),
    (False, None),
)
"""Defaults that say the same."""


def _alike(a: Any, b: Any) -> bool:
    for one, other in EQUIVALENT:
        if ((a is other or a == other) and b == one) or ((b is other or b == other) and a == one):
            return True
    if isinstance(a, list) and not isinstance(b, list):
        return all(x == b for x in a)
    if a != a and b != b:
        return True
    return bool(a == b)


def summary(found: list[Row]) -> tuple[int, int, Counter[str]]:
    """How many names and arguments are the same, of how many in scope, and the names by status."""
    same = total = 0
    for row in found:
        if row.status in ("same", "differs", "argued", "absent"):
            wrong = row.differences
            total += 1 + row.arguments
            if "" not in wrong or row.status == "differs":
                same += 1 + row.arguments - len(wrong)
    return same, total, Counter(row.status for row in found)
