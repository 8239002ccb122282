"""Seconds that parsing and checking 2,000 questions takes. Arguments: FILE TIMES."""

import json
import re
import sys
import time
from pathlib import Path

from coursekit.quiz.questionnaire import parse

MANY = 2_000

text = Path(sys.argv[1]).read_text(encoding="utf-8")
first = re.search(r"^# ", text, re.MULTILINE).start()
each = len(re.findall(r"^## ", text, re.MULTILINE))
copies = [
    re.sub(r"^## (.+)$", rf"## \1-{number}", text[first:], flags=re.MULTILINE)
    for number in range(-(-MANY // each))
]
many = text[:first] + "\n".join(copies)
seconds = []
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    found, mistakes = parse(many)
    seconds.append(time.perf_counter() - began)
assert mistakes == [], mistakes[:3]
assert len(found.questions) >= MANY
print(json.dumps({"seconds": seconds, "n": len(found.questions)}))
