"""``python -m benchmarks [row ...]``: the table as text, as JSON and as docs/performance.md."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from .measure import import_times, measure
from .rows import ROWS

SIDES: dict[str, tuple[str, ...]] = {
    "autograd_cnn": ("contiguous", "channels_last"),
    "pytorch": ("contiguous", "channels_last"),
    "mygrad": ("",),
    "dezero": ("",),
    "hips_autograd": ("",),
    "jax": ("",),
}
PACKAGES = {
    "autograd_cnn": "autograd-cnn",
    "pytorch": "torch",
    "mygrad": "mygrad",
    "dezero": "dezero",
    "hips_autograd": "autograd",
    "jax": "jax",
}
ROOT = Path(__file__).parent.parent
MARK = "<!-- everything above this line is written by `make bench` -->"


def machine() -> dict[str, Any]:
    """Processor, threads and versions."""
    info = Path("/proc/cpuinfo")
    models = (
        [
            line.split(":")[1].strip()
            for line in info.read_text().splitlines()
            if line.startswith("model name")
        ]
        if info.exists()
        else []
    )
    versions = {}
    for package in ("numpy", "numba", *PACKAGES.values()):
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            versions[package] = "not installed"
    return {
        "processor": models[0] if models else platform.processor(),
        "processors": os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
    }


def cell(side: dict[str, Any] | None) -> str:
    if side is None:
        return "–"
    form = f" ({side['format']})" if side["format"] else ""
    return f"{side['milliseconds']:.3g}{form}"


def table(results: list[dict[str, Any]]) -> list[str]:
    """The rows in Markdown, which reads well as text too."""
    lines = [
        "| row | " + " | ".join(f"{side} ms" for side in SIDES) + " | ours / PyTorch | at most | aim |",
        "| --- |" + " --- |" * (len(SIDES) + 3),
    ]
    for found in results:
        sides = found["sides"]
        ratio = sides.get("pytorch", {}).get("ratio")
        numbers = [
            f"{ratio:.2f}" if ratio else "–",
            *(str(found[key]) if found[key] else "" for key in ("bound", "aim")),
        ]
        lines.append(
            f"| {found['title']} | "
            + " | ".join([*(cell(sides.get(side)) for side in SIDES), *numbers])
            + " |"
        )
    return lines


def summary(results: list[dict[str, Any]]) -> str:
    """The geometric mean of all ratios to PyTorch, and the worst."""
    ratios = {
        found["row"]: found["sides"]["pytorch"]["ratio"]
        for found in results
        if "ratio" in found["sides"].get("pytorch", {})
    }
    if not ratios:
        return "No row was measured beside PyTorch."
    worst = max(ratios, key=lambda row: ratios[row])
    return (
        f"Ours / PyTorch over {len(ratios)} rows: geometric mean "
        f"{statistics.geometric_mean(ratios.values()):.2f}, worst {ratios[worst]:.2f} ({worst}), at most 1.0 "
        f"in {sum(ratio <= 1 for ratio in ratios.values())}."
    )


def memory_table(results: list[dict[str, Any]]) -> list[str]:
    lines = ["| step | ours MB | PyTorch MB | ratio | at most |", "| --- | --- | --- | --- | --- |"]
    for found in results:
        torch = found["sides"].get("pytorch", {})
        if "memory_ratio" in torch:
            ours = found["sides"]["autograd_cnn"]["memory_kb"] / 1024
            ratio = torch["memory_ratio"]
            lines.append(
                f"| {found['title']} | {ours:.1f} | {ours / ratio:.1f} | {ratio:.2f} | "
                f"{found['memory_bound']} |"
            )
    return lines


def loader_lines() -> list[str]:
    """Images per second of LeNet's step fed by a DataLoader, without workers and with two."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.loader"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return [f"- {line}" for line in done.stdout.splitlines()]


def page(
    results: list[dict[str, Any]], imports: dict[str, float], where: dict[str, Any], threads: int
) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in where["versions"].items())
    text = [
        "# Performance",
        "",
        f"{where['processor']}, {where['processors']} processors, {threads} threads for every "
        f"library, Python {where['python']}; {versions}.",
        "Each library runs in a process of its own and takes its turn, A B A B; a time is the median "
        "over rounds of the median of a round,",
        "a ratio the median of the ratios round by round. Images lie in memory in both formats, and "
        "the better one counts.",
        "",
        *table(results),
        "",
        summary(results),
        "",
        "## Memory",
        "",
        "Peak of resident memory during a step, above what was resident after importing the library.",
        "",
        *memory_table(results),
        "",
        "## Import",
        "",
        ", ".join(f"`import {name}`: {time:.0f} ms" for name, time in imports.items())
        + ", interpreter included.",
    ]
    if {"numpy", "autograd_cnn"} <= set(imports):
        text.append(
            "`import autograd_cnn` over `import numpy`: "
            f"{imports['autograd_cnn'] - imports['numpy']:+.0f} ms (at most +60, aim +30)."
        )
    text += ["", "## A DataLoader", "", *loader_lines()]
    lacking = sorted(
        {
            f"{side}: {why}"
            for found in results
            for side, why in found["missing"].items()
            if "not installed" in why
        }
    )
    if lacking:
        text += ["", "Missing: " + "; ".join(lacking) + "."]
    return "\n".join(text) + "\n\n" + MARK + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "rows",
        nargs="*",
        help="names of rows; all of them by default, and then docs/performance.md is written",
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seconds", type=float, default=3.0, help="about how long a row is measured")
    parser.add_argument("--json", type=Path, default=ROOT / "benchmarks" / "results.json")
    arguments = parser.parse_args()
    unknown = set(arguments.rows) - {row.name for row in ROWS}
    if unknown:
        parser.error(
            f"no such rows: {', '.join(sorted(unknown))}; there are {', '.join(row.name for row in ROWS)}"
        )
    results = []
    print("\n".join(table([])), flush=True)
    for row in ROWS:
        if not arguments.rows or row.name in arguments.rows:
            results.append(measure(row, SIDES, arguments.threads, arguments.seconds))
            print(table(results[-1:])[-1], flush=True)
    print("\n".join(["", summary(results), "", *memory_table(results)]))
    if arguments.rows:
        return 0
    where, imports = machine(), import_times()
    arguments.json.write_text(
        json.dumps(
            {"machine": where, "threads": arguments.threads, "import_ms": imports, "rows": results}, indent=1
        )
        + "\n"
    )
    document = ROOT / "docs" / "performance.md"
    kept = document.read_text().partition(MARK)[2] if document.exists() else ""
    document.write_text(page(results, imports, where, arguments.threads) + kept)
    print(f"wrote {arguments.json} and {document}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
