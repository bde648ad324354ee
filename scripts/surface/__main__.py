"""PyTorch's surface beside this package's.

python -m scripts.surface                   how much is the same, and what is missing by package
python -m scripts.surface torch.nn          the names below it that are absent or differ, one a line
python -m scripts.surface torch.nn --all    and those that differ on purpose
python -m scripts.surface --gather          ask PyTorch, which must be installed, for its names
"""

import argparse
import sys
from collections import defaultdict

from . import facts
from .compare import Row, rows, summary
from .page import PAGE, page

GAPS = ("absent", "differs")


def main(arguments: list[str] | None = None) -> int:
    """Print; 1 where a name is neither the same nor argued."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("below", nargs="*", help="names to look below")
    parser.add_argument("--all", action="store_true", help="also what differs on purpose")
    parser.add_argument("--gather", action="store_true", help="write the facts anew")
    parser.add_argument("--write", action="store_true", help="write docs/names.md")
    options = parser.parse_args(arguments)
    if options.gather:
        _gather()
    found = rows(facts.read(facts.FILE.read_text("utf-8").splitlines()))
    if options.write:
        PAGE.write_text(page(found), "utf-8")
    if options.below:
        _list([r for r in found if any(f"{r.name}.".startswith(f"{b}.") for b in options.below)], options.all)
    else:
        _overview(found)
    return int(any(row.status in GAPS for row in found))


def _gather() -> None:
    import torch

    from .gather import Surface

    surface = Surface(torch)
    surface.add(torch)
    try:
        import torchvision
    except ImportError:
        kept = [line for line in facts.FILE.read_text("utf-8").splitlines() if " torchvision" in line]
    else:
        surface.add(torchvision)
        kept = []
    text = "\n".join(dict.fromkeys([*surface.lines, *kept]))
    facts.FILE.write_text(text + "\n", "utf-8")


def _list(found: list[Row], everything: bool) -> None:
    for row in found:
        if row.status in GAPS or (everything and row.status == "argued"):
            said = "; ".join(
                f"{argument}: {what}" if argument else what for argument, what in row.differences.items()
            )
            print(f"{row.status:8} {row.name}  {said}" + (f"  [{row.note}]" if row.note else ""))
    _share(found)


def _overview(found: list[Row]) -> None:
    places = defaultdict(list)
    for row in found:
        parts = row.name.split(".")
        places[".".join(parts[:2]) if len(parts) > 2 else parts[0]].append(row)
    print(f"{'below':32}{'same':>8}{'differs':>9}{'argued':>8}{'absent':>8}{'out':>7}")
    for place, group in sorted(places.items()):
        counts = summary(group)[2]
        if any(counts[s] for s in ("differs", "absent", "argued")):
            print(
                f"{place:32}{counts['same']:8}{counts['differs']:9}{counts['argued']:8}{counts['absent']:8}"
                f"{counts['out of scope']:7}"
            )
    _share(found)


def _share(found: list[Row]) -> None:
    same, total, counts = summary(found)
    print(
        f"{same} of {total} names and arguments in scope are the same: {100 * same / max(total, 1):.1f} %; "
        + ", ".join(f"{n} {status}" for status, n in counts.most_common())
    )


if __name__ == "__main__":
    sys.exit(main())
