"""Pictures: names, formulas, signals, sums, groups and folds, as a reader of the DOT text sees them."""

import re
import sys
import time

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import explain
from autograd_cnn._engine.modes import lines, scope


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=shape).astype(np.float32)


def boxes(source: str) -> dict[str, str]:
    return dict(re.findall(r"^\s*(\w+) \[(label=.*)\]$", source, re.M))


def arrows(source: str) -> list[tuple[str, str, str]]:
    return re.findall(r"^\s*(\w+) -> (\w+) \[(.*)\]$", source, re.M)


def plain(label: str) -> str:
    return re.sub(r"<[^>]*>", " ", label)


def linear_relu():
    w = ac.tensor(numbers(3, 4), requires_grad=True)
    b = ac.zeros(4, requires_grad=True)
    x = ac.tensor(numbers(5, 3))
    return {"fc.weight": w, "fc.bias": b}, ac.relu(x @ w + b).sum()


def test_boxes_tell_operator_shape_dtype_device_bytes_and_formula():
    params, loss = linear_relu()
    shown = boxes(explain.draw(loss, params).source)
    text = "\n".join(shown.values())
    assert "fc.weight" in text
    assert "fc.bias" in text
    assert "<B>matmul</B>" in text
    assert "5×4 · float32 · cpu · keeps 60 B" in text
    tips = [re.search(r'tooltip="([^"]*)"', label)[1] for label in shown.values()]
    assert any("w̅e̅i̅g̅h̅t̅ = cᵀ · v̄₁" in tip for tip in tips)
    assert any("b̅i̅a̅s̅ = sum(v̄₂ → 4)" in tip for tip in tips)
    assert any("v̄₂ = [v₃ > 0] ⊙ v̄₃" in tip for tip in tips)


def test_without_params_the_callers_variables_name_the_leaves():
    weights = ac.tensor([1.0, 2.0], requires_grad=True)
    assert "<B>weights</B>" in explain.draw((weights * 2).sum()).source


def test_results_are_called_by_the_variable_they_were_assigned_to_where_lines_are_kept():
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    with lines():
        hidden = ac.exp(x)
        loss = hidden.sum()
    source = explain.draw(loss).source
    assert "<B>exp</B> → <I>hidden</I>" in source
    assert "<B>sum</B> → <I>loss</I>" in source
    assert "test_draw.py:" in source


def test_signals_meet_in_a_visible_sum():
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    source = explain.draw((ac.exp(x) + x * x).sum(), {"x": x}).source
    into_sum = [arrow for arrow in arrows(source) if arrow[1] == "s0"]
    assert len(into_sum) == 3
    (total,) = [arrow for arrow in arrows(source) if arrow[0] == "s0"]
    norm = float(np.linalg.norm(np.exp([1.0, 2.0]) + 2 * np.array([1.0, 2.0])))
    assert total[1] == "n0"
    assert f'label=" {norm:.3g} "' in total[2]


def test_zero_and_nan_are_marked_with_words_and_line_style_not_colour_alone():
    x = ac.tensor([0.0, 0.0], requires_grad=True)
    zero = arrows(explain.draw((x * 0.0).sum(), {"x": x}).source)
    assert any("style=dashed" in look and 'label=" 0 "' in look for _, _, look in zero)
    nan = arrows(explain.draw((ac.log(x) * x).sum(), {"x": x}).source)
    assert any('label=" NaN "' in look for _, _, look in nan)


def test_width_grows_with_the_norm():
    x = ac.tensor([1.0], requires_grad=True)
    widths = {}
    for a, b, look in arrows(explain.draw(((x * 1000.0) * 0.001).sum(), {"x": x}).source):
        if "penwidth" in look:
            widths[a, b] = float(re.search(r"penwidth=([\d.]+)", look)[1])
    assert max(widths.values()) == 5.0
    assert min(widths.values()) == 1.0


def test_drawing_changes_nothing():
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    y = x * x
    y.retain_grad()
    called = []
    y.register_hook(called.append)
    loss = y.sum()
    explain.draw(loss)
    assert x.grad is None
    assert y.grad is None
    assert called == []
    loss.backward()
    assert x.grad.array.tolist() == [2.0, 4.0]
    assert len(called) == 1


def test_a_graph_whose_values_are_freed_is_drawn_without_signals():
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    loss = (x * x).sum()
    loss.backward()
    source = explain.draw(loss, {"x": x}).source
    assert "<B>multiply</B>" in source
    assert "penwidth" not in source.split("seed ->", 1)[1]


def test_the_text_is_the_same_at_every_run():
    first, second = (explain.draw(*reversed(linear_relu())).source for _ in range(2))
    assert first == second


def scoped(steps: int):
    w = ac.tensor(numbers(4, 4), requires_grad=True)
    h = ac.tensor(numbers(2, 4))
    with scope("rnn", "module"):
        for _ in range(steps):
            with scope("cell", "module"):
                h = (h @ w).tanh()
    return {"w": w}, h.sum()


def test_groups_open_by_depth_and_by_name_and_repeats_fold():
    params, loss = scoped(6)
    closed = explain.draw(loss, params, depth=0).source
    assert "<B>rnn</B>" in closed
    assert "matmul" not in closed
    folded = explain.draw(loss, params, depth=1).source
    assert "<B>cell</B> × 6" in folded
    unfolded = explain.draw(loss, params, depth=1, fold=False).source
    assert unfolded.count("<B>cell</B>") == 6
    one = explain.draw(loss, params, depth=0, fold=False, expand="rnn/cell#3").source
    assert one.count("<B>cell</B>") == 5
    assert one.count("<B>matmul</B>") == 1
    with pytest.raises(ValueError, match=r"no group lstm.*rnn/cell"):
        explain.draw(loss, params, expand="lstm")


def test_repetitions_without_a_scope_fold_too():
    h = x = ac.tensor([0.5], requires_grad=True)
    for _ in range(20):
        h = ac.exp(-h)
    source = explain.draw(h.sum(), {"x": x}, depth=0).source
    assert "negative → exp</B> × 20" in source


def test_focus_keeps_only_the_paths_to_a_leaf():
    a = ac.tensor([1.0], requires_grad=True)
    b = ac.tensor([1.0], requires_grad=True)
    loss = (ac.exp(a) * ac.log(b)).sum()
    source = explain.draw(loss, {"a": a, "b": b}, focus=a).source
    assert "<B>exp</B>" in source
    assert "<B>log</B>" not in source
    assert explain.draw(loss, {"a": a, "b": b}, focus="a").source == source
    with pytest.raises(ValueError, match="no leaf of this graph; it has a, b"):
        explain.draw(loss, {"a": a, "b": b}, focus="c")


def test_forward_backward_and_both():
    params, loss = linear_relu()
    forward = explain.draw(loss, params, direction="forward").source
    assert "seed" not in forward
    assert "tooltip" in forward
    both = explain.draw(loss, params, direction="both").source
    assert "cluster_forward" in both
    assert "cluster_backward" in both
    assert "kept for the backward pass" in both
    with pytest.raises(ValueError, match="backward, forward, both"):
        explain.draw(loss, params, direction="sideways")


def test_second_order():
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    with pytest.warns(UserWarning, match="create_graph=True"):
        (x * x * x).sum().backward(create_graph=True)
    source = explain.draw((x.grad * x.grad).sum(), {"x": x}).source
    assert source.count("<B>multiply</B>") > 3
    assert "s0 -> n0" in source


def test_a_tensor_without_a_graph_says_what_to_do():
    with pytest.raises(ValueError, match=r"explain\.why"):
        explain.draw(ac.tensor([1.0]))
    with pytest.raises(TypeError, match="not int"):
        explain.draw(3)


def test_ten_thousand_nodes_in_a_moment():
    h = t = ac.ones(3, requires_grad=True)
    for _ in range(3333):
        h = h.tanh() * 0.5 + t
    loss = h.sum()
    began = time.perf_counter()
    source = explain.draw(loss, {"t": t}, fold=False).source
    took = time.perf_counter() - began
    assert source.count("<B>") == 10001
    assert took < 10.0, (
        "0.6 s on an idle machine; a busy one may take longer, but not as a quadratic algorithm would"
    )


def test_renders_without_a_system_dot(tmp_path, monkeypatch):
    pytest.importorskip("pygraphviz")
    monkeypatch.setenv("PATH", "")
    picture = explain.draw(linear_relu()[1])
    assert picture._repr_svg_().lstrip().startswith("<?xml")
    assert "image/svg+xml" in picture._repr_mimebundle_()
    assert picture.pipe("png").startswith(b"\x89PNG")
    assert picture.pipe("pdf").startswith(b"%PDF")
    written = picture.render(tmp_path / "net", format="png", cleanup=True)
    assert written == str(tmp_path / "net.png")
    assert [p.name for p in tmp_path.iterdir()] == ["net.png"]


def test_with_neither_pygraphviz_nor_dot_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygraphviz", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="pip install pygraphviz"):
        explain.draw(linear_relu()[1]).pipe("svg")


def test_constants_bear_the_callers_names_or_their_value():
    images = ac.tensor(numbers(5, 3))
    w = ac.tensor(numbers(3, 4), requires_grad=True)
    loss = ((images @ w) * 0.25).sum()
    source = explain.draw(loss).source
    assert "w̄ = imagesᵀ · v̄₁" in source
    assert "v̄₁ = v̄₂ · 0.25" in source


def test_the_source_is_saved_whole_or_not_at_all(tmp_path, monkeypatch):
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    picture = explain.draw((x * x).sum(), {"x": x})
    path = picture.save(tmp_path / "net.gv")
    assert path == str(tmp_path / "net.gv")
    assert (tmp_path / "net.gv").read_text(encoding="utf-8") == picture.source
    other = explain.draw(x.exp().sum(), {"x": x})
    assert other.save("net.gv", tmp_path, skip_existing=True) == path
    assert (tmp_path / "net.gv").read_text(encoding="utf-8") == picture.source

    def broken(path, data):
        raise OSError("no space left")

    monkeypatch.setattr(explain._picture, "write_atomically", broken)
    with pytest.raises(OSError, match="no space left"):
        other.save("net.gv", tmp_path)
    assert (tmp_path / "net.gv").read_text(encoding="utf-8") == picture.source


def test_a_picture_is_viewed_as_it_is_rendered(tmp_path, monkeypatch):
    shown = []
    monkeypatch.setattr(explain._picture.graphviz, "view", shown.append)
    x = ac.tensor([1.0, 2.0], requires_grad=True)
    picture = explain.draw((x * x).sum(), {"x": x})
    monkeypatch.setattr(type(picture), "pipe", lambda self, *args, **options: b"drawn")
    assert picture.view("net", tmp_path) == str(tmp_path / "net.svg")
    assert shown == [str(tmp_path / "net.svg")]
    assert (tmp_path / "net.svg").read_bytes() == b"drawn"
