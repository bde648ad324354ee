"""Collapsed and expanded pictures show the same graph: the one is the other with groups contracted to a
point."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_cnn as torch
from autograd_cnn import explain
from autograd_cnn._engine.modes import scope
from autograd_cnn.explain._dot import Drawing
from autograd_cnn.explain._reading import read
from autograd_cnn.explain._signals import Signals

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["exp", "tanh", "add", "multiply"]),
        st.integers(0, 99),
        st.integers(0, 99),
        st.integers(-2, 2),
    ),
    min_size=1,
    max_size=25,
)


def program(steps: list[tuple[str, int, int, int]]) -> torch.Tensor:
    """A random graph whose operators lie in randomly nested scopes."""
    values = [
        torch.tensor(np.full(2, 0.1), requires_grad=True),
        torch.tensor(np.full(2, 0.2), requires_grad=True),
    ]
    opened: list[scope] = []
    try:
        for i, (op, a, b, move) in enumerate(steps):
            if move > 0 and len(opened) < 3:
                opened.append(scope(f"block{i % 3}", "module"))
                opened[-1].__enter__()
            elif move < 0 and opened:
                opened.pop().__exit__(None, None, None)
            x, y = values[-1 - a % len(values)], values[-1 - b % len(values)]
            values.append(
                {
                    "exp": lambda x, _: torch.exp(x),
                    "tanh": lambda x, _: x.tanh(),
                    "add": lambda x, y: x + y,
                    "multiply": lambda x, y: x * y,
                }[op](x, y)
            )
    finally:
        while opened:
            opened.pop().__exit__(None, None, None)
    return torch.stack(values[2:]).sum()


def arrows(source: str) -> set[tuple[str, str]]:
    """The arrows of a picture, those into a sum led on to the value that is summed."""
    found = re.findall(r"^\s*([ngs]\d+) -> ([ngs]\d+) ", source, re.M)
    led = {a: b for a, b in found if a.startswith("s")}
    return {(a, led.get(b, b)) for a, b in found if not a.startswith("s")}


@settings(max_examples=60, deadline=None)
@given(steps=STEPS, depth=st.integers(0, 3), fold=st.booleans())
def test_a_closed_picture_is_the_open_one_contracted(steps, depth, fold):
    loss = program(steps)
    everything = arrows(explain.draw(loss, {}, expand="all", fold=fold).source)
    closed = Drawing(read(loss, {}), Signals({}, {}), depth=depth, fold=fold)
    box = {f"n{i}": closed.box(i) for i in range(len(closed.home))}
    contracted = {(box[a], box[b]) for a, b in everything if box[a] != box[b]}
    assert arrows(explain.draw(loss, {}, depth=depth, fold=fold).source) == contracted


@settings(max_examples=30, deadline=None)
@given(steps=STEPS)
def test_the_open_picture_has_every_edge_of_the_graph(steps):
    loss = program(steps)
    reading = read(loss, {})
    expected = {(f"n{e.consumer}", f"n{e.producer}") for e in reading.edges}
    assert arrows(explain.draw(loss, {}, expand="all", fold=False).source) == expected
