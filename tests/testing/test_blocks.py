"""Random cases in processes of their own: only the case that ends one is left out, and told."""

import pytest

from autograd_cnn.testing._blocks import main, many


@pytest.mark.slow
def test_only_the_case_that_ends_its_process_is_left_out() -> None:
    pytest.importorskip("torch")
    found = many("tests.testing.ending", 1, 11, workers=1)
    assert found.cases == 9
    assert found.reports == ("3\n\ndiffers",)
    assert [(e.seed, e.alone, e.here) for e in found.ended] == [
        (5, True, False),
        (8, False, False),
        (9, True, True),
    ]
    assert "ending.py" in found.ended[0].place
    assert "no such case" in found.ended[2].place
    assert len(found.mistakes) == 3  # PyTorch's own end is none


@pytest.mark.slow
def test_cases_that_cannot_be_run_are_an_error() -> None:
    pytest.importorskip("torch")
    with pytest.raises(RuntimeError, match=r"did not run(.|\n)*No module named"):
        many("tests.testing.nowhere", 0, 2)


@pytest.mark.slow
def test_the_command_tells_what_it_found(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")
    monkeypatch.setattr("sys.argv", ["cases", "3", "3"])
    assert main("tests.testing.ending", "") == 1
    assert capsys.readouterr().out.startswith("3\n\ndiffers\n\nseed 5: the process ended in")
