"""What is told in words and tables: derivations, ledgers, summaries, anomalies, and rich display."""

import numpy as np
import pytest

import autograd_cnn as torch
from autograd_cnn import explain, nn
from autograd_cnn.nn import functional as F
from autograd_cnn.utils.checkpoint import checkpoint


def test_derive_writes_the_chain_rule_along_both_paths_with_shapes():
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    with explain.lines():
        a = torch.exp(w)
        b = w * 3
        loss = (a * b).sum()
    text = str(explain.derive(loss, wrt=w))
    first = text.splitlines()[0]
    assert first.startswith("∂loss/∂w = ")
    assert "∂a/∂w" in first
    assert "∂b/∂w" in first
    assert "w̄ += ā ⊙ a" in text
    assert "w̄ += b̄ · 3" in text
    derivation = explain.derive(loss, wrt="w")
    assert derivation.count == 2
    assert derivation.latex.startswith("\\begin{aligned}")
    assert "\\frac{\\partial \\mathrm{loss}}{\\partial w}" in derivation.latex
    assert derivation._repr_html_().startswith("<math")
    assert derivation._repr_latex_().startswith("$$")


def test_derive_counts_paths_it_does_not_write():
    h = w = torch.tensor([1.0], requires_grad=True)
    for _ in range(20):
        h = h * h
    derivation = explain.derive(h.sum(), wrt=w)
    assert derivation.count == 2**20
    assert len(derivation.paths) == 6
    assert "(1048576 paths)" in str(derivation)


def test_ledger_counts_each_block_once_and_no_parameters():
    x = torch.tensor(np.full((10, 10), 0.5, np.float32), requires_grad=True)
    y = torch.exp(x)
    loss = (y * y.tanh()).sum()
    book = explain.ledger(loss)
    assert book.total == 2 * 400  # y, kept by exp and multiply; tanh(y), kept by tanh and multiply
    assert book.by_operator == {"exp": 400, "tanh": 400}
    assert book.peak > book.total
    assert "kept for the backward pass: 800 B" in str(book)
    loss.backward()
    assert explain.ledger(loss).total == 0


def test_ledger_knows_modules_and_lines():
    model = nn.Linear(3, 2)
    x = torch.tensor(np.ones((4, 3), np.float32))
    with explain.watch():
        loss = torch.relu(model(x)).sum()
        loss.backward()
    book = explain.ledger(loss, model)
    assert book.by_module[""] == 4 * 2 * 4
    assert any("test_words.py:" in line for line in book.by_line)


def test_summary_of_a_small_convolutional_network():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(1, 4, 3)
            self.fc = nn.Linear(4 * 36, 10)

        def forward(self, x):
            return self.fc(torch.flatten(F.relu(self.conv(x)), 1))

    table = explain.summary(Net(), torch.tensor(np.zeros((2, 1, 8, 8), np.float32)))
    rows = {row.path: row for row in table.rows}
    assert rows["conv"].shape == (2, 4, 6, 6)
    assert rows["conv"].parameters == 4 * 9 + 4
    assert rows["fc"].kind == "Linear"
    assert 2 * 2 * 4 * 36 * 9 <= rows["conv"].flops <= 2 * 2 * 4 * 36 * 9 + 2 * 4 * 36 * 2
    assert 2 * 2 * 144 * 10 <= rows["fc"].flops <= 2 * 2 * 144 * 10 + 2 * 20
    assert table.parameters == 40 + 1450
    assert "1,490 parameters" in str(table)
    assert table._repr_html_().startswith("<table>")
    with pytest.raises(TypeError, match="named_parameters"):
        explain.summary(3, None)


def test_detect_anomaly_names_the_line_and_the_operands():
    x = torch.tensor([0.0, 4.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        y = torch.sqrt(x) * torch.tensor([0.0, 1.0])
        with pytest.raises(
            RuntimeError,
            match=r"SqrtBackward0' returned nan values in its 0th output \(recorded at "
            r".*test_words.py:\d+.*1 zeros",
        ):
            y.sum().backward()
    assert x.grad is None


def test_detect_anomaly_sees_infinities_on_request_only():
    x = torch.tensor([0.0], requires_grad=True)
    with explain.detect_anomaly():
        torch.sqrt(x).sum().backward()
    with explain.detect_anomaly(check_inf=True), pytest.raises(RuntimeError, match="inf values"):
        torch.sqrt(x).sum().backward()
    for check_inf in (False, True):
        with explain.detect_anomaly(check_nan=False, check_inf=check_inf):
            (torch.sqrt(x) * 0).sum().backward()  # its gradient is NaN
    both = torch.tensor([0.0, 0.0], requires_grad=True)
    with (
        explain.detect_anomaly(check_nan=False, check_inf=True),
        pytest.raises(RuntimeError, match="inf values"),
    ):
        (torch.sqrt(both) * torch.tensor([0.0, 1.0])).sum().backward()


def test_notebooks_show_tensors_modules_and_nodes():
    ipython = pytest.importorskip("IPython")
    shell = ipython.core.interactiveshell.InteractiveShell()
    try:
        assert explain.register_formatters(shell)
        show = shell.display_formatter.format
        x = torch.tensor([[1.0, -2.0], [0.0, float("nan")]], requires_grad=True)
        assert "2×2" in show(x)[0]["text/html"]
        assert "<svg" in show(x)[0]["text/html"]
        assert "<math" in show(torch.exp(x).grad_fn)[0]["text/html"]
        assert "weight" in show(nn.Linear(2, 1))[0]["text/html"]
    finally:
        shell.history_manager.end_session()
        ipython.core.interactiveshell.InteractiveShell.clear_instance()


def test_detect_anomaly_names_the_first_nan_of_the_forward_pass():
    x = torch.tensor([-1.0, 4.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        loss = (torch.log(x * 2) * 3).sum()  # the gradients alone are finite
        with pytest.raises(
            RuntimeError,
            match=r"starts from is nan; in the forward pass, log made the first nan at .*test_words.py:\d+",
        ):
            loss.backward()
        assert x.grad is None
        masked = torch.where(
            x > 0, torch.sqrt(x), 0.0
        ).sum()  # a NaN that reaches no result, and its gradient 0 * NaN
        with pytest.raises(
            RuntimeError,
            match=r"SqrtBackward0' returned nan.*in the forward pass, sqrt made the first nan at "
            r".*test_words",
        ):
            masked.backward()
        (x * 2).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_detect_anomaly_names_the_operator_that_received_a_nan_from_outside():
    w = torch.tensor([float("nan"), 1.0], requires_grad=True)
    with (
        torch.autograd.detect_anomaly(),
        pytest.raises(RuntimeError, match=r"multiply received the first nan at .*test_words.py:\d+"),
    ):
        (w * 2.0).sum().backward()


def test_detect_anomaly_keeps_forward_and_backward_apart():
    """The backward pass computes too where it is recorded, and rules in Python do; a checkpoint keeps no
    values to tell of."""
    for create_graph in (False, True):
        with explain.detect_anomaly():
            x = torch.zeros(2, requires_grad=True)
            y = (x.sqrt() * 0.0).sum()
            with pytest.raises(RuntimeError, match="Function 'SqrtBackward0' returned nan") as caught:
                torch.autograd.grad(y, x, create_graph=create_graph)
        assert "in the forward pass" not in str(caught.value)
    with explain.detect_anomaly():
        y = checkpoint(lambda x: x.sqrt() * 0.0, x, use_reentrant=False).sum()
        with pytest.raises(
            RuntimeError, match=r"Function 'SqrtBackward0' returned nan values .*recorded at .*test_words.py"
        ):
            y.backward()
