from __future__ import annotations

import numpy as np

from coursekit.predict.archive import Archive
from coursekit.predict.session import Session


def test_a_network_keeps_nothing_of_its_file(parts: tuple[bytes, bytes]) -> None:
    graph, weights = parts
    file = bytearray(weights)
    session = Session(Archive({"name": "three pets"}, graph, file))
    images = np.random.default_rng(1).random((2, 3, 64, 64), dtype=np.float32)
    before = session.run(images)
    file[:] = bytes(len(file))  # or in a process that lets go of it, another's bytes
    for was, now in zip(before, session.run(images), strict=True):
        np.testing.assert_array_equal(was, now)


def test_pictures_by_the_batch_are_labelled_as_one_by_one(parts: tuple[bytes, bytes]) -> None:
    session = Session(Archive({"name": "three pets"}, *parts))
    images = np.random.default_rng(1).random((5, 3, 64, 64), dtype=np.float32)
    together = session.run(images)
    alone = [session.run(images[at : at + 1]) for at in range(5)]
    for many, ones in zip(together, zip(*alone, strict=True), strict=True):
        np.testing.assert_allclose(many, np.concatenate(ones), atol=1e-5)
