"""Boxes (x1, y1, x2, y2): their areas, what they share, and which of many stay."""

import numpy as np

from ..._creation.creation import tensor
from ..._functions.bounds import maximum, minimum
from ..._functions.joining import stack
from ..._tensor import Tensor

__all__ = [
    "batched_nms",
    "box_area",
    "box_convert",
    "box_iou",
    "clip_boxes_to_image",
    "complete_box_iou",
    "distance_box_iou",
    "generalized_box_iou",
    "masks_to_boxes",
    "nms",
    "remove_small_boxes",
]


def box_area(boxes: Tensor, fmt: str = "xyxy") -> Tensor:
    """(..., 4) to (...); of corners ("xyxy"), or of sizes behind a corner ("xywh") or the middle
    ("cxcywh")."""
    if fmt not in ("xyxy", "xywh", "cxcywh"):
        raise ValueError(f"Unsupported Bounding Box area for given format {fmt}")
    if fmt != "xyxy":
        return boxes[..., 2] * boxes[..., 3]
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def box_convert(boxes: Tensor, in_fmt: str, out_fmt: str) -> Tensor:
    """(..., 4) from corners ("xyxy"), corner and size ("xywh") or middle and size ("cxcywh") to another of
    them; ValueError for other names."""
    known = ("xyxy", "xywh", "cxcywh")
    if in_fmt not in known or out_fmt not in known:
        raise ValueError(
            f"Unsupported Bounding Box Conversions for given in_fmt {in_fmt} and out_fmt {out_fmt}"
        )
    if in_fmt == out_fmt:
        return boxes.clone()
    a, b, c, d = boxes.unbind(-1)
    if in_fmt == "xywh":
        c, d = a + c, b + d
    elif in_fmt == "cxcywh":
        a, b, c, d = a - 0.5 * c, b - 0.5 * d, a + 0.5 * c, b + 0.5 * d
    if out_fmt == "xywh":
        c, d = c - a, d - b
    elif out_fmt == "cxcywh":
        a, b, c, d = (a + c) / 2, (b + d) / 2, c - a, d - b
    return stack([a, b, c, d], -1)


def _wide(t: Tensor) -> Tensor:
    """Small integers, whose products would not fit, in int64."""
    return t if t.is_floating_point() else t.long()


def _shared(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor]:
    """What each pair has in common, and together: (N, M)."""
    boxes1, boxes2 = _wide(boxes1), _wide(boxes2)
    low = maximum(boxes1[:, None, :2], boxes2[:, :2])
    high = minimum(boxes1[:, None, 2:], boxes2[:, 2:])
    sides = (high - low).clamp(min=0)
    inter = sides[:, :, 0] * sides[:, :, 1]
    return inter, box_area(boxes1)[:, None] + box_area(boxes2) - inter


def box_iou(boxes1: Tensor, boxes2: Tensor, fmt: str = "xyxy") -> Tensor:
    """What each pair shares of what it covers: (N, 4) and (M, 4) to (N, M)."""
    if fmt != "xyxy":
        boxes1, boxes2 = box_convert(boxes1, fmt, "xyxy"), box_convert(boxes2, fmt, "xyxy")
    inter, union = _shared(boxes1, boxes2)
    return inter / union


def _around(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Width and height of the box around each pair: (N, M, 2)."""
    low = minimum(boxes1[:, None, :2], boxes2[:, :2])
    high = maximum(boxes1[:, None, 2:], boxes2[:, 2:])
    return (high - low).clamp(min=0)


def generalized_box_iou(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """:func:`box_iou` less the part of the box around both that neither covers (Rezatofighi et al. 2019)."""
    inter, union = _shared(boxes1, boxes2)
    sides = _around(boxes1, boxes2)
    area = sides[:, :, 0] * sides[:, :, 1]
    return inter / union - (area - union) / area


def distance_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """:func:`box_iou` less the distance of the middles, squared, in diagonals of the box around both (Zheng
    et al. 2020)."""
    sides = _around(boxes1, boxes2)
    diagonal = sides[:, :, 0] ** 2 + sides[:, :, 1] ** 2 + eps
    middles = [(b[:, :2] + b[:, 2:]) / 2 for b in (boxes1, boxes2)]
    apart = ((middles[0][:, None] - middles[1][None]) ** 2).sum(-1)
    return box_iou(boxes1, boxes2) - apart / diagonal


def complete_box_iou(boxes1: Tensor, boxes2: Tensor, eps: float = 1e-7) -> Tensor:
    """:func:`distance_box_iou` less how much the proportions differ."""
    iou = box_iou(boxes1, boxes2)
    angles = [((b[:, 2] - b[:, 0]) / (b[:, 3] - b[:, 1])).atan() for b in (boxes1, boxes2)]
    v = (4 / np.pi**2) * (angles[0][:, None] - angles[1][None]) ** 2
    alpha = (v / (1 - iou + v + eps)).detach()
    return distance_box_iou(boxes1, boxes2, eps) - alpha * v


def clip_boxes_to_image(boxes: Tensor, size: tuple[int, int]) -> Tensor:
    """Cut off at the border of an image of ``size`` (height, width)."""
    height, width = size
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return stack([x, y], boxes.dim()).reshape(boxes.shape)


def remove_small_boxes(boxes: Tensor, min_size: float) -> Tensor:
    """The numbers of the boxes with both sides of ``min_size`` or more."""
    sides = boxes[:, 2:] - boxes[:, :2]
    return (sides >= min_size).all(1).nonzero().squeeze(1)


def nms(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """The numbers of the boxes that stay, best first: each drops those that share more than
    ``iou_threshold`` with it and score less."""
    order = np.argsort(-scores.detach().cpu().array, kind="stable")
    corners = boxes.detach().cpu().array[order]
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    alive = np.ones(len(order), bool)
    kept = []
    for i in range(len(order)):
        if not alive[i]:
            continue
        kept.append(int(order[i]))
        low, high = np.maximum(corners[i, :2], corners[:, :2]), np.minimum(corners[i, 2:], corners[:, 2:])
        sides = np.clip(high - low, 0, None)
        inter = sides[:, 0] * sides[:, 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            alive &= ~(inter / (areas[i] + areas - inter) > iou_threshold)
    return tensor(np.array(kept, np.int64)).to(boxes.device)


def batched_nms(boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float) -> Tensor:
    """:func:`nms` within the boxes of each number of ``idxs``."""
    if not boxes.shape[0]:
        return tensor(np.zeros(0, np.int64))
    apart = idxs.to(boxes.dtype) * (boxes.max() + 1)
    return nms(boxes + apart[:, None], scores, iou_threshold)


def masks_to_boxes(masks: Tensor) -> Tensor:
    """The box around the pixels of each mask: (N, H, W) to (N, 4)."""
    found = np.zeros((len(masks), 4), np.float32)
    for i, mask in enumerate(masks.detach().cpu().array):
        y, x = np.nonzero(mask)
        found[i] = x.min(), y.min(), x.max(), y.max()
    return tensor(found)
