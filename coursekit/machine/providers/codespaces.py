"""GitHub Codespaces."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs


def recognise(signs: Signs) -> bool:
    """Whether the variable that GitHub documents is there."""
    return signs.env("CODESPACES") == "true"


DOCS = "https://docs.github.com/en/codespaces/developing-in-a-codespace"
CONTENT = "https://github.com/github/docs/blob"

CODESPACES = Provider(
    name="GitHub Codespaces",
    recognise=recognise,
    stop="On https://github.com/codespaces, choose ... beside the codespace, then Stop codespace; "
    "or in VS Code's command palette Codespaces: Stop Codespace; or run: gh codespace stop",
    delete="On https://github.com/codespaces, choose ... beside the codespace, then Delete; or "
    "run: gh codespace delete",
    still_costs=("Storage, until the codespace is deleted.",),
    limits=(
        "It stops after 30 minutes without activity, unless you set another time.",
        "It stops after 12 hours, even while you use it.",
        "It is deleted after 30 days without use, unless you set another time.",
    ),
    source=f"{DOCS}/stopping-and-starting-a-codespace",
    read=date(2026, 11, 26),
    more=(
        f"{CONTENT}/19203d5c2c6d8da11df1c48817aa418b638bc1bb/content/codespaces/about-codespaces/understanding-the-codespace-lifecycle.md",
        f"{CONTENT}/028f1daf17e8a319f174e3df1cb1ea377382e0e7/content/codespaces/developing-in-a-codespace/deleting-a-codespace.md",
        f"{CONTENT}/0c4564acdc9f8af1ae60f88e629476bbe88fc4e5/content/codespaces/developing-in-a-codespace/default-environment-variables-for-your-codespace.md",
    ),
)
