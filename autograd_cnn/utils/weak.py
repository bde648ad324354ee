"""Weak references to tensors, and dictionaries whose keys are the very objects: ``==`` of tensors compares
elements, so that they can't be keys of Python's own."""

import weakref
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Final

__all__ = ["TensorWeakRef", "WeakIdKeyDictionary", "WeakIdRef", "WeakTensorKeyDictionary"]


class WeakIdRef(weakref.ref[Any]):
    """A weak reference that is equal to those to the same object."""

    __slots__ = ("_id",)

    def __new__(cls, key: Any, callback: Callable[[Any], Any] | None = None) -> "WeakIdRef":
        """A reference to ``key``; ``callback`` is called with it when ``key`` is gone."""
        return super().__new__(cls, key, callback)

    def __init__(self, key: Any, callback: Callable[[Any], Any] | None = None) -> None:
        super().__init__(key, callback)  # type: ignore[call-arg]  # weakref.ref's takes both, unlike its stub
        self._id = id(key)

    def __hash__(self) -> int:
        return self._id

    def __eq__(self, other: object) -> bool:
        """By identity; of dead ones by that of the references."""
        mine, others = self(), other() if isinstance(other, WeakIdRef) else None
        return self is other if mine is None or others is None else mine is others


class WeakIdKeyDictionary(MutableMapping[Any, Any]):
    """A dictionary by identity that holds its keys weakly: an entry goes with its key."""

    def __init__(self, dict: Any = None, ref_type: Callable[..., Any] = WeakIdRef) -> None:
        self._entries: Any = {}
        self._ref_type = ref_type
        here = weakref.ref(self)

        def remove(reference: Any) -> None:
            found = here()
            if found is not None:
                found._entries.pop(reference, None)

        self._remove = remove
        self.update(dict)

    def __getitem__(self, key: Any) -> Any:
        return self._entries[self._ref_type(key)]

    def __setitem__(self, key: Any, value: Any) -> None:
        self._entries[self._ref_type(key, self._remove)] = value

    def __delitem__(self, key: Any) -> None:
        del self._entries[self._ref_type(key)]

    def __iter__(self) -> Iterator[Any]:
        """The keys that are there now: some may go on the way."""
        for reference in tuple(self._entries):
            key = reference()
            if key is not None:
                yield key

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: Any) -> bool:
        try:
            return self._ref_type(key) in self._entries
        except TypeError:  # what can't be held weakly
            return False

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}>"

    def __or__(self, other: Mapping[Any, Any]) -> "WeakIdKeyDictionary":
        joined = self.copy()
        joined.update(other)
        return joined

    def keyrefs(self) -> list[Any]:
        """The references to the keys; some may be dead."""
        return list(self._entries)

    def copy(self) -> "WeakIdKeyDictionary":
        """Another one with the same entries."""
        return WeakIdKeyDictionary(self, self._ref_type)

    def pop(self, key: Any, *args: Any) -> Any:
        """Take an entry out; KeyError, or the default, where there is none."""
        return self._entries.pop(self._ref_type(key), *args)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """The value, which is ``default`` from now on where there was none."""
        return super().setdefault(key, default)

    def update(self, dict: Any = None, **kwargs: Any) -> None:  # type: ignore[override]  # PyTorch's names
        """Take the entries of another mapping, or of pairs."""
        super().update(() if dict is None else dict, **kwargs)


WeakTensorKeyDictionary: Final = WeakIdKeyDictionary


class TensorWeakRef:
    """A weak reference to a tensor: called, it is the tensor, or None."""

    def __init__(self, tensor: Any) -> None:
        if not hasattr(tensor, "__primitive__"):
            raise AssertionError(f"expected torch.Tensor, got {type(tensor)}")
        self.ref: WeakIdRef = WeakIdRef(tensor)

    def __call__(self) -> Any:
        return self.ref()
