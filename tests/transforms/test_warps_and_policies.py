"""Images seen from aside, on rubber, whitened; and changes by policies."""

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn, transforms
from autograd_cnn.transforms import functional as F

BYTES = ac.tensor(np.random.RandomState(0).randint(0, 256, (3, 12, 16)), dtype=ac.uint8)


def test_transforms_are_modules():
    steps = nn.Sequential(transforms.CenterCrop(4), transforms.ConvertImageDtype(ac.float32))
    assert steps(BYTES).shape == (3, 4, 4)
    assert steps(BYTES).dtype == ac.float32


def test_a_perspective_that_moves_all_corners_alike_moves_the_image():
    image = BYTES.float()
    start = [[0, 0], [15, 0], [15, 11], [0, 11]]
    found = F.perspective(image, start, [[x + 2, y + 1] for x, y in start], fill=[7.0] * 3)
    assert ac.allclose(found[:, 1:, 2:], image[:, :-1, :-2], atol=1e-3)
    assert ac.allclose(found[:, 0], ac.full((3, 16), 7.0), atol=1e-3)
    with pytest.raises(ValueError, match="four corners"):
        F.perspective(image, start[:3], start)
    corners = transforms.RandomPerspective.get_params(16, 12, 0.5)[1]
    assert all(0 <= x < 16 and 0 <= y < 12 for x, y in corners)


def test_rubber_that_is_not_pulled_changes_nothing():
    image = BYTES.float()
    still, half = ac.zeros(1, 12, 16, 2), ac.zeros(1, 12, 16, 2)
    half[..., 0] = 2 / 16  # one pixel to the right
    assert ac.allclose(F.elastic_transform(image, still), image, atol=1e-3)
    assert ac.allclose(F.elastic_transform(image, half)[..., :-1], image[..., 1:], atol=1e-3)
    assert transforms.ElasticTransform(sigma=1.0)(image).shape == image.shape
    with pytest.raises(ValueError, match="displacement shape"):
        F.elastic_transform(image, still[:, :2])


def test_a_linear_transformation_whitens():
    image = ac.rand(3, 2, 2)
    found = transforms.LinearTransformation(2 * ac.eye(12), ac.ones(12))(image)
    assert ac.allclose(found, 2 * (image - 1))
    with pytest.raises(ValueError, match="incompatible"):
        transforms.LinearTransformation(ac.eye(4), ac.ones(4))(image)
    with pytest.raises(ValueError, match="square"):
        transforms.LinearTransformation(ac.ones(4, 3), ac.ones(4))


def test_factors_that_are_integers_do_not_overflow_bytes():
    for change in (F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_sharpness):
        assert ac.equal(change(BYTES, 2), change(BYTES, 2.0))


@pytest.mark.parametrize("policy", list(transforms.AutoAugmentPolicy))
def test_policies_are_pairs_of_steps(policy):
    steps = transforms.AutoAugment(policy)
    assert [len(pair) for pair in steps.policies] == [2] * 25
    ac.manual_seed(0)
    results = [steps(BYTES) for _ in range(10)]
    assert all(each.shape == BYTES.shape and each.dtype == ac.uint8 for each in results)
    assert any(not ac.equal(each, BYTES) for each in results)


@pytest.mark.parametrize("kind", ["RandAugment", "TrivialAugmentWide", "AugMix"])
def test_augmentations_keep_the_kind_of_the_image(kind):
    steps = getattr(transforms, kind)()
    assert steps(BYTES).dtype == ac.uint8
    pillow = pytest.importorskip("PIL.Image").fromarray(BYTES.permute(1, 2, 0).numpy())
    assert steps(pillow).size == (16, 12)
    assert steps(BYTES.permute(1, 2, 0).numpy()).shape == (12, 16, 3)


def test_the_strength_of_the_strongest_change_of_randaugment():
    ac.manual_seed(1)
    steps = transforms.RandAugment(num_ops=8, magnitude=30)
    drawn = dict(steps._draw(BYTES)["steps"])
    most = {"Rotate": 30.0, "Brightness": 0.9, "ShearX": 0.3, "Posterize": 4, "Solarize": 0, "Equalize": 0}
    assert all(abs(drawn[name]) == pytest.approx(most[name]) for name in drawn if name in most)
