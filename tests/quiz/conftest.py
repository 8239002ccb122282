"""Questionnaires as text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

FRONT = "---\nid: lesson-1\nformat: 1\ntitle: The whole game\n---\n# Data\n\n"
EXPLANATION = "\n\n### Explanation\nBecause it is so.\n"
BODIES = {
    "one": "```yaml\nkind: one\n```\nWhich?\n\n- [ ] this\n  > No: *that*.\n- [x] that\n- [ ] it",
    "several": "```yaml\nkind: several\n```\nWhich?\n\n- [x] a\n- [x] b\n- [ ] c\n  > Not c.",
    "number": "```yaml\nkind: number\nanswer: 0.2\ntolerance: 0.05\nunit: '%'\n```\nHow much?",
    "text": (
        "```yaml\nkind: text\naccept: [validation set, valid set]\ntypos: 2\n"
        "wrong: {training set: It learns from that one.}\n```\nWhich set?"
    ),
    "free": (
        "```yaml\nkind: free\n```\nWhy?\n\n### Model answer\nSo.\n\n"
        "### Rubric\n- says so\n- says why"
    ),
    "order": "```yaml\nkind: order\n```\nWhat comes first?\n\n1. one\n2. two\n3. three\n4. four",
    "pairs": (
        "```yaml\nkind: pairs\n```\nWhat belongs together?\n\n| word | meaning |\n| --- | --- |\n"
        "| epoch | a pass |\n| batch | a few items |\n| a \\| b | a bar |"
    ),
    "code": (
        "```yaml\nkind: code\ncheck: learn.score < 0.1 and answer == learn.vocab[0]\n```\n"
        "Which is first?"
    ),
}


@pytest.fixture
def question() -> Callable[..., str]:
    """Makes the text of a question of a kind."""

    def make(kind: str, id: str = "") -> str:
        return f"## {id or 'q-' + kind}\n{BODIES[kind]}{EXPLANATION}\n"

    return make


@pytest.fixture
def whole(question: Callable[..., str]) -> str:
    """A questionnaire with a question of each kind."""
    return FRONT + "".join(map(question, BODIES))
