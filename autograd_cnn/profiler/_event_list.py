"""Lists of events: taken together by name, as a table, and as files that other programs read."""

import json
from collections.abc import Iterable
from typing import Any

from ._events import FunctionEventAvg, time_text


class EventList(list[Any]):
    """Events, or averages of them."""

    def __init__(
        self,
        *args: Iterable[Any],
        use_device: str | None = None,
        profile_memory: bool = False,
        with_flops: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._memory, self._flops, self._device = profile_memory, with_flops, use_device

    def _like(self, events: Iterable[Any]) -> "EventList":
        return EventList(events, use_device=self._device, profile_memory=self._memory, with_flops=self._flops)

    def __str__(self) -> str:
        return self.table()

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all, in microseconds: what ran inside of another one counts once."""
        return float(sum(event.self_cpu_time_total for event in self))

    def key_averages(
        self,
        group_by_input_shapes: bool = False,
        group_by_stack_n: int = 0,
        group_by_overload_name: bool = False,
    ) -> "EventList":
        """Those of one name taken together; by shapes too, and by ``group_by_stack_n`` lines."""
        groups: dict[Any, FunctionEventAvg] = {}
        for event in self:
            key: list[Any] = [event.key, event.is_user_annotation]
            key += [str(event.input_shapes)] if group_by_input_shapes else []
            key += [event.overload_name] if group_by_overload_name else []
            key += (event.stack or [])[:group_by_stack_n] if group_by_stack_n else []
            groups.setdefault(tuple(key), FunctionEventAvg()).add(event)
        for average in groups.values():
            average.stack = (average.stack or [])[:group_by_stack_n]
            if not group_by_input_shapes:
                average.input_shapes = ""
        return self._like(groups.values())

    def total_average(self) -> FunctionEventAvg:
        """All taken together."""
        total = FunctionEventAvg()
        for event in self:
            total.key = None
            total.add(event)
        total.key = "Total"
        return total

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int | None = 75,
        max_name_column_width: int | None = 55,
        max_shapes_column_width: int | None = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
        time_unit: str | None = None,
    ) -> str:
        """A table, a row each.

        Args:
            sort_by: the attribute by which rows are sorted, the largest first: ``"self_cpu_time_total"``,
                ``"cpu_time_total"``, ``"count"``, ``"cpu_memory_usage"``. AttributeError for another word.
            row_limit: how many rows; -1 for all of them.
            max_src_column_width, max_name_column_width, max_shapes_column_width: what is longer is cut.
            header: a line above the table.
            top_level_events_only: only what ran inside of nothing else.
            time_unit: ``"s"``, ``"ms"`` or ``"us"`` for all times; else each in its own.
        """
        if not self:
            return ""
        events: list[Any] = list(self)
        if sort_by is not None:
            name = sort_by.replace("cuda", "device").replace("xpu", "device")
            events.sort(key=lambda event: getattr(event, name), reverse=True)
        if top_level_events_only:
            events = [event for event in events if event.cpu_parent is None]
        total = self.self_cpu_time_total
        shown = events if row_limit < 0 else events[:row_limit]
        columns = self._columns(shown, total, time_unit)
        widths = (max_name_column_width, max_shapes_column_width, max_src_column_width)
        lines = _aligned(columns, dict(zip(("Name", "Input Shapes", "Source Location"), widths, strict=True)))
        bar = "  ".join("-" * len(part) for part in lines[0])
        text = [bar, "  ".join(lines[0]), bar, *("  ".join(line) for line in lines[1:]), bar]
        if top_level_events_only:
            text = ["=" * len(bar), "This report only display top-level ops statistics", *text]
        text = text if header is None else ["=" * len(bar), header, *text]
        return "\n".join([*text, f"Self CPU time total: {_time(total, time_unit)}", ""])

    def _columns(self, events: list[Any], total: float, unit: str | None) -> dict[str, list[str]]:
        def share(time: float) -> str:
            return f"{100 * time / total:.2f}%" if total else "NaN"

        columns = {
            "Name": [event.key for event in events],
            "Self CPU %": [share(event.self_cpu_time_total) for event in events],
            "Self CPU": [_time(event.self_cpu_time_total, unit) for event in events],
            "CPU total %": [share(event.cpu_time_total) for event in events],
            "CPU total": [_time(event.cpu_time_total, unit) for event in events],
            "CPU time avg": [_time(event.cpu_time, unit) for event in events],
        }
        if self._memory:
            columns["CPU Mem"] = [_bytes(event.cpu_memory_usage) for event in events]
            columns["Self CPU Mem"] = [_bytes(event.self_cpu_memory_usage) for event in events]
        columns["# of Calls"] = [str(event.count) for event in events]
        if any(event.input_shapes for event in self):
            columns["Input Shapes"] = [str(event.input_shapes) for event in events]
        if any(event.stack for event in self):
            columns["Source Location"] = [(event.stack or [""])[0] for event in events]
        counted = [event.flops for event in self if event.flops]
        if self._flops and counted:
            scale, title = _flops_unit(min(counted))
            columns[title] = [
                f"{(event.flops or 0) / scale:.3f}" if event.flops else "--" for event in events
            ]
        return columns

    def supported_export_stacks_metrics(self) -> list[str]:
        """The metrics of :meth:`export_stacks`."""
        return [
            "self_cpu_time_total",
            "self_cuda_time_total",
            "self_xpu_time_total",
            "self_privateuse1_time_total",
        ]

    def export_stacks(self, path: str, metric: str) -> None:
        """Write a line for each event that has a stack: its lines, the outermost first, and its time, as
        flame graphs are made of. ValueError for another metric."""
        if metric not in self.supported_export_stacks_metrics():
            raise ValueError(f"metric should be one of: {self.supported_export_stacks_metrics()}")
        name = metric.replace("cuda", "device").replace("xpu", "device").replace("privateuse1", "device")
        spaces = str.maketrans(" ;\t\n", "____")
        with open(path, "w", encoding="utf-8") as file:
            for event in self:
                if event.stack and int(getattr(event, name)) > 0:
                    stack = ";".join(line.translate(spaces) for line in reversed(event.stack))
                    file.write(f"{stack} {int(getattr(event, name))}\n")

    def export_chrome_trace(self, path: str) -> None:
        """Write a file for ``chrome://tracing`` and Perfetto."""
        with open(path, "w", encoding="utf-8") as file:
            json.dump(self.trace(), file)

    def trace(self) -> list[dict[str, Any]]:
        """The events as such files have them."""
        return [
            {
                "ph": "X",
                "cat": "user_annotation" if event.is_user_annotation else "cpu_op",
                "name": event.trace_name,
                "pid": "CPU functions",
                "tid": event.thread,
                "ts": event.time_range.start,
                "dur": event.time_range.elapsed_us(),
                "args": {"Input Dims": event.input_shapes} if event.input_shapes else {},
            }
            for event in self
        ]


def _time(microseconds: float, unit: str | None) -> str:
    if unit is None:
        return time_text(microseconds)
    scales = {"s": 1e6, "ms": 1e3, "us": 1.0}
    if unit not in scales:
        raise AssertionError(f"time_unit is one of {', '.join(scales)}, got {unit!r}")
    return f"{microseconds / scales[unit]:.3f}{unit}"


def _bytes(count: int) -> str:
    for power, unit in ((30, "GB"), (20, "MB"), (10, "KB")):
        if abs(count) >= 1 << power:
            return f"{count / (1 << power):.2f} {unit}"
    return f"{count} B"


def _flops_unit(least: int) -> tuple[int, str]:
    power = min((len(str(least)) - 1) // 3, 5)
    return 1000**power, f"Total {' KMGTP'[power].strip()}FLOPs"


def _aligned(columns: dict[str, list[str]], limits: dict[str, int | None]) -> list[list[str]]:
    """The rows of columns, padded and cut, under their titles."""
    padded = []
    for title, cells in columns.items():
        limit = limits.get(title)
        if limit is not None:
            cells = [cell if len(cell) <= limit else f"{cell[: limit - 3]}..." for cell in cells]
        width = max(len(title), 10, *map(len, cells)) if cells else len(title)
        align = str.ljust if title == "Source Location" else str.rjust
        padded.append([align(cell, width) for cell in (title, *cells)])
    return [list(row) for row in zip(*padded, strict=True)]
