"""Pillow's images in every mode: a transform gives back the mode, the palette and the very numbers.

From tensors and arrays to images and back nothing is lost.
"""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import transforms as T
from autograd_cnn.transforms import functional as F

Image = pytest.importorskip("PIL.Image")
BYTES = ("L", "P", "LA", "PA", "La", "RGB", "YCbCr", "HSV", "LAB", "RGBA", "RGBX", "CMYK", "RGBa")
MODES = (*BYTES, "1", "I", "I;16", "I;16B", "F")
CHANNELS = {"LA": 2, "PA": 2, "La": 2, "RGB": 3, "YCbCr": 3, "HSV": 3, "LAB": 3} | dict.fromkeys(
    ("RGBA", "RGBX", "CMYK", "RGBa"), 4
)


def numbers(mode, height=7, width=9):
    """Random numbers of a mode's type and number of channels."""
    rng = np.random.default_rng(sum(map(ord, mode)))
    if mode == "1":
        return rng.random((height, width)) < 0.5
    if mode in ("I", "F"):
        wide = rng.integers(-(2**31), 2**31, (height, width)).astype(np.int32)
        return wide if mode == "I" else wide.astype(np.float32) / 7
    if mode.startswith("I;16"):
        return rng.integers(0, 2**16, (height, width)).astype(">u2" if mode.endswith("B") else "<u2")
    return rng.integers(
        0, 256, (height, width, CHANNELS[mode]) if mode in CHANNELS else (height, width)
    ).astype(np.uint8)


def image_of(mode):
    array = numbers(mode)
    if mode == "1":
        return Image.fromarray(array)
    image = Image.frombytes(mode, (array.shape[1], array.shape[0]), array.tobytes())
    if mode in ("P", "PA"):
        image.putpalette(np.random.default_rng(0).integers(0, 256, 768).astype(np.uint8).tobytes())
        image.info["transparency"] = 3
    return image


def axes(array, *pairs):
    return [*pairs, (0, 0)][: array.ndim]


CASES = {
    "a crop beyond the edge": (
        lambda image: F.crop(image, -1, 2, 5, 9),
        lambda a: np.pad(a[:4, 2:], axes(a, (1, 0), (0, 2))),
    ),
    "the centre": (T.CenterCrop(3), lambda a: a[2:5, 3:6]),
    "the centre of a smaller image": (
        T.CenterCrop((9, 5)),
        lambda a: np.pad(a[:, 2:7], axes(a, (1, 1), (0, 0))),
    ),
    "left and right": (T.RandomHorizontalFlip(1.0), lambda a: a[:, ::-1]),
    "top and bottom": (T.RandomVerticalFlip(1.0), lambda a: a[::-1]),
    "zeros around": (T.Pad((1, 2, 3, 4)), lambda a: np.pad(a, axes(a, (2, 4), (1, 3)))),
    "a number around": (
        T.Pad(2, fill=1),
        lambda a: np.pad(a, axes(a, (2, 2), (2, 2)), constant_values=1),
    ),
    "a mirror around": (
        T.Pad(2, padding_mode="reflect"),
        lambda a: np.pad(a, axes(a, (2, 2), (2, 2)), "reflect"),
    ),
    "the edge around": (
        T.Pad((0, 3), padding_mode="edge"),
        lambda a: np.pad(a, axes(a, (3, 3), (0, 0)), "edge"),
    ),
    "half a turn": (T.RandomRotation((180, 180)), lambda a: a[::-1, ::-1]),
    "twice the size": (
        T.Resize((14, 18), T.InterpolationMode.NEAREST),
        lambda a: a.repeat(2, 0).repeat(2, 1),
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("mode", MODES)
def test_the_mode_stays_and_so_do_the_numbers(mode, name):
    transform, expected = CASES[name]
    image = image_of(mode)
    before = np.array(image)
    found = transform(image)
    assert found.mode == mode
    np.testing.assert_array_equal(np.asarray(found), expected(before))
    np.testing.assert_array_equal(np.asarray(image), before)
    assert found.getpalette() == image.getpalette()
    assert found.info == image.info


@pytest.mark.parametrize("mode", MODES)
def test_an_image_as_a_tensor(mode):
    """Bytes become numbers from 0 to 1, other numbers stay what they are."""
    array = numbers(mode)
    planes = array[None] if array.ndim == 2 else array.transpose(2, 0, 1)
    scaled, same = T.ToTensor()(image_of(mode)), T.PILToTensor()(image_of(mode))
    np.testing.assert_array_equal(same.numpy(), planes)
    if mode in BYTES:
        np.testing.assert_array_equal(scaled.numpy(), planes.astype(np.float32) / 255)
    else:
        np.testing.assert_array_equal(scaled.numpy(), planes)
    assert scaled.dtype == {"I": ag.int32, "I;16": ag.int32, "I;16B": ag.int32}.get(mode, ag.float32)


@pytest.mark.parametrize("kind", ["<u2", ">u2", "<u4", ">i2", ">f4", "<f8", "?", "<i8"])
def test_an_array_of_any_numbers_as_a_tensor(kind):
    array = np.array([[0, 1, 200], [2**15, 2**16 - 1, 3]]).astype(kind)
    found = T.ToTensor()(array)
    assert found.shape == (1, 2, 3)
    np.testing.assert_array_equal(found.numpy()[0], array)


@pytest.mark.parametrize("mode", [mode for mode in MODES if mode not in ("I;16B",)])
def test_numbers_as_an_image_of_a_mode(mode):
    """They are what the image has: a mode says what they mean, it converts nothing."""
    array = numbers(mode)
    kinds = (
        [array]
        if mode in ("1", "I;16")
        else [array, ag.tensor(array.transpose(2, 0, 1) if array.ndim == 3 else array)]
    )
    for kind in kinds:
        image = T.ToPILImage(mode)(kind)
        assert image.mode == mode
        np.testing.assert_array_equal(np.asarray(image), array)


def test_images_without_a_mode_get_the_usual_one():
    grey, colour = np.zeros((2, 3), np.uint8), np.zeros((2, 3, 3), np.uint8)
    arrays = [grey, grey[..., None], colour, colour[..., :2], np.zeros((2, 3, 4), np.uint8)]
    others = [grey.astype(kind) for kind in ("u2", "i4", "f4", "f8", "?", "i2")]
    found = [T.ToPILImage()(array).mode for array in arrays + others]
    assert found == ["L", "L", "RGB", "LA", "RGBA", "I;16", "I", "F", "F", "1", "I;16"]
    assert T.ToPILImage()(np.array([[-5, 3]], np.int16)).getpixel((0, 0)) == -5


@pytest.mark.parametrize(
    ("array", "mode", "error", "said"),
    [
        (np.zeros((2, 2, 3), np.float32), None, TypeError, "Input type float32 is not supported"),
        (np.zeros((2, 2), np.int64), None, TypeError, "Input type int64 is not supported"),
        (np.zeros((2, 2, 5), np.uint8), None, ValueError, "5 channels"),
        (np.zeros((2, 2, 3), np.uint8), "RGBA", ValueError, r"Only modes \['RGB', 'YCbCr'"),
        (np.zeros((2, 2), np.float32), "L", ValueError, r"Incorrect mode \(L\).*Should be F"),
        (ag.zeros(2, 3, 4, 5), None, ValueError, "2/3 dimensional"),
    ],
)
def test_what_is_no_image_is_told_in_torchvisions_words(array, mode, error, said):
    with pytest.raises(error, match=said):
        T.ToPILImage(mode)(array)


def test_sizes_may_be_numpys_numbers():
    image = numbers("RGB")
    size, two = np.int64(4), np.array([3, 5])
    assert T.Resize(size)(image).shape == (4, 5, 3)
    assert T.Resize(two)(image).shape == (3, 5, 3)
    assert T.CenterCrop(size)(image).shape == (4, 4, 3)
    assert T.RandomCrop(two, padding=np.int32(1))(image).shape == (3, 5, 3)
    assert T.Pad(np.array([1, 2]))(image).shape == (11, 11, 3)
    assert T.RandomRotation(np.float32(0))(image).shape == image.shape
    for wrong in ("3", 2.5, [1.5, 2], None):
        with pytest.raises(TypeError):
            T.Resize(wrong)(image)


def test_a_number_for_each_channel_fills():
    for image in (numbers("RGB"), image_of("RGB"), ag.tensor(numbers("RGB").transpose(2, 0, 1))):
        found = (
            F.to_tensor(found)
            if not isinstance(found := T.Pad(1, fill=(10, 20, 30))(image), ag.Tensor)
            else found
        )
        corner = found[:, 0, 0].numpy()
        np.testing.assert_allclose(
            corner if found.dtype == ag.uint8 else corner * 255, [10, 20, 30], rtol=1e-6
        )
    with pytest.raises(ValueError, match=r"'fill' does not match .* \(2 != 3\)"):
        T.Pad(1, fill=(1, 2))(numbers("RGB"))


@pytest.mark.parametrize("number", range(6))
def test_pillows_numbers_name_interpolations(number):
    """For arrays and images alike; Pillow's own result is met bit for bit."""
    image = image_of("RGB")
    for size in ((3, 4), (20, 11)):
        expected = np.asarray(image.resize(size[::-1], Image.Resampling(number)))
        np.testing.assert_array_equal(np.asarray(T.Resize(size, number)(image)), expected)
        np.testing.assert_array_equal(T.Resize(size, Image.Resampling(number))(np.asarray(image)), expected)
