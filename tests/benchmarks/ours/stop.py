"""Seconds from Stop in the middle of training the whole network to its end. Argument: PHOTOS."""

import json
import sys
import threading
import time

from coursekit.vision.all import (
    ImageDataLoaders,
    Resize,
    error_rate,
    get_image_files,
    vision_learner,
)

photos = sys.argv[1]
dls = ImageDataLoaders.from_name_re(
    photos, get_image_files(photos), r"^(.+)_\d+", seed=42, item_tfms=Resize(128), bs=16
)
learn = vision_learner(dls, metrics=error_rate, seed=42)
learn.unfreeze()
training = threading.Event()
run = learn.start("fit_one_cycle", 5)
run.observe(lambda change: change.new.step >= 3 and training.set(), "progress")
assert training.wait(300), run.progress
began = time.perf_counter()
run.stop()
seconds = time.perf_counter() - began
assert run.progress.state == "stopped", run.progress
learn.freeze()
learn.fine_tune(1, depth="head")
print(json.dumps({"seconds": seconds, "steps": run.progress.step}))
