"""docs/operators.md: what stands for each of PyTorch's names here, and the page says so truly."""

import pytest

from .pages import script

torch = pytest.importorskip("torch")
script("left_out")  # which the next one imports
table = script("operators_table")


@pytest.fixture(scope="module")
def rows():
    return table.rows()


def test_the_page_is_up_to_date(rows):
    page = table.PAGE.read_text(encoding="utf-8")
    if f"PyTorch {table.VERSION} " not in page:
        pytest.skip("the page was written beside another PyTorch, which has other names")
    assert page == table.page(rows)


def test_what_is_said_by_hand_is_said_of_names_in_the_table(rows):
    names = {row.name for row in rows}
    assert set(table.TOLD) <= names
    assert set(table.MISPRINTED) <= names
    absent = {f"{row.place}.{row.name}" for row in rows if row.status == "absent"}
    assert set(table.INSTEAD) <= absent


def test_what_documentations_say_of_kinks_is_found():
    assert table.convention(table.ag, "abs_") == table.convention(table.ag.Tensor, "absolute")
    assert "gradient" in table.convention(table.ag, "relu")
    assert "NaN" in table.convention(table.ag.Tensor, "maximum")
    assert table.convention(table.ag, "exp") == ""


def test_names_are_left_out_by_their_patterns():
    assert all(
        map(table.left_out, ["_private", "view_as_real", "FloatStorage", "cudnn_is_acceptable", "item"])
    )
    assert not any(map(table.left_out, ["abs", "sum", "items", "fold", "unfold", "einsum"]))
