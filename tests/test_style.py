"""What ruff does not ask of the text: a reason behind each suppressed check, and room for it on the line."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = [
    path
    for folder in ("autograd_cnn", "tests", "scripts", "benchmarks", "examples", "notebooks", "docs")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not path.is_relative_to(ROOT / "tests" / "examples" / "styles")  # written as scripts are
    and not path.is_relative_to(ROOT / "tests" / "libraries" / "programs")
]
WIDTH = 110

SUPPRESSED = re.compile(r"#\s*(?:type:\s*ignore|noqa|pyright:\s*ignore|ruff:\s*noqa)\b")
REASONED = re.compile(
    r"# (?:type: ignore\[[\w, -]+\]|pyright: ignore\[\w+\]|(?:ruff: )?noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*)"
    r"(?: -|  #) \w"
)


def unreasoned(text: str) -> list[str]:
    """The lines that suppress a check without saying which one and why, each on the same line."""
    return [
        line.strip() for line in text.splitlines() if SUPPRESSED.search(line) and not REASONED.search(line)
    ]


@pytest.mark.parametrize(
    "line",
    [
        "x = f(y)  # type: " + "ignore",
        "x = f(y)  # type: " + "ignore[arg-type]",
        "x = f(y)  # type: " + "ignore[arg-type]  # ",
        "x = f(y)  # no" + "qa",
        "x = f(y)  # no" + "qa: B023",
        "x = f(y)  # no" + "qa - called at once",
    ],
)
def test_a_suppression_without_a_reason_is_found(line: str) -> None:
    assert unreasoned(line) == [line.strip()]


@pytest.mark.parametrize(
    "line",
    [
        "x = f(y)  # type: " + "ignore[arg-type]  # the stub is older",
        "x = f(y)  # no" + "qa: B023 - called at once",
        "x = f(y)  # a note",
    ],
)
def test_a_suppression_with_a_reason_is_none_to_find(line: str) -> None:
    assert unreasoned(line) == []


def test_every_suppressed_check_says_why() -> None:
    found = {str(path.relative_to(ROOT)): unreasoned(path.read_text("utf-8")) for path in FILES}
    assert not {path: lines for path, lines in found.items() if lines}


def test_no_line_is_longer_than_the_others_with_its_reason() -> None:
    long = [
        (str(path.relative_to(ROOT)), number)
        for path in FILES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > WIDTH
    ]
    assert not long
