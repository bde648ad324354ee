"""The memory behind a tensor, as methods."""

from ..._functions.storage import (
    apply_,
    is_set_to,
    is_shared,
    map2_,
    map_,
    resize,
    resize_,
    resize_as,
    resize_as_,
    set_,
    share_memory_,
    storage,
    storage_type,
    untyped_storage,
)


class StorageMethods:
    """Its memory: whole, in part, shared; and Python functions of each element."""

    __slots__ = ()

    apply_ = apply_
    is_set_to = is_set_to
    is_shared = is_shared
    map2_ = map2_
    map_ = map_
    resize = resize
    resize_ = resize_
    resize_as = resize_as
    resize_as_ = resize_as_
    set_ = set_
    share_memory_ = share_memory_
    storage = storage
    storage_type = storage_type
    untyped_storage = untyped_storage
