"""Sparse tensors: there are none; what is done with dense ones is."""

from ._answers import refusing

__all__ = ["mm", "softmax", "sum"]

mm = refusing("torch.sparse.mm", "use dense tensors, torch.mm")
softmax = refusing("torch.sparse.softmax", "use dense tensors, torch.softmax")
sum = refusing("torch.sparse.sum", "use dense tensors, torch.sum")
