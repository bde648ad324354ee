"""What was measured: events, and events of one name taken together."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple


class DeviceType(Enum):
    """Where something ran."""

    CPU = 0
    CUDA = 1


class Interval:
    """A time, in microseconds."""

    def __init__(self, start: float, end: float) -> None:
        self.start, self.end = start, end

    def elapsed_us(self) -> float:
        """How long it is."""
        return self.end - self.start


class Kernel(NamedTuple):
    """What an operator started on a device."""

    name: str
    device: int
    duration: float


def time_text(microseconds: float) -> str:
    """A time in the unit in which it is read best."""
    for scale, unit in ((1e6, "s"), (1e3, "ms")):
        if microseconds >= scale:
            return f"{microseconds / scale:.3f}{unit}"
    return f"{microseconds:.3f}us"


class Times:
    """Averages, and times as texts, of what has a ``count`` and totals."""

    count: int
    cpu_time_total: float
    device_time_total: float
    self_cpu_time_total: float
    self_device_time_total: float

    @property
    def cpu_time(self) -> float:
        """The mean of a call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    @property
    def device_time(self) -> float:
        """The mean of a call, on a device."""
        return self.device_time_total / self.count if self.count else 0.0

    cuda_time = device_time

    @property
    def cpu_time_str(self) -> str:
        """The mean of a call, as text."""
        return time_text(self.cpu_time)

    @property
    def device_time_str(self) -> str:
        """The mean of a call on a device, as text."""
        return time_text(self.device_time)

    @property
    def cpu_time_total_str(self) -> str:
        """The whole time, as text."""
        return time_text(self.cpu_time_total)

    @property
    def self_cpu_time_total_str(self) -> str:
        """The time without what ran inside, as text."""
        return time_text(self.self_cpu_time_total)


@dataclass(eq=False)
class FunctionEvent(Times):
    """One call of an operator, one step of a backward pass, or one named part of a program.

    Times are in microseconds since the profile began. ``scope`` is 0 forwards, 1 backwards, 7 for a name
    of the user's. What belongs to other machines keeps its default.
    """

    id: int
    name: str
    thread: int
    start_us: float
    end_us: float
    overload_name: str | None = None
    fwd_thread: int | None = None
    input_shapes: list[Any] | None = None
    stack: list[str] | None = None
    scope: int = 0
    use_device: str | None = None
    cpu_memory_usage: int = 0
    device_memory_usage: int = 0
    is_async: bool = False
    is_remote: bool = False
    sequence_nr: int = -1
    node_id: int = -1
    device_type: Any = DeviceType.CPU
    device_index: int = 0
    device_resource_id: int | None = None
    is_legacy: bool = False
    flops: int | None = None
    trace_name: str | None = None
    concrete_inputs: list[Any] | None = None
    kwinputs: dict[str, Any] | None = None
    is_user_annotation: bool = False
    is_python_function: bool = False
    activity_type: str | None = None
    metadata_json: str | None = None
    flow_id: int | None = None
    flow_type: int | None = None
    flow_start: bool | None = None
    external_id: int = 0
    linked_correlation_id: int = 0
    extra_meta: dict[str, str] | None = None
    structured_input_shapes: list[Any] | None = None
    structured_input_strides: list[Any] | None = None
    input_dtypes: list[Any] | None = None
    python_id: int = -1
    python_parent_id: int = -1
    python_module_id: int = -1
    count: int = field(default=1, init=False)
    cpu_children: "list[FunctionEvent]" = field(default_factory=list, init=False, repr=False)
    cpu_parent: "FunctionEvent | None" = field(default=None, init=False, repr=False)
    kernels: list[Kernel] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.time_range = Interval(self.start_us, self.end_us)
        self.trace_name = self.trace_name or self.name

    @property
    def key(self) -> str:
        """What it is grouped by."""
        return self.name

    def append_kernel(self, name: str, device: int, duration: float) -> None:
        """Add what it started on a device."""
        self.kernels.append(Kernel(name, device, duration))

    def append_cpu_child(self, child: "FunctionEvent") -> None:
        """Add what ran inside."""
        self.cpu_children.append(child)

    def set_cpu_parent(self, parent: "FunctionEvent | None") -> None:
        """Say what it ran inside of."""
        self.cpu_parent = parent

    @property
    def cpu_time_total(self) -> float:  # type: ignore[override]  # computed here, counted in the average
        """How long it took."""
        return self.time_range.elapsed_us() if self.device_type == DeviceType.CPU else 0.0

    @property
    def self_cpu_time_total(self) -> float:  # type: ignore[override]  # as above
        """How long it took without what ran inside."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.cpu_children)

    @property
    def device_time_total(self) -> float:  # type: ignore[override]  # as above
        """How long what it started took on a device."""
        own = sum(kernel.duration for kernel in self.kernels)
        return own + sum(child.device_time_total for child in self.cpu_children)

    @property
    def self_device_time_total(self) -> float:  # type: ignore[override]  # as above
        """The same without what ran inside."""
        return self.device_time_total - sum(child.device_time_total for child in self.cpu_children)

    @property
    def self_cpu_memory_usage(self) -> int:
        """The bytes that it made without what ran inside."""
        return self.cpu_memory_usage - sum(child.cpu_memory_usage for child in self.cpu_children)

    @property
    def self_device_memory_usage(self) -> int:
        """The same on a device."""
        return self.device_memory_usage - sum(child.device_memory_usage for child in self.cpu_children)

    cuda_time_total = device_time_total
    self_cuda_time_total = self_device_time_total
    self_cuda_memory_usage = self_device_memory_usage


TOTALS = (
    "cpu_time_total",
    "self_cpu_time_total",
    "device_time_total",
    "self_device_time_total",
    "cpu_memory_usage",
    "self_cpu_memory_usage",
    "device_memory_usage",
    "self_device_memory_usage",
    "count",
)


class FunctionEventAvg(Times):
    """Events of one name: times, bytes and flops are added up, ``cpu_time`` is the mean."""

    input_shapes: Any
    stack: Any

    def __init__(self) -> None:
        self.key: str | None = None
        self.flops = 0
        self.cpu_memory_usage = self.self_cpu_memory_usage = 0
        self.device_memory_usage = self.self_device_memory_usage = 0
        for name in TOTALS:
            setattr(self, name, 0)

    def add(self, other: Any) -> "FunctionEventAvg":
        """Add an event, or others taken together. AssertionError for one of another name."""
        if self.key is None:
            for name in FIRST:
                setattr(self, name, getattr(other, name))
        if other.key != self.key:
            raise AssertionError(f"Expected keys to match, but got {other.key} vs {self.key}")
        for name in TOTALS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.flops += other.flops or 0
        return self

    __iadd__ = add

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} self_cpu_time={self.self_cpu_time_total_str} "
            f"cpu_time={self.cpu_time_str} count={self.count}>"
        )


FIRST = (
    *("key", "node_id", "is_async", "is_remote", "cpu_parent", "cpu_children", "overload_name"),
    *("input_shapes", "stack", "scope", "device_type", "is_legacy", "use_device", "is_user_annotation"),
)
"""What is taken from the first of them."""


class MemRecordsAcc:
    """Records of memory by time: each is a pair whose first part tells ``start_ns()``."""

    def __init__(self, mem_records: Sequence[Any]) -> None:
        self._records = sorted(mem_records, key=lambda record: record[0].start_ns())
        self._starts: list[int] = [record[0].start_ns() for record in self._records]

    def in_interval(self, start_ns: int, end_ns: int) -> Iterator[Any]:
        """Those that began between these times, both included."""
        yield from self._records[bisect_left(self._starts, start_ns) : bisect_right(self._starts, end_ns)]


def nest(events: Sequence[FunctionEvent]) -> None:
    """Tell events of a thread that began and ended inside of another one, of each other."""
    open_ones: dict[int, list[FunctionEvent]] = {}
    for event in sorted(events, key=lambda e: (e.time_range.start, -e.time_range.end)):
        stack = open_ones.setdefault(event.thread, [])
        while stack and event.time_range.end > stack[-1].time_range.end:
            stack.pop()
        if stack:
            stack[-1].append_cpu_child(event)
            event.set_cpu_parent(stack[-1])
        stack.append(event)
