"""Whether the servers of the data sets answer; only asked where somebody wants it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from coursekit.app.doctor.finding import Finding, broken, fine, worth_knowing
from coursekit.core.wording import listing, plural
from coursekit.data.catalogue import Entry, entries
from coursekit.data.transfer import why_unreachable

TIMEOUT = (4.0, 4.0)  # seconds to connect, and to answer
AT_ONCE = 8
OFFLINE = (
    "Lesson 1 works without a network, with the digits and photos of your own. In a school or at "
    "work a proxy may have to be named in the environment variable HTTPS_PROXY."
)


def findings() -> Iterator[Finding]:
    """What is said of the catalogue's addresses."""
    known = [it for it in entries().values() if not it.is_bundled]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = {
            it.name: said for it, said in zip(known, pool.map(asked, known), strict=True) if said
        }
    servers = plural(len({urlsplit(it.url).hostname for it in known}), "server")
    if not wrong:
        yield fine(f"All {plural(len(known), 'data set')} can be downloaded from {servers}.")
    elif len(wrong) == len(known):
        yield broken(f"No data set can be downloaded: {next(iter(wrong.values()))}.", OFFLINE)
    else:
        reasons = listing((f"{name} ({said})" for name, said in wrong.items()), most=5)
        yield worth_knowing(
            f"{len(wrong)} of {plural(len(known), 'data set')} can't be downloaded: {reasons}.",
            "Try again later, or choose another one.",
        )


def asked(entry: Entry) -> str:
    """Why an address does not answer as it should, or ""."""
    import requests

    try:
        answer = requests.head(
            entry.url, timeout=TIMEOUT, allow_redirects=True, headers={"User-Agent": "coursekit"}
        )
    except requests.RequestException as error:
        return why_unreachable(error, urlsplit(entry.url).hostname or entry.url, TIMEOUT)
    status = answer.status_code
    return "" if status in (200, 405) else f"the server answers {status}"
