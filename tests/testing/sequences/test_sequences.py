"""Random sequences of views, writes, operators, hooks and passes: nothing parts this library from PyTorch."""

from typing import Any

import pytest

import autograd_cnn as ag
from autograd_cnn.testing._blocks import many
from autograd_cnn.testing.sequences import Sequence, compare, report, shrunk, slopes


def test_random_sequences() -> None:
    torch = pytest.importorskip("torch")
    found = list(filter(None, (report(seed, ag, torch) for seed in range(30))))
    assert not found, "\n\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_many_random_sequences(block: int) -> None:
    """In processes of their own: some sequences end PyTorch's."""
    pytest.importorskip("torch")
    found = many("autograd_cnn.testing.sequences", 1000 + block * 200, 200, workers=1).mistakes
    assert not found, "\n\n".join(found)


def check_slopes(seeds: range) -> None:
    compared = 0
    for seed in seeds:
        found = slopes(seed, ag)
        if found is not None:
            sequence, analytic, numeric = found
            assert analytic == pytest.approx(numeric, rel=1e-5, abs=1e-5), str(sequence)
            compared += 1
    assert compared > len(seeds) / 4


def test_gradients_of_sequences_are_their_slopes() -> None:
    check_slopes(range(30))


@pytest.mark.slow
def test_gradients_of_many_sequences_are_their_slopes() -> None:
    check_slopes(range(1000, 2000))


class Faulty:
    """This library with a fault."""

    def __getattr__(self, name: str) -> Any:
        return getattr(ag, name)

    @staticmethod
    def where(condition: Any, x: Any, y: Any) -> Any:
        return ag.where(~condition, x, y)


def test_a_fault_is_found_and_shrunk_to_a_few_lines_that_can_be_run() -> None:
    for seed in range(100):
        sequence, mismatch = compare(seed, Faulty(), ag)
        if mismatch is not None:
            break
    small = shrunk(sequence, Faulty(), ag)
    assert len(small.steps) <= 4
    assert "where" in small.steps[-1]
    text = str(small)
    assert text.startswith("import copy\nimport torch\n")
    exec(
        text.replace("import torch\n", "import autograd_cnn as torch\n").replace("import torch.utils", "#"),
        {},
    )


def test_a_sequence_is_the_same_for_the_same_seed() -> None:
    first, nothing = compare(5, ag, ag)
    assert nothing is None
    assert len(first.steps) > 30
    assert compare(5, ag, ag)[0] == first
    assert compare(6, ag, ag)[0] != first


def test_a_printed_sequence_defines_what_it_uses() -> None:
    text = str(Sequence(("v0 = torch.ones(2)", "v1 = Cube.apply(v0)", "v1.register_hook(hear)")))
    assert "class Cube" in text
    assert "def hear" in text
    assert "class Layer" not in text
