"""The notebooks as pages of the documentation: their text and code; results are made where they are run."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
HEAD = """# Notebooks

In the folder `notebooks/`: run them with Jupyter. Each runs in a few seconds, and the tests run them all.

| notebook | what for |
| --- | --- |
"""


def pages() -> dict[str, str]:
    """File names without ``.md``, and Markdown."""
    found = {path.stem: _cells(path) for path in sorted(FOLDER.glob("*.ipynb"))}
    rows = [f"| [{_title(cells)}]({name}.md) | {_purpose(cells)} |\n" for name, cells in found.items()]
    return {"index": HEAD + "".join(rows), **{name: _page(name, cells) for name, cells in found.items()}}


def _cells(path: Path) -> list[tuple[str, str]]:
    """The kind and the text of each cell."""
    return [
        (cell["cell_type"], "".join(cell["source"]))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
    ]


def _title(cells: list[tuple[str, str]]) -> str:
    return cells[0][1].split("\n", 1)[0].removeprefix("# ")


def _purpose(cells: list[tuple[str, str]]) -> str:
    """The first paragraph below the title."""
    return cells[0][1].split("\n\n")[1].replace("\n", " ").replace("|", "\\|")


def _page(name: str, cells: list[tuple[str, str]]) -> str:
    parts = [text if kind == "markdown" else f"```python\n{text}\n```" for kind, text in cells]
    parts.insert(1, f"*This is `notebooks/{name}.ipynb`, without its results.*")
    return "\n\n".join(parts) + "\n"
