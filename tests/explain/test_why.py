"""Diagnosis in words: the first line names the culprit's line."""

import numpy as np
import pytest

import autograd_cnn as torch
from autograd_cnn import explain

from .broken import BROKEN


@pytest.mark.parametrize("name", BROKEN)
def test_the_first_line_names_the_culprits_line(name, tmp_path):
    script = tmp_path / f"{name}.py"
    script.write_text("import autograd_cnn as torch\n" + BROKEN[name].lstrip())
    number = next(i for i, line in enumerate(script.read_text().splitlines(), 1) if "# culprit" in line)
    verdict = explain.why_script(script)
    assert verdict.splitlines()[0].startswith(f"{script}:{number}: "), verdict


def test_a_healthy_script_is_said_to_be_so(tmp_path):
    script = tmp_path / "fine.py"
    script.write_text(
        "import autograd_cnn as torch\nw = torch.tensor([1.0], requires_grad=True)\n(w * "
        "w).sum().backward()\n"
    )
    assert "finite and not zero" in explain.why_script(script)


def test_an_error_of_the_script_is_part_of_the_answer(tmp_path):
    script = tmp_path / "fails.py"
    script.write_text(
        "import autograd_cnn as torch\nw = torch.tensor([1.0], requires_grad=True)\nraise KeyError('lost')\n"
    )
    assert f"{script}:3: KeyError: 'lost'" in explain.why_script(script)


def test_a_long_training_is_cut_short(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(
        "import autograd_cnn as torch\nw = torch.tensor([1.0], requires_grad=True)\nwhile True:\n    "
        "(w * w).sum().backward()\n"
    )
    assert "finite and not zero" in explain.why_script(script, passes=3)


def test_without_watch_the_graph_alone_is_asked_and_it_says_how_to_see_more():
    w = torch.tensor([-1.0, -2.0], requires_grad=True)
    v = torch.tensor([1.0], requires_grad=True)
    loss = torch.relu(w).sum()
    said = explain.why(w, loss)
    assert said.startswith("relu lets nothing through")
    assert "explain.watch()" in said
    assert explain.why(v, loss).startswith("the gradient of v is None because v is not in the graph")


def test_lines_alone_are_enough_to_name_the_line_of_a_dead_relu():
    w = torch.tensor([-1.0, -2.0], requires_grad=True)
    with explain.lines():
        loss = torch.relu(w).sum()
    assert "test_why.py:" in explain.why(w, loss).splitlines()[0]


def test_nan_is_traced_to_the_operator_with_its_operands_statistics():
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    with explain.watch():
        loss = (torch.log(x) * x).sum()
    said = explain.why(x, loss)
    assert "log made an infinity in the forward pass" in said
    assert "1 of 2 zeros" in said


def test_a_gradient_that_is_all_right():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (x * x).sum()
    assert "all right: shape [2], min 2, mean 3, max 4" in explain.why(x, loss)
    assert x.grad is None


def test_wrong_arguments():
    x = torch.tensor([1.0], requires_grad=True)
    with pytest.raises(TypeError, match="loss must be a Tensor, not float"):
        explain.why(x, 1.0)
    assert explain.why(torch.tensor([1]), x * 2).startswith("the parameter is int64")


def test_watch_keeps_values_and_passes_and_forgets():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with explain.watch() as seen:
        y = x * x
        y.sum().backward()
    assert np.array_equal(seen.value_of(y.grad_fn), [1.0, 4.0])
    assert len(seen.passes) == 1
    seen.forget()
    assert seen.value_of(y.grad_fn) is None
