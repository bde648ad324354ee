"""Functions that build models by name, and the files of their trained weights, which are named and not
fetched."""

import enum
import os
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from .. import nn
from ..hub import get_dir, load_state_dict_from_url
from ..transforms import ImageClassification, InterpolationMode

Net = TypeVar("Net", bound=nn.Module)

BUILDERS: dict[str, Callable[..., Any]] = {}
"""The functions by their names."""

ENUMS: dict[str, "type[WeightsEnum]"] = {}
"""The weights of each, by the function's name."""

_PLACE = "https://download.pytorch.org/models/"


class Weights(NamedTuple):
    """Trained weights: where their file is, the transform that images need, and what else is known."""

    url: str
    transforms: Callable[..., Any]
    meta: dict[str, Any]
    options: dict[str, Any]
    """What the net is built with, for the file fits no other."""
    defaults: Mapping[str, Any]
    """What it is built with unless the caller says otherwise."""


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

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"


def trained(
    file: str,
    crop: int = 224,
    resize: int = 256,
    interpolation: str = "bilinear",
    *,
    min_size: int = 1,
    defaults: Mapping[str, Any] = MappingProxyType({}),
    **options: Any,
) -> Weights:
    """The weights in ``file``, for images resized to ``resize``, of which the middle ``crop`` pixels count;
    ``min_size`` is the smallest image that the net takes (one with an ``image_size`` takes no other). The net
    is built with ``options`` always, with ``defaults`` where the caller says nothing else."""
    preset = partial(
        ImageClassification,
        crop_size=crop,
        resize_size=resize,
        interpolation=InterpolationMode(interpolation),
    )
    least = options.get("image_size", min_size)
    meta = {"num_classes": 1000, "min_size": (least, least)}
    return Weights(f"{_PLACE}{file}", preset, meta, {"num_classes": 1000, **options}, defaults)


def builder(
    enum: type[WeightsEnum], make: Callable[..., Net], *args: Any, **fixed: Any
) -> Callable[..., Net]:
    """The function that returns ``make(*args, **fixed, **kwargs)``, with one of the weights of ``enum`` if it
    is asked for; its name is the enumeration's."""
    name = enum.__name__.removesuffix("_Weights").lower()

    def build(weights: Any = None, progress: bool = True, **kwargs: Any) -> Net:
        if isinstance(weights, int) and not isinstance(weights, bool):  # ours take the number of classes too
            kwargs["num_classes"], weights = weights, None
        chosen = _chosen(enum, weights, kwargs)
        for key, value in {} if chosen is None else chosen.value.options.items():
            if kwargs.setdefault(key, value) != value:
                raise ValueError(
                    f"The parameter '{key}' expected value {value} but got {kwargs[key]} instead: "
                    f"{chosen!r} fits no other. Build {name} with weights=None"
                    + (", or replace its last layer" if key == "num_classes" else "")
                )
        unsaid = {} if chosen is None else chosen.value.defaults
        net = make(*args, **{**fixed, **unsaid, **kwargs})
        if chosen is not None:
            own = net.state_dict()
            state = _read(name, chosen, progress)
            # Files hold the classifiers on the way; a net that is built without them leaves them out.
            net.load_state_dict(
                {k: v for k, v in state.items() if k in own or not k.lower().startswith("aux")}
            )
        return net

    build.__name__ = build.__qualname__ = name
    build.__module__ = make.__module__
    build.__doc__ = f"{getattr(make, '__name__', name)}, with trained ``weights`` if they are asked for."
    BUILDERS[name] = build
    ENUMS[name] = enum
    return build


def _chosen(enum: type[WeightsEnum], weights: Any, kwargs: dict[str, Any]) -> Any:
    """The weights that are asked for, by whichever word; None for none."""
    if isinstance(weights, bool) or "pretrained" in kwargs:
        given = kwargs.pop("pretrained", None)
        given = weights if isinstance(weights, bool) else given
        warnings.warn(
            "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, please "
            "use 'weights' instead.",
            UserWarning,
            stacklevel=3,
        )
        if weights is None or isinstance(weights, bool):
            weights = next(iter(enum)) if given is True else given or None
    return enum.verify(weights)


def _read(name: str, weights: WeightsEnum, progress: bool) -> dict[str, Any]:
    file = weights.url.rpartition("/")[2]
    path = os.path.join(get_dir(), "checkpoints", file)
    if not os.path.isfile(path):
        raise RuntimeError(
            f"{name}: its trained weights are not fetched here. Download {weights.url} to {path}, which is "
            "read then, or use weights=None (pretrained=False) for random ones"
        )
    state: dict[str, Any] = load_state_dict_from_url(weights.url, progress=progress)
    return state


def list_models(module: Any = None, include: Any = None, exclude: Any = None) -> list[str]:
    """The names of the models that :func:`get_model` knows: of the package ``module``, and filtered by
    patterns as of file names."""
    from fnmatch import fnmatch

    def any_of(patterns: Any, name: str) -> bool:
        return any(fnmatch(name, p) for p in ([patterns] if isinstance(patterns, str) else patterns))

    return sorted(
        name
        for name, build in BUILDERS.items()
        if (module is None or build.__module__.rpartition(".")[0] == module.__name__)
        and (include is None or any_of(include, name))
        and not (exclude is not None and any_of(exclude, name))
    )


def get_model_builder(name: str) -> Callable[..., nn.Module]:
    """The function that builds the model called ``name``."""
    if name.lower() not in BUILDERS:
        raise ValueError(f"Unknown model {name}")
    return BUILDERS[name.lower()]


def get_model(name: str, **config: Any) -> nn.Module:
    """The model called ``name``."""
    return get_model_builder(name)(**config)


def get_model_weights(name: str | Callable[..., Any]) -> type[WeightsEnum]:
    """The weights that there are for the model, by its name or its function."""
    key = name.lower() if isinstance(name, str) else name.__name__
    if key not in ENUMS:
        raise ValueError(f"Unknown model {key}")
    return ENUMS[key]


def get_weight(name: str) -> WeightsEnum:
    """The weights called ``name``, such as "ResNet50_Weights.IMAGENET1K_V2"."""
    family, _, member = name.partition(".")
    if not member or "." in member:
        raise ValueError(f"Invalid weight name provided: '{name}'. It is as \"ResNet50_Weights.DEFAULT\"")
    for found in ENUMS.values():
        if found.__name__ == family:
            return found[member]
    raise ValueError(f"The weight enum '{family}' for the specific method couldn't be retrieved")
