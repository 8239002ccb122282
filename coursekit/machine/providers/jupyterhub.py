"""A server of JupyterHub, which can stop itself through the hub's API."""

from __future__ import annotations

import json
from datetime import date
from typing import NoReturn

from coursekit.machine.providers.provider import CannotStop, Provider
from coursekit.machine.providers.signs import Signs

MENU = "Choose File > Hub Control Panel, then Stop My Server (or Stop beside a server's name)."
WAIT = 20.0
"""Seconds to wait for the hub, which itself waits 10 for a server that stops."""

CONTENT = "https://github.com/jupyterhub/jupyterhub/blob"


def recognise(signs: Signs) -> bool:
    """Whether a hub started this."""
    return bool(signs.env("JUPYTERHUB_API_URL") and signs.env("JUPYTERHUB_USER"))


def stop(signs: Signs) -> str:
    """Asks the hub to stop the server that this runs in.

    Returns:
        What the hub does.

    Raises:
        CannotStop: It can't be asked, or refuses; the token is never in the text.
    """
    token = signs.env("JUPYTERHUB_API_TOKEN")
    if not token:
        raise CannotStop(f"The hub gave this server no token, so it can't stop itself. {MENU}")
    if _delete(address(signs), token) == 204:
        return "The hub has stopped this server."
    return "The hub is stopping this server, which takes a moment."


def address(signs: Signs) -> str:
    """Where the hub's API has this server.

    Raises:
        CannotStop: The hub's address is none.
    """
    from urllib.parse import quote

    hub = signs.env("JUPYTERHUB_API_URL").rstrip("/")
    if not hub.startswith(("http://", "https://")):
        raise CannotStop(f"The hub's address is none that can be asked. {MENU}")
    user, name = signs.env("JUPYTERHUB_USER"), signs.env("JUPYTERHUB_SERVER_NAME")
    which = f"servers/{quote(name, safe='')}" if name else "server"
    return f"{hub}/users/{quote(user, safe='')}/{which}"


def _delete(url: str, token: str) -> int:
    """The status of a DELETE, 202 or 204; nothing else hears of the token, no proxy either."""
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import ProxyHandler, Request, build_opener

    try:
        asks = Request(url, method="DELETE", headers={"Authorization": f"token {token}"})  # noqa: S310 - checked in `address`
        with build_opener(ProxyHandler({})).open(asks, timeout=WAIT) as answer:
            status: int = answer.status
    except HTTPError as error:
        with error:
            _refused(error.code, error.read(4096), token)
    except OSError as error:
        raise CannotStop(
            f"The hub can't be reached ({getattr(error, 'reason', error)}). {MENU}"
        ) from None
    except (ValueError, HTTPException):  # its text may have the token
        raise CannotStop(f"The hub can't be asked with what it gave this server. {MENU}") from None
    if status not in (202, 204):
        raise CannotStop(f"The hub gave an answer that is none of its own ({status}). {MENU}")
    return status


def _refused(status: int, body: bytes, token: str) -> NoReturn:
    """Says why the hub refuses."""
    if status in (401, 403):
        raise CannotStop(f"The hub doesn't let this server stop itself. {MENU}")
    if status == 404:
        raise CannotStop(f"The hub knows no such server, or keeps it from this one. {MENU}")
    try:
        said = str(json.loads(body)["message"])
    except (ValueError, TypeError, KeyError):
        said = ""
    why = " ".join(said.replace(token, "...").split())[:200]
    raise CannotStop(f"The hub refused with {status}{why and f' ({why})'}. {MENU}")


JUPYTERHUB = Provider(
    name="JupyterHub",
    recognise=recognise,
    stop=MENU,
    delete="Your files stay with the hub. Ask those who run it to delete them.",
    still_costs=("What your hub asks for files; those who run it know.",),
    limits=("Most hubs stop servers that are idle for some time; those who run it set it.",),
    source=f"{CONTENT}/d65e2daa157e22ae86a3b75b229277413528be15/docs/source/howto/rest.md",
    read=date(2026, 11, 26),
    more=(
        f"{CONTENT}/003cc8043a28e3e12ad0504ad88da90bef8e31dd/docs/source/_static/rest-api.yml",
        f"{CONTENT}/18b1df8bc67d219912a8c2d1d925d0041b0bb45f/docs/source/rbac/roles.md",
        f"{CONTENT}/108010bf4bd089a43b21b7f89d0c88b1dccae5e7/docs/source/explanation/idle.md",
    ),
    ask=stop,
)
