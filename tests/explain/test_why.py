"""Diagnosis in words: the first line names the culprit's line."""

import re

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


def leaf(*values):
    return torch.tensor(list(values), requires_grad=True)


def through_hook(change):
    p = leaf(1.0, 2.0)
    y = p * 2
    y.register_hook(change)
    return p, y.sum()


def through_leaf_hook():
    p = leaf(1.0, 2.0)
    p.register_hook(lambda g: g * 0)
    return p, (p * 2).sum()


def through_module_hook(register):
    layer = torch.nn.Linear(2, 2)
    hook = (lambda m, g: (g[0] * 0,)) if "pre" in register else lambda m, gi, go: (gi[0] * 0,)
    getattr(layer, register)(hook)
    p = leaf(1.0, 2.0)
    return p, layer(p * 1).sum()


SIGNS = torch.tensor([[1.0, 2.0], [-1.0, -2.0]])


class Zeros(torch.autograd.Function):
    """Its backward gives zeros for x, None for y."""

    @staticmethod
    def forward(ctx, x, y):
        return x * 2 + y

    @staticmethod
    def backward(ctx, g):
        return g * 0, None


def chosen_by_index():
    p, q = leaf(5.0, 6.0), leaf(1.0, 1.0)
    return p, q[p.argmax()] * 1


def on(function):
    p = leaf(1.0, 2.0)
    return lambda: (p, function(p).sum())


LOST = {
    "tensor hook": (
        lambda: through_hook(lambda g: g * 0),
        "the hook <lambda> .* made the gradient of y zero",
    ),
    "NaN hook": (lambda: through_hook(lambda g: g * float("nan")), "the hook <lambda> .* made .* of y NaN"),
    "leaf hook": (through_leaf_hook, "the hook <lambda> .* made the gradient of p zero"),
    "module hook": (
        lambda: through_module_hook("register_full_backward_hook"),
        "a backward hook of the module Linear made .* zero",
    ),
    "module pre-hook": (
        lambda: through_module_hook("register_full_backward_pre_hook"),
        "a backward hook of the module Linear made .* zero",
    ),
    "broadcast": (
        on(lambda p: (SIGNS * 0 + p) * SIGNS),
        "signals that add sums over the axes .* broadcast cancel",
    ),
    "expand": (on(lambda p: p.expand(2, 2) * SIGNS), "signals that broadcast_to adds up .* cancel"),
    "matmul": (
        on(lambda p: p @ torch.tensor([[1.0, -1.0], [2.0, -2.0]])),
        "signals that matmul adds up .* cancel",
    ),
    "index": (on(lambda p: p[[0, 0]] * torch.tensor([1.0, -1.0])), "signals that getitem adds up .* cancel"),
    "underflow": (on(lambda p: p * 1e-30 * 1e-30), "the gradient underflows in multiply: .* float32"),
    "division": (on(lambda p: p / 1e30 / 1e30), "the gradient underflows in divide"),
    "clamp": (on(lambda p: p.clamp(5, 6)), "clamp lets nothing through: every element lies outside"),
    "masked": (on(lambda p: p.masked_fill(p > 0, 0.0)), "where lets nothing through: the mask"),
    "dropout": (on(lambda p: torch.nn.functional.dropout(p, 1.0)), "multiply lets nothing through"),
    "maximum": (
        on(lambda p: torch.maximum(p, p.detach() + 1)),
        "maximum lets nothing through: its local gradient",
    ),
    "Function": (on(lambda p: Zeros.apply(p, p.detach())), "the backward of Zeros returned zeros"),
    "Function's None": (
        on(lambda p: Zeros.apply(SIGNS[0], p)),
        "the backward of Zeros returned None .* 'input1'",
    ),
    "index of a maximum": (chosen_by_index, "argmax gives int64"),
}


@pytest.mark.parametrize("name", LOST)
def test_where_a_gradient_was_lost_is_said_as_it_was(name):
    make, says = LOST[name]
    with explain.watch():
        p, loss = make()
        loss.backward()
    assert re.search(says, explain.why(p, loss).splitlines()[0]), explain.why(p, loss)


def test_a_gradient_that_was_cleared_and_hooks_that_were_not_called():
    p = leaf(1.0, 2.0)
    with explain.watch():
        loss = (p * p).sum()
        loss.backward()
    p.grad.zero_()
    assert ".grad holds zeros: it was cleared" in explain.why(p, loss)
    explain.watch().__enter__().__exit__(None, None, None)
    p, loss = through_hook(lambda g: g * 0)
    assert "hooks may change it: the hook <lambda>" in explain.why(p, loss)
    loss.backward(retain_graph=True)
    assert explain.why(p, loss).startswith("without hooks the gradient is all right, with them it is zero")
