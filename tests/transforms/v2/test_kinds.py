"""Every transform of the second version takes every kind of image, and gives back the kind it took."""

import inspect

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn.transforms import v2

BYTES = np.random.RandomState(0).randint(0, 256, (3, 12, 16)).astype(np.uint8)

FILLS = {ac.Tensor: 0.5, "others": 7}

TRANSFORMS = {
    "AugMix": v2.AugMix(fill=FILLS),
    "AutoAugment": v2.AutoAugment(fill=FILLS),
    "ElasticTransform": v2.ElasticTransform(sigma=1.0, fill=FILLS),
    "Pad": v2.Pad(1, fill=FILLS),
    "Pad without fill": v2.Pad(1, fill=None),
    "RandAugment": v2.RandAugment(fill=FILLS),
    "RandomAffine": v2.RandomAffine(30, fill=FILLS),
    "RandomChannelPermutation": v2.RandomChannelPermutation(),
    "RandomCrop": v2.RandomCrop(8, padding=2, fill=FILLS),
    "RandomEqualize": v2.RandomEqualize(1.0),
    "RandomErasing": v2.RandomErasing(1.0),
    "RandomErasing at random": v2.RandomErasing(1.0, value="random"),
    "RandomPerspective": v2.RandomPerspective(p=1.0, fill=FILLS),
    "RandomPhotometricDistort": v2.RandomPhotometricDistort(p=1.0),
    "RandomPosterize": v2.RandomPosterize(3, 1.0),
    "RandomRotation": v2.RandomRotation(30, fill=FILLS),
    "RandomRotation without fill": v2.RandomRotation(30, v2.InterpolationMode.BILINEAR, fill=None),
    "RandomZoomOut": v2.RandomZoomOut(p=1.0, fill=FILLS),
    "TrivialAugmentWide": v2.TrivialAugmentWide(fill=FILLS),
}


MAY_KEEP = ("AutoAugment", "RandAugment", "RandomChannelPermutation", "RandomEqualize", "TrivialAugmentWide")
"""What may leave an image as it is: a small one has no fewer pixels of one brightness than of another."""


def pillow(numbers):
    return pytest.importorskip("PIL.Image").fromarray(numbers)


KINDS = {
    "bytes": lambda: ac.tensor(BYTES),
    "floats": lambda: ac.tensor(BYTES).double() / 255,
    "one channel": lambda: ac.tensor(BYTES[:1]),
    "a batch": lambda: ac.tensor(np.stack([BYTES, BYTES])).float() / 255,
    "array": lambda: BYTES.transpose(1, 2, 0).copy(),
    "grey array": lambda: BYTES[0].copy(),
    "array of one channel": lambda: BYTES[0][..., None].copy(),
    "RGB": lambda: pillow(BYTES.transpose(1, 2, 0).copy()),
    "L": lambda: pillow(BYTES[0].copy()),
}


def known(image):
    """What a transform keeps of an image."""
    if isinstance(image, (ac.Tensor, np.ndarray)):
        axis = -3 if isinstance(image, ac.Tensor) else 2
        return type(image), image.dtype, image.ndim, image.shape[axis] if image.ndim > 2 else 1
    return image.mode


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_transform_keeps_the_kind_of_an_image(name):
    for kind, make in KINDS.items():
        ac.manual_seed(2)
        image = make()
        found = TRANSFORMS[name](image)
        assert known(found) == known(image), kind
        if name not in MAY_KEEP:
            assert not np.array_equal(np.asarray(found), np.asarray(image)), kind


@pytest.mark.parametrize("kind", ["array", "grey array", "array of one channel"])
def test_noise_is_added_to_arrays(kind):
    image = KINDS[kind]()
    found = v2.GaussianNoise()(image)
    assert known(found) == known(image)
    assert 0 < np.abs(found.astype(int) - image).mean() < 60


def test_what_is_refused_by_name():
    with pytest.raises(ValueError, match="Gaussian Noise is not implemented for PIL"):
        v2.GaussianNoise()(KINDS["L"]())
    with pytest.raises(RuntimeError, match="dtype should be uint8"):
        v2.JPEG(50)(KINDS["floats"]())
    with pytest.raises(RuntimeError, match="fill says nothing for ndarray"):
        v2.Pad(1, fill={ac.Tensor: 1})(KINDS["array"]())
    with pytest.raises(TypeError, match="inappropriate fill arg"):
        v2.RandomAffine(3, fill={ac.Tensor: "black"})


def test_an_image_is_filled_as_its_type_says():
    for image, expected in ((ac.ones(1, 2, 2), 0.5), (KINDS["L"](), 7), (KINDS["grey array"](), 7)):
        assert np.asarray(v2.Pad(1, fill=FILLS)(image)).ravel()[0] == expected


def test_floats_are_equalized_and_posterized():
    image = ac.tensor(np.tile(BYTES // 4, (1, 3, 3)))
    found, expected = (v2.functional.equalize(each) for each in (image.double() / 255, image))
    assert expected.max() == 255
    assert ac.allclose(found * 255, expected.double(), atol=1e-4)
    found = v2.functional.posterize(ac.tensor([[0.0, 0.3, 0.74, 1.0]]), 2)
    assert ac.allclose(found, ac.tensor([[0, 0.25, 0.5, 0.75]]))
    assert v2.functional.posterize(ac.tensor([[2**31 - 1, 5]], dtype=ac.int32), 1).tolist() == [[2**30, 0]]


FUNCTIONS = {
    "elastic": {"displacement": ac.zeros(1, 12, 16, 2)},
    "erase": {"i": 1, "j": 2, "h": 3, "w": 4, "v": ac.zeros(3, 1, 1)},
    "gaussian_noise": {"sigma": 0.0},
    "get_num_channels": {},
    "get_size": {},
    "grayscale_to_rgb": {},
    "horizontal_flip": {},
    "jpeg": {"quality": 50},
    "pad": {"padding": 1, "fill": None},
    "permute_channels": {"permutation": [2, 0, 1]},
    "posterize": {"bits": 3},
    "to_dtype": {"dtype": ac.float32, "scale": True},
    "to_image": {},
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_know_their_name_and_what_their_image_is_called(name):
    function = getattr(v2.functional, name)
    assert function.__name__ == name
    image = "image" if name == "jpeg" else "inpt"  # as torchvision calls them
    assert next(iter(inspect.signature(function).parameters)) == image
    found, again = (
        function(**{image: ac.tensor(BYTES)}, **FUNCTIONS[name]),
        function(ac.tensor(BYTES), **FUNCTIONS[name]),
    )
    assert ac.equal(found, again) if isinstance(found, ac.Tensor) else found == again


def test_channels_and_frames_are_chosen():
    image = ac.tensor(BYTES)
    assert ac.equal(v2.functional.permute_channels(image, [2, 0, 1]), image[[2, 0, 1]])
    with pytest.raises(ValueError, match="Length of permutation does not match number of channels: 2 != 3"):
        v2.functional.permute_channels(image, [1, 0])
    with pytest.raises(TypeError, match="a video is a tensor"):
        v2.UniformTemporalSubsample(2)(image)
    assert v2.functional.get_size(image) == [12, 16]
