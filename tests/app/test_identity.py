from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from urllib.parse import urlencode

import pytest

from coursekit.app.identity import token_in
from coursekit.app.serve import Server

Opener = urllib.request.OpenerDirector


@pytest.mark.parametrize(
    "pasted",
    [
        "s3cret&+ok",
        "  s3cret&+ok\n",
        "http://127.0.0.1:8866/?token=s3cret%26%2Bok",
        "The page is at http://teacher:8866/?theme=dark&token=s3cret%26%2Bok",
        "?token=s3cret%26%2Bok",
    ],
)
def test_a_pasted_address_gives_its_token_and_a_token_itself(pasted: str) -> None:
    assert token_in(pasted) == "s3cret&+ok"


@pytest.mark.parametrize("pasted", ["", "http://127.0.0.1:8866/", "http://[", "?token="])
def test_what_has_no_token_is_taken_as_it_is(pasted: str) -> None:
    assert token_in(pasted) == pasted


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("root"), preheat=0) as it:
        yield it


@pytest.fixture
def visitor() -> Opener:
    """A browser that has been nowhere yet."""
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))


def asked(visitor: Opener, server: Server, path: str, **form: str) -> tuple[int, str]:
    """Status and text of a page; `form` is sent to it."""
    data = urlencode(form).encode() if form else None
    try:
        answer = visitor.open(f"http://127.0.0.1:{server.port}/{path}", data)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read().decode()
    assert "//" not in text.replace("http://127.0.0.1", "")  # it names no other host
    return int(answer.status), text


def test_without_the_token_a_page_of_ours_asks_for_it(visitor: Opener, server: Server) -> None:
    status, text = asked(visitor, server, "")
    assert status == 200
    assert "printed where <code>coursekit app</code> was started" in text
    assert "does not open this page" not in text
    assert server.token not in text


@pytest.mark.parametrize("pasted", ["nonsense", "http://127.0.0.1/?token=nonsense", "", "http://["])
def test_a_wrong_token_is_said_and_opens_nothing(
    visitor: Opener, server: Server, pasted: str
) -> None:
    xsrf = secret_of(asked(visitor, server, "login")[1])
    status, text = asked(visitor, server, "login", _xsrf=xsrf, password=pasted)
    assert status == 401
    assert "That token does not open this page." in text
    assert "This page needs its token" in asked(visitor, server, "")[1]


def test_an_address_with_an_old_token_says_so(visitor: Opener, server: Server) -> None:
    assert "That token does not open this page." in asked(visitor, server, "?token=old")[1]


def secret_of(page: str) -> str:
    """What the form sends back to show that it came from this server."""
    found = re.search('name="_xsrf" value="([^"]+)"', page)
    assert found
    return found[1]


def test_what_is_refused_or_missing_is_said_in_words(visitor: Opener, server: Server) -> None:
    status, text = asked(visitor, server, "login", password=server.token)  # without its cookie
    assert (status, "The server refused to answer." in text) == (403, True)
    xsrf = secret_of(asked(visitor, server, "login")[1])
    opened = asked(visitor, server, "login?next=/voila/labextensions/nothing", _xsrf=xsrf,
                   password=server.address)  # fmt: skip
    assert opened[0] == 404
    assert "This address has no page." in opened[1]
    assert "has forgotten the token" in asked(visitor, server, "logout")[1]
