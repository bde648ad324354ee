"""A table of measurements."""

from collections.abc import Iterable

from .timer import Measurement, select_unit


class Compare:
    """Measurements side by side: a table for each label, a row for each ``sub_label`` and number of threads, a
    column for each ``description``."""

    def __init__(self, results: Iterable[Measurement]) -> None:
        self._results: list[Measurement] = []
        self._trim = False
        self.extend_results(results)

    def extend_results(self, results: Iterable[Measurement]) -> None:
        """Add measurements."""
        for result in results:
            if not isinstance(result, Measurement):
                raise ValueError(f"Expected an instance of `Measurement`, got {type(result)} instead.")
            self._results.append(result)

    def trim_significant_figures(self) -> None:
        """Show no more figures than mean something."""
        self._trim = True

    def colorize(self, rowwise: bool = False) -> None:
        """Nothing: the table has no colours."""

    def highlight_warnings(self) -> None:
        """Nothing: see :attr:`Measurement.has_warnings`."""

    def print(self) -> None:
        """Print the tables."""
        print(str(self))

    def __str__(self) -> str:
        merged = Measurement.merge(self._results)
        labels = dict.fromkeys(m.task_spec.label for m in merged)
        return "\n\n".join(
            self._table(label, [m for m in merged if m.task_spec.label == label]) for label in labels
        )

    def _table(self, label: str | None, found: list[Measurement]) -> str:
        unit, scale = select_unit(min(m.median for m in found))
        columns = list(dict.fromkeys(m.task_spec.description or m.as_row_name for m in found))
        lines = [["", *columns]]
        for threads in dict.fromkeys(m.task_spec.num_threads for m in found):
            lines.append([f"{threads} threads:", *([""] * len(columns))])
            here = [m for m in found if m.task_spec.num_threads == threads]
            for row in dict.fromkeys(m.as_row_name for m in here):
                times = {m.task_spec.description or row: m for m in here if m.as_row_name == row}
                cells = [self._cell(times[c], scale) if c in times else "" for c in columns]
                lines.append([f"  {row}", *cells])
        widths = [max(len(line[i]) for line in lines) for i in range(len(columns) + 1)]
        text = [
            "  |  ".join(
                [line[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]
            )
            for line in lines
        ]
        bar = "-" * len(text[0])
        return "\n".join([f"[{label or ''}]".center(len(bar), "-"), *text, bar, f"Times are in {unit}."])

    def _cell(self, measured: Measurement, scale: float) -> str:
        figures = measured.significant_figures if self._trim else 4
        return f"{measured.median / scale:.{figures}g}"
