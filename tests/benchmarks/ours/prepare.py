"""Writes a trained model and a 12-megapixel JPEG. Arguments: PHOTOS MODEL JPEG."""

import json
import sys
from pathlib import Path

from PIL import Image

from coursekit.vision.all import (
    ImageDataLoaders,
    Resize,
    error_rate,
    get_image_files,
    vision_learner,
)

photos, model, jpeg = map(Path, sys.argv[1:])
dls = ImageDataLoaders.from_name_re(
    photos, get_image_files(photos), r"^(.+)_\d+", seed=42, item_tfms=Resize(224)
)
learn = vision_learner(dls, metrics=error_rate, seed=42)
learn.fine_tune(1)
learn.export(model)
with Image.open(photos / "Bengal_10.jpg") as image:
    image.convert("RGB").resize((4000, 3000)).save(jpeg, quality=92)
print(json.dumps({"model": model.stat().st_size, "jpeg": jpeg.stat().st_size}))
