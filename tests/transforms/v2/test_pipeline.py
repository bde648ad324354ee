"""The second version of the transforms in a pipeline."""

import autograd_cnn as ac
from autograd_cnn.transforms import v2


def test_a_pipeline_turns_crops_and_scales():
    image = ac.arange(16, dtype=ac.uint8).reshape(1, 4, 4)
    steps = v2.Compose(
        [
            v2.RandomHorizontalFlip(p=1.0),
            v2.CenterCrop(2),
            v2.ToDtype(ac.float32, scale=True),
            v2.Normalize([0.0], [1 / 255]),
        ]
    )
    found = steps(image)
    assert found.dtype == ac.float32
    assert ac.allclose(found, ac.tensor([[[6.0, 5.0], [10.0, 9.0]]]))
