"""Files of weights in the spelling in which they were published, which is not always that of today."""

import re
from collections import OrderedDict

import pytest

import autograd_cnn as ag
from autograd_cnn import models
from autograd_cnn.vision import ops

PYRAMID = r"(inner_blocks|layer_blocks)\.(\d)\.0\."

OLDER = {
    "densenet": (
        lambda: models.DenseNet(4, (2, 1), 8, bn_size=2, num_classes=5),
        [(r"(denselayer\d\.(?:norm|conv))(\d)", r"\1.\2")],
    ),
    "vision_transformer": (
        lambda: models.VisionTransformer(16, 8, 2, 2, 8, 12, num_classes=5),
        [(r"mlp\.0\.", "mlp.linear_1."), (r"mlp\.3\.", "mlp.linear_2.")],
    ),
    "feature_pyramid": (lambda: ops.FeaturePyramidNetwork([2, 3], 4), [(PYRAMID, r"\1.\2.")]),
    "a part of a net": (
        lambda: ag.nn.Sequential(ag.nn.ReLU(), ops.FeaturePyramidNetwork([2, 3], 4)),
        [(PYRAMID, r"\1.\2.")],
    ),
    "frozen_norm": (lambda: ops.FrozenBatchNorm2d(3), []),
}


def older(net, spelling):
    """What ``net`` would have been saved as: without versions, and without counts of batches."""
    state = OrderedDict()
    for number, (key, value) in enumerate(net.state_dict().items()):
        if not key.endswith("num_batches_tracked"):
            for new, old in spelling:
                key = re.sub(new, old, key)
            state[key] = ag.full_like(value, number / 8)
    return state


@pytest.mark.parametrize("name", OLDER)
def test_a_file_in_an_older_spelling_is_loaded_whole(name):
    make, spelling = OLDER[name]
    net = make()
    state = older(net, spelling)
    assert not spelling or state.keys() != net.state_dict().keys()
    given = list(state)
    net.load_state_dict(state)
    assert list(state) == given  # which is the caller's
    now = {k: v for k, v in net.state_dict().items() if not k.endswith("num_batches_tracked")}
    for mine, loaded in zip(now.values(), state.values(), strict=True):
        assert ag.equal(mine, loaded)
    net.load_state_dict(make().state_dict())


def test_a_norm_that_is_frozen_is_that_of_a_file_of_one_that_was_not():
    trained = ag.nn.BatchNorm2d(3)
    trained(ag.rand(2, 3, 4, 4))
    frozen = ops.FrozenBatchNorm2d(3)
    frozen.load_state_dict(trained.state_dict())
    assert ag.equal(frozen.running_mean, trained.running_mean)


@pytest.mark.slow
def test_the_first_version_of_mnasnet_had_a_stem_of_one_width():
    net = models.MNASNet(0.2, num_classes=5)
    assert net.state_dict()._metadata[""] == {"version": 2}
    state = OrderedDict({"layers.0.weight": ag.ones(32, 3, 3, 3)})
    state._metadata = {"": {"version": 1}}
    with pytest.warns(UserWarning, match="A new version of MNASNet"):
        net.load_state_dict(state, strict=False)
    assert ag.equal(net.layers[0].weight, state["layers.0.weight"])
    assert net.state_dict()._metadata[""] == {"version": 1}
    assert net.eval()(ag.rand(1, 3, 32, 32)).shape == (1, 5)
