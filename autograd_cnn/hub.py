"""PyTorch's hub by name: models and weights are not fetched from elsewhere here, and what asks for it is told
what to do."""

import importlib.util
import os
import re
import sys
from collections.abc import Callable
from typing import Any, NoReturn
from urllib.parse import urlparse as urlparse

__all__ = [
    "download_url_to_file",
    "get_dir",
    "help",
    "list",
    "load",
    "load_state_dict_from_url",
    "set_dir",
]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
"""The part of a file's name that is its checksum."""

_dir: str | None = None


def get_dir() -> str:
    """The folder of downloaded files: ``$TORCH_HOME/hub``, or the one that was set."""
    home = os.environ.get("TORCH_HOME") or os.path.join(
        os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "torch"
    )
    return _dir or os.path.join(home, "hub")


def set_dir(d: "str | os.PathLike[str]") -> None:
    """Choose that folder."""
    global _dir
    _dir = os.path.expanduser(d)


def _refuse(what: str, instead: str) -> NoReturn:
    raise RuntimeError(
        f"hub.{what} would run or read what the network gives, which autograd_cnn does not: {instead}"
    )


def load(
    repo_or_dir: Any,
    model: str,
    *args: Any,
    source: str = "github",
    trust_repo: Any = "check",
    force_reload: bool = False,
    verbose: bool = True,
    skip_validation: bool = False,
    **kwargs: Any,
) -> Any:
    """With ``source="local"``, what ``model(*args, **kwargs)`` of the folder's ``hubconf.py`` gives.

    Raises RuntimeError for anything from the network, which is not fetched and run, and for a name that the
    file has not; ValueError for another source, and a name that is no string.
    """
    if source not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    if not isinstance(model, str):
        raise ValueError(
            f"Invalid input: model should be a string of function name, got {type(model).__name__}"
        )
    if source == "github":
        _refuse(f"load({model!r})", "make the model with autograd_cnn.models, and load(path) its weights")
    folder = os.path.expanduser(os.fspath(repo_or_dir))
    sys.path.insert(0, folder)
    try:
        entry = getattr(_hubconf(folder), model, None)
        if not callable(entry):
            raise RuntimeError(f"Cannot find callable {model} in hubconf")
        return entry(*args, **kwargs)
    finally:
        sys.path.remove(folder)


def _hubconf(folder: str) -> Any:
    """The folder's ``hubconf.py``, run; RuntimeError where a package that it asks for is missing."""
    spec = importlib.util.spec_from_file_location("hubconf", os.path.join(folder, "hubconf.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    asked = getattr(module, "dependencies", ())
    missing = [name for name in asked if name not in sys.modules and importlib.util.find_spec(name) is None]
    if missing:
        raise RuntimeError(f"Missing dependencies: {', '.join(missing)}")
    return module


def list(
    github: Any,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: Any = "check",
    verbose: bool = True,
) -> NoReturn:
    """RuntimeError: no code is fetched and run."""
    _refuse("list", "autograd_cnn.models has the models")


def help(
    github: Any,
    model: str,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: Any = "check",
) -> NoReturn:
    """RuntimeError: no code is fetched and run."""
    _refuse("help", "autograd_cnn.models has the models")


def download_url_to_file(
    url: str, dst: "str | os.PathLike[str]", hash_prefix: str | None = None, progress: bool = True
) -> NoReturn:
    """RuntimeError: nothing is fetched."""
    _refuse("download_url_to_file", f"download {url} yourself")


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Callable[..., Any] | Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> Any:
    """What the file has that this address would be saved in, below ``model_dir`` or :func:`get_dir`; a
    RuntimeError where it is not there, as nothing is fetched."""
    from ._files.serialization import load as read

    folder = model_dir or os.path.join(get_dir(), "checkpoints")
    path = os.path.join(os.path.expanduser(folder), file_name or url.rpartition("/")[2])
    if not os.path.isfile(path):
        _refuse("load_state_dict_from_url", f"download {url} to {path}, which is read then")
    return read(path, map_location=map_location)
