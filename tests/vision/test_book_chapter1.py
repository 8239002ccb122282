"""Chapter 1 of the fast.ai book: its image cells, of which only the import line is changed.

Jeremy Howard and Sylvain Gugger, Deep Learning for Coders with fastai and PyTorch (2020). The
archive and weights of resnet34's shape come from a server on this computer.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import torch
from support_server import ArchiveServer
from torchvision.models import resnet34

pytestmark = pytest.mark.slow

CELLS = """
from coursekit.vision.all import *
path = untar_data(URLs.PETS)/'images'

def is_cat(x): return x[0].isupper()
dls = ImageDataLoaders.from_name_func(
    path, get_image_files(path), valid_pct=0.2, seed=42,
    label_func=is_cat, item_tfms=Resize(224))

learn = cnn_learner(dls, resnet34, metrics=error_rate)
learn.fine_tune(1)

img = PILImage.create(uploaded)
is_cat,_,probs = learn.predict(img)
said = f"Is this a cat?: {is_cat}."
probability = f"Probability it's a cat: {probs[1].item():.6f}"
"""

AFTERWARDS = """
file = learn.export("is_cat.ckit")
print(said, probability, learn.dls.vocab, sep="\\n")
print(load_learner(file).predict(uploaded).label)
"""


@pytest.fixture
def book(served_pets: ArchiveServer, home: Path) -> ArchiveServer:
    """The server has the archive and weights for resnet34; the catalogue sends both there."""
    torch.manual_seed(0)
    weights = io.BytesIO()
    torch.save(resnet34(weights=None).state_dict(), weights)
    content = weights.getvalue()
    url = served_pets.put("resnet34-b627a593.pth", content)
    digest = hashlib.sha256(content).hexdigest()
    with (home / "catalogue.toml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(f'[weights.resnet34]\nurl = "{url}"\nsha256 = "{digest}"\n')
    return served_pets


def test_the_image_cells_of_chapter_1(book: ArchiveServer, pets: Path) -> None:
    names = {"uploaded": pets / "Bengal_100.jpg", "__name__": "chapter_1"}
    exec(compile(CELLS, "chapter 1", "exec"), names)

    assert [path for path, _, _ in book.asked] == ["/oxford-iiit-pet.tgz", "/resnet34-b627a593.pth"]
    assert names["dls"].vocab == [False, True]
    assert (len(names["dls"].train.dataset), len(names["dls"].valid.dataset)) == (29, 7)
    assert names["is_cat"] in (True, False)
    probs = names["probs"]
    assert float(probs.sum()) == pytest.approx(1, abs=1e-5)
    assert names["is_cat"] == (probs[1].item() > 0.5)
    assert names["said"] == f"Is this a cat?: {names['is_cat']}."
    last = names["learn"].history.epochs[-1]
    assert 0 <= last["error_rate"] <= 1
    assert last["train_loss"] < names["learn"].history.losses[0]


def test_in_a_notebooks_own_namespace_with_an_export(
    book: ArchiveServer, pets: Path, home: Path, tmp_path: Path
) -> None:
    cell = tmp_path / "cell.py"
    uploaded = pets / "american_bulldog_100.jpg"
    cell.write_text(f"uploaded = {str(uploaded)!r}\n{CELLS}{AFTERWARDS}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-W", "ignore::DeprecationWarning", str(cell)],
        env=os.environ | {"COURSEKIT_HOME": str(home)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    said, probability, vocab, exported = done.stdout.splitlines()
    assert said == f"Is this a cat?: {exported}."
    assert probability.startswith("Probability it's a cat: 0.")
    assert vocab == "[False, True]"
    assert len(book.asked) == 2

    elsewhere = f"""
        import sys
        from coursekit.predict import load_learner
        prediction = load_learner({str(tmp_path / "is_cat.ckit")!r}).predict({str(uploaded)!r})
        assert prediction.label is {exported}, prediction
        assert "torch" not in sys.modules
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(elsewhere)], check=True, timeout=60)
