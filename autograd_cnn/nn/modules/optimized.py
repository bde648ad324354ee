"""The module that ``compile`` makes of a module, as in PyTorch: it holds that one as ``_orig_mod``."""

from typing import Any

from ..._compile import Report, Runner, made_for
from .module import Module

__all__ = ["OptimizedModule"]


class OptimizedModule(Module):
    """Calls another module with its operators waiting for each other. Attributes are that module's; names of
    parameters begin with ``_orig_mod``."""

    _orig_mod: Module

    def __init__(self, mod: Module, run: Runner) -> None:
        self.__dict__["_run"] = run
        super().__init__()
        self._modules["_orig_mod"] = mod

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The other module's call, hooks included."""
        return self._run(self._orig_mod, *args, **kwargs)

    def explain(self) -> Report:
        """What became of the calls so far."""
        report: Report = self._run.report
        return report

    @property
    def training(self) -> bool:
        """The other module's."""
        return self._orig_mod.training

    @training.setter
    def training(self, value: bool) -> None:
        self._orig_mod.training = value

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__.get("_modules")
        if own is None or "_orig_mod" not in own:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")
        return own["_orig_mod"] if name == "_orig_mod" else getattr(own["_orig_mod"], name)

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name) or name == "_orig_mod":
            super().__setattr__(name, value)
        else:
            setattr(self._orig_mod, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._orig_mod, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._orig_mod)})

    def __len__(self) -> int:
        return len(self._orig_mod)


made_for[Module] = OptimizedModule
