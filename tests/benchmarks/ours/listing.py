"""Seconds that listing 100,000 image files takes. Argument: how often."""

import json
import sys
import tempfile
import time
from pathlib import Path

from coursekit.data.items import get_image_files

FOLDERS, EACH = 100, 1000

with tempfile.TemporaryDirectory() as root:
    for number in range(FOLDERS):
        folder = Path(root) / f"class_{number:03d}"
        folder.mkdir()
        for photo in range(EACH):
            (folder / f"photo_{photo:04d}.jpg").touch()
    seconds = []
    for _ in range(int(sys.argv[1])):
        began = time.perf_counter()
        files = get_image_files(root)
        seconds.append(time.perf_counter() - began)
assert len(files) == FOLDERS * EACH
print(json.dumps({"seconds": seconds, "n": len(files)}))
