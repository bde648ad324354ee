"""Modules that are spread over processes: there are none."""

from .._answers import refusing

__all__ = ["FSDPModule", "FullyShardedDataParallel", "fully_shard"]


class FSDPModule:
    """The type of a module that is spread over processes."""


class FullyShardedDataParallel(FSDPModule):
    """The older type; it can't be made."""

    __init__ = refusing("torch.distributed.fsdp.FullyShardedDataParallel", "use the model itself")


fully_shard = refusing("torch.distributed.fsdp.fully_shard", "use the model itself")
