"""torchvision's modules are found under one name, and are this package's own."""

import autograd_cnn as ag
from autograd_cnn import vision


def test_vision_is_the_place_of_its_parts() -> None:
    assert vision.datasets is ag.datasets
    assert vision.models is ag.models
    assert vision.transforms is ag.transforms
    assert vision.utils.make_grid(ag.zeros(2, 1, 3, 3)).shape == (3, 7, 12)
