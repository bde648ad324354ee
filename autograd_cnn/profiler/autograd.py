"""``torch.autograd.profiler``: the profile of one block, and its events."""

import gzip
import json
import os
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ContextDecorator
from typing import Any, ClassVar, Self

from .._engine.ranges import record_function
from .._version import __version__
from ._event_list import EventList
from ._events import DeviceType, FunctionEvent, FunctionEventAvg, Interval, Kernel, MemRecordsAcc
from ._recorder import Recorder

__all__ = [
    "DeviceType",
    "EnforceUnique",
    "EventList",
    "FunctionEvent",
    "FunctionEventAvg",
    "Interval",
    "Kernel",
    "KinetoStepTracker",
    "MemRecordsAcc",
    "emit_itt",
    "emit_nvtx",
    "profile",
    "record_function",
]


class profile:
    """Measure the operators of a block, forwards and backwards, in the thread that runs it::

        with torch.autograd.profiler.profile() as prof:
            model(x).sum().backward()
        print(prof.key_averages().table(sort_by="self_cpu_time_total"))

    Args:
        enabled: False to do nothing.
        record_shapes: keep the shapes of operands.
        with_flops: count the flops of matrix products and convolutions.
        profile_memory: keep the bytes that operators make. What is freed is not seen.
        with_stack: keep the lines of the program that led to an operator.
        acc_events: a second block adds to the events of the first.
        custom_trace_id_callback: makes the name of a trace.

    The other arguments are for devices. A step of a backward pass is measured from the one before it.
    RuntimeError for a second block inside of the first, and for events of a block that has not ended.
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        with_flops: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_modules: bool = False,
        use_kineto: bool = False,
        use_cpu: bool = True,
        experimental_config: Any = None,
        acc_events: bool = False,
        custom_trace_id_callback: Callable[[], str] | None = None,
        post_processing_timeout_s: float | None = None,
        activity_filters: Any = None,
    ) -> None:
        self.enabled, self.use_cpu, self.acc_events = enabled, use_cpu, acc_events
        self.record_shapes, self.with_flops, self.with_stack = record_shapes, with_flops, with_stack
        self.profile_memory, self.with_modules = profile_memory, with_modules
        self.custom_trace_id_callback = custom_trace_id_callback
        self.entered = False
        self.trace_id = ""
        self._recorder: Recorder | None = None
        self._events: EventList | None = None

    def config(self, create_trace_id: bool = False) -> dict[str, Any]:
        """What is measured; with ``create_trace_id`` under a new name."""
        if create_trace_id:
            self.trace_id = self.create_trace_id()
        return {
            "report_input_shapes": self.record_shapes,
            "profile_memory": self.profile_memory,
            "with_stack": self.with_stack,
            "with_flops": self.with_flops,
            "with_modules": self.with_modules,
            "trace_id": self.trace_id,
        }

    def default_trace_id(self) -> str:
        """A random name for a trace."""
        return uuid.uuid4().hex.upper()

    def create_trace_id(self) -> str:
        """A name for a trace: what the user's callback makes, or a random one."""
        callback = self.custom_trace_id_callback
        return callback() if callback is not None else self.default_trace_id()

    def __enter__(self) -> Self | None:
        if not self.enabled:
            return None
        if self.entered:
            raise RuntimeError("Profiler context manager is not reentrant")
        self.entered = True
        self.config(create_trace_id=True)
        before = self._recorder.events if self._recorder is not None and self.acc_events else []
        self._recorder = Recorder(
            shapes=self.record_shapes,
            bytes=self.profile_memory,
            stacks=self.with_stack,
            flops=self.with_flops,
        )
        self._recorder.events += before
        self._events = None
        self._recorder.__enter__()
        if self.use_cpu:
            self._recorder.begin()
        return self

    def __exit__(self, *error: Any) -> None:
        if self._recorder is not None and self.entered:
            self.entered = False
            self._recorder.end()
            self._recorder.__exit__()
            self._events = EventList(
                self._recorder.result(), profile_memory=self.profile_memory, with_flops=self.with_flops
            )

    def toggle_collection_dynamic(self, enabled: bool, activities: Iterable[Any]) -> None:
        """Stop measuring, or go on, within the block."""
        recorder = self._recorder
        if recorder is not None and self.entered and any(a.name == "CPU" for a in activities):
            recorder.begin() if enabled else recorder.end()

    @property
    def function_events(self) -> EventList:
        """The events. RuntimeError before the block ends."""
        if self._events is None:
            raise RuntimeError("Profiler didn't finish running: its events are there after the block")
        return self._events

    def key_averages(
        self,
        group_by_input_shape: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
    ) -> EventList:
        """See :meth:`EventList.key_averages`."""
        return self.function_events.key_averages(
            group_by_input_shape, group_by_stack_n, group_by_overload_name
        )

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int | None = 75,
        max_name_column_width: int | None = 55,
        max_shapes_column_width: int | None = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """See :meth:`EventList.table`."""
        return self.function_events.table(
            sort_by,
            row_limit,
            max_src_column_width,
            max_name_column_width,
            max_shapes_column_width,
            header,
            top_level_events_only,
        )

    def total_average(self) -> FunctionEventAvg:
        """See :meth:`EventList.total_average`."""
        return self.function_events.total_average()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, in microseconds."""
        return self.function_events.self_cpu_time_total

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """See :meth:`EventList.export_stacks`; AssertionError where no stacks were kept."""
        if not self.with_stack:
            raise AssertionError("export_stacks() requires with_stack=True")
        self.function_events.export_stacks(path, metric)

    def export_chrome_trace(
        self, path: str, metadata: dict[str, str] | None = None, use_python_export: bool = False
    ) -> None:
        """Write a file for ``chrome://tracing``, Perfetto and TensorBoard, compressed where its name ends in
        ``.gz``; ``metadata`` are texts in JSON that stand beside the events."""
        beside = {key: json.loads(text) for key, text in (metadata or {}).items()}
        trace = {
            "schemaVersion": 1,
            "autograd_cnn": __version__,
            "trace_id": self.trace_id,
            **beside,
            "traceEvents": [{**event, "pid": os.getpid()} for event in self.function_events.trace()],
        }
        opened = gzip.open if str(path).endswith(".gz") else open
        with opened(path, "wt", encoding="utf-8") as file:
            json.dump(trace, file)

    def __str__(self) -> str:
        return "<unfinished torch.autograd.profile>" if self._events is None else str(self._events)

    __repr__ = __str__


class emit_nvtx(ContextDecorator):
    """Tells nobody: there is no NVIDIA profiler to tell."""

    def __init__(self, enabled: bool = True, record_shapes: bool = False) -> None:
        self.enabled, self.record_shapes = enabled, record_shapes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        return None


class emit_itt(emit_nvtx):
    """Tells nobody: there is no Intel profiler to tell."""


class EnforceUnique:
    """Refuses what it has seen before."""

    def __init__(self) -> None:
        self.seen: set[Any] = set()

    def see(self, *key: Any) -> None:
        """See a key. RuntimeError for the second time."""
        if key in self.seen:
            raise RuntimeError("duplicate key: " + str(key))
        self.seen.add(key)


class KinetoStepTracker:
    """The step that a program is at, where several parts of it count: the most that one of them has
    counted."""

    _current_step = 0
    _counts: ClassVar[dict[str, int]] = defaultdict(int)

    @classmethod
    def init_step_count(cls, requester: str) -> None:
        """``requester`` counts from now on."""
        cls._counts[requester] = cls._current_step

    @classmethod
    def erase_step_count(cls, requester: str) -> bool:
        """``requester`` counts no more; whether it did."""
        return cls._counts.pop(requester, None) is not None

    @classmethod
    def increment_step(cls, requester: str) -> int:
        """``requester`` is one step farther; the step of all."""
        if requester not in cls._counts:
            cls.init_step_count(requester)
        cls._counts[requester] += 1
        cls._current_step = max(cls._current_step, *cls._counts.values())
        return cls._current_step

    @classmethod
    def current_step(cls) -> int:
        """The step of all."""
        return cls._current_step
