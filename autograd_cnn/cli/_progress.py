"""The progress bar: tqdm's where it is installed, nothing where it is not."""

from typing import Any


class Progress:
    """A bar over the ``total`` steps of an epoch, ``done`` of them before it begins. ``with Progress(...) as
    progress:``."""

    def __init__(self, title: str, total: int, done: int, *, hidden: bool) -> None:
        self._bar: Any = None
        if hidden:
            return
        try:
            from tqdm import tqdm
        except ImportError:
            return
        self._bar = tqdm(total=total, initial=done, desc=title, unit="step", leave=False, mininterval=0.2)

    def show(self, loss: float, accuracy: float, images_per_second: float) -> None:
        """One step more, with its loss, the accuracy of the epoch so far, and the speed."""
        if self._bar is not None:
            self._bar.set_postfix_str(
                f"loss {loss:.4f}, accuracy {accuracy:.2%}, {images_per_second:.0f} images/s", refresh=False
            )
            self._bar.update()

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()
