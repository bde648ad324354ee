"""``utils.flop_counter``: what is counted is what PyTorch counts."""

from importlib import import_module

import pytest

import autograd_cnn as ag
from autograd_cnn.utils import flop_counter
from tests.recorded import pytorch

CASES = {
    "linear": lambda t: (t.nn.Linear(4, 5), (2, 4)),
    "linear of three axes": lambda t: (t.nn.Linear(4, 5), (2, 3, 4)),
    "without a bias": lambda t: (t.nn.Linear(4, 5, bias=False), (2, 4)),
    "network": lambda t: (
        t.nn.Sequential(
            t.nn.Conv2d(3, 4, 3), t.nn.ReLU(), t.nn.Conv2d(4, 6, 3, 2, 1), t.nn.Flatten(), t.nn.Linear(54, 2)
        ),
        (2, 3, 8, 8),
    ),
    "one axis": lambda t: (t.nn.Conv1d(4, 8, 3), (2, 4, 8)),
    "transposed": lambda t: (t.nn.ConvTranspose2d(4, 8, 3, stride=2), (2, 4, 5, 5)),
    "attention": lambda t: (t.nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (2, 3, 8)),
}


def counted(t, name, backward, wanted):
    """The flops of all modules, forwards or with the backward pass."""
    module, shape = CASES[name](t)
    x = t.ones(shape, requires_grad=wanted)
    with import_module(f"{t.__name__}.utils.flop_counter").FlopCounterMode(display=False) as counter:
        y = module(x)
        if backward:
            y.sum().backward()
    found = {place: sum(counts.values()) for place, counts in counter.get_flop_counts().items()}
    return counter.get_total_flops(), sorted(found.items())


@pytest.mark.parametrize("name", CASES)
def test_modules_cost_what_pytorch_says(name):
    for backward, wanted in ((False, False), (True, False), (True, True)):
        pytorch.gives(counted(ag, name, backward, wanted), counted, name, backward, wanted)


FORMULAS = [
    ("mm_flop", ((2, 3), (3, 4))),
    ("addmm_flop", ((4,), (2, 3), (3, 4))),
    ("bmm_flop", ((5, 2, 3), (5, 3, 4))),
    ("baddbmm_flop", ((4,), (5, 2, 3), (5, 3, 4))),
    ("conv_flop_count", ((2, 3, 8, 8), (4, 3, 3, 3), (2, 4, 6, 6))),
    ("conv_flop_count", ((2, 3, 8, 8), (3, 4, 3, 3), (2, 4, 10, 10), True)),
    ("sdpa_flop_count", ((2, 4, 5, 3), (2, 2, 6, 3), (2, 2, 6, 7))),
    ("sdpa_backward_flop_count", ((2, 4, 5, 7), (2, 4, 5, 3), (2, 2, 6, 3), (2, 2, 6, 7))),
    ("get_suffix_str", (1010000,)),
    ("convert_num_with_suffix", (1010000, "K")),
    ("convert_to_percent_str", (1, 3)),
    ("convert_to_percent_str", (1, 0)),
    ("normalize_tuple", (3,)),
]


def formula(t, name, arguments):
    return getattr(import_module(f"{t.__name__}.utils.flop_counter"), name)(*arguments)


@pytest.mark.parametrize(("name", "arguments"), FORMULAS)
def test_formulas_of_shapes(name, arguments):
    pytorch.gives(formula(ag, name, arguments), formula, name, arguments)


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("mask", [(True, True), (True, False), (False, True)])
def test_gradients_of_a_convolution(transposed, mask):
    image, weight, g = [2, 3, 8, 8], [4, 3, 3, 3], [2, 4, 6, 6]
    image, g = (g, image) if transposed else (image, g)
    options = (None, None, None, None, transposed, None, 1, mask)

    def cost(t):
        module = import_module(f"{t.__name__}.utils.flop_counter")
        return module.conv_backward_flop(g, image, weight, *options, out_val=[t.ones(image), t.ones(weight)])

    pytorch.gives(cost(ag), cost)


def test_shapes_that_do_not_fit():
    for name, shapes in (("mm_flop", ((2, 3), (4, 5))), ("bmm_flop", ((1, 2, 3), (2, 3, 4)))):
        with pytest.raises(AssertionError, match="must match"):
            getattr(flop_counter, name)(*shapes)


def test_own_formulas_and_the_table(capsys):
    name = "aten.tanh"
    flop_counter.register_flop_formula(name)(lambda shape, *, out_shape: shape.numel() * 10)
    try:
        again = flop_counter.register_flop_formula([name])
        with pytest.raises(RuntimeError, match="duplicate"):
            again(None)
        with flop_counter.FlopCounterMode(custom_mapping={"aten.relu": lambda s, **_: 1}) as counter:
            ag.nn.Sequential(ag.nn.Linear(2, 3), ag.nn.Tanh())(ag.ones(2, 2)).relu()
        assert counter.get_flop_counts() == {
            "Global": {"aten.addmm": 24, "aten.tanh": 60, "aten.relu": 1},
            "Sequential": {"aten.addmm": 24, "aten.tanh": 60},
            "Sequential.0": {"aten.addmm": 24},
            "Sequential.1": {"aten.tanh": 60},
        }
        assert "Sequential.1" in capsys.readouterr().out
        assert "Sequential.1" not in counter.get_table(depth=1)
        assert "98.82%" in counter.get_table()
    finally:
        del flop_counter.flop_registry[name]
    of_a_function = flop_counter.register_flop_formula(ag.tanh)
    with pytest.raises(ValueError, match="name of an operator"):
        of_a_function(None)
