"""``autograd-cnn explain`` and ``autograd-cnn why`` as their user meets them."""

import json
import re

import pytest

from autograd_cnn.cli import main

SCRIPT = """
import autograd_cnn as torch
w = torch.tensor([1.0, -2.0], requires_grad=True)

def loss():
    h = torch.relu(w * 3)
    return h.sum()

def number():
    return 3
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "small.py"
    path.write_text(SCRIPT)
    return path


def test_explain_a_function_prints_a_tree_and_writes_three_files(script, tmp_path, capsys):
    pytest.importorskip("pygraphviz")
    assert main(["explain", f"{script}:loss", "--out", str(tmp_path / "out")]) == 0
    said = capsys.readouterr().out
    assert "relu → h" in said
    assert "‖grad‖" in said
    files = sorted((tmp_path / "out").iterdir(), key=lambda p: p.suffix)
    assert [p.suffix for p in files] == [".dot", ".html", ".svg"]
    dot, page, svg = (p.read_text() for p in files)
    assert dot.startswith("digraph")
    assert "<svg" in svg
    data = json.loads(re.search(r'id="graph">(.*?)</script>', page, re.S)[1])
    assert [p["name"] for p in data["params"]] == ["w"]


def test_explain_lenet(tmp_path, capsys):
    pytest.importorskip("pygraphviz")
    assert main(["explain", "lenet", "--out", str(tmp_path)]) == 0
    assert "conv1.weight" in capsys.readouterr().out
    assert (tmp_path / "lenet.html").stat().st_size < 2_000_000


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("nothing", "module:function"),
        ("no.such:f", "no.such"),
        ("missing.py:f", "no such file"),
        ("json:nope", "no function 'nope'"),
    ],
)
def test_explain_refuses_nonsense_in_one_line(what, told, tmp_path, capsys):
    assert main(["explain", what, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1


def test_explain_wants_a_loss(script, tmp_path, capsys):
    assert main(["explain", f"{script}:number", "--out", str(tmp_path)]) == 2
    assert "returned int, not a loss" in capsys.readouterr().err


def test_why_names_the_line(tmp_path, capsys):
    script = tmp_path / "dead.py"
    script.write_text(
        "import autograd_cnn as torch\nw = torch.tensor([-1.0], "
        "requires_grad=True)\ntorch.relu(w).sum().backward()\n"
    )
    assert main(["why", str(script)]) == 0
    assert capsys.readouterr().out.startswith(f"{script}:3: relu lets nothing through")
    assert main(["why", str(tmp_path / "none.py")]) == 2
