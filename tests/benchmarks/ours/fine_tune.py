"""Ours: from files on disk to a trained model. Arguments: PHOTOS cat|breed DEPTH EPOCHS SEED."""

import json
import sys
import time
from pathlib import Path

import onnxruntime  # noqa: F401 - imports come before the clock
import timm  # noqa: F401

from coursekit.vision.all import (
    ImageDataLoaders,
    Resize,
    error_rate,
    get_image_files,
    vision_learner,
)


def is_cat(name):
    return name[0].isupper()


def breed(name):
    return name.rpartition("_")[0]


photos, label, depth, epochs, seed = sys.argv[1:]
began = time.perf_counter()
dls = ImageDataLoaders.from_name_func(
    Path(photos),
    get_image_files(photos),
    valid_pct=0.2,
    seed=int(seed),
    label_func=is_cat if label == "cat" else breed,
    item_tfms=Resize(224),
)
learn = vision_learner(dls, metrics=error_rate, seed=42)
learn.fine_tune(int(epochs), depth=depth)
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "error": learn.validate()[1]}))
