"""Functions that build models by name, and the files of their trained weights, which are named and not
fetched."""

import enum
import os
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar

from .. import nn
from ..hub import get_dir, load_state_dict_from_url
from ..transforms import ImageClassification, InterpolationMode

Net = TypeVar("Net", bound=nn.Module)

BUILDERS: dict[str, Callable[..., Any]] = {}
"""The functions by their names."""

ENUMS: dict[str, Any] = {}
"""The weights of each, by the function's name."""

_PLACE = "https://download.pytorch.org/models/"


class Weights(NamedTuple):
    """Trained weights: where their file is, the transform that images need, and what else is known."""

    url: str
    transforms: Callable[..., Any]
    meta: dict[str, Any]


class WeightsEnum(enum.Enum):
    """The weights that there are for one model."""

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """The member that ``obj`` is or names; TypeError for another model's."""
        if obj is not None and isinstance(obj, str):
            obj = cls[obj.replace(f"{cls.__name__}.", "")]
        if obj is not None and not isinstance(obj, cls):
            raise TypeError(
                f"Invalid Weight class provided; expected {cls.__name__} but received {type(obj).__name__}."
            )
        return obj

    def get_state_dict(self, *args: Any, **kwargs: Any) -> Any:
        """The weights, from the file where it has been downloaded to."""
        return load_state_dict_from_url(self.url, *args, **kwargs)

    @property
    def url(self) -> str:
        """Where the file is."""
        return str(self.value.url)

    @property
    def transforms(self) -> Callable[..., Any]:
        """What makes the transform of images."""
        made: Callable[..., Any] = self.value.transforms
        return made

    @property
    def meta(self) -> dict[str, Any]:
        """What else is known."""
        known: dict[str, Any] = self.value.meta
        return known


def weights_of(enum_name: str, builder: str, *files: tuple[Any, ...]) -> Any:
    """The enumeration of a model's weights: of each its name, file, size of the crop and of the resized
    image, and for some the interpolation. The last one of those called V1 or V2 is the default."""
    members = {}
    for name, file, crop, resize, *how in files:
        preset = partial(
            ImageClassification,
            crop_size=crop,
            resize_size=resize,
            interpolation=InterpolationMode(how[0] if how else "bilinear"),
        )
        meta = {"num_classes": 1000, "min_size": (1, 1)}
        members[name] = Weights(f"{_PLACE}{file}", preset, meta)
    newest = [name for name in members if name in ("IMAGENET1K_V1", "IMAGENET1K_V2")]
    members["DEFAULT"] = members[(newest or list(members))[-1 if newest else 0]]
    made = WeightsEnum(enum_name, members)  # type: ignore[arg-type,call-overload]  # the functional form
    ENUMS[builder] = made
    return made


def builder(name: str, make: Callable[..., Net], *args: Any, **fixed: Any) -> Callable[..., Net]:
    """The function ``name(*, weights=None, progress=True, **kwargs)`` that returns ``make(*args, **fixed,
    **kwargs)``."""

    def build(*given: Any, weights: Any = None, progress: bool = True, **kwargs: Any) -> Net:
        if given:  # older programs say pretrained, ours the number of classes
            kwargs["pretrained" if isinstance(given[0], bool) else "num_classes"] = given[0]
        weights = _chosen(name, weights, kwargs)
        if weights is None:
            return make(*args, **{**fixed, **kwargs})
        net = make(*args, **{**fixed, **kwargs})
        net.load_state_dict(_read(name, weights, progress))
        return net

    build.__name__ = build.__qualname__ = name
    build.__doc__ = f"{getattr(make, '__name__', name)}, with trained ``weights`` if they are asked for."
    BUILDERS[name] = build
    return build


def _chosen(name: str, weights: Any, kwargs: dict[str, Any]) -> Any:
    """The weights that are asked for, by whichever word; None for none."""
    if "pretrained" in kwargs:
        given = kwargs.pop("pretrained")
        warnings.warn(
            "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, please "
            "use 'weights' instead.",
            UserWarning,
            stacklevel=3,
        )
        weights = weights or (next(iter(ENUMS[name])) if given is True else given or None)
    if weights is None:
        return None
    if name not in ENUMS:
        raise ValueError(f"{name}: there are no trained weights; use weights=None")
    return ENUMS[name].verify(weights)


def _read(name: str, weights: Any, progress: bool) -> Any:
    file = weights.url.rpartition("/")[2]
    path = os.path.join(get_dir(), "checkpoints", file)
    if not os.path.isfile(path):
        raise RuntimeError(
            f"{name}: its trained weights are not fetched here. Download {weights.url} to {path}, which is "
            "read then, or use weights=None (pretrained=False) for random ones"
        )
    return load_state_dict_from_url(weights.url, progress=progress)


def list_models(module: Any = None, include: Any = None, exclude: Any = None) -> list[str]:
    """The names of the models that :func:`get_model` knows, filtered by patterns as of file names."""
    from fnmatch import fnmatch

    def any_of(patterns: Any, name: str) -> bool:
        return any(fnmatch(name, p) for p in ([patterns] if isinstance(patterns, str) else patterns))

    return sorted(
        name
        for name in BUILDERS
        if (include is None or any_of(include, name)) and not (exclude is not None and any_of(exclude, name))
    )


def get_model_builder(name: str) -> Callable[..., nn.Module]:
    """The function that builds the model called ``name``."""
    if name.lower() not in BUILDERS:
        raise ValueError(f"Unknown model {name}")
    return BUILDERS[name.lower()]


def get_model(name: str, **config: Any) -> nn.Module:
    """The model called ``name``."""
    return get_model_builder(name)(**config)


def get_model_weights(name: Any) -> Any:
    """The weights that there are for the model, by its name or its function."""
    key = name.lower() if isinstance(name, str) else name.__name__
    if key not in ENUMS:
        raise ValueError(f"Unknown model {key}")
    return ENUMS[key]


def get_weight(name: str) -> Any:
    """The weights called ``name``, such as "ResNet50_Weights.IMAGENET1K_V2"."""
    family, _, member = name.partition(".")
    for found in ENUMS.values():
        if found.__name__ == family:
            return found[member]
    raise ValueError(f"The weight enum '{family}' for the specific method couldn't be retrieved")
