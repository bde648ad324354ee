"""A table of measurements."""

from collections.abc import Iterable
from enum import Enum

from .timer import Measurement, ordered_unique, select_unit


class Colorize(Enum):
    """What is compared by colours: nothing, the times of a column, of a row."""

    NONE = "none"
    COLUMNWISE = "columnwise"
    ROWWISE = "rowwise"


GREEN, RED, PLAIN = "\033[92m", "\033[91m", "\033[0m"


class Compare:
    """Measurements side by side: a table for each label, a row for each ``sub_label`` and number of threads,
    a column for each ``description``."""

    def __init__(self, results: Iterable[Measurement]) -> None:
        self._results: list[Measurement] = []
        self._trim = self._warns = False
        self._colours = Colorize.NONE
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
        """Show the best time of each column (or row) in green, and those above twice it in red."""
        self._colours = Colorize.ROWWISE if rowwise else Colorize.COLUMNWISE

    def highlight_warnings(self) -> None:
        """Say beside a time how far the middle half of its runs reaches, where that is far."""
        self._warns = True

    def print(self) -> None:
        """Print the tables."""
        print(str(self))

    def __str__(self) -> str:
        merged = Measurement.merge(self._results)
        labels = ordered_unique(m.task_spec.label for m in merged)
        return "\n\n".join(
            self._table(label, [m for m in merged if m.task_spec.label == label]) for label in labels
        )

    def _table(self, label: str | None, found: list[Measurement]) -> str:
        unit, scale = select_unit(min(m.median for m in found))
        columns = ordered_unique(_column(m) for m in found)
        rows: list[tuple[str, list[Measurement | None]]] = []
        for threads in ordered_unique(m.num_threads for m in found):
            rows.append((f"{threads} threads:", []))
            here = [m for m in found if m.num_threads == threads]
            for name in ordered_unique(m.as_row_name for m in here):
                times = {_column(m): m for m in here if m.as_row_name == name}
                rows.append((f"  {name}", [times.get(column) for column in columns]))
        cells = [[self._cell(m, scale) for m in measured] for _, measured in rows]
        first = max(len(title) for title, _ in rows)
        widths = [max(len(c), *(len(line[i]) for line in cells if line)) for i, c in enumerate(columns)]
        text = ["  |  ".join([" " * first, *(c.rjust(w) for c, w in zip(columns, widths, strict=True))])]
        bar = "-" * len(text[0])
        for (title, measured), line in zip(rows, cells, strict=True):
            shown = [c.rjust(w) for c, w in zip(line, widths, strict=False)]
            marked = [
                self._coloured(c, m, measured, rows, i)
                for i, (c, m) in enumerate(zip(shown, measured, strict=True))
            ]
            text.append("  |  ".join([title.ljust(first), *marked]))
        return "\n".join([f"[{label or ''}]".center(len(bar), "-"), *text, bar, f"Times are in {unit}."])

    def _cell(self, measured: Measurement | None, scale: float) -> str:
        if measured is None:
            return ""
        figures = measured.significant_figures if self._trim else 4
        text = f"{measured.median / scale:.{figures}g}"
        if self._warns and measured.has_warnings:
            text = f"(! {measured.iqr / measured.median:.0%}) {text}"
        return text

    def _coloured(
        self,
        text: str,
        measured: Measurement | None,
        row: list[Measurement | None],
        rows: list[tuple[str, list[Measurement | None]]],
        column: int,
    ) -> str:
        """A time in the colour of its place among those that it is compared with."""
        if measured is None or self._colours is Colorize.NONE:
            return text
        by_row = self._colours is Colorize.ROWWISE
        others = row if by_row else [line[column] for _, line in rows if line]
        best = min(m.median for m in others if m is not None)
        colour = GREEN if measured.median == best else RED if measured.median > 2 * best else ""
        return f"{colour}{text}{PLAIN}" if colour else text


def _column(measured: Measurement) -> str:
    """The title of the column that it stands in."""
    name: str = measured.task_spec.description or measured.as_row_name
    return name
