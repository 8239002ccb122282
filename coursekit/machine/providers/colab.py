"""Google Colab."""

from datetime import date

from coursekit.machine.providers.provider import Provider
from coursekit.machine.providers.signs import Signs


def recognise(signs: Signs) -> bool:
    """Whether the service that `google.colab.runtime.unassign` asks is there.

    `COLAB_RELEASE_TAG` would not do: Colab's image is used elsewhere, too.
    """
    return bool(signs.env("TBE_RUNTIME_ADDR"))


COLAB = Provider(
    name="Google Colab",
    recognise=recognise,
    stop="Choose Runtime > Disconnect and delete runtime; or run this in a cell: "
    "from google.colab import runtime; runtime.unassign()",
    delete="Runtime > Disconnect and delete runtime deletes the runtime with all its files.",
    still_costs=("Compute units that you paid for and don't use expire after 90 days.",),
    limits=(
        "How long a runtime lasts is not guaranteed, and the limits change.",
        "With paid compute units, code that runs goes on for 24 hours at most.",
        "All files of the runtime are lost with it: save yours to Drive first.",
    ),
    source="https://research.google.com/colaboratory/faq.html",
    read=date(2026, 11, 26),
    more=(
        "https://github.com/googlecolab/colabtools/blob/0eb2923c21a107122044a3222c2110b810926b85/google/colab/runtime.py",
        "https://github.com/googlecolab/colabtools/issues/4384",
        "https://github.com/googlecolab/colabtools/issues/3617",
    ),
)
