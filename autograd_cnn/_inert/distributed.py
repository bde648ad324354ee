"""Training in several processes: not here. What asks says that there is one process, and it is the first."""

from enum import Enum
from typing import TYPE_CHECKING, Any

from .._paths import elsewhere
from ._answers import refusing

__all__ = [
    "Backend",
    "DTensor",
    "FSDPModule",
    "FullyShardedDataParallel",
    "GroupMember",
    "ProcessGroup",
    "ReduceOp",
    "all_gather",
    "all_gather_object",
    "all_reduce",
    "barrier",
    "broadcast",
    "broadcast_object_list",
    "destroy_process_group",
    "distribute_tensor",
    "fully_shard",
    "gather",
    "get_backend",
    "get_rank",
    "get_world_size",
    "group",
    "init_process_group",
    "irecv",
    "is_available",
    "is_gloo_available",
    "is_initialized",
    "is_mpi_available",
    "is_nccl_available",
    "is_torchelastic_launched",
    "isend",
    "new_group",
    "recv",
    "reduce",
    "reduce_scatter",
    "scatter",
    "send",
]


__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules
if not TYPE_CHECKING:
    __getattr__ = elsewhere("autograd_cnn.distributed")


class ReduceOp(Enum):
    """How processes would join their tensors."""

    SUM = 0
    AVG = 1
    PRODUCT = 2
    MIN = 3
    MAX = 4
    BAND = 5
    BOR = 6
    BXOR = 7


class Backend(str):
    """The name of what would carry tensors between processes."""

    GLOO = "gloo"
    NCCL = "nccl"
    MPI = "mpi"
    UNDEFINED = "undefined"

    __slots__ = ()


class ProcessGroup:
    """Some processes; there are none."""


class GroupMember:
    """All processes."""

    WORLD = None
    NON_GROUP_MEMBER = None


class DTensor:
    """The type of a tensor that is spread over processes."""


class FSDPModule:
    """The type of a module that is spread over processes."""


class FullyShardedDataParallel(FSDPModule):
    """The older type; it can't be made."""

    __init__ = refusing("torch.distributed.fsdp.FullyShardedDataParallel", "use the model itself")


group = GroupMember


def is_available() -> bool:
    """False."""
    return False


is_initialized = is_mpi_available = is_nccl_available = is_gloo_available = is_available
is_torchelastic_launched = is_available


def get_rank(group: Any = None) -> int:
    """0: the only process is the first."""
    return 0


def get_world_size(group: Any = None) -> int:
    """1."""
    return 1


def get_backend(group: Any = None) -> str:
    """ "undefined"."""
    return Backend.UNDEFINED


def barrier(group: Any = None, async_op: bool = False, device_ids: Any = None) -> None:
    """Nobody to wait for."""


def destroy_process_group(group: Any = None) -> None:
    """Nothing to leave."""


_INSTEAD = "train in one process"
init_process_group = refusing("torch.distributed.init_process_group", _INSTEAD)
new_group = refusing("torch.distributed.new_group", _INSTEAD)
all_gather = refusing("torch.distributed.all_gather", _INSTEAD)
all_gather_object = refusing("torch.distributed.all_gather_object", _INSTEAD)
all_reduce = refusing("torch.distributed.all_reduce", _INSTEAD)
broadcast = refusing("torch.distributed.broadcast", _INSTEAD)
broadcast_object_list = refusing("torch.distributed.broadcast_object_list", _INSTEAD)
gather = refusing("torch.distributed.gather", _INSTEAD)
scatter = refusing("torch.distributed.scatter", _INSTEAD)
reduce = refusing("torch.distributed.reduce", _INSTEAD)
reduce_scatter = refusing("torch.distributed.reduce_scatter", _INSTEAD)
send = refusing("torch.distributed.send", _INSTEAD)
isend = refusing("torch.distributed.isend", _INSTEAD)
recv = refusing("torch.distributed.recv", _INSTEAD)
irecv = refusing("torch.distributed.irecv", _INSTEAD)
distribute_tensor = refusing("torch.distributed.tensor.distribute_tensor", _INSTEAD)
fully_shard = refusing("torch.distributed.fsdp.fully_shard", _INSTEAD)
