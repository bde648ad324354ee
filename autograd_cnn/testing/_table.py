"""The table of largest errors: a line for each operator, a column for each check and dtype."""

from collections.abc import Iterable
from typing import NamedTuple

from ._sweep import Result

SHOWN = ("order1", "order2", "shapes", "sharing", "integers", "layouts", "adjoint", "formula", "values")


class Row(NamedTuple):
    """What became of one case."""

    operator: str
    check: str
    dtype: str
    device: str
    error: float
    failed: bool

    @classmethod
    def of(cls, result: Result) -> "Row":
        """The row of a result of the sweep."""
        case = result.case
        return cls(
            case.primitive.name, case.check, case.dtype, case.device, result.error, result.failure is not None
        )


def table(rows: Iterable[Row]) -> str:
    """The rows as lines of text: operators down, checks across, FAIL where one failed, nothing where a check
    does not apply."""
    cells: dict[str, dict[tuple[str, str, str], Row]] = {}
    for row in rows:
        cells.setdefault(row.operator, {})[(row.check, row.dtype, row.device)] = row
    found = {key for line in cells.values() for key in line if key[0] in SHOWN}
    columns = sorted(found, key=lambda key: (key[2] != "cpu", SHOWN.index(key[0]), key[1] != "float64"))
    several = len({device for _, _, device in columns}) > 1
    heads = [
        f"{check} {dtype.replace('float', 'f')}{f' {device}' if several else ''}"
        for check, dtype, device in columns
    ]
    width = max([len("operator"), *map(len, cells)])
    lines = ["  ".join(["operator".ljust(width), *heads])]
    for name in sorted(cells):
        line = cells[name]
        shown = [
            _cell(line.get(column)).rjust(len(head)) for column, head in zip(columns, heads, strict=True)
        ]
        other = (
            ""
            if not any(row.failed for row in line.values() if row.check not in SHOWN)
            else "  FAIL (declared)"
        )
        lines.append(("  ".join([name.ljust(width), *shown]) + other).rstrip())
    every = [row for line in cells.values() for row in line.values()]
    failed = sum(row.failed for row in every)
    worst = {
        check: max(
            (row.error for row in every if row.check == check and row.dtype == "float64" and not row.failed),
            default=None,
        )
        for check in SHOWN[:2]
    }
    said = ", ".join(f"{check} {error:.1e}" for check, error in worst.items() if error is not None)
    lines.append(
        f"{len(cells)} operators, {len(every)} checks, {failed} failed"
        + (f"; largest relative errors in float64: {said}" if said else "")
    )
    return "\n".join(lines)


def _cell(row: Row | None) -> str:
    return "" if row is None else "FAIL" if row.failed else f"{row.error:.0e}" if row.error else "0"
