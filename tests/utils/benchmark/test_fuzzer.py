"""Inputs of random sizes to time, and tables in colours."""

from importlib import import_module

import pytest

import autograd_cnn as ag
from autograd_cnn.utils import benchmark
from tests.recorded import pytorch


def drawn(t, seed):
    b = import_module(f"{t.__name__}.utils.benchmark")
    fuzzer = b.Fuzzer(
        parameters=[
            b.FuzzedParameter("n", 2, 64, "loguniform"),
            [b.FuzzedParameter("m", 1, 5, "uniform"), b.FuzzedParameter("share", 0.0, 1.0, "uniform")],
            b.FuzzedParameter("dims", distribution={2: 0.5, 3: 0.5}, strict=True),
            b.FuzzedParameter("k", distribution={1: 0.3, b.ParameterAlias("m"): 0.7}),
        ],
        tensors=[
            b.FuzzedTensor("x", ("n", "m", 2), ("k",), 0.5, 8, 300, 9000, dim_parameter="dims"),
            b.FuzzedTensor("y", ("k",), dtype=t.int64),
        ],
        constraints=[lambda params: params["n"] > params["m"]],
        seed=seed,
    )
    found = []
    for tensors, told, params in fuzzer.take(4):
        found.append([list(tensors["x"].shape), list(tensors["x"].stride()), tensors["y"].tolist(), params])
        found.append({k: list(v) if k in ("order", "steps") else v for k, v in told["x"].items()})
    return found, fuzzer.rejection_rate


@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_drawn(seed):
    """The same sizes and layouts; PyTorch refuses a dict of probabilities that sum to one."""
    found, rate = drawn(ag, seed)
    assert 0 <= rate < 1
    for (shape, strides, _, params), told in zip(found[::2], found[1::2], strict=True):
        assert params["n"] > params["m"] == (params["m"] if params["k"] == 1 else params["k"])
        assert 8 <= told["numel"] <= 300
        assert len(shape) == len(strides) == params["dims"]
    assert drawn(ag, seed) == (found, rate)


def plain(t):
    b = import_module(f"{t.__name__}.utils.benchmark")
    parameters = [b.FuzzedParameter(name, 1, 9, "uniform") for name in "nm"]
    tensor = b.FuzzedTensor("x", ("n", "m"), (1, 2), probability_contiguous=0.3, min_elements=6)
    fuzzer = b.Fuzzer(parameters, [tensor], seed=3)
    return [
        [params, list(tensors["x"].shape), list(tensors["x"].stride()), tensors["x"]]
        for tensors, _, params in fuzzer.take(5)
    ], fuzzer.rejection_rate


def test_the_same_as_pytorchs():
    pytorch.gives(plain(ag), plain)


def test_what_can_not_be_drawn():
    parameter, tensor = benchmark.FuzzedParameter("n", 1, 3, "uniform"), benchmark.FuzzedTensor("x", ("n",))
    for wrong in (
        {"distribution": "normal"},
        {"distribution": {1: 0.5}},
        {"distribution": {1: 1.0}, "minval": 2},
    ):
        with pytest.raises(AssertionError):
            benchmark.FuzzedParameter("n", **wrong)
    with pytest.raises(ValueError, match="Duplicate names"):
        benchmark.Fuzzer([parameter], [benchmark.FuzzedTensor("n", (1,))])
    with pytest.raises(ValueError, match="Failed to generate"):
        next(benchmark.Fuzzer([parameter], [tensor], [lambda params: False]).take(1))
    circle = [
        benchmark.FuzzedParameter(a, distribution={benchmark.ParameterAlias(b): 1.0})
        for a, b in (("n", "m"), ("m", "n"))
    ]
    with pytest.raises(ValueError, match="cycle"):
        next(benchmark.Fuzzer(circle, [tensor]).take(1))
    assert repr(benchmark.ParameterAlias("n")) == "ParameterAlias[alias_to: n]"


def measured(name, column, times):
    task = benchmark.TaskSpec("pass", "", label="all", sub_label=name, description=column)
    return benchmark.Measurement(1, times, task)


def test_tables_have_colours_and_warnings():
    cells = (("a", "x", [1.0]), ("b", "x", [3.0]), ("a", "y", [1.5]), ("b", "y", [2.0, 9.0]))
    results = [measured(*cell) for cell in cells]
    table = benchmark.Compare(results)
    assert "\033" not in str(table)
    table.colorize()
    by_column = str(table)
    assert by_column.count("\033[92m") == 2
    assert by_column.count("\033[91m") == 2
    table.colorize(rowwise=True)
    assert str(table).count("\033[91m") == 0
    assert "(!" not in by_column
    table.highlight_warnings()
    assert "(! " in str(table)
    assert benchmark.Colorize.NONE.value == "none"


def test_small_helpers():
    assert benchmark.ordered_unique([2, 1, 2]) == [2, 1]
    before = ag.get_num_threads()
    with benchmark.set_torch_threads(1):
        assert ag.get_num_threads() == 1
    assert ag.get_num_threads() == before
    assert benchmark.timer() <= benchmark.timer()
