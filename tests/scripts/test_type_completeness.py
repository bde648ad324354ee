"""The share of public symbols whose type every checker knows: how it is counted, and that it is large."""

import pytest

from scripts import type_completeness


def symbol(name, known=True, exported=True):
    return {"name": name, "isTypeKnown": known, "isExported": exported}


def test_unknown_names_are_told_and_too_many_are_refused():
    found = {
        "completenessScore": 0.5,
        "exportedSymbolCounts": {"withKnownType": 1, "withAmbiguousType": 1, "withUnknownType": 0},
        "symbols": [symbol("p.b", known=False), symbol("p.a"), symbol("p._c", known=False, exported=False)],
    }
    text, enough = type_completeness.report(found)
    assert text == "50.0% of 2 public symbols have a known type; at least 95%\n    p.b"
    assert not enough
    assert type_completeness.report({**found, "completenessScore": 0.95})[1]


@pytest.mark.slow
def test_what_is_installed_has_known_types():
    pytest.importorskip("basedpyright")
    assert type_completeness.main() == 0
