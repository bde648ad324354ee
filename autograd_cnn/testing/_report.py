"""What a check of a function was asked for, and what it found."""

from typing import NamedTuple

from ._evidence import Diagnosis


class GradcheckError(RuntimeError):
    """A gradient that is wrong; the message is the report."""


class Options(NamedTuple):
    """How closely, and what beside the values; see :func:`check`."""

    atol: float = 0.0
    rtol: float = 1e-6
    eps: float | None = None
    fast: bool = False
    draws: int = 3
    backward: bool = True
    forward: bool = False
    undefined: bool = True
    dtypes: bool = True
    batched: bool = False
    independent: bool = False
    variations: bool = True
    nondeterminism: float = 0.0
    parameters: bool = True
    constant: bool = False
    seed: int = 0


class Problem(NamedTuple):
    """One thing that is wrong: where, the likely cause, and the whole sentence."""

    where: str
    cause: str
    text: str


class Report:
    """What a check found. True where all is right; printed, it says what is wrong and why."""

    def __init__(self, name: str, order: int = 1) -> None:
        self.name = name
        self.order = order
        self.problems: list[Problem] = []
        self.kinks: list[str] = []
        """Places of the inputs where the function has a kink or a jump: there a gradient is a choice."""
        self.notes: list[str] = []
        self.error: float = 0.0
        """The largest relative error of a gradient that is right."""
        self.compared = 0
        """How many elements of results were compared."""

    def __bool__(self) -> bool:
        return not self.problems

    @property
    def causes(self) -> list[str]:
        """The short names of the likely causes."""
        return [problem.cause for problem in self.problems]

    def add(self, where: str, diagnosis: Diagnosis, text: str = "") -> None:
        """Note a problem."""
        said = f"{text}\n    likely cause: {diagnosis}" if text else str(diagnosis)
        self.problems.append(Problem(where, diagnosis.cause, said))

    def __str__(self) -> str:
        head = f"gradients of {self.name}, order {self.order}: " + (
            "right" if self else f"{len(self.problems)} problem(s)"
        )
        lines = [head + (f" (largest relative error {self.error:.1e})" if self else "")]
        lines += [f"- {problem.where}: {problem.text}" for problem in self.problems]
        lines += [f"- kink at {kink}" for kink in self.kinks[:5]]
        lines += [f"- and {len(self.kinks) - 5} more kinks"] if len(self.kinks) > 5 else []
        return "\n".join(lines + [f"- note: {note}" for note in self.notes])

    def raise_for_problems(self) -> None:
        """GradcheckError, with this report as its message, where something is wrong."""
        if self.problems:
            raise GradcheckError(str(self))
