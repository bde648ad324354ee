"""Every notebook runs from top to bottom, and is committed without results."""

from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

NOTICES = ("autograd_cnn: compiling kernels", "Fontconfig ")
"""What a fresh machine says once: that kernels are compiled, or that its fonts are set up oddly."""

LONG = (
    *("double_backward", "exercises", "gpu_or_cpu", "gradient_checking", "im2col_and_convolution"),
    "lenet_mnist",
)
"""Notebooks that take more than two seconds."""

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert "fit_a_line.ipynb" in [path.name for path in NOTEBOOKS]


# The kernel's machinery warns about itself on some versions; what the notebook's own code warns of is printed
# in its cells.
@pytest.mark.quick_share(2)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem in LONG)) for path in NOTEBOOKS],
)
def test_notebook(path):
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), (
        "clear the results before committing: they are made anew here"
    )
    nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    said = [
        output["text"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.get("name") == "stderr"
    ]
    assert [
        line for text in said for line in text.splitlines() if line and not line.startswith(NOTICES)
    ] == []
