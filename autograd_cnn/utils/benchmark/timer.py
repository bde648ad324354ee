"""Timers and what they measure."""

import enum
import math
import textwrap
import timeit
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import fmean, median, quantiles
from time import perf_counter
from typing import Any

from ... import cuda
from ..._devices.settings import get_num_threads, set_num_threads

_UNITS = (
    (1e-9, "ns", "nanosecond"),
    (1e-6, "us", "microsecond"),
    (1e-3, "ms", "millisecond"),
    (1.0, "s", "second"),
)


def timer() -> float:
    """Seconds of the clock that Timers ask; on a GPU what was launched has ended."""
    if cuda.is_available():
        cuda.synchronize()
    return perf_counter()


def ordered_unique(elements: Iterable[Any]) -> list[Any]:
    """Each once, in the order of its first time."""
    return list(dict.fromkeys(elements))


class Language(enum.Enum):
    """What the code is written in."""

    PYTHON = 0
    CPP = 1


def select_unit(t: float) -> tuple[str, float]:
    """The unit in which a time is read best, and its length in seconds."""
    for scale, unit, _ in reversed(_UNITS):
        if t >= scale:
            return unit, scale
    return _UNITS[0][1], _UNITS[0][0]


def unit_to_english(u: str) -> str:
    """The unit's name."""
    return {unit: name for _, unit, name in _UNITS}[u]


def trim_sigfig(x: float, n: int) -> float:
    """``x`` with ``n`` significant figures."""
    if x == 0:
        return 0.0
    scale = 10.0 ** (math.ceil(math.log10(abs(x))) - n)
    return float(round(x / scale) * scale)


@dataclass(frozen=True)
class TaskSpec:
    """What was timed."""

    stmt: str
    setup: str
    global_setup: str = ""
    label: str | None = None
    sub_label: str | None = None
    description: str | None = None
    env: str | None = None
    num_threads: int = 1

    @property
    def title(self) -> str:
        """The label, or the statement itself."""
        if self.label is not None:
            return self.label + (f": {self.sub_label}" if self.sub_label else "")
        return self.stmt if "\n" not in self.stmt else f"stmt:\n{textwrap.indent(self.stmt, '  ')}"

    def setup_str(self) -> str:
        """The setup, where it does anything."""
        return "" if self.setup in ("", "pass") else f"setup: {self.setup}"

    def summarize(self) -> str:
        """Title, description, setup and threads, a line each."""
        lines = [self.title, self.description, self.setup_str(), self._threads()]
        return "\n".join(line for line in lines if line)

    def _threads(self) -> str:
        return f"{self.num_threads} threads: " if self.num_threads > 1 else ""


@dataclass
class Measurement:
    """Times of one task: ``raw_times`` of ``number_per_run`` runs each, in seconds."""

    number_per_run: int
    raw_times: list[float]
    task_spec: TaskSpec
    metadata: dict[Any, Any] | None = field(default=None)

    @property
    def times(self) -> list[float]:
        """Seconds of one run."""
        return [t / self.number_per_run for t in self.raw_times]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.times)

    @property
    def mean(self) -> float:
        """Their mean."""
        return fmean(self.times)

    @property
    def iqr(self) -> float:
        """How far the middle half of them reaches."""
        if len(self.raw_times) < 2:
            return 0.0
        low, _, high = quantiles(self.times, n=4, method="inclusive")
        return high - low

    @property
    def significant_figures(self) -> int:
        """How many figures of the median mean something, by the spread of the middle half."""
        count = max(len(self.raw_times), 1)
        spread = 1.645 * (self.iqr / 1.35) / math.sqrt(count)
        relative = spread / self.median if self.median else 0.0
        return min(max(-math.floor(math.log10(relative)), 1), 5) if relative > 0 else 5

    @property
    def has_warnings(self) -> bool:
        """Whether they vary so much that the system was at something else."""
        return self.iqr > 0.1 * self.median

    @property
    def title(self) -> str:
        """The task's."""
        return self.task_spec.title

    @property
    def env(self) -> str:
        """The task's environment."""
        return self.task_spec.env or "Unspecified env"

    @property
    def as_row_name(self) -> str:
        """What a row of a table is called."""
        return self.task_spec.sub_label or self.task_spec.stmt or "[Unknown]"

    def meets_confidence(self, threshold: float = 0.1) -> bool:
        """Whether the middle half reaches no farther than ``threshold`` of the median."""
        return self.iqr <= threshold * self.median

    @staticmethod
    def merge(measurements: Iterable["Measurement"]) -> list["Measurement"]:
        """Those of the same task as one."""
        groups: dict[TaskSpec, list[Measurement]] = {}
        for m in measurements:
            groups.setdefault(m.task_spec, []).append(m)
        return [Measurement(1, [t for m in group for t in m.times], spec) for spec, group in groups.items()]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in TaskSpec.__dataclass_fields__:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return getattr(self.task_spec, name)

    def __repr__(self) -> str:
        unit, scale = select_unit(self.median)
        name = "Median" if len(self.raw_times) > 1 else "Mean"
        lines = [
            f"<{type(self).__module__}.{type(self).__name__} object at {hex(id(self))}>",
            self.task_spec.summarize(),
            f"  {name}: {self.median / scale:.2f} {unit}"
            if len(self.raw_times) > 1
            else f"  {self.mean / scale:.2f} {unit}",
        ]
        if len(self.raw_times) > 1:
            lines.append(f"  IQR:    {self.iqr / scale:.2f} {unit}")
        runs = f"{self.number_per_run} runs per measurement, " if self.number_per_run > 1 else ""
        lines.append(
            f"  {len(self.raw_times)} measurement{'s' * (len(self.raw_times) > 1)}, "
            f"{runs}{self.task_spec.num_threads} thread{'s' * (self.task_spec.num_threads > 1)}"
        )
        return "\n".join(lines)


class Timer:
    """Times ``stmt``, after ``setup``, with the names of ``globals`` and ``num_threads`` threads."""

    def __init__(
        self,
        stmt: str = "pass",
        setup: str = "pass",
        global_setup: str = "",
        timer: Callable[[], float] = timer,
        globals: dict[str, Any] | None = None,
        label: str | None = None,
        sub_label: str | None = None,
        description: str | None = None,
        env: str | None = None,
        num_threads: int = 1,
        language: Language | str = Language.PYTHON,
    ) -> None:
        if not isinstance(stmt, str):
            raise ValueError("Currently only a `str` stmt is supported.")
        if language not in (Language.PYTHON, "py", "python"):
            raise ValueError(f"{language} can't be timed here; give Python's code")
        stmt, setup = textwrap.dedent(stmt).strip(), textwrap.dedent(setup).strip()
        names = dict(globals or {})
        self._timer: timeit.Timer = timeit.Timer(stmt=stmt, setup=setup, timer=timer, globals=names)
        self._task_spec = TaskSpec(stmt, setup, global_setup, label, sub_label, description, env, num_threads)

    def _timed(self, number: int) -> float:
        return max(self._timer.timeit(number), 1e-9)

    def _measured(self, number: int, times: list[float]) -> Measurement:
        return Measurement(number, times, self._task_spec)

    def timeit(self, number: int = 1000000) -> Measurement:
        """The time of ``number`` runs, after a hundredth of them to warm up."""
        with set_torch_threads(self._task_spec.num_threads):
            self._timed(max(number // 100, 2))
            return self._measured(number, [self._timed(number)])

    def repeat(self, repeat: int = -1, number: int = -1) -> None:
        """NotImplementedError, as in PyTorch: see :meth:`timeit`."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def autorange(self, callback: Callable[[int, float], Any] | None = None) -> None:
        """NotImplementedError, as in PyTorch: see :meth:`blocked_autorange`."""
        raise NotImplementedError("See `Timer.blocked_autorange.`")

    def blocked_autorange(
        self, callback: Callable[[int, float], Any] | None = None, min_run_time: float = 0.2
    ) -> Measurement:
        """Blocks of so many runs that asking for the time costs little, for ``min_run_time`` seconds."""
        with set_torch_threads(self._task_spec.num_threads):
            number = self._block(min_run_time)
            return self._measured(number, self._repeated(number, min_run_time, callback))

    def adaptive_autorange(
        self,
        threshold: float = 0.1,
        *,
        min_run_time: float = 0.01,
        max_run_time: float = 10.0,
        callback: Callable[[int, float], Any] | None = None,
    ) -> Measurement:
        """As :meth:`blocked_autorange`, until the middle half of the times reaches no farther than
        ``threshold`` of the median, or ``max_run_time`` is over."""
        with set_torch_threads(self._task_spec.num_threads):
            number, times, spent = self._block(0.05), [], 0.0
            while True:
                times += self._repeated(number, min_run_time, callback)
                spent += max(min_run_time, 1e-3)
                found = self._measured(number, times)
                if spent >= max_run_time or (len(times) > 3 and found.meets_confidence(threshold)):
                    return found

    def _block(self, min_run_time: float) -> int:
        """How many runs take a thousandth of the whole time, and much longer than asking for the time."""
        number = 1
        while True:
            taken = self._timed(number)
            if taken >= min_run_time / 1000 and taken > 1e-5:
                return number
            number *= 10

    def _repeated(
        self, number: int, at_least: float, callback: Callable[[int, float], Any] | None
    ) -> list[float]:
        times: list[float] = []
        while not times or sum(times) < at_least:
            times.append(self._timed(number))
            if callback is not None:
                callback(number, times[-1])
        return times


@contextmanager
def set_torch_threads(n: int) -> Iterator[None]:
    """So many threads for a block."""
    before = get_num_threads()
    set_num_threads(n)
    try:
        yield
    finally:
        set_num_threads(before)
