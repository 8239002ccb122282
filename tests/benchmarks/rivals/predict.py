"""fastai: milliseconds from a JPEG's bytes to its label. Arguments: PHOTOS JPEG.

How well the network is trained does not change how long it takes, so it is not.
"""

import json
import sys
import time
import warnings
from pathlib import Path
from statistics import median

warnings.filterwarnings("ignore")

import timm
from fastai.vision.all import (
    CrossEntropyLossFlat,
    ImageDataLoaders,
    Learner,
    Normalize,
    PILImage,
    Resize,
    get_image_files,
)

RUNS = 10

photos, jpeg = map(Path, sys.argv[1:])
data = jpeg.read_bytes()
dls = ImageDataLoaders.from_name_re(
    photos,
    get_image_files(photos),
    r"^(.+)_\d+",
    item_tfms=Resize(224),
    batch_tfms=Normalize.from_stats([0.5] * 3, [0.5] * 3, cuda=False),
    num_workers=0,
)
network = timm.create_model("tf_efficientnet_lite0", num_classes=dls.c)
learn = Learner(dls, network, CrossEntropyLossFlat())
times = []
with learn.no_bar():
    for _ in range(RUNS + 2):
        began = time.perf_counter()
        learn.predict(PILImage.create(data))
        times.append((time.perf_counter() - began) * 1e3)
print(json.dumps({"ms": median(times[2:]), "n": RUNS}))
