"""Who may open the page: whoever has its token, in its address or pasted where it is asked for."""

from __future__ import annotations

from hmac import compare_digest
from urllib.parse import parse_qs

from jupyter_server.auth.identity import IdentityProvider, User
from tornado.web import RequestHandler


class PageIdentity(IdentityProvider):
    """Jupyter's check of the token, which takes a whole address for the token that is in it."""

    def process_login_form(self, handler: RequestHandler) -> User | None:
        """The user, where what was pasted opens the page."""
        pasted = token_in(handler.get_argument("password", ""))
        if compare_digest(pasted.encode(), str(self.token).encode()):
            return self.generate_anonymous_user(handler)
        return None


def token_in(pasted: str) -> str:
    """The token of an address; what is no address with a token is itself one."""
    words = pasted.strip()
    query = words.partition("?")[2]
    return parse_qs(query).get("token", [words])[0]
