"""A graph that shows itself: ``graphviz.Digraph`` that renders through pygraphviz, so that no ``dot`` need be
installed."""

import os
import pathlib
import shutil
from typing import Any

import graphviz

from .._files.atomic import write_atomically


class Picture(graphviz.Digraph):  # type: ignore[misc]  # graphviz has no types
    """What :func:`draw` returns. Shows itself in a notebook; ``render("lenet", format="png")`` writes a
    file."""

    filename: str
    directory: str

    def pipe(
        self,
        format: str | None = None,
        *args: Any,
        encoding: str | None = None,
        engine: str | None = None,
        **options: Any,
    ) -> Any:
        """The picture as bytes (as text if ``encoding`` is given), in ``format``: svg, png, pdf, or any
        Graphviz writes."""
        kind, layout = format or self.format, engine or self.engine
        try:
            import pygraphviz
        except ImportError:
            if shutil.which(layout) is None:
                raise RuntimeError(
                    "drawing needs Graphviz: pip install pygraphviz (its wheels carry it), or install "
                    "the program 'dot'"
                ) from None
            return super().pipe(kind, *args, encoding=encoding, engine=engine, **options)
        drawn = pygraphviz.AGraph(string=self.source).draw(format=kind, prog=layout)
        return drawn.decode(encoding) if encoding else drawn

    def render(
        self,
        filename: "str | os.PathLike[str] | None" = None,
        directory: "str | os.PathLike[str] | None" = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        *,
        outfile: "str | os.PathLike[str] | None" = None,
        engine: str | None = None,
    ) -> str:
        """Write ``<filename>`` (DOT, dropped again with ``cleanup``) and ``<filename>.<format>``, or just
        ``outfile``.

        Returns the path of the picture. A file is written whole or not at all.
        """
        folder = pathlib.Path(directory or self.directory or "")
        if outfile is not None:
            target = folder / outfile
            kind = format or target.suffix.lstrip(".") or self.format
        else:
            source = folder / (filename or f"{self.name or 'graph'}.gv")
            kind = format or self.format
            target = source.with_name(f"{source.name}.{kind}")
            if not cleanup:
                _write(source, self.source.encode())
        _write(target, self.pipe(kind, engine=engine))
        if view:
            graphviz.view(str(target))
        return str(target)

    def save(
        self,
        filename: "str | os.PathLike[str] | None" = None,
        directory: "str | os.PathLike[str] | None" = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the DOT source to ``<name>.gv`` or ``filename``; returns its path. A file is written whole or
        not at all."""
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path = pathlib.Path(self.filepath)
        if not (skip_existing and path.exists()):
            _write(path, self.source.encode(self.encoding))
        return str(self.filepath)

    def view(
        self,
        filename: "str | os.PathLike[str] | None" = None,
        directory: "str | os.PathLike[str] | None" = None,
        cleanup: bool = False,
    ) -> str:
        """:meth:`render`, and open the picture in the system's viewer."""
        return self.render(filename, directory, view=True, cleanup=cleanup)

    def _repr_svg_(self) -> str:
        """For notebooks and documentation builders."""
        return str(self.pipe("svg", encoding="utf-8"))


def _write(path: pathlib.Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, data)
