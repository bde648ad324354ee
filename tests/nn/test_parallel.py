"""DataParallel on one device: the module itself, under PyTorch's names."""

import numpy as np

import autograd_cnn as ag
from autograd_cnn import nn


def test_it_computes_what_the_module_computes():
    inner = nn.Linear(2, 3)
    wrapped = nn.DataParallel(inner)
    x = ag.ones(4, 2)
    np.testing.assert_array_equal(wrapped(x).detach().array, inner(x).detach().array)
    assert list(wrapped.state_dict()) == ["module.weight", "module.bias"]
    assert wrapped.module is inner
    assert nn.parallel.DataParallel is nn.DataParallel
