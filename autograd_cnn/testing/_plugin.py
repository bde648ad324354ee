"""What ``pytest --gradcheck`` adds: a test for each operator, check, dtype and device, and a table at the
end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ._agreement import CheckError
from ._sweep import Case, select
from ._table import Row, table


class Item(pytest.Item):
    """One case of the sweep as a test."""

    def __init__(self, *, case: Case, seed: int, **known: Any) -> None:
        super().__init__(**known)
        self.case, self.seed = case, seed

    def runtest(self) -> None:
        """Run the check on every sample of its operator; the largest error goes into the report."""
        case = self.case
        kept = {
            "operator": case.primitive.name,
            "check": case.check,
            "dtype": case.dtype,
            "device": case.device,
        }
        self.user_properties += kept.items()
        self.user_properties.append(("max_error", repr(case.run(self.seed))))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What is wrong and the likely cause, without a traceback through the checks."""
        if isinstance(excinfo.value, CheckError) and excinfo.value.__cause__ is None:
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path | str, int | None, str]:
        """Where the operator is written."""
        code = getattr(
            self.case.primitive.forward, "__code__", None
        )  # a forward may be a NumPy function itself
        if code is None:
            return "gradcheck", None, str(self.case)
        return Path(code.co_filename), code.co_firstlineno - 1, str(self.case)


class Collector(pytest.Collector):
    """The node above all gradient checks."""

    def __init__(self, *, sweep: "Sweep", **known: Any) -> None:
        super().__init__(**known)
        self.sweep = sweep

    def collect(self) -> Iterator[Item]:
        """A test for each case that the options select."""
        option = self.config.getoption
        for case in select(
            option("--gradcheck-op"),
            checks=[*option("--gradcheck-check"), *(f"order{n}" for n in option("--gradcheck-order"))],
            dtypes=option("--gradcheck-dtype"),
            devices=option("--gradcheck-device") or ["cpu"],
        ):
            yield Item.from_parent(self, name=str(case), case=case, seed=option("--gradcheck-seed"))


class Sweep:
    """Registered as a plugin by ``--gradcheck``."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.rows: list[Row] = []

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(
        self, session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        """After all files were imported, and so all operators registered: their checks, and the tests with
        the fixture."""
        kept = [item for item in items if "gradcheck" in getattr(item, "fixturenames", ())]
        others = [item for item in items if item not in kept]
        if others:
            config.hook.pytest_deselected(items=others)
        collector = Collector.from_parent(session, name="gradcheck", nodeid="gradcheck", sweep=self)
        try:
            items[:] = [*kept, *collector.collect()]
        except LookupError as error:
            raise pytest.UsageError(f"--gradcheck: {error}") from error

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what became of a case; under xdist this runs where the workers report to."""
        known = dict(report.user_properties)
        if report.when == "call" and "operator" in known:
            error = float(str(known.get("max_error", "inf")))
            operator, check, dtype, device = (
                str(known[key]) for key in ("operator", "check", "dtype", "device")
            )
            self.rows.append(Row(operator, check, dtype, device, error, report.failed))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """The table of largest errors."""
        if self.rows:
            terminalreporter.section("largest relative errors of gradients")
            terminalreporter.write_line(table(self.rows))
