"""The pages' Python examples print what stands below them, and their links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import DOCS, ROOT, script

EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?", re.DOTALL | re.MULTILINE)
RUN = [
    "index.md",
    "own-operator.md",
    "from-pytorch.md",
    "derivations/gradient-descent.md",
    "derivations/fully-connected.md",
]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", RUN)
def test_examples(page, tmp_path):
    """The blocks of a page are one program; what it prints is what the page shows."""
    blocks = EXAMPLE.findall((DOCS / page).read_text(encoding="utf-8"))
    program = tmp_path / "program.py"
    program.write_text("\n".join(code for code, _ in blocks), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "".join(printed for _, printed in blocks)
    assert done.stdout


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: str(page.relative_to(DOCS)))
def test_links_to_files_lead_somewhere(page):
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        generated = "primitives/" in link or link in (
            "library.md",
            "notebooks/index.md",
        )  # written while the site is built, which checks these
        assert link.startswith(("https://", "http://")) or generated or (page.parent / link).exists(), link


def test_every_notebook_is_a_page():
    pages = script("notebook_pages").pages()
    assert set(pages) == {"index"} | {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")}
    for name in pages:
        assert name == "index" or f"({name}.md)" in pages["index"]
    assert "optimizer.step()" in pages["lenet_mnist"]


def test_the_parity_page_shows_every_layer_close_to_pytorch():
    rows = re.findall(
        r"^\| ([\w.]+) \| [\dx]+.*? \| (\S+) \| (\S+) \|$",
        (DOCS / "lenet-parity.md").read_text(),
        re.MULTILINE,
    )
    layers = ["image", "conv1", "pool1", "conv2", "pool2", "fc1", "relu1", "fc2"]
    assert [name for name, *_ in rows[:8]] == layers
    assert all(float(error) < 1e-12 for _, *errors in rows for error in errors)


def test_no_page_names_a_path_of_one_machine():
    for page in [*DOCS.rglob("*.md"), *Path(ROOT / "notebooks").glob("*.ipynb")]:
        assert not re.search(r"(?<![\w.])/(work|home|root|tmp)/", page.read_text(encoding="utf-8")), page
