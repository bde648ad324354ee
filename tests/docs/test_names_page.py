"""docs/names.md: the names that scripts use most are here, and the page says so truly."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table():
    pytest.importorskip("torch")
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import names_table
    finally:
        sys.path.pop(0)
    return names_table


def test_all_175_are_here(table):
    found = table.rows()
    assert len({(r.place, r.name) for r in found}) == 175
    assert [r for r in found if r.status == "absent"] == []


def test_what_differs_is_said(table):
    assert {f"{r.place}.{r.name}" for r in table.rows() if r.status == "differs"} == set(table.DIFFERS)


def test_a_parameter_that_is_lacking_counts():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        import names_table
    finally:
        sys.path.pop(0)
    assert names_table.parameters(lambda a, out, b=1: None) == {"a", "b"}
    assert names_table.parameters(lambda *args: None) is None


def test_the_page_is_up_to_date(table):
    assert table.PAGE.read_text(encoding="utf-8") == table.page(table.rows())
