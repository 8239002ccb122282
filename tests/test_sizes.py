"""The limits of the house style: a function says one thing, a file holds one idea."""

from __future__ import annotations

import ast
from pathlib import Path

import coursekit

PACKAGE = Path(coursekit.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))


def functions(file: Path) -> list[tuple[str, int]]:
    """Name and lines of each function of a file, without decorators and docstring."""
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node, clean=False) is not None:
                lines -= (first.end_lineno or first.lineno) - first.lineno + 1
            found.append((f"{file.relative_to(PACKAGE)}:{node.name}", lines))
    return found


def test_no_function_is_longer_than_50_lines_and_nine_in_ten_are_under_25() -> None:
    sizes = [it for file in FILES for it in functions(file)]
    assert [it for it in sizes if it[1] > 50] == []
    assert sum(lines < 25 for _, lines in sizes) >= 0.9 * len(sizes)


def test_no_file_is_longer_than_400_lines() -> None:
    assert [
        str(file.relative_to(PACKAGE))
        for file in FILES
        if len(file.read_text(encoding="utf-8").splitlines()) > 400
    ] == []
