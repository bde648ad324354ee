"""What MkDocs does beyond Markdown, for ``mkdocs.yml``: formulas set as MathML, checked formulas, and the
operators' pages.

Browsers set MathML by themselves, so the pages need no script and no network for it. ``$...$`` and
``$$...$$`` are LaTeX; a block fenced as ``check`` is read, run and set by ``written_formulas``, and a wrong
formula ends the build.
"""

import re
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import library_page
import notebook_pages
import operator_pages
import written_formulas
from latex2mathml.converter import convert
from markdown import Extension, Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.preprocessors import Preprocessor
from mkdocs.structure.files import File, Files

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
DISPLAY = re.compile(r"^\$\$(.+?)\$\$$", re.DOTALL | re.MULTILINE)


class _Blocks(Preprocessor):
    """Replaces ``check`` blocks and displayed formulas before Markdown reads the rest."""

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        text = FENCE.sub(lambda m: self._store(_checked(m[2])) if m[1] == "check" else m[0], text)
        parts = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)  # code is left alone
        parts[::2] = [
            DISPLAY.sub(lambda m: self._store(convert(m[1].strip(), display="block")), part)
            for part in parts[::2]
        ]
        return "".join(parts).split("\n")

    def _store(self, html: str) -> str:
        return f"\n{self.md.htmlStash.store(html)}\n"


class _Inline(InlineProcessor):
    """``$...$`` within a line."""

    def handleMatch(  # noqa: N802 - Markdown's name
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str, int, int]:
        return self.md.htmlStash.store(convert(m[1])), m.start(0), m.end(0)


class Formulas(Extension):
    """The Markdown extension that sets formulas."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Markdown's name
        md.preprocessors.register(
            _Blocks(md), "formulas", 28
        )  # before code fences (25), after white space (30)
        md.inlinePatterns.register(
            _Inline(r"(?<![\\$\w])\$([^$\n]+?)\$(?![\w$])", md), "formulas", 185
        )  # after backticks (190)


def _checked(text: str) -> str:
    return written_formulas.mathml(text, written_formulas.check(text))


def generated() -> dict[str, str]:
    """The pages that are written while the site is built."""
    primitives = {f"primitives/{name}.md": text for name, text in operator_pages.pages().items()}
    notebooks = {f"notebooks/{name}.md": text for name, text in notebook_pages.pages().items()}
    return {"library.md": library_page.page(), **notebooks, **primitives}


def listed(nav: Any) -> set[str]:
    """The files that a list of pages names."""
    if isinstance(nav, str):
        return {nav}
    return set().union(*map(listed, nav.values() if isinstance(nav, dict) else nav))


def on_config(config: Any) -> Any:
    """Add the extension that sets formulas; to the list of pages those that are generated, and those that it
    does not name."""
    config.markdown_extensions.append(Formulas())
    config.nav = [
        *config.nav,
        {"Notebooks": [f"notebooks/{name}.md" for name in notebook_pages.pages()]},
        {"Primitives": [f"primitives/{name}.md" for name in operator_pages.pages()]},
    ]
    others = sorted({path.name for path in Path(config.docs_dir).glob("*.md")} - listed(config.nav))
    if others:
        config.nav.insert(-2, {"More": others})
    return config


def on_files(files: Files, config: Any) -> Files:
    """Add the pages that are written while the site is built."""
    for name, text in generated().items():
        files.append(File.generated(config, name, content=text))
    return files
