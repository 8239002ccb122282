"""A front end without a page: it speaks with a real kernel, and keeps the widgets' state."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty
from typing import Any

from jupyter_client import BlockingKernelClient, KernelManager

PATIENCE = 60
SHOWN = ("stream", "display_data", "execute_result", "error", "update_display_data")
CLICK = {"event": "click"}


class FrontEnd:
    """What a notebook does, one cell after the other.

    Attributes:
        widgets: The state of each widget, by its comm.
        shown: What was shown in some cell: that cell's message, the kind, the content.
        ended: When each cell ended, by its message, as `time.monotonic` counts.
    """

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.widgets: dict[str, dict[str, Any]] = {}
        self.shown: list[tuple[str, str, dict[str, Any]]] = []
        self.ended: dict[str, float] = {}
        self.subshell = ""

    def send(self, code: str) -> str:
        """Runs a cell without waiting for it; returns its message."""
        return str(self.client.execute(code))

    def run(self, code: str) -> str:
        """Runs a cell to its end; returns what it printed."""
        cell = self.send(code)
        self.wait(lambda: cell in self.ended, code)
        errors = [it for parent, kind, it in self.shown if (parent, kind) == (cell, "error")]
        assert not errors, "\n".join(errors[0]["traceback"])
        return self.printed(cell)

    def printed(self, cell: str) -> str:
        """What the cell printed so far."""
        return "".join(
            content["text"]
            for parent, kind, content in self.shown
            if (parent, kind) == (cell, "stream")
        )

    def wait(self, there: Callable[[], object], what: str, seconds: float = PATIENCE) -> float:
        """Listens until something is there; returns how many seconds that took."""
        began = time.monotonic()
        while not there():
            assert time.monotonic() - began < seconds, f"in vain for {seconds} s: {what}"
            self._listen(0.05)
        return time.monotonic() - began

    def wait_for(self, words: str, seconds: float = PATIENCE) -> float:
        """Waits for a line that begins so; returns how many seconds that took."""
        return self.wait(lambda: self.line(words), words, seconds)

    def line(self, words: str) -> str:
        """The line that begins so, "" where there is none."""
        texts = [str(state.get("text", "")) for state in self.widgets.values()]
        return next((text for text in texts if text.startswith(words)), "")

    def button(self, name: str) -> str:
        """The comm of the button of this name that was made last."""
        named = [id_ for id_, it in self.widgets.items() if it.get("description") == name]
        return named[-1]

    def enabled(self, name: str) -> bool:
        return not self.widgets[self.button(name)].get("disabled")

    def open_subshell(self) -> bool:
        """Asks for a thread that hears widgets while a cell is at work; whether there is one."""
        self.client.kernel_info()
        features = self._answer("shell")["content"].get("supported_features", [])
        if "kernel subshells" in features:
            message = self.client.session.msg("create_subshell_request", {})
            self.client.control_channel.send(message)
            self.subshell = self._answer("control")["content"]["subshell_id"]
        return bool(self.subshell)

    def click(self, name: str) -> None:
        """Clicks a button."""
        content = {"comm_id": self.button(name), "data": {"method": "custom", "content": CLICK}}
        message = self.client.session.msg("comm_msg", content)
        if self.subshell:
            message["header"]["subshell_id"] = self.subshell
        self.client.shell_channel.send(message)

    def _answer(self, channel: str) -> Any:
        kind = {"shell": "kernel_info_reply", "control": "create_subshell_reply"}[channel]
        while True:
            answer = getattr(self.client, f"get_{channel}_msg")(timeout=PATIENCE)
            if answer["msg_type"] == kind:
                return answer

    def _listen(self, seconds: float) -> None:
        try:
            message = self.client.get_iopub_msg(timeout=seconds)
        except Empty:
            return
        kind, content = message["msg_type"], message["content"]
        parent = message["parent_header"].get("msg_id", "")
        if kind == "comm_open":
            self.widgets[content["comm_id"]] = content["data"].get("state", {})
        elif kind == "comm_msg" and content["data"].get("method") == "update":
            self.widgets[content["comm_id"]] |= content["data"]["state"]
        elif kind in SHOWN:
            self.shown.append((parent, kind, content))
        elif kind == "status" and content["execution_state"] == "idle":
            self.ended[parent] = time.monotonic()


@contextmanager
def kernel(env: dict[str, str]) -> Iterator[FrontEnd]:
    """A kernel of this Python with these environment variables; it is gone afterwards."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(env=env)
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
        yield FrontEnd(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
