"""A server of JupyterHub stops itself through its hub."""

from __future__ import annotations

import socket
import threading

import pytest
from support_jupyterhub import TOKEN, Hub, serving
from support_machine import HUB

from coursekit.core.errors import sentence
from coursekit.machine.providers import CannotStop, Signs, jupyterhub
from coursekit.machine.providers.jupyterhub import JUPYTERHUB, MENU


def in_server(hub: Hub, name: str = "", **more: str) -> Signs:
    """What a server of ada's sees."""
    own = {"JUPYTERHUB_API_URL": hub.url, "JUPYTERHUB_SERVER_NAME": name}
    return Signs({**HUB, **own, **more})


def refusal(signs: Signs) -> str:
    """Why it can't be stopped; checked to be fit for being shown."""
    with pytest.raises(CannotStop) as caught:
        JUPYTERHUB.stop_now(signs)
    text = sentence(caught.value)
    assert TOKEN not in text
    assert text.endswith(MENU)
    assert caught.value.__cause__ is None
    return text


def test_the_default_server_is_stopped() -> None:
    with serving(Hub()) as hub:
        assert JUPYTERHUB.stop_now(in_server(hub)) == "The hub has stopped this server."
        assert hub.asked == ["DELETE /hub/api/users/ada/server"]
        assert hub.running == set()


def test_a_server_that_takes_its_time_is_being_stopped() -> None:
    with serving(Hub(slow=True)) as hub:
        assert "is stopping this server" in JUPYTERHUB.stop_now(in_server(hub))


def test_a_named_server_stops_itself_and_no_other() -> None:
    with serving(Hub(running={"", "gpu", "cpu"})) as hub:
        JUPYTERHUB.stop_now(in_server(hub, "gpu"))
        assert hub.asked == ["DELETE /hub/api/users/ada/servers/gpu"]
        assert hub.running == {"", "cpu"}


def test_names_are_no_paths() -> None:
    with serving(Hub()) as hub:
        signs = in_server(hub, "a/b ?c", JUPYTERHUB_USER="../ada@example.org")
        assert "knows no such server" in refusal(signs)
        user = "..%2Fada%40example.org"
        assert hub.asked == [f"DELETE /hub/api/users/{user}/servers/a%2Fb%20%3Fc"]


def test_a_token_that_may_not_stop_is_said_with_another_way() -> None:
    with serving(Hub(may_stop=False)) as hub:
        assert "doesn't let this server stop itself" in refusal(in_server(hub))
        assert hub.running == {""}


def test_a_wrong_token_is_said_likewise() -> None:
    with serving(Hub()) as hub:
        text = refusal(in_server(hub, JUPYTERHUB_API_TOKEN="expired"))
        assert "doesn't let this server stop itself" in text
        assert "expired" not in text


def test_a_server_that_is_not_there_is_said() -> None:
    with serving(Hub(running=set())) as hub:
        assert "knows no such server" in refusal(in_server(hub))


def test_what_the_hub_says_is_shown_without_the_token() -> None:
    with serving(Hub(fails=(400, f"ada is\npending stop {TOKEN} " + "x" * 999))) as hub:
        text = refusal(in_server(hub))
        assert "The hub refused with 400 (ada is pending stop ... xxx" in text
        assert len(text) < 400


@pytest.mark.parametrize("status", [200, 500, 503])
def test_an_answer_that_is_none_is_no_success(status: int) -> None:
    with serving(Hub(fails=(status, "<html>"))) as hub:
        assert str(status) in refusal(in_server(hub))


def test_the_token_follows_no_redirect() -> None:
    with serving(Hub()) as other, serving(Hub(fails=(302, f"{other.url}/users/ada/server"))) as hub:
        assert "302" in refusal(in_server(hub))
        assert other.asked == []


def test_the_token_goes_through_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Hub()) as proxy, serving(Hub()) as hub:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        JUPYTERHUB.stop_now(in_server(hub))
        assert (proxy.asked, hub.running) == ([], set())


def test_a_hub_that_is_not_there_is_said(closed_port: int) -> None:
    text = refusal(in_server(Hub(url=f"http://127.0.0.1:{closed_port}/hub/api")))
    assert "can't be reached" in text


def test_a_hub_that_does_not_answer_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jupyterhub, "WAIT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/hub/api"
        assert "can't be reached (timed out)" in refusal(in_server(Hub(url=url)))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://hub", "/hub/api", "http://[::"])
def test_an_address_that_is_none_is_not_opened(url: str) -> None:
    refusal(in_server(Hub(url=url)))


def test_something_that_is_no_hub_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def talk() -> None:
            with server.accept()[0] as caller:
                caller.recv(4096)
                caller.sendall(b"SSH-2.0-OpenSSH\r\n")

        thread = threading.Thread(target=talk)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/hub/api"
        assert "can't be asked" in refusal(in_server(Hub(url=url)))
        thread.join()


def test_without_a_token_nobody_is_asked() -> None:
    with serving(Hub()) as hub:
        assert "gave this server no token" in refusal(in_server(hub, JUPYTERHUB_API_TOKEN=""))
        assert hub.asked == []


def test_a_token_that_no_header_can_hold_is_not_shown() -> None:
    with serving(Hub()) as hub:
        text = refusal(in_server(hub, JUPYTERHUB_API_TOKEN="two\nlines"))
        assert "lines" not in text
