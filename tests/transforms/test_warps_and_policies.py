"""Images seen from aside, on rubber, whitened; and changes by policies."""

import hashlib

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import nn, transforms
from autograd_cnn.transforms import functional as F
from autograd_cnn.transforms import v2

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


POLICIES = {
    "imagenet": "68828d735cf8517a",
    "cifar10": "5056aff8acd15e40",
    "svhn": "b5ecefb012c58b66",
}
"""The beginnings of the SHA-256 of torchvision's pairs."""


@pytest.mark.parametrize("policy", POLICIES)
def test_policies_are_torchvisions(policy):
    steps = transforms.AutoAugment(transforms.AutoAugmentPolicy(policy))
    assert hashlib.sha256(repr(steps.policies).encode()).hexdigest()[:16] == POLICIES[policy]


AUGMENTED = {
    ("AutoAugment", "imagenet", transforms): [70.622, 70.622, 62.331, 69.135, 54.716, 52.848, 63.3, 54.53],
    ("AutoAugment", "imagenet", v2): [70.622, 70.622, 63.389, 68.931, 54.504, 52.848, 63.3, 54.507],
    ("AutoAugment", "cifar10", transforms): [63.3, 60.35, 70.622, 70.622, 61.548, 70.622, 63.3, 70.622],
    ("AutoAugment", "cifar10", v2): [63.3, 60.35, 70.622, 70.622, 61.548, 70.622, 63.3, 70.622],
    ("AutoAugment", "svhn", transforms): [64.127, 31.525, 59.117, 74.616, 59.039, 52.81, 58.647, 64.127],
    ("AutoAugment", "svhn", v2): [64.127, 31.525, 56.598, 70.475, 58.647, 52.81, 59.039, 64.127],
    ("RandAugment", "", transforms): [53.267, 57.098, 36.86, 63.044, 45.777, 60.046, 71.478, 70.332],
    ("RandAugment", "", v2): [57.098, 57.098, 36.86, 63.044, 45.777, 60.196, 69.462, 70.389],
    ("TrivialAugmentWide", "", transforms): [0.0, 63.807, 47.731, 63.3, 55.647, 45.168, 47.731, 50.874],
    ("TrivialAugmentWide", "", v2): [0.0, 62.467, 39.579, 63.3, 55.647, 45.182, 39.579, 51.074],
    ("AugMix", "", transforms): [62.273, 60.986, 62.679, 63.174, 62.316, 61.875, 62.594, 50.052],
    ("AugMix", "", v2): [63.166, 62.084, 62.678, 63.184, 62.294, 61.786, 62.597, 50.66],
}
"""Of what torchvision makes of an image with the seeds 0 to 7 the means, the later pixels weighed more."""


@pytest.mark.parametrize(("name", "policy", "version"), AUGMENTED)
def test_the_same_seed_augments_as_torchvision_does(name, policy, version):
    options = {"policy": transforms.AutoAugmentPolicy(policy)} if policy else {}
    steps = getattr(version, name)(**options)
    image = ac.tensor(np.random.RandomState(0).randint(0, 256, (3, 24, 24)), dtype=ac.uint8)
    weights = ac.arange(3 * 24 * 24).reshape(3, 24, 24) / 1728
    found = []
    for seed in range(8):
        ac.manual_seed(seed)
        found.append(float((steps(image) * weights).mean()))
    np.testing.assert_allclose(found, AUGMENTED[name, policy, version], atol=0.02)


@pytest.mark.parametrize("kind", ["RandAugment", "TrivialAugmentWide", "AugMix"])
def test_augmentations_keep_the_kind_of_the_image(kind):
    steps = getattr(transforms, kind)()
    assert steps(BYTES).dtype == ac.uint8
    pillow = pytest.importorskip("PIL.Image").fromarray(BYTES.permute(1, 2, 0).numpy())
    assert steps(pillow).size == (16, 12)
    assert steps(BYTES.permute(1, 2, 0).numpy()).shape == (12, 16, 3)
