"""Losses of detection."""

from ..._functions.bounds import maximum, minimum
from ..._tensor import Tensor
from ...nn import functional as F

__all__ = [
    "complete_box_iou_loss",
    "distance_box_iou_loss",
    "generalized_box_iou_loss",
    "sigmoid_focal_loss",
]


def _reduced(loss: Tensor, reduction: str) -> Tensor:
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.mean() if loss.numel() else 0.0 * loss.sum()
    if reduction == "sum":
        return loss.sum()
    raise ValueError(
        f"Invalid Value for arg 'reduction': '{reduction} \n Supported reduction modes: 'none', 'mean', 'sum'"
    )


def sigmoid_focal_loss(
    inputs: Tensor, targets: Tensor, alpha: float = 0.25, gamma: float = 2, reduction: str = "none"
) -> Tensor:
    """Binary cross entropy that weighs what is right already less (Lin et al. 2017, arXiv 1708.02002)."""
    if not 0 <= alpha <= 1 and alpha != -1:
        raise ValueError(f"Invalid alpha value: {alpha}. alpha must be in the range [0,1] or -1 for ignore.")
    p = inputs.sigmoid()
    entropy = F.binary_cross_entropy_with_logits(inputs, targets, reduction="none")
    right = p * targets + (1 - p) * (1 - targets)
    loss = entropy * (1 - right) ** gamma
    if alpha >= 0:
        loss = (alpha * targets + (1 - alpha) * (1 - targets)) * loss
    return _reduced(loss, reduction)


def _pairs(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of each pair what is shared, what is covered, and the sides of the box around."""
    sides = (minimum(boxes1[..., 2:], boxes2[..., 2:]) - maximum(boxes1[..., :2], boxes2[..., :2])).clamp(
        min=0
    )
    inter = sides[..., 0] * sides[..., 1]
    areas = [(b[..., 2] - b[..., 0]) * (b[..., 3] - b[..., 1]) for b in (boxes1, boxes2)]
    around = maximum(boxes1[..., 2:], boxes2[..., 2:]) - minimum(boxes1[..., :2], boxes2[..., :2])
    return inter, areas[0] + areas[1] - inter, around


def generalized_box_iou_loss(
    boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7
) -> Tensor:
    """1 less the generalized intersection over union of each pair of boxes."""
    inter, union, around = _pairs(boxes1, boxes2)
    area = around[..., 0] * around[..., 1]
    return _reduced(1 - (inter / (union + eps) - (area - union) / (area + eps)), reduction)


def _distance(boxes1: Tensor, boxes2: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    inter, union, around = _pairs(boxes1, boxes2)
    iou = inter / (union + eps)
    diagonal = (around**2).sum(-1) + eps
    middles = [(b[..., :2] + b[..., 2:]) / 2 for b in (boxes1, boxes2)]
    return 1 - iou + ((middles[0] - middles[1]) ** 2).sum(-1) / diagonal, iou


def distance_box_iou_loss(
    boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7
) -> Tensor:
    """1 less the intersection over union, and the distance of the middles."""
    return _reduced(_distance(boxes1, boxes2, eps)[0], reduction)


def complete_box_iou_loss(
    boxes1: Tensor, boxes2: Tensor, reduction: str = "none", eps: float = 1e-7
) -> Tensor:
    """:func:`distance_box_iou_loss`, and how much the proportions differ."""
    loss, iou = _distance(boxes1, boxes2, eps)
    angles = [((b[..., 2] - b[..., 0]) / (b[..., 3] - b[..., 1])).atan() for b in (boxes1, boxes2)]
    v = (4 / 3.141592653589793**2) * (angles[1] - angles[0]) ** 2
    alpha = (v / (1 - iou + v + eps)).detach()
    return _reduced(loss + alpha * v, reduction)
