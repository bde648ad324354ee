"""The site builds without a warning, fetches nothing from elsewhere, and has every primitive with its
formulas."""

import re
import shutil
import subprocess
import sys

import pytest

from autograd_cnn.ops import registry

from .pages import ROOT, script

operator_pages = script("operator_pages")
library_page = script("library_page")


@pytest.fixture(scope="module")
def pages():
    return operator_pages.pages()


def test_every_primitive_has_a_section_with_its_formulas_and_errors(pages):
    text = "\n".join(pages.values())
    for primitive in registry.values():
        if primitive.__module__.startswith("autograd_cnn.ops."):
            section = text.split(f"{{: #{primitive.name} }}\n", 1)[1].split("\n## ")[0]
            wanted = [name for name in primitive.operands if name not in primitive.without_rule]
            assert section.count("<math") == len(wanted), primitive.name
            assert bool(wanted) == ("Verified in float64" in section), primitive.name


def test_what_is_kept_and_adjoints_are_named(pages):
    relu = pages["activation"].split("{: #relu }")[1].split("\n## ")[0]
    assert "keeps <code>y</code>" in relu
    assert "the gradient at 0 is 0" in relu
    assert "adjoint [`fold`](windows.md#fold)" in pages["windows"]


def test_a_rule_that_is_wrong_ends_the_build(monkeypatch):
    def wrong(g, out):
        return -g * (1 - out * out)

    tanh = registry["tanh"]
    monkeypatch.setitem(tanh.rules, "x", tanh.rules["x"]._replace(rule=wrong, formula=None))
    tanh.plans.clear()
    try:
        with pytest.raises(AssertionError, match="tanh"):
            operator_pages.pages.__wrapped__()
    finally:
        tanh.plans.clear()


def test_the_library_at_a_glance_has_names_of_every_package():
    page = library_page.page()
    for name in (
        "matmul",
        "Conv2d",
        "cross_entropy",
        "SGD",
        "DataLoader",
        "jacrev",
        "draw",
        "sweep",
        "LeNet",
    ):
        assert f">{name}</code>" in page, name


@pytest.mark.slow
def test_the_site(tmp_path):
    pytest.importorskip("mkdocs")
    pytest.importorskip("latex2mathml")

    def build(target):
        command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(target)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    done = build(tmp_path / "site")
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    html = list((tmp_path / "site").rglob("*.html"))
    assert len(html) > 40
    for page in html:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"<(script|link|img|iframe)[^>]*(src|href)=.?https?:", text), page
        assert "$$" not in re.sub(r"<(pre|code|script).*?</\1>", "", text, flags=re.DOTALL), page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "old", "new", "said"),
    [
        (
            "derivations/activations.md",
            "g_x = where(x > 0, g_y, 0.0)",
            "g_x = where(x > 0, -g_y, 0.0)",
            "WrongFormulaError",
        ),
        ("index.md", "derivations/index.md", "derivations/nowhere.md", "nowhere.md"),
    ],
)
def test_a_wrong_formula_or_link_ends_the_build(tmp_path, page, old, new, said):
    pytest.importorskip("mkdocs")
    for name in ("docs", "scripts"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    text = (tmp_path / "docs" / page).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "docs" / page).write_text(text.replace(old, new, 1), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert said in done.stderr
