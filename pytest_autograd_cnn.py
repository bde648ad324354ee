"""The pytest plugin: ``pytest --gradcheck`` checks every registered operator; the ``gradcheck`` fixture
checks a function.

This file is loaded whenever pytest starts, so it imports nothing: the package comes in when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, in a group of their own."""
    group = parser.getgroup("gradcheck", "gradient checks of operators (autograd-cnn)")
    group.addoption(
        "--gradcheck",
        action="store_true",
        help="check the gradients of every registered operator, those of the collected files included; "
        "of the other tests only those with the gradcheck fixture run",
    )
    add = group.addoption
    add(
        "--gradcheck-op",
        action="append",
        default=[],
        metavar="NAME",
        help="only this operator; may be repeated, and have * and ? in it",
    )
    add(
        "--gradcheck-order",
        action="append",
        default=[],
        metavar="N",
        choices=["1", "2"],
        help="only gradients of this order",
    )
    add(
        "--gradcheck-check",
        action="append",
        default=[],
        metavar="NAME",
        help="only this check: values, order1, order2, layouts, adjoint, ...",
    )
    add(
        "--gradcheck-dtype",
        action="append",
        default=[],
        metavar="DTYPE",
        help="only this dtype: float64 or float32",
    )
    add(
        "--gradcheck-device",
        action="append",
        default=[],
        metavar="DEVICE",
        help="on this device: cpu (the default) or cuda",
    )
    add(
        "--gradcheck-seed",
        type=int,
        default=0,
        metavar="N",
        help="where the random samples start (default: 0)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Bring the sweep in where it is asked for."""
    if config.getoption("--gradcheck"):
        from autograd_cnn.testing import _plugin

        config.pluginmanager.register(_plugin.Sweep(config), "autograd_cnn.gradcheck")


@pytest.fixture
def gradcheck() -> Callable[..., Any]:
    """``gradcheck(function, *inputs, order=1, ...)``: fails the test with a report where a gradient is wrong.

    The options are those of ``autograd_cnn.testing.check``; what it returns is the report.
    """
    from autograd_cnn.testing import check

    def run(function: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        report = check(function, *inputs, **options)
        if not report:
            pytest.fail(str(report), pytrace=False)
        return report

    return run
