"""``torch.profiler``: a profile of the steps of a training loop."""

import json
import os
import socket
import time
from collections.abc import Callable, Iterable
from enum import Enum
from pathlib import Path
from typing import Any, Self
from warnings import warn

from .._engine.ranges import record_function
from . import autograd as prof
from ._event_list import EventList

__all__ = [
    "ProfilerAction",
    "ProfilerActivity",
    "profile",
    "record_function",
    "schedule",
    "supported_activities",
    "tensorboard_trace_handler",
]


class ProfilerActivity(Enum):
    """What can be measured: here CPU."""

    CPU = 0
    XPU = 1
    MTIA = 2
    CUDA = 3
    HPU = 4
    PrivateUse1 = 5


class ProfilerAction(Enum):
    """What the profiler does in a step. The last is the device's own."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3
    DEVICE_STOPPED = 4


def supported_activities() -> set[ProfilerActivity]:
    """What can be measured."""
    return {ProfilerActivity.CPU}


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0, skip_first_wait: int = 0
) -> Callable[[int], ProfilerAction]:
    """What to do in which step: after ``skip_first`` steps, cycles of waiting, warming up and recording, and
    ``repeat`` of them (0: without end). AssertionError for numbers that make no cycle."""
    if min(wait, warmup, repeat, skip_first) < 0 or active <= 0:
        raise AssertionError(
            f"Invalid profiler schedule arguments. Got wait={wait} (need >= 0), warmup={warmup} (need >= 0), "
            f"active={active} (need > 0), repeat={repeat} (need >= 0), skip_first={skip_first} (need >= 0)."
        )
    if warmup == 0:
        warn("Profiler won't be using warmup, this can skew profiler results", stacklevel=2)

    def action(step: int) -> ProfilerAction:
        if step < 0:
            raise AssertionError(f"Step must be non-negative. Got {step}.")
        length = wait + warmup + active
        step -= skip_first
        if step >= 0 and skip_first_wait != 0:
            step += wait
        if step < 0 or (repeat > 0 and step >= repeat * length):
            return ProfilerAction.NONE
        place = step % length
        if place < wait:
            return ProfilerAction.NONE
        if place < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD if place < length - 1 else ProfilerAction.RECORD_AND_SAVE

    return action


def tensorboard_trace_handler(
    dir_name: str, worker_name: str | None = None, use_gzip: bool = False, use_python_export: bool = False
) -> Callable[["profile"], None]:
    """A function for ``on_trace_ready`` that writes each trace into a folder, which TensorBoard's plugin and
    Perfetto read."""

    def write(profiler: "profile") -> None:
        Path(dir_name).mkdir(parents=True, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        name = f"{worker}.{time.time_ns()}.pt.trace.json{'.gz' if use_gzip else ''}"
        profiler.export_chrome_trace(str(Path(dir_name) / name))

    return write


def _activities(given: Iterable[Any] | None) -> set[ProfilerActivity]:
    """The activities that are asked for, each once."""
    found: set[ProfilerActivity] = set()
    for item in supported_activities() if given is None else given:
        if not isinstance(item, (ProfilerActivity, dict)):
            raise TypeError(f"Expected ProfilerActivity or dict, got {type(item)}")
        for activity in item if isinstance(item, dict) else (item,):
            if activity in found:
                raise ValueError(f"Activity {activity} specified more than once")
            found.add(activity)
    return found


RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


class profile:
    """Measure operators, forwards and backwards, in the steps that ``schedule`` says::

        with torch.profiler.profile(schedule=torch.profiler.schedule(wait=1, warmup=1, active=2)) as p:
            for batch in loader:
                train(batch)
                p.step()

    Args:
        activities: what to measure; only the CPU can be. A dict of an activity and names is taken too.
        schedule: called with a step's number, returns a :class:`ProfilerAction`; every step is recorded
            without it.
        on_trace_ready: called with the profile at the end of each cycle.
        record_shapes, profile_memory, with_stack, with_flops, with_modules, acc_events: see
            :class:`torch.autograd.profiler.profile`.
        execution_trace_observer: its ``start()`` and ``stop()`` are called where the profile's are.
        use_cuda: deprecated; ``activities`` says it.
        custom_trace_id_callback: makes the name of a cycle's trace.

    A file opened by ``chrome://tracing`` is written by :meth:`export_chrome_trace`.
    """

    def __init__(
        self,
        *,
        activities: Iterable[Any] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[..., Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        experimental_config: Any = None,
        execution_trace_observer: Any = None,
        acc_events: bool = False,
        use_cuda: bool | None = None,
        custom_trace_id_callback: Callable[[], str] | None = None,
        post_processing_timeout_s: float | None = None,
    ) -> None:
        self.activities = _activities(activities)
        if use_cuda is not None:
            warn("`use_cuda` is deprecated, use `activities` argument instead", FutureWarning, stacklevel=2)
        if not self.activities:
            raise AssertionError("No valid profiler activities found")
        self.record_shapes, self.profile_memory, self.with_stack = record_shapes, profile_memory, with_stack
        self.with_flops, self.with_modules, self.acc_events = with_flops, with_modules, acc_events
        self.execution_trace_observer = execution_trace_observer
        self.custom_trace_id_callback = custom_trace_id_callback
        self.on_trace_ready, self.record_steps = on_trace_ready, schedule is not None
        self.schedule = schedule or (lambda step: ProfilerAction.RECORD)
        self.step_num = 0
        self.current_action = self.schedule(0)
        self.profiler: prof.profile | None = None
        self._step: record_function | None = None
        self._metadata: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: Any) -> None:
        self.stop()

    def start(self) -> None:
        """Begin with the first step."""
        self._change(ProfilerAction.NONE, self.current_action)
        self._name_step()

    def stop(self) -> None:
        """End the last step, and the cycle where one is being recorded."""
        self._end_step()
        if self.current_action in RECORDING:
            self._end_cycle()
        self.current_action = ProfilerAction.NONE

    def step(self) -> None:
        """The next step begins."""
        self._end_step()
        before = self.current_action
        self.current_action = self.schedule(self.step_num + 1)
        self.step_num += 1
        self._change(before, self.current_action)
        self._name_step()

    def _change(self, before: ProfilerAction, after: ProfilerAction) -> None:
        if before is ProfilerAction.RECORD_AND_SAVE or (
            before is ProfilerAction.RECORD and after not in RECORDING
        ):
            self._end_cycle()
            before = ProfilerAction.NONE
        if after is not ProfilerAction.NONE and before is ProfilerAction.NONE:
            self.prepare_trace()
        if after in RECORDING and before not in RECORDING:
            self.start_trace()

    def _end_cycle(self) -> None:
        self.stop_trace()
        if self.on_trace_ready is not None:
            self.on_trace_ready(self)

    def _name_step(self) -> None:
        if self.record_steps:
            self._step = record_function(f"ProfilerStep#{self.step_num}")
            self._step.__enter__()

    def _end_step(self) -> None:
        if self._step is not None:
            self._step.__exit__(None, None, None)
            self._step = None

    def prepare_trace(self) -> None:
        """Make a cycle's profile, which measures from :meth:`start_trace` on."""
        if self.profiler is None or not self.acc_events:
            self.profiler = prof.profile(
                use_cpu=ProfilerActivity.CPU in self.activities,
                record_shapes=self.record_shapes,
                with_flops=self.with_flops,
                profile_memory=self.profile_memory,
                with_stack=self.with_stack,
                with_modules=self.with_modules,
                acc_events=self.acc_events,
                custom_trace_id_callback=self.custom_trace_id_callback,
            )

    def start_trace(self) -> None:
        """Measure from now on."""
        if self.execution_trace_observer is not None:
            self.execution_trace_observer.start()
        self._made.__enter__()

    def stop_trace(self) -> None:
        """Measure no more."""
        if self.execution_trace_observer is not None:
            self.execution_trace_observer.stop()
        self._made.__exit__(None, None, None)

    @property
    def _made(self) -> prof.profile:
        if self.profiler is None:
            raise AssertionError("Profiler must be initialized: start() it, or use it as a context manager")
        return self.profiler

    def toggle_collection_dynamic(self, enable: bool, activities: Iterable[ProfilerActivity]) -> None:
        """Stop measuring, or go on, within a cycle."""
        if self.profiler is not None:
            self.profiler.toggle_collection_dynamic(enable, activities)

    def events(self) -> EventList:
        """The events of the last cycle."""
        return self._made.function_events

    def key_averages(
        self,
        group_by_input_shape: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
    ) -> EventList:
        """The events of the last cycle, those of one name taken together."""
        return self._made.key_averages(group_by_input_shape, group_by_stack_n, group_by_overload_name)

    def export_chrome_trace(self, path: str, use_python_export: bool = False) -> None:
        """Write the last cycle for ``chrome://tracing``, Perfetto or TensorBoard."""
        self._made.export_chrome_trace(path, self._metadata)

    def export_stacks(self, path: str, metric: str = "self_cpu_time_total") -> None:
        """Write stacks and times for flame graphs."""
        self._made.export_stacks(path, metric)

    def add_metadata(self, key: str, value: str) -> None:
        """A text beside the events of a trace."""
        self.add_metadata_json(key, json.dumps(value))

    def add_metadata_json(self, key: str, value: str) -> None:
        """The same, of a value in JSON."""
        self._metadata[key] = value

    def preset_metadata_json(self, key: str, value: str) -> None:
        """As :meth:`add_metadata_json`, before the profile begins."""
        self._metadata[key] = value

    def set_custom_trace_id_callback(self, callback: Callable[[], str] | None) -> None:
        """What makes the name of the next cycle's trace."""
        self.custom_trace_id_callback = callback

    def get_trace_id(self) -> str | None:
        """The name of the last trace; None where there is none yet."""
        return None if self.profiler is None else self.profiler.trace_id
