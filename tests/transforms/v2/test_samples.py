"""The second version's transforms take whole samples, and change the images in them alone."""

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn.transforms import v2

IMAGE = ac.tensor(np.random.RandomState(0).randint(0, 256, (3, 12, 16)), dtype=ac.uint8)


def test_labels_go_through():
    image, label = v2.Compose([v2.CenterCrop(4), v2.ToDtype(ac.float32, scale=True)])(IMAGE, ac.tensor(3))
    assert (image.shape, label.item()) == ((3, 4, 4), 3)
    sample = v2.Resize((6, 8))({"name": "x", "image": IMAGE, "boxes": [ac.ones(4)]})
    assert (sample["name"], sample["image"].shape, sample["boxes"][0].tolist()) == ("x", (3, 6, 8), [1] * 4)


def test_all_images_of_a_sample_are_changed_alike():
    pil = pytest.importorskip("PIL.Image")
    images = [pil.fromarray(IMAGE.permute(1, 2, 0).numpy())] * 2
    for transform in (
        v2.RandomCrop(5),
        v2.RandomResizedCrop(5),
        v2.RandomHorizontalFlip(),
        v2.ColorJitter(0.5),
    ):
        ac.manual_seed(0)
        changed = [transform(images) for _ in range(3)]
        assert all(np.array_equal(np.asarray(one), np.asarray(other)) for one, other in changed)
        assert any(not np.array_equal(np.asarray(one), np.asarray(images[0])) for one, _ in changed)


def test_a_transform_of_ones_own():
    class Shift(v2.Transform):
        def make_params(self, flat_inputs):
            return {"by": v2.query_size(flat_inputs)[0]}

        def transform(self, inpt, params):
            return inpt + params["by"]

    x = ac.zeros(3, 2, 5)
    assert Shift()(x, 7)[0].unique().tolist() == [2.0]
    assert repr(v2.Pad(1)) == "Pad(padding=1, fill=0, padding_mode=constant)"


RECORDED = {
    "RandomZoomOut": (
        v2.RandomZoomOut(side_range=(2.0, 2.0), p=1.0),
        [((24, 32), 12.95), ((24, 32), 15.97), ((24, 32), 14.76)],
    ),
    "ScaleJitter": (
        v2.ScaleJitter((8, 8), (1.0, 1.0)),
        [((6, 8), 60.24), ((6, 8), 60.24), ((6, 8), 60.24)],
    ),
    "RandomShortestSize": (
        v2.RandomShortestSize([6], max_size=7),
        [((5, 7), 60.1), ((5, 7), 60.1), ((5, 7), 60.1)],
    ),
    "RandomResize": (
        v2.RandomResize(6, 12),
        [((8, 10), 60.29), ((7, 9), 60.14), ((6, 8), 60.24)],
    ),
    "RandomChannelPermutation": (
        v2.RandomChannelPermutation(),
        [((12, 16), 60.15), ((12, 16), 59.97), ((12, 16), 60.33)],
    ),
    "RandomPhotometricDistort": (
        v2.RandomPhotometricDistort(p=1.0),
        [((12, 16), 63.44), ((12, 16), 57.58), ((12, 16), 57.9)],
    ),
    "GaussianNoise": (
        v2.GaussianNoise(),
        [((12, 16), 61.37), ((12, 16), 60.72), ((12, 16), 61.25)],
    ),
    "RandomErasing": (
        v2.RandomErasing(p=1.0),
        [((12, 16), 43.3), ((12, 16), 53.47), ((12, 16), 53.17)],
    ),
    "RandomOrder": (
        v2.RandomOrder([v2.Pad(1), v2.RandomCrop(9)]),
        [((9, 9), 63.59), ((11, 11), 40.74), ((9, 9), 63.67)],
    ),
    "RandomChoice": (
        v2.RandomChoice([v2.Pad(1), v2.Pad(2)], p=[0.5, 0.5]),
        [((16, 20), 36.28), ((14, 18), 46.03), ((16, 20), 36.28)],
    ),
    "RandomApply": (
        v2.RandomApply([v2.Pad(1)], 0.5),
        [((14, 18), 46.03), ((12, 16), 60.33), ((12, 16), 60.33)],
    ),
    "RandomRotation": (
        v2.RandomRotation(40, v2.InterpolationMode.BILINEAR, fill=[1, 2, 3]),
        [((12, 16), 60.03), ((12, 16), 50.92), ((12, 16), 55.3)],
    ),
    "RandomPerspective": (
        v2.RandomPerspective(p=1.0, fill=9),
        [((12, 16), 31.53), ((12, 16), 42.62), ((12, 16), 39.89)],
    ),
    "RandomCrop": (
        v2.RandomCrop(8, padding=2, fill={ac.Tensor: 7}),
        [((8, 8), 43.28), ((8, 8), 61.6), ((8, 8), 49.97)],
    ),
}
"""Of what torchvision makes of the image with the seeds 0 to 2 the sizes and the means, the later pixels
weighed more; bytes are resized there by whole numbers, and may differ by 1."""


@pytest.mark.parametrize("name", RECORDED)
def test_the_same_seed_changes_an_image_as_in_torchvision(name):
    transform, expected = RECORDED[name]
    for seed, (size, mean) in enumerate(expected):
        ac.manual_seed(seed)
        found, label = transform(IMAGE, 5)
        assert (tuple(found.shape), label, found.dtype) == ((3, *size), 5, ac.uint8)
        weights = ac.arange(found.numel(), dtype=ac.float64).reshape(found.shape) / found.numel()
        assert float((found * weights).mean()) == pytest.approx(mean, abs=0.05)


def test_what_changes_nothing():
    for transform in (v2.Identity(), v2.RandomApply([v2.Pad(1)], 0.0), v2.RandomHorizontalFlip(0.0)):
        assert ac.equal(transform(IMAGE), IMAGE)


def test_jpeg_keeps_what_is_smooth():
    pytest.importorskip("PIL")
    smooth = ac.full((3, 8, 8), 100, dtype=ac.uint8)
    assert (v2.JPEG(90)(smooth).int() - 100).abs().max() <= 2
    with pytest.raises(ValueError, match="1 to 100"):
        v2.JPEG((0, 5))


def test_frames():
    video = ac.arange(7.0).reshape(7, 1, 1, 1)
    assert v2.UniformTemporalSubsample(3)(video).flatten().tolist() == [0.0, 3.0, 6.0]


@pytest.mark.parametrize("kind", [v2.MixUp, v2.CutMix])
def test_batches_are_mixed_with_themselves(kind):
    ac.manual_seed(0)
    images = ac.arange(2.0).reshape(2, 1, 1, 1).expand(2, 1, 8, 8)
    mixed, labels = kind(num_classes=3)(images, ac.tensor([0, 2]))
    assert ac.allclose(labels.sum(1), ac.ones(2))
    assert ac.allclose(mixed[0].mean(), labels[0, 2], atol=1e-6)  # as much of the other image as of its label
    for wrong, told in [((images, ac.tensor([0])), "batch size"), ((images,), "second input")]:
        with pytest.raises(ValueError, match=told):
            kind(num_classes=3)(*wrong)
    with pytest.raises(ValueError, match="num_classes"):
        kind()(images, ac.tensor([0, 2]))


def test_what_is_asked_of_samples():
    assert v2.has_any([1, IMAGE], ac.Tensor)
    assert not v2.has_all([1, IMAGE], ac.Tensor, str)
    assert v2.query_chw([IMAGE, "x"]) == (3, 12, 16)
    with pytest.raises(ValueError, match="multiple"):
        v2.query_size([IMAGE, IMAGE[:, 1:]])
    with pytest.raises(TypeError, match="No image"):
        v2.query_size(["x"])
    assert v2.functional.crop(inpt=IMAGE, top=0, left=0, height=2, width=3).shape == (3, 2, 3)


@pytest.mark.parametrize("kind", [v2.MixUp, v2.CutMix])
@pytest.mark.parametrize(
    "given",
    [
        lambda x, y: {"labels": y, "image": x},
        lambda x, y: {"image": x, "label_of_it": y},
        lambda x, y: {"image": x, "label_b": ac.ones(4), "Labels": y},
        lambda x, y: (x, {"label": y, "name": "x"}),
    ],
)
def test_labels_are_found_by_their_name(kind, given):
    images, labels = ac.arange(2.0).reshape(2, 1, 1, 1).expand(2, 1, 8, 8), ac.tensor([0, 2])
    ac.manual_seed(0)
    expected = kind(num_classes=3)(images, labels)
    ac.manual_seed(0)
    sample = kind(num_classes=3)(given(images, labels))
    found = {tuple(each.shape): each for each in ac.utils._pytree.tree_leaves(sample) if ac.is_tensor(each)}
    for each in expected:
        assert ac.equal(found[tuple(each.shape)], each)


def test_labels_that_are_not_found():
    for getter in ("labels", 3):
        with pytest.raises(ValueError, match="should either be 'default', a callable, or None"):
            v2.MixUp(num_classes=3, labels_getter=getter)
    with pytest.raises(ValueError, match="labels must be a tensor"):
        v2.MixUp(num_classes=3, labels_getter=None)(ac.ones(2, 1, 4, 4), ac.tensor([0, 2]))
    with pytest.raises(ValueError, match="Could not infer where the labels are"):
        v2.MixUp(num_classes=3)({"image": ac.ones(2, 1, 4, 4)})
    with pytest.raises(ValueError, match="must be a dictionary or a two-tuple"):
        v2.MixUp(num_classes=3)((ac.ones(2, 1, 4, 4), 3))
