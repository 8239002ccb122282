from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import coursekit.core
import coursekit.data
from coursekit.core.doc import Doc, NoExample, NothingToTell, doc
from coursekit.data.items import RegexLabeller, get_image_files
from coursekit.data.split import RandomSplitter


def broken() -> None:
    """Fails.

    Example:
        >>> 1 / 0
    """


def ours() -> list[str]:
    """The modules of core and data."""
    return [
        f"{package.__name__}.{module.name}"
        for package in (coursekit.core, coursekit.data)
        for module in pkgutil.iter_modules(package.__path__)
    ]


def test_a_function_shows_how_it_is_called_what_it_does_and_where_it_is() -> None:
    shown = repr(doc(get_image_files))
    assert shown.startswith("get_image_files(path: Path | str, recurse: bool = True, folders:")
    assert "The pictures in a folder" in shown
    file, _, line = shown.rpartition("Source: ")[2].rpartition(":")
    assert Path(file).read_text(encoding="utf-8").splitlines()[int(line) - 1].startswith("def get_")


def test_names_find_the_same_as_the_thing_itself() -> None:
    for name in ("get_image_files", "data.items.get_image_files"):
        assert repr(doc(name)) == repr(doc(get_image_files))
    assert "a digest of the seed" in repr(doc("coursekit.data.split"))
    assert repr(doc(RandomSplitter(seed=1))) == repr(doc(RandomSplitter))
    assert "mapping" in repr(doc(dict))


def test_a_word_of_the_field_is_explained() -> None:
    assert repr(doc("learning_rate")).startswith("learning rate: How far a step")
    assert doc("epoch")._repr_markdown_().startswith("**epoch**: One pass over")


def test_a_notebook_gets_headings_lists_and_code() -> None:
    shown = doc(get_image_files)._repr_markdown_()
    assert shown.startswith("```python\nget_image_files(path: Path | str")
    assert "**Args**\n\n- `path`: The folder." in shown
    assert "**Example**\n\n```python\n>>> from coursekit" in shown
    assert "items.py:" in shown


def test_the_example_runs_and_gives_what_it_shows() -> None:
    found = doc(RegexLabeller)
    assert found.run() == "'great_pyrenees'\n"
    assert found.example == 'RegexLabeller(r"(.+)_\\d+.jpg$")("great_pyrenees_173.jpg")\n'


def test_no_example_and_a_failing_one_are_sentences() -> None:
    with pytest.raises(NoExample, match="FolderMissing has no example"):
        doc("data.items.FolderMissing").run()
    with pytest.raises(NoExample, match="broken ended in an error: ZeroDivisionError"):
        doc(broken).run()


def test_a_name_of_nothing_gets_a_hint() -> None:
    with pytest.raises(NothingToTell, match="Did you mean 'learning rate'"):
        doc("lerning rate")
    with pytest.raises(NothingToTell, match="Give the thing itself"):
        doc("xyzzy.plugh")


@pytest.mark.parametrize("module", ours())
def test_every_example_shows_what_it_says(module: str) -> None:
    loaded = importlib.import_module(module)
    for test in doctest.DocTestFinder(exclude_empty=True).find(loaded, module):
        result = doctest.DocTestRunner(verbose=False).run(test)
        assert result.failed == 0, test.name


@pytest.mark.parametrize("module", ours())
def test_everything_public_is_documented(module: str) -> None:
    file = importlib.import_module(module).__file__
    assert file is not None
    tree = ast.parse(Path(file).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


def test_what_is_shown_is_a_value() -> None:
    assert isinstance(doc("batch"), Doc)
    assert doc("batch").term == doc("mini-batch").term


def test_a_name_means_what_lessons_import_rather_than_something_internal() -> None:
    importlib.import_module("coursekit.vision.all")
    importlib.import_module("coursekit.learn.phases")
    shown = repr(doc("fine_tune"))
    assert shown.startswith("Learner.fine_tune(self, epochs: int")
    assert "Adapts a pretrained model" in shown
    assert repr(doc("head")).startswith("head: ")  # the word, not the function that makes one
