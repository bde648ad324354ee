"""The README's Python examples print what stands below them, and its commands are the program's."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograd_cnn.cli._options import parse

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", README, re.DOTALL)


def test_there_is_an_example_of_five_lines():
    """Blank ones, which the formatter puts in, are not counted."""
    assert any(sum(map(bool, code.splitlines())) <= 5 and printed for code, printed in EXAMPLES)


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_examples(code, printed, tmp_path):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == printed


@pytest.mark.parametrize(
    "line", sorted(set(re.findall(r"^ *autograd-cnn (train .*)$", README, re.MULTILINE)))
)
def test_commands_have_the_programs_options(line):
    assert parse(line.split()).command == "train"


@pytest.mark.parametrize(
    "target", sorted(set(re.findall(r"(?:`|^    )make ([a-z-]+)", README, re.MULTILINE)))
)
def test_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_links_lead_somewhere(path):
    assert (ROOT / path).exists()
