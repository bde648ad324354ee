"""Transforms as modules, what their text says, and what they refuse."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn import transforms as T
from autograd_cnn.transforms import v2

rng = np.random.default_rng(0)
IMAGE = rng.integers(0, 256, (3, 12, 10), dtype=np.uint8)


def test_transforms_stand_in_models():
    steps = nn.Sequential(
        T.Resize(8), T.CenterCrop((8, 6)), T.ConvertImageDtype(ag.float32), T.Normalize((0.5,), (0.25,))
    )
    model = nn.Sequential(steps, nn.Flatten(0), nn.Linear(3 * 8 * 6, 2))
    one_by_one = ag.tensor(IMAGE)
    for step in steps:
        assert isinstance(step, nn.Module)
        one_by_one = step(one_by_one)
    assert ag.equal(steps(ag.tensor(IMAGE)), one_by_one)
    assert model(ag.tensor(IMAGE)).shape == (2,)
    assert list(model.state_dict()) == ["2.weight", "2.bias"]
    seen = []
    steps[0].register_forward_hook(lambda module, args, found: seen.append(tuple(found.shape)))
    steps(ag.tensor(IMAGE))
    assert seen == [(3, 9, 8)]


def test_every_transform_is_a_module():
    names = {n for space in (T, v2) for n, cls in vars(space).items() if isinstance(cls, type)}
    names -= {"AutoAugmentPolicy", "InterpolationMode"}
    assert {"RandomCrop", "ToImage", "RandomApply", "ImageClassification"} < names
    assert [
        n for n in sorted(names) if not issubclass(getattr(T, n, None) or getattr(v2, n), nn.Module)
    ] == []


def test_a_list_of_modules_is_applied():
    turned = T.RandomApply(nn.ModuleList([T.Grayscale(3), T.RandomHorizontalFlip(1.0)]), p=1.0)
    assert len(list(turned.modules())) == 4
    expected = T.functional.hflip(T.functional.rgb_to_grayscale(ag.tensor(IMAGE), 3))
    assert ag.equal(turned(ag.tensor(IMAGE)), expected)


@pytest.mark.parametrize(
    ("transform", "text"),
    [
        (
            T.RandomApply([T.Grayscale(3)], p=0.3),
            "RandomApply(\n    p=0.3\n    Grayscale(num_output_channels=3)\n)",
        ),
        (T.RandomChoice([T.ToTensor()]), "RandomChoice(\n    ToTensor()\n)(p=None)"),
        (T.RandomPosterize(3), "RandomPosterize(bits=3,p=0.5)"),
        (T.RandomSolarize(0.5, p=1), "RandomSolarize(threshold=0.5,p=1)"),
        (T.RandomVerticalFlip(0.2), "RandomVerticalFlip(p=0.2)"),
        (
            T.RandomRotation(3, expand=True),
            "RandomRotation(degrees=[-3.0, 3.0], interpolation=nearest, expand=True, fill=0)",
        ),
        (
            T.RandomResizedCrop(3),
            "RandomResizedCrop(size=(3, 3), scale=(0.08, 1.0), ratio=(0.75, 1.3333), "
            "interpolation=bilinear, antialias=True)",
        ),
        (T.RandomAffine(3), "RandomAffine(degrees=[-3.0, 3.0])"),
        (
            T.RandomAffine((1, 2), (0.1, 0.2), shear=3, interpolation=T.InterpolationMode.BILINEAR, fill=4),
            "RandomAffine(degrees=[1.0, 2.0], translate=(0.1, 0.2), shear=[-3.0, 3.0], "
            "interpolation=bilinear, fill=4)",
        ),
    ],
)
def test_texts_are_torchvisions(transform, text):
    assert repr(transform) == text


BYTES, NUMBERS, TWO = ag.tensor(IMAGE), ag.tensor(IMAGE) / 255, ag.zeros(2, 4, 4)


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda: T.RandomRotation((1, 2, 3)), ValueError, "degrees should be a sequence of length 2"),
        (lambda: T.RandomRotation({3}), TypeError, "degrees should be a sequence of length 2"),
        (lambda: T.RandomAffine(3, shear=(1, 2, 3)), ValueError, "a sequence of length 2 or 4"),
        (lambda: T.RandomAffine(3, translate=0.1), TypeError, "translate should be a sequence of length 2"),
        (lambda: T.RandomErasing(scale=(0.1, 2)), ValueError, "Scale should be between 0 and 1"),
        (lambda: T.RandomErasing(value=None), TypeError, "either a number or str or a sequence"),
        (lambda: T.RandomResizedCrop(4, scale=1), TypeError, "Scale should be a sequence"),
        (lambda: T.GaussianBlur((3, 3, 3)), ValueError, "tuple/list of two integers"),
        (lambda: T.GaussianBlur(3, (1, 2, 3)), ValueError, "sigma should be a single number or a list"),
        (lambda: T.RandomOrder(3), TypeError, "transforms should be a sequence"),
        (lambda: T.RandomChoice([len], p=0.5), TypeError, "p should be a sequence"),
        (lambda: T.Pad((1, 2, 3)), ValueError, "1, 2, or 4 element tuple"),
        (lambda: T.Pad("1"), TypeError, "inappropriate padding arg"),
        (lambda: T.Pad(1, fill="black"), TypeError, "inappropriate fill arg"),
        (lambda: T.Pad(1, padding_mode="mirror"), ValueError, "Padding mode should be either"),
        (lambda: T.Resize((1, 2, 3)), ValueError, "it should have 1 or 2 values"),
        (lambda: T.Resize((4, 5), max_size=6)(BYTES), ValueError, "max_size should only be passed if"),
        (lambda: T.Resize(4, interpolation="sharp"), TypeError, "should be a InterpolationMode"),
        (lambda: T.ToTensor()(np.zeros(3)), ValueError, "should be 2/3 dimensional. Got 1"),
        (lambda: T.ToPILImage()(3), TypeError, "pic should be Tensor or ndarray"),
        (lambda: T.Grayscale()(TWO), TypeError, r"permitted channel values are \[1, 3\], but found 2"),
        (lambda: T.functional.adjust_hue(TWO, 0.1), TypeError, "but found 2"),
        (lambda: T.functional.adjust_saturation(TWO[0], 0.1), TypeError, r"image of size \(4, 4\)"),
        (lambda: T.functional.posterize(BYTES, 9), ValueError, "bits should be between 0 and 8. Got 9"),
        (lambda: T.functional.posterize(NUMBERS, 3), TypeError, "Only torch.uint8 image tensors"),
        (lambda: T.functional.equalize(NUMBERS), TypeError, "Only torch.uint8 image tensors"),
        (lambda: T.functional.solarize(BYTES, 300), TypeError, "Threshold should be less than bound"),
    ],
)
def test_what_is_refused(call, error, said):
    with pytest.raises(error, match=said):
        call()


def test_scale_and_ratio_the_wrong_way_round_are_warned_of():
    with pytest.warns(UserWarning, match=r"should be of kind \(min, max\)"):
        T.RandomResizedCrop(4, ratio=(2.0, 1.0))


def test_a_tensor_turned_with_room_for_its_corners():
    for angle, turns in ((90, 1), (180, 2), (-90, 3)):
        found = T.functional.rotate(ag.tensor(IMAGE), angle, expand=True)
        np.testing.assert_array_equal(found.numpy(), np.rot90(IMAGE, turns, (1, 2)))
    found = T.functional.rotate(
        ag.ones(1, 12, 10), 30, T.InterpolationMode.NEAREST, expand=True, center=(2, 3), fill=[0.5]
    )
    assert found.shape == (1, 16, 16)  # corners at 6 -+ 7.7 and 5 -+ 7.3 pixels, moved; to whole ones
    assert float(found.min()) == 0.5
    assert float(found.max()) == 1.0


def test_a_fill_for_each_channel_of_a_turned_tensor():
    colour = (7, 8, 9)
    for transform in (T.RandomAffine((45, 45), fill=colour), T.RandomRotation((45, 45), fill=colour)):
        assert transform(ag.tensor(IMAGE))[:, 0, 0].tolist() == list(colour)
    assert T.RandomRotation((45, 45), fill=None)(ag.tensor(IMAGE))[:, 0, 0].tolist() == [0, 0, 0]


BATCHES = {
    "perspective": T.RandomPerspective(p=1.0),
    "perspective with a colour": T.RandomPerspective(p=1.0, fill=[1.0, 2.0, 3.0]),
    "affine": T.RandomAffine(30, fill=5),
    "affine with a colour": T.RandomAffine(30, interpolation=T.InterpolationMode.BILINEAR, fill=(1, 2, 3)),
    "rotation": T.RandomRotation(30, fill=[1, 2, 3]),
    "rotation between pixels": T.RandomRotation(30, T.InterpolationMode.BILINEAR, True, fill=[1, 2, 3]),
    "rubber": T.ElasticTransform(sigma=1.0, fill=[1, 2, 3]),
    "crop": T.RandomCrop(6, padding=[3, -1], fill=[1, 2, 3]),
    "borders": T.Pad(1, fill=[1, 2, 3]),
}


@pytest.mark.parametrize("name", BATCHES)
def test_the_images_of_a_batch_are_filled_as_each_alone(name):
    batch = ag.tensor(np.random.RandomState(0).rand(2, 2, 3, 9, 8), dtype=ag.float32)

    def of(images):
        ag.manual_seed(1)
        return BATCHES[name](images)

    found = of(batch)
    for i, j in np.ndindex(2, 2):
        assert ag.equal(found[i, j], of(batch[i, j]))
    assert of(batch[:, :0]).shape == (2, 0, *found.shape[2:])


def test_a_colour_that_the_image_has_no_channels_for():
    batch = ag.ones(3, 1, 8, 8)
    for turned in (
        T.functional.rotate,
        lambda *args, **options: T.functional.affine(*args, [0, 0], 1, 0, **options),
    ):
        with pytest.raises(ValueError, match=r"elements in 'fill' .* \(3 != 1\)"):
            turned(batch, 30, fill=[1, 2, 3])


@pytest.mark.parametrize("way", [T.InterpolationMode.NEAREST, T.InterpolationMode.BILINEAR])
def test_one_number_fills_all_bands_of_a_pillow_image(way):
    image = pytest.importorskip("PIL.Image").new("RGB", (8, 8))
    corners = [[0, 0], [7, 0], [7, 7], [0, 7]]
    for fill, expected in ((255, (255,) * 3), ([9], (9,) * 3), ((1, 2, 3), (1, 2, 3)), (None, (0,) * 3)):
        for found in (
            T.functional.rotate(image, 45, way, fill=fill),
            T.functional.rotate(image, 45, way, expand=True, fill=fill),
            T.functional.affine(image, 45, [0, 0], 1.0, 0, way, fill),
            T.functional.perspective(image, corners, [[2, 2], [5, 2], [5, 5], [2, 5]], way, fill),
        ):
            assert found.getpixel((0, 0)) == expected
    with pytest.raises(ValueError, match=r"number of bands of the image \(2 != 3\)"):
        T.functional.rotate(image, 45, way, expand=True, fill=(1, 2))


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric"])
def test_negative_padding_cuts_off(mode):
    image = ag.arange(30.0).reshape(1, 5, 6)
    pad = T.functional.pad
    assert ag.equal(pad(image, -1, padding_mode=mode), image[:, 1:-1, 1:-1])
    expected = pad(image[:, :-1, 2:], [0, 1, 1, 0], padding_mode=mode)
    assert ag.equal(pad(image, [-2, 1, 1, -1], padding_mode=mode), expected)


def test_nothing_is_equalized_to_nothing():
    assert T.functional.equalize(ag.zeros(0, 3, 4, 4, dtype=ag.uint8)).shape == (0, 3, 4, 4)
