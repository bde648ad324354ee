"""The SummaryWriter."""

import os
import socket
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Self

import numpy as np

from ..._tensor import Tensor
from .._images import png
from . import _events as events

Array = np.ndarray[Any, Any]

__all__ = ["FileWriter", "SummaryWriter"]


def _array(value: Any) -> Array:
    if isinstance(value, Tensor):
        return np.asarray(value.detach().cpu().array)
    return np.asarray(value)


def _number(value: Any) -> float:
    array = _array(value)
    if array.size != 1:
        raise AssertionError(f"scalar should be 0D: a value of shape {list(array.shape)} is no number")
    return float(array.reshape(()))


class FileWriter:
    """An event file that is written to the disk every ``flush_secs`` seconds, at the next value."""

    def __init__(
        self,
        log_dir: "str | os.PathLike[str]",
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: str = "",
    ) -> None:
        self._log_dir = str(log_dir)
        self._flush_secs = flush_secs
        self._last = time.monotonic()
        self._events = events.EventFile(self._log_dir, filename_suffix)

    def get_logdir(self) -> str:
        """The folder of the file."""
        return self._log_dir

    def add(self, values: Sequence[bytes], step: Any, walltime: float | None) -> None:
        """Add values of one step."""
        self._events.write(values, 0 if step is None else int(_number(step)), walltime)
        if time.monotonic() - self._last > self._flush_secs:
            self.flush()

    def flush(self) -> None:
        """Write what has been added to the disk."""
        self._last = time.monotonic()
        self._events.flush()

    def close(self) -> None:
        """Write what has been added, and close the file."""
        self._events.close()

    def reopen(self) -> None:
        """Go on in another file of the same folder."""
        self._events = events.EventFile(self._log_dir)


class SummaryWriter:
    """Writes what TensorBoard shows into a file in ``log_dir``: by default ``runs/`` with the time, the
    machine's name and ``comment``.

    A value belongs to the step ``global_step`` and the second ``walltime``. Graphs, embeddings, meshes, sound
    and video are not written: those methods take their arguments and do nothing.
    """

    def __init__(
        self,
        log_dir: "str | os.PathLike[str] | None" = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        filename_suffix: str = "",
    ) -> None:
        if not log_dir:
            now = datetime.now().strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{now}_{socket.gethostname()}{comment}")
        self.log_dir: str = str(log_dir)
        self.purge_step = purge_step
        self.max_queue = max_queue
        self.flush_secs = flush_secs
        self.filename_suffix = filename_suffix
        self.file_writer: FileWriter | None = None
        self.all_writers: dict[str, FileWriter] | None = {}
        self._get_file_writer()

    def _get_file_writer(self) -> FileWriter:
        self.file_writer = self._writer(self.log_dir)
        return self.file_writer

    def _writer(self, folder: str) -> FileWriter:
        if self.all_writers is None:
            self.all_writers = {}
        if folder not in self.all_writers:
            self.all_writers[folder] = FileWriter(
                folder, self.max_queue, self.flush_secs, self.filename_suffix
            )
        return self.all_writers[folder]

    def get_logdir(self) -> str:
        """The folder of the files."""
        return self.log_dir

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: Any = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """A number of the curve ``tag``."""
        self._get_file_writer().add([events.scalar(tag, _number(scalar_value))], global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Numbers of several curves in one picture, each in a folder of its own."""
        for tag, value in tag_scalar_dict.items():
            folder = os.path.join(self.log_dir, f"{main_tag.replace('/', '_')}_{tag}")
            self._writer(folder).add([events.scalar(main_tag, _number(value))], global_step, walltime)

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: Any = None,
        bins: Any = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """How the ``values`` are distributed; ``bins``: limits, or a rule that ``numpy.histogram`` knows."""
        array = _array(values).astype(np.float64).reshape(-1)
        if not array.size:
            raise ValueError("The input has no element.")
        edges = _grown_limits() if isinstance(bins, str) and bins == "tensorflow" else bins
        counts, limits = np.histogram(array, bins=edges)
        used = np.flatnonzero(counts)
        first, last = (int(used[0]), int(used[-1])) if len(used) else (0, 0)
        kept = [0.0, *counts[first : last + 1].tolist()]
        around = limits[first : last + 2].tolist()
        moments = [array.min(), array.max(), array.size, array.sum(), array @ array]
        value = events.histogram(tag, [float(m) for m in moments], around, kept)
        self._get_file_writer().add([value], global_step, walltime)

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: Any = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """A picture: numbers from 0 to 1, or bytes; ``dataformats`` names the axes."""
        self._get_file_writer().add([_image(tag, _array(img_tensor), dataformats)], global_step, walltime)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: Any = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Several pictures in one."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_image_with_boxes(
        self,
        tag: str,
        img_tensor: Any,
        box_tensor: Any,
        global_step: Any = None,
        walltime: float | None = None,
        rescale: float = 1,
        dataformats: str = "CHW",
        labels: Any = None,
    ) -> None:
        """A picture with the outlines of boxes (x0, y0, x1, y1)."""
        array = _rows(_array(img_tensor), dataformats).copy()
        for x0, y0, x1, y1 in _array(box_tensor).reshape(-1, 4).astype(int).tolist():
            array[[y0, min(y1, len(array) - 1)], x0 : x1 + 1] = (255, 0, 0)
            array[y0 : y1 + 1, [x0, min(x1, array.shape[1] - 1)]] = (255, 0, 0)
        self._get_file_writer().add([_image(tag, array, "HWC")], global_step, walltime)

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: Any = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """Matplotlib's figure, or several, as a picture."""
        figures = figure if isinstance(figure, list) else [figure]
        drawn = []
        for one in figures:
            one.canvas.draw()
            drawn.append(np.asarray(one.canvas.buffer_rgba())[..., :3])
            if close:
                from matplotlib import pyplot

                pyplot.close(one)
        self.add_image(tag, np.stack(drawn), global_step, walltime, "NHWC")

    def add_text(
        self, tag: str, text_string: str, global_step: Any = None, walltime: float | None = None
    ) -> None:
        """A text in Markdown."""
        self._get_file_writer().add([events.text(tag, str(text_string))], global_step, walltime)

    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Any = None,
        run_name: str | None = None,
        global_step: Any = None,
    ) -> None:
        """The settings of a run, and the numbers that it reached, in a folder of their own."""
        if not isinstance(hparam_dict, dict) or not isinstance(metric_dict, dict):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        settings = {
            key: _number(value) if isinstance(value, (Tensor, np.generic)) else value
            for key, value in hparam_dict.items()
        }
        writer = self._writer(os.path.join(self.log_dir, run_name or str(time.time())))
        writer.add([events.hparams(settings)], None, None)
        for name, value in metric_dict.items():
            writer.add([events.scalar(name, _number(value))], global_step, None)

    def add_graph(
        self, model: Any, input_to_model: Any = None, verbose: bool = False, use_strict_trace: bool = True
    ) -> None:
        """Nothing: ``autograd_cnn.explain`` draws what a model computes."""

    def add_embedding(
        self,
        mat: Any,
        metadata: Any = None,
        label_img: Any = None,
        global_step: Any = None,
        tag: str = "default",
        metadata_header: Any = None,
    ) -> None:
        """Nothing is written."""

    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: Any = None,
        num_thresholds: int = 127,
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Nothing is written."""

    def add_video(
        self,
        tag: str,
        vid_tensor: Any,
        global_step: Any = None,
        fps: float = 4,
        walltime: float | None = None,
    ) -> None:
        """Nothing is written."""

    def add_audio(
        self,
        tag: str,
        snd_tensor: Any,
        global_step: Any = None,
        sample_rate: int = 44100,
        walltime: float | None = None,
    ) -> None:
        """Nothing is written."""

    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Any = None,
        global_step: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Nothing is written."""

    def add_custom_scalars(self, layout: Mapping[str, Any]) -> None:
        """Nothing is written."""

    def flush(self) -> None:
        """Write what has been added to the disk."""
        for writer in (self.all_writers or {}).values():
            writer.flush()

    def close(self) -> None:
        """Write what has been added, and close the files; another value opens new ones."""
        for writer in (self.all_writers or {}).values():
            writer.close()
        self.file_writer = self.all_writers = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _grown_limits() -> list[float]:
    """Limits that grow by a tenth each, from 1e-12 to 1e20, on both sides of 0: TensorBoard's."""
    above = []
    limit = 1e-12
    while limit < 1e20:
        above.append(limit)
        limit *= 1.1
    return [*(-number for number in reversed(above)), 0.0, *above]


def _rows(array: Array, axes: str) -> Array:
    """A picture (H, W, 3) of bytes; many pictures are put into one, in rows."""
    axes = axes.upper()
    if len(axes) != array.ndim or len(set(axes)) != len(axes) or not set(axes) <= set("NCHW"):
        raise AssertionError(
            f"size of input tensor and input format are different. tensor shape: {array.shape}, "
            f"input_format: {axes}"
        )
    scale = 1 if array.dtype == np.uint8 else 255
    array = np.clip(array * scale, 0, 255).astype(np.uint8)
    for missing in "CN":
        if missing not in axes:
            array, axes = array[None], missing + axes
    pictures = array.transpose([axes.index(axis) for axis in "NHWC"])
    pictures = np.repeat(pictures, 3, 3) if pictures.shape[3] == 1 else pictures[..., :3]
    count, height, width, _ = pictures.shape
    columns = min(count, 8)
    grid = np.zeros((-(-count // columns) * height, columns * width, 3), np.uint8)
    for i, picture in enumerate(pictures):
        top, left = i // columns * height, i % columns * width
        grid[top : top + height, left : left + width] = picture
    return grid


def _image(tag: str, array: Array, axes: str) -> bytes:
    pixels = _rows(array, axes)
    height, width, channels = pixels.shape
    return events.image(tag, height, width, channels, png(pixels))
