"""Boxes, regions of interest and losses of detection, by values worked out by hand."""

import math

import pytest

import autograd_cnn as ac
from autograd_cnn.vision import ops


def test_areas_and_overlaps_of_boxes():
    boxes = ac.tensor([[0.0, 0.0, 2.0, 2.0], [1.0, 1.0, 3.0, 3.0], [5.0, 5.0, 6.0, 7.0]])
    assert ops.box_area(boxes).tolist() == [4.0, 4.0, 2.0]
    overlap = ops.box_iou(boxes[:1], boxes)
    assert ac.allclose(overlap, ac.tensor([[1.0, 1 / 7, 0.0]]))


def test_suppression_keeps_the_best_of_what_overlaps():
    boxes = ac.tensor([[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 9.0], [20.0, 20.0, 30.0, 30.0]])
    scores = ac.tensor([0.5, 0.9, 0.7])
    assert ops.nms(boxes, scores, 0.5).tolist() == [1, 2]
    assert ops.nms(boxes, scores, 0.95).tolist() == [1, 2, 0]


def test_the_aligned_region_of_a_ramp_is_the_ramp_at_its_bins():
    """Bilinear samples of a linear image are exact: the mean of a bin is the value at its middle."""
    image = ac.arange(8.0).reshape(1, 1, 1, 8).expand(1, 1, 8, 8).contiguous()
    regions = ac.tensor([[0.0, 1.0, 1.0, 5.0, 5.0]])
    found = ops.roi_align(image, regions, (2, 2), sampling_ratio=2)
    assert ac.allclose(found, ac.tensor([[[[2.0, 4.0], [2.0, 4.0]]]]))
    found = ops.roi_align(image, regions, (2, 2), sampling_ratio=2, aligned=True)
    assert ac.allclose(found, ac.tensor([[[[1.5, 3.5], [1.5, 3.5]]]]))


def test_the_focal_loss_at_even_odds():
    """At p = 1/2 the loss is alpha (1/2)^gamma log 2."""
    found = ops.sigmoid_focal_loss(ac.zeros(2), ac.tensor([1.0, 0.0]), alpha=0.25, gamma=2)
    expected = ac.tensor([0.25 * 0.25 * math.log(2), 0.75 * 0.25 * math.log(2)])
    assert ac.allclose(found, expected)


@pytest.mark.parametrize("operator", ["roi_align", "roi_pool", "ps_roi_align", "ps_roi_pool"])
def test_no_regions(operator):
    for boxes in ([], ac.zeros(0, 5), [ac.zeros(0, 4)]):
        assert getattr(ops, operator)(ac.ones(1, 4, 4, 4), boxes, 2).shape[0] == 0
    with pytest.raises(AssertionError, match="expected to be a Tensor"):
        getattr(ops, operator)(ac.ones(1, 4, 4, 4), 3, 2)
