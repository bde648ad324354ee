"""``autograd-cnn check``: the missing names of scripts, without running them."""

import pytest

from autograd_cnn.cli import main


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_nothing_missing(write, capsys):
    assert (
        main(
            [
                "check",
                write(
                    "a.py",
                    "import torch\nimport torch.nn as nn\nnn.Linear(torch.ones(3).nope, 1)\nraise "
                    "SystemExit(9)\n",
                ),
            ]
        )
        == 0
    )
    assert capsys.readouterr().out == "Every name of PyTorch's that is used is here.\n"


def test_missing_names_are_listed_with_their_lines(write, capsys):
    assert (
        main(["check", write("a.py", "import torch\n\ntorch.nope()\ntorch.distributed.all_reduce()\n")]) == 1
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("line 3: torch.nope is not in autograd_cnn")
    assert lines[1] == "line 4: torch.distributed.all_reduce is not in autograd_cnn; train in one process"
    assert len(lines) == 2


def test_several_scripts(write, capsys):
    assert main(["check", write("a.py", "import torch\n"), write("b.py", "from torch import nope\n")]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "b.py: line 1: torch.nope" in line


def test_what_is_no_program_is_one_line(write, tmp_path, capsys):
    assert main(["check", write("a.py", "def f(:\n")]) == 2
    assert "is not a Python program" in capsys.readouterr().err
    assert main(["check", str(tmp_path / "none.py")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
