"""A call as text: a door, the tensors made for it, its arguments, and how they are written."""

import inspect
from random import Random
from typing import Any, NamedTuple

from ._draw import Code, Draw, Made
from ._forms import FORMS, OPERATOR_FORMS, Stop
from ._operands import Place, first_tensor
from ._parameters import LATER, UNREDUCED, draw_argument
from ._spellings import outputs, respelled
from ._surface import Door, doors, words

HEADER = (
    "from math import inf, nan",
    "import numpy as np",
    "import torch",
    "import torch.nn.functional as F",
)


class Argument(NamedTuple):
    """One argument, by position or by name."""

    name: str
    value: Any
    named: bool

    def __str__(self) -> str:
        return f"{self.name}={self.value!r}" if self.named else repr(self.value)


class Call(NamedTuple):
    """One call of one door."""

    seed: int
    door: Door
    made: tuple[Made, ...]
    arguments: tuple[Argument, ...]
    text: str = ""
    """Of an operator: the statement, in which arguments stand as they are."""

    def statement(self) -> str:
        """The line that calls: it leaves the result in ``out``."""
        if self.text:
            return self.text
        given = list(self.arguments)
        if self.door.space == "Tensor":
            receiver, *given = given
            called = f"{receiver.value!r}.{self.door.name}"
        else:
            called = self.door.label
        return f"out = {called}({', '.join(map(str, given))})"

    def lines(self) -> list[str]:
        """The tensors, one line each, and the call."""
        return [line for made in self.made for line in made.lines()] + [self.statement()]

    def script(self) -> str:
        """A script that runs on PyTorch, and here where ``import torch`` is answered by this package."""
        wanted = [made.name for made in self.made if made.wants]
        tail = ["print(out)"]
        if wanted:
            tail.append(
                "# gradients of: "
                + ", ".join(
                    f"{name}0" if m.steps else name
                    for name, m in zip(wanted, [made for made in self.made if made.wants], strict=True)
                )
            )
        return "\n".join((*HEADER, f"# seed {self.seed}", "torch.manual_seed(0)", *self.lines(), *tail))


def generate(seed: int, label: str | None = None) -> Call:
    """The call of this seed; of the door ``label``, or of any."""
    random = Random(seed)
    every = doors()
    name = random.choice(_choices()) if label is None else label
    door = every[name]
    draw = Draw(random, _writes(door))
    if door.space == "operator":
        text, arguments = OPERATOR_FORMS[door.name](draw)
        return Call(
            seed,
            door,
            tuple(draw.made.values()),
            arguments and tuple(Argument(str(i), value, False) for i, value in enumerate(arguments)),
            text,
        )
    given = _arguments(draw, door)
    if draw.chance(0.15):
        _respell(draw, given)
    if draw.chance(0.1) and door.base not in UNSPOILED:
        _spoil(draw, given, door)
    return Call(seed, door, tuple(draw.made.values()), tuple(_placed(draw, door, given)))


def _writes(door: Door) -> bool:
    """Whether a call writes into its first tensor, or into a copy of its memory as it lies (``*_scatter``):
    an element that is there twice is anybody's then."""
    assigns = door.name == "[]=" or (door.name.endswith("=") and door.name not in COMPARE)
    return door.writes or assigns or door.base.endswith("_scatter")


SOLID = words(
    """
    grid_sample

    i1 i1e logit hardtanh scaled_dot_product_attention chebyshev_polynomial_w laguerre_polynomial_l
    legendre_polynomial_p shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_w

    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d group_norm
    multi_head_attention_forward

    cholesky cholesky_inverse det geqrf inverse logdet lu lu_solve lu_unpack matrix_exp matrix_power
    nuclear_norm orgqr ormqr pinverse qr slogdet svd hardsigmoid
    """
)
"""Functions that are not asked about infinities and NaN: an infinite place in an image ends PyTorch's
process; NaN falls on one side of a comparison there, and a mask is added to an infinite score; some of the
products of an infinite factor and zeros are made, others left out, as blocks of BLAS and LAPACK have it."""

UNSPOILED = words("fractional_max_pool2d fractional_max_pool3d range resize scaled_dot_product_attention")
"""Functions that PyTorch calls with whatever it is given: windows of less than one element show what lies
before the image; a step that is cut to 0 ends the process; a tensor of a negative size stays as it is after
the error; of two masks one is left out."""

UNGRADED = words("logical_not logical_and logical_or logical_xor")
"""Functions that write truth values into a tensor: in PyTorch its gradient goes on as if nothing were
written."""

COMPARE = ("==", "!=", "<=", ">=")


def _choices() -> list[str]:
    """Labels to choose from: a function as often as a method, operators and indices more often."""
    global _labels
    if not _labels:
        _labels = list(doors())
        _labels += ["operator.[]", "operator.[]="] * 12
        _labels += [label for label in doors() if label.startswith("operator.")] * 2
    return _labels


_labels: list[str] = []


def _arguments(draw: Draw, door: Door) -> dict[str, Any]:
    """Values by the names of parameters."""
    given: dict[str, Any] = {}
    at = Place(draw, door, given)
    draw.grades = not (door.writes and door.base in UNGRADED)
    draw.special = door.base not in SOLID and door.space != "torch.linalg"
    written = draw.chance(0.08) and any(p.name == "out" for p in door.parameters)
    written = written and door.base != "normal"  # PyTorch draws other numbers for an ``out`` of another dtype
    draw.grades = draw.grades and not (written and draw.chance(0.95))  # none is recorded through ``out``
    form = FORMS.get(door.base)
    if form is not None:
        given.update(form(at))
    for i, parameter in enumerate(door.parameters if "*" not in given else ()):  # else all go by position
        name = parameter.name
        if name in given or parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            continue
        if name == "inplace" and door.writes:  # it is
            continue
        if i == 0 and name in ("input", "x", "self", "tensor", "A", "a", "x1", "input1"):
            given[name] = first_tensor(at)
        elif parameter.required:
            given[name] = draw_argument(at, parameter)
        elif name not in LATER and draw.chance(0.35):
            try:
                given[name] = draw_argument(at, parameter)
            except KeyError:
                continue
    if written:
        given["out"] = outputs(at)
    for name in [name for name, value in given.items() if value is Stop]:
        del given[name]
    return given


WRONG: tuple[Any, ...] = (
    None,
    "x",
    1.5,
    -1,
    True,
    7,
    (),
    [0],
    Code("np.int64(1)"),
    Code("torch.tensor(1)"),
    Code("torch.tensor([1])"),
    Code("torch.tensor([[1.0, 0.0, 0.0], [0.0, 2.0, 0.0]])"),
    Code("torch.zeros(2, dtype=torch.int64)"),
)


def _respell(draw: Draw, given: dict[str, Any]) -> None:
    """Write one argument otherwise: a number as one of NumPy's or as a tensor, a list as a tuple."""
    if "*" in given:
        places = given["*"] = list(given["*"])
        i = draw.whole(0, len(places) - 1) if places else None
        if i is not None:
            places[i] = respelled(draw, places[i])
    elif given:
        name = draw.one(list(given))
        given[name] = respelled(draw, given[name])


def _spoil(draw: Draw, given: dict[str, Any], door: Door) -> None:
    """Put a value of another kind in place of one argument; a method keeps its tensor."""
    receiver = door.parameters[0].name if door.space == "Tensor" else ""
    names = [name for name in given if name not in ("*", receiver)]
    if names:
        value = draw.one(WRONG)
        if not (value == () and door.base in UNREDUCED):
            given[draw.one(names)] = value


def _placed(draw: Draw, door: Door, given: dict[str, Any]) -> list[Argument]:
    """The arguments in order: the first few by position, the others by name."""
    if "*" in given:
        rest = [(name, value) for name, value in given.items() if name != "*"]
        return [Argument("", value, False) for value in given["*"]] + [Argument(n, v, True) for n, v in rest]
    keyword = draw.random.random()
    arguments, by_position = list[Argument](), keyword > 0.02 or door.space == "Tensor"
    known = [p.name for p in door.parameters]
    for parameter in door.parameters:
        name = parameter.name
        if name not in given:
            by_position = False
            continue
        kind = parameter.kind
        if kind is inspect.Parameter.KEYWORD_ONLY or (
            arguments and keyword < 0.25 and kind is not inspect.Parameter.POSITIONAL_ONLY
        ):
            by_position = False
        written = (
            {"dim": "axis", "keepdim": "keepdims"}.get(name, name)
            if keyword > 0.97 and not by_position
            else name
        )
        if name in ("x", "y") and kind is inspect.Parameter.POSITIONAL_ONLY and not by_position:
            continue
        arguments.append(Argument(written, given[name], not by_position))
    arguments += [Argument(name, value, True) for name, value in given.items() if name not in known]
    return arguments
