"""The gallery: golden DOT texts, the same at every run; numbers on pages against retain_grad and finite
differences."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd_cnn as torch
from autograd_cnn import explain
from autograd_cnn.explain._draw import read_watched
from autograd_cnn.explain._names import given_names

from .gallery import EXAMPLES

GOLDEN = Path(__file__).parent / "golden"
MADE_BY = "python -m tests.explain.test_gallery"


def golden_text(name: str) -> str:
    """The picture without signals, whose last digits may differ between machines."""
    with explain.watch():
        loss, params, how = EXAMPLES[name]()
    text = explain.draw(loss, params, signals=False, **how).source
    return re.sub(r"gallery\.py:\d+", "gallery.py", text)


@pytest.mark.parametrize("name", EXAMPLES)
def test_golden(name):
    assert golden_text(name) == (GOLDEN / f"{name}.dot").read_text(encoding="utf-8"), (
        f"if the change is meant: {MADE_BY}"
    )


def test_the_text_is_the_same_in_another_process():
    code = """
from autograd_cnn import explain
from tests.explain.gallery import EXAMPLES
with explain.watch():
    loss, params, how = EXAMPLES["resnet_block"]()
print(explain.draw(loss, params, **how).source)
"""
    root = Path(__file__).resolve().parents[2]
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1]


class Retaining(explain.Watch):
    """A watch that also asks every tensor to retain its gradient."""

    def __init__(self) -> None:
        super().__init__()
        self.tensors = {}

    def recorded(self, prim, operands, params, results):
        super().recorded(prim, operands, params, results)
        for t in results:
            if t.grad_fn is not None:
                t.retain_grad()
                self.tensors[t.grad_fn] = t


def page_data(path: Path) -> dict:
    return json.loads(
        re.search(
            r'<script type="application/json" id="graph">(.*?)</script>',
            path.read_text(encoding="utf-8"),
            re.S,
        )[1]
    )


@pytest.fixture
def doubles():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.mark.usefixtures("doubles")
@pytest.mark.parametrize("name", EXAMPLES)
def test_numbers_on_the_page_are_the_gradients(name, tmp_path):
    with Retaining() as seen:
        loss, params, _ = EXAMPLES[name]()
        for tensor in seen.tensors.values():
            tensor.grad = None
        leaves = dict(params.named_parameters()) if hasattr(params, "named_parameters") else dict(params)
        for leaf in leaves.values():
            leaf.grad = None
        loss.backward(retain_graph=True)
    data = page_data(Path(explain.page(loss, tmp_path / "page.html", params)))
    reading = read_watched(loss, given_names(params))
    checked = 0
    for vertex, node in zip(reading.vertices, data["nodes"], strict=True):
        tensor = vertex.node.tensor() if vertex.is_leaf else seen.tensors.get(vertex.node)
        assert node["id"] == vertex.index
        assert tensor.grad is not None
        grad = tensor.grad.array
        assert node["upstream"]["shape"] == list(grad.shape)
        assert node["upstream"]["norm"] == pytest.approx(
            float(np.linalg.norm(grad.ravel())), rel=1e-5, abs=1e-12
        )
        assert node["upstream"]["mean"] == pytest.approx(float(grad.mean()), rel=1e-5, abs=1e-12)
        checked += 1
    assert checked == len(data["nodes"]) > 3
    for told in data["params"]:
        assert told["grad_norm"] == pytest.approx(
            float(np.linalg.norm(leaves[told["name"]].grad.array.ravel())), rel=1e-5
        )


@pytest.mark.usefixtures("doubles")
@pytest.mark.parametrize("name", ["lenet", "diamond", "shared_weight", "resnet_block"])
def test_numbers_on_the_page_are_finite_differences(name, tmp_path, monkeypatch):
    """The norm of a parameter's gradient is the slope of the loss along that gradient."""
    with explain.watch():
        loss, params, _ = EXAMPLES[name]()
        loss.backward(retain_graph=True)
    data = page_data(Path(explain.page(loss, tmp_path / "page.html", params)))
    leaves = [v for v in read_watched(loss, given_names(params)).vertices if v.is_leaf]
    leaves.sort(key=lambda v: (min(e.consumer for e in v.uses), v.uses[0].position))
    norms = {p["id"]: p["grad_norm"] for p in data["params"]}
    for turn, leaf in enumerate(leaves[:2]):
        grad, step = leaf.node.tensor().grad.array, 1e-6
        direction = grad / np.linalg.norm(grad)
        above, below = (loss_at(name, turn, sign * step * direction, monkeypatch) for sign in (1, -1))
        assert norms[leaf.index] == pytest.approx((above - below) / (2 * step), rel=1e-4)


def loss_at(name: str, turn: int, shift: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> float:
    """The loss of the example, the leaf that is used ``turn``-th moved by ``shift`` before its first use."""
    met = []
    original = torch.Tensor.__primitive__

    def shifted(prim, operands, parameters=None, forward=None):
        for t in operands:
            if isinstance(t, torch.Tensor) and t.is_leaf and t.requires_grad and all(t is not m for m in met):
                met.append(t)
                if len(met) == turn + 1:
                    t.array = t.array + shift
        return original(prim, operands, parameters, forward)

    with monkeypatch.context() as patch:
        patch.setattr(torch.Tensor, "__primitive__", staticmethod(shifted))
        with explain.watch():
            loss, _, _ = EXAMPLES[name]()
    return float(loss.item())


if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for example in EXAMPLES:
        (GOLDEN / f"{example}.dot").write_text(golden_text(example), encoding="utf-8")
