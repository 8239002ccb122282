"""A real kernel: started, asked for a widget, the widget moved, its answer heard, and ended."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty
from typing import IO, TYPE_CHECKING, Any

from coursekit.app.doctor.finding import Finding, broken, fine
from coursekit.app.doctor.installing import pip
from coursekit.app.doctor.kernelspecs import DEFAULT, install
from coursekit.app.doctor.outside import last_line
from coursekit.app.doctor.shadows import away, hiders

if TYPE_CHECKING:
    from jupyter_client.blocking.client import BlockingKernelClient
    from jupyter_client.manager import KernelManager

SECONDS = 45.0
"""For a kernel to come up, and to import widgets."""

MOVES = 10.0
"""Seconds for an answer that takes milliseconds."""

MOVED = 42
CELL = """
import threading, ipywidgets
slider = ipywidgets.IntSlider(value=1)
def answer(change):  # from a thread, as a training in the background does
    threading.Thread(target=setattr, args=(slider, "description", f"heard {change.new}")).start()
slider.observe(answer, "value")
"""
LOOKS = {"python": "__import__('sys').executable", "coursekit": "__import__('coursekit').__file__"}
AGAIN = pip("--force-reinstall", "ipykernel", "ipywidgets")


class Failed(Exception):
    """The round trip ended early; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.says)
        self.finding = finding


def findings() -> Iterator[Finding]:
    """What is said of a kernel."""
    with tempfile.TemporaryFile() as words:
        try:
            with kernel(words) as client:
                yield from round_trip(client, words)
        except Failed as failed:
            yield failed.finding


@contextmanager
def kernel(words: IO[bytes]) -> Iterator[BlockingKernelClient]:
    """A kernel, as a notebook in this folder would get it; gone afterwards, whatever happens.

    Args:
        words: Where it writes its complaints.

    Raises:
        Failed: It does not come up.
    """
    from jupyter_client.manager import KernelManager

    manager = KernelManager(kernel_name=DEFAULT)
    try:
        start(manager, words)
        client = manager.client()
        client.start_channels()
        try:
            up(client, words)
            yield client
        finally:
            client.stop_channels()
    finally:
        if manager.has_kernel:
            manager.shutdown_kernel(now=True)


def start(manager: KernelManager, words: IO[bytes]) -> None:
    """Starts the kernel's process."""
    from jupyter_client.kernelspec import NoSuchKernel

    try:
        manager.start_kernel(stdout=words, stderr=words)
    except NoSuchKernel:
        raise Failed(broken(f"Jupyter knows no kernel {DEFAULT}.", install())) from None
    except OSError as error:
        program = manager.kernel_spec.argv[0] if manager.kernel_spec else DEFAULT
        raise Failed(
            broken(
                f"The kernel {DEFAULT} can't be started: {program}: {error.strerror}.", install()
            )
        ) from None


def up(client: BlockingKernelClient, words: IO[bytes]) -> None:
    """Waits until the kernel answers."""
    try:
        client.wait_for_ready(timeout=SECONDS)
    except RuntimeError as error:
        last = last_of(words) or str(error)
        says = f"The kernel {DEFAULT} does not come up. Its last words: {last}"
        raise Failed(broken(says, remedy())) from None


def round_trip(client: BlockingKernelClient, words: IO[bytes]) -> Iterator[Finding]:
    """Makes a slider, moves it as a browser would, and hears what Python says to that."""
    ear = Ear(client, words)
    cell = client.execute(CELL, store_history=False, user_expressions=LOOKS)
    slider = ear.until(
        lambda kind, it, of: of == cell and _is_slider(kind, it), "made no slider", SECONDS
    )
    comm = slider["comm_id"]
    looked = reply(client, cell)["user_expressions"]
    state = {"comm_id": comm, "data": {"method": "update", "state": {"value": MOVED}}}
    moved = time.monotonic()
    client.shell_channel.send(client.session.msg("comm_msg", state))
    ear.until(
        lambda kind, it, _: kind == "comm_msg" and it["comm_id"] == comm and _heard(it["data"]),
        "made a slider, but Python did not answer when it was moved",
        MOVES,
    )
    milliseconds = 1000 * (time.monotonic() - moved)
    yield fine(f"A kernel made a slider, heard it move and answered in {milliseconds:.0f} ms.")
    yield of_coursekit(looked)


def reply(client: BlockingKernelClient, cell: str) -> dict[str, Any]:
    """The answer to a cell; those to the questions before it are left aside."""
    while True:
        message = client.get_shell_msg(timeout=SECONDS)
        if message["parent_header"].get("msg_id") == cell:
            return dict(message["content"])


def _is_slider(kind: str, content: dict[str, Any]) -> bool:
    state = content.get("data", {}).get("state", {}) if kind == "comm_open" else {}
    return bool(state.get("_model_name") == "IntSliderModel")


def _heard(data: dict[str, Any]) -> bool:
    return bool(data.get("state", {}).get("description") == f"heard {MOVED}")


def of_coursekit(looked: dict[str, Any]) -> Finding:
    """Whether the kernel's Python has coursekit."""
    python = looked["python"].get("data", {}).get("text/plain", DEFAULT).strip("'")
    if looked["coursekit"]["status"] == "ok":
        return fine(f"coursekit can be imported there ({python}).")
    why = f"{looked['coursekit']['ename']}: {looked['coursekit']['evalue']}"
    return broken(
        f"coursekit can't be imported in the kernel {DEFAULT} ({python}): {why}.", install()
    )


def remedy() -> str:
    """What to do where a kernel fails: a file in this folder is often the reason."""
    hiding = hiders(Path.cwd())
    return away(hiding[0]) if hiding else AGAIN


def last_of(words: IO[bytes]) -> str:
    """The last line that a kernel complained with, or ""."""
    words.seek(0)
    return last_line(words.read().decode("utf-8", "replace"))


class Ear:
    """Hears what a kernel says to all.

    Attributes:
        words: Where the kernel writes its complaints.
        complaint: The last line that it has printed as one.
    """

    def __init__(self, client: BlockingKernelClient, words: IO[bytes]) -> None:
        self.client, self.words, self.complaint = client, words, ""

    def until(
        self, told: Callable[[str, dict[str, Any], str], object], not_so: str, seconds: float
    ) -> Any:
        """The content of the first message for which `told(kind, content, parent)` is true.

        Raises:
            Failed: A cell failed, or time is up: then the kernel has `not_so`.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with suppress(Empty):
                message = self.client.get_iopub_msg(timeout=0.5)
                kind, content = message["msg_type"], message["content"]
                if kind == "error":
                    why = f"{content['ename']}: {content['evalue']}"
                    raise Failed(broken(f"A kernel can't make a widget: {why}.", remedy()))
                if kind == "stream" and content["name"] == "stderr":
                    self.complaint = content["text"].strip().rpartition("\n")[2]
                if told(kind, content, message["parent_header"].get("msg_id", "")):
                    return content
        last = self.complaint or last_of(self.words)
        said = f" Its last words: {last}" if last else ""
        says = f"A kernel was started and {not_so} within {seconds:.0f} s.{said}"
        raise Failed(broken(says, AGAIN))
