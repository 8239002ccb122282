"""Prints what this machine reaches beside what the rivals do: `python -m tests.benchmarks`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable

from tests.benchmarks.rows import ROWS, Result
from tests.benchmarks.sides import PHOTOS, RIVALS

COLUMNS = ("what", "at least", "reached", "ours", "the rival", "holds")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--only", action="append", choices=list(ROWS), help="may be given again")
    parser.add_argument("--repeats", type=int, default=3, help="runs that a median is taken of")
    return parser.parse_args()


def line(result: Result) -> str:
    holds = "yes" if result.holds else "NO"
    return row((result.what, result.must, result.reached, result.ours, result.rival, holds))


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    options = arguments()
    if not PHOTOS.is_dir():
        sys.exit(f"The photos are missing: {PHOTOS}. They lie beside the checkout, in ../shared.")
    print(f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}")
    print(f"Rivals: {RIVALS}\n\n{row(COLUMNS)}\n{row('---' for _ in COLUMNS)}", flush=True)
    failed = False
    for name in options.only or ROWS:
        for result in ROWS[name](options.repeats):
            print(line(result), flush=True)
            failed = failed or not result.holds
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
