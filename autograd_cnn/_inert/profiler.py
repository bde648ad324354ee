"""PyTorch's profiler: it runs, and has seen nothing. Python's cProfile measures, and ``explain.ledger`` tells
of memory."""

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from .._paths import elsewhere

__all__ = [
    "ProfilerAction",
    "ProfilerActivity",
    "emit_itt",
    "emit_nvtx",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]

__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules
if not TYPE_CHECKING:
    __getattr__ = elsewhere("autograd_cnn.profiler")


class ProfilerActivity(Enum):
    """What could be measured."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(Enum):
    """What the profiler does in a step."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


class _Events(list[Any]):
    """No events."""

    def table(self, *args: Any, **options: Any) -> str:
        """Says so."""
        return "nothing was measured: use cProfile, or autograd_cnn.explain.ledger for memory"

    def total_average(self) -> None:
        """None: there is none."""


class _Nothing:
    """A context, and a decorator, that changes nothing."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, function: Any) -> Any:
        return function


class profile(_Nothing):
    """Runs, and measures nothing; ``on_trace_ready`` is called when it ends."""

    def __init__(
        self,
        *args: Any,
        activities: Any = None,
        schedule: "Callable[[int], ProfilerAction] | None" = None,
        on_trace_ready: Callable[..., Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        **options: Any,
    ) -> None:
        self.on_trace_ready = on_trace_ready
        self.step_num = 0

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Call what waits for the end."""
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def step(self) -> None:
        """Count a step."""
        self.step_num += 1

    def events(self) -> _Events:
        """None."""
        return _Events()

    def key_averages(self, *args: Any, **options: Any) -> _Events:
        """None."""
        return _Events()

    def add_metadata(self, key: str, value: str) -> None:
        """Nothing to do."""

    def add_metadata_json(self, key: str, value: str) -> None:
        """Nothing to do."""

    def export_chrome_trace(self, path: str) -> None:
        """Write a file without events, which Chrome can open."""
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"traceEvents": []}')

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write an empty file."""
        with open(path, "w", encoding="utf-8"):
            pass


class record_function(_Nothing):
    """Gives a part of a program a name."""

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name, self.args = name, args


class emit_nvtx(_Nothing):
    """Tells nobody."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled, self.record_shapes = enabled, record_shapes


class emit_itt(emit_nvtx):
    """Tells nobody."""


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """What to do in which step: after ``skip_first`` steps, cycles of waiting, warming up and recording."""

    def action(step: int) -> ProfilerAction:
        length = wait + warmup + active
        step -= skip_first
        if step >= 0 and skip_first_wait != 0:
            step += wait
        if step < 0 or (repeat > 0 and step // length >= repeat):
            return ProfilerAction.NONE
        place = step % length
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < length - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def supported_activities() -> set[ProfilerActivity]:
    """None."""
    return set()


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False
) -> Callable[[profile], None]:
    """A function for ``on_trace_ready``; there is nothing to write."""
    return lambda profiler: None
