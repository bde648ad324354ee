"""Transforms of arrays and tensors beside Pillow's, and their random numbers."""

from pathlib import Path

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import transforms as T

rng = np.random.default_rng(0)
COLOUR = rng.integers(0, 256, (17, 23, 3), dtype=np.uint8)
GREY = rng.integers(0, 256, (28, 28), dtype=np.uint8)


def pillow(array):
    return pytest.importorskip("PIL.Image").fromarray(array)


def as_tensor(array):
    return ag.from_numpy(np.ascontiguousarray(array[None] if array.ndim == 2 else array.transpose(2, 0, 1)))


def as_array(image):
    """Any kind of image as (H, W[, C])."""
    if isinstance(image, ag.Tensor):
        array = image.numpy()
        return array[0] if array.shape[0] == 1 else array.transpose(1, 2, 0)
    return np.asarray(image)


TRANSFORMS = {
    "crop": (lambda: T.RandomCrop(9, padding=4), 0),
    "crop padded if needed": (lambda: T.RandomCrop((30, 20), pad_if_needed=True, fill=7), 0),
    "flip": (lambda: T.RandomHorizontalFlip(), 0),
    "vertical flip": (lambda: T.RandomVerticalFlip(0.9), 0),
    "centre": (lambda: T.CenterCrop(11), 0),
    "centre of a smaller image": (lambda: T.CenterCrop((31, 8)), 0),
    "pad": (lambda: T.Pad((1, 2, 3, 4), padding_mode="reflect"), 0),
    "smaller": (lambda: T.Resize((7, 9)), 1),
    "larger": (lambda: T.Resize((40, 31)), 1),
    "shorter side": (lambda: T.Resize(12, max_size=15), 1),
    "resized crop": (lambda: T.RandomResizedCrop(8), 1),
    "rotation": (lambda: T.RandomRotation(40), 0),
    "grey": (lambda: T.Grayscale(3), 1),
}


@pytest.mark.parametrize("name", TRANSFORMS)
@pytest.mark.parametrize("image", [COLOUR, GREY], ids=["colour", "grey"])
def test_arrays_tensors_and_pillow_images_alike(name, image):
    """The same seed gives the same image for each kind; resized tensors are rounded once, Pillow's images
    after rows and after columns."""
    make, tolerance = TRANSFORMS[name]
    transform, kinds = make(), [image, as_tensor(image), pillow(image)]
    for seed in range(4):
        found = []
        for kind in kinds:
            ag.manual_seed(seed)
            result = transform(kind)
            assert isinstance(result, (type(kind), pytest.importorskip("PIL.Image").Image))
            found.append(as_array(result).astype(int))
        assert np.abs(found[0] - found[1]).max() <= tolerance
        assert np.abs(found[0] - found[2]).max() <= tolerance


@pytest.mark.parametrize("angle", [0, 17.3, 90, 180, -135])
def test_rotation_is_pillows(angle):
    np.testing.assert_array_equal(T.functional.rotate(GREY, angle), np.asarray(pillow(GREY).rotate(angle)))


@pytest.mark.parametrize("mode", ["bilinear", "bicubic"])
def test_resizing_of_floating_point_is_pytorchs(mode):
    torch = pytest.importorskip("torch")
    image = rng.normal(size=(1, 2, 13, 19))
    for size in ((5, 30), (13, 4), (26, 38)):
        expected = torch.nn.functional.interpolate(
            torch.tensor(image), size, mode=mode, antialias=True, align_corners=False
        ).numpy()
        np.testing.assert_allclose(
            T.functional.resize(ag.tensor(image), size, mode).numpy(), expected, rtol=0, atol=1e-10
        )


def test_to_tensor():
    found = T.ToTensor()(COLOUR)
    assert found.dtype == ag.float32
    np.testing.assert_array_equal(found.numpy(), (COLOUR.transpose(2, 0, 1).astype(np.float32) / 255))
    np.testing.assert_array_equal(T.ToTensor()(pillow(COLOUR)).numpy(), found.numpy())
    assert T.ToTensor()(GREY).shape == (1, 28, 28)
    assert T.ToTensor()(GREY.astype(np.int32)).dtype == ag.int32
    assert T.PILToTensor()(pillow(GREY)).dtype == ag.uint8
    np.testing.assert_array_equal(np.asarray(T.ToPILImage()(found)), COLOUR)
    with pytest.raises(TypeError, match="Tensor"):
        T.ToTensor()(found)


def test_normalize_and_compose():
    transform = T.Compose(
        [T.ToTensor(), T.Normalize((0.1, 0.2, 0.3), (1.0, 2.0, 4.0)), T.Lambda(lambda x: x * 2)]
    )
    expected = (
        (COLOUR.transpose(2, 0, 1) / 255 - np.array([0.1, 0.2, 0.3])[:, None, None])
        / np.array([1.0, 2.0, 4.0])[:, None, None]
        * 2
    )
    np.testing.assert_allclose(transform(COLOUR).numpy(), expected, rtol=0, atol=1e-6)
    assert (
        repr(transform)
        == "Compose(\n    ToTensor()\n    Normalize(mean=(0.1, 0.2, 0.3), std=(1.0, 2.0, 4.0))\n    "
        "Lambda()\n)"
    )
    with pytest.raises(TypeError, match=r"ToTensor\(\) before"):
        T.Normalize((0.0,), (1.0,))(GREY)
    with pytest.raises(TypeError, match="float tensor"):
        T.Normalize((0.0,), (1.0,))(as_tensor(GREY))
    with pytest.raises(ValueError, match="std evaluated to zero"):
        T.Normalize((0.0,), (0.0,))(as_tensor(GREY).float())


def test_the_random_numbers_are_pytorchs():
    """A flip is torch.rand(1) < p; a crop's place is torch.randint, rows first."""
    torch = pytest.importorskip("torch")
    for seed in range(5):
        ag.manual_seed(seed)
        generator = torch.Generator().manual_seed(seed)
        flipped = not np.array_equal(T.RandomHorizontalFlip(0.4)(GREY), GREY)
        assert flipped == bool(torch.rand(1, generator=generator) < 0.4)
        top, left = (int(torch.randint(0, 28 - 20 + 1, (1,), generator=generator)) for _ in range(2))
        np.testing.assert_array_equal(T.RandomCrop(20)(GREY), GREY[top : top + 20, left : left + 20])


def test_what_is_no_image_is_refused():
    with pytest.raises(TypeError, match=r"crop: an image is .* not list"):
        T.functional.crop([1, 2], 0, 0, 1, 1)
    with pytest.raises(ValueError, match=r"\(30, 30\) is larger than input image size \(28, 28\)"):
        T.RandomCrop(30)(GREY)
    with pytest.raises(ValueError, match="must be positive"):
        T.RandomRotation(-1)


@pytest.mark.parametrize("kind", [lambda image: image, as_tensor], ids=["array", "tensor"])
def test_what_a_transform_returns_shares_no_memory_with_the_image(kind):
    """Not even where there was nothing to do: writing into the result leaves the dataset as it is."""
    image = kind(GREY.copy())
    for transform in (
        T.RandomCrop(28),
        T.CenterCrop(28),
        T.Resize(28),
        T.Pad(0),
        T.RandomHorizontalFlip(1.0),
        T.RandomVerticalFlip(1.0),
    ):
        changed = transform(image)
        changed[...] = 1
        np.testing.assert_array_equal(as_array(image), GREY)
    column = kind(GREY[:, :1].copy())
    T.functional.hflip(column)[...] = 1
    np.testing.assert_array_equal(np.ravel(as_array(column)), GREY[:, 0])


def test_normalize_is_differentiable_and_may_write_in_place():
    image = as_tensor(COLOUR).double().requires_grad_()
    T.Normalize([0.1, 0.2, 0.3], np.array([1.0, 2.0, 4.0]))(image).sum().backward()
    np.testing.assert_allclose(image.grad.numpy()[:, 0, 0], [1, 0.5, 0.25], rtol=1e-15)
    given = T.ToTensor()(COLOUR)
    expected = T.Normalize((0.5,), (0.25,))(given)
    assert expected is not given
    assert T.Normalize((0.5,), (0.25,), inplace=True)(given) is given
    np.testing.assert_array_equal(given.numpy(), expected.numpy())


RECORDED = dict(np.load(Path(__file__).with_name("torchvision.npz")))
"""What torchvision 0.28 made of two images: {"kind image seed transform": result};
scripts/record_transforms.py wrote it."""


@pytest.mark.parametrize("case", [key for key in RECORDED if not key.startswith("image ")])
def test_torchvision_made_the_same(case):
    """Of Pillow's images to the bit; of tensors but for the last bit of a rounding, and for a pixel that a
    rotation finds between two."""
    kind, name, seed, expression = case.split(" ", 3)
    transform = eval(expression, vars(T))
    image, expected = RECORDED[f"image {name}"], RECORDED[case].astype(int)
    ag.manual_seed(int(seed))
    found = np.asarray(transform(pillow(image) if kind == "pillow" else as_tensor(image))).astype(int)
    assert found.shape == expected.shape
    apart = np.abs(found - expected)
    if kind == "pillow":
        assert apart.max() == 0
    else:
        assert (apart > 1).mean() <= (0.005 if "Rotation" in expression else 0)


def test_resizing_a_tensor_is_differentiable():
    image = ag.rand(2, 3, 6, 5, dtype=ag.float64, requires_grad=True)
    T.Resize((3, 7))(image).sum().backward()
    assert image.grad.sum().item() == pytest.approx(2 * 3 * 3 * 7)
    assert T.Resize((6, 5))(image) is not image


def test_what_has_no_pixels_and_what_is_no_size_is_told():
    for image in (np.zeros((0, 8, 3), np.uint8), ag.rand(3, 8, 0)):
        with pytest.raises(ValueError, match=r"has no pixels: its height is \d, its width \d"):
            T.Resize(4)(image)
    with pytest.raises(TypeError, match="size should be an int or a sequence of ints, not str"):
        T.Resize("4")(GREY)
    assert T.Resize(4)(ag.rand(0, 3, 8, 8)).shape == (0, 3, 4, 4)


def test_pillow_images_and_arrays_are_always_smoothed():
    for image in (GREY, pillow(GREY)):
        with pytest.raises(ValueError, match=r"antialias=False is for tensors"):
            T.RandomResizedCrop(8, antialias=False)(image)
