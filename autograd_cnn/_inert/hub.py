"""Models from the net: nothing is fetched, and no code of others is run."""

import os
from pathlib import Path

from ._answers import refusing

__all__ = [
    "download_url_to_file",
    "get_dir",
    "help",
    "list",
    "load",
    "load_state_dict_from_url",
    "set_dir",
]

_INSTEAD = "fetch the file yourself, and read it with torch.load(path)"
_MODEL = "build the model by its class, and read its weights with torch.load(path)"

download_url_to_file = refusing("torch.hub.download_url_to_file", _INSTEAD)
load_state_dict_from_url = refusing("torch.hub.load_state_dict_from_url", _INSTEAD)
load = refusing("torch.hub.load", _MODEL)
list = refusing("torch.hub.list", _MODEL)
help = refusing("torch.hub.help", _MODEL)

_folder: str | None = None


def get_dir() -> str:
    """The folder of files that were fetched: ``$TORCH_HOME/hub``, or in the user's cache."""
    home = os.environ.get("TORCH_HOME") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "torch"
    return _folder or str(Path(home).expanduser() / "hub")


def set_dir(d: "str | os.PathLike[str]") -> None:
    """Set what :func:`get_dir` returns."""
    global _folder
    _folder = str(Path(d).expanduser())
