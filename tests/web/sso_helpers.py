"""A real OpenID Connect provider on the loopback, whose answers a test may spoil, and a browser's way through it."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import flask
import oidc_provider_mock
import requests
from django.test import Client
from werkzeug.serving import make_server

CLIENT = "huoshui-at-the-district"
Spoil = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass
class Provider:
    """Its address, what it was asked for a token with, and what a test makes of its next token answers."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    spoil: Spoil | None = None

    def tell(self, subject: str, **claims: Any) -> None:
        """What the provider says of a person."""
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5).raise_for_status()

    def authorise(self, address: str, subject: str) -> str:
        """Sign in at the provider as ``subject``; the address that it sends the browser back to."""
        return self._answer(address, sub=subject)

    def cancel(self, address: str) -> str:
        """Refuse there. The mock forgets the state, which RFC 6749, section 4.1.2.1 wants back."""
        state = parse_qs(urlsplit(address).query)["state"][0]
        return f"{self._answer(address, action='deny')}&state={state}"

    def _answer(self, address: str, **given: str) -> str:
        answer = requests.post(address, data=given, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"].removeprefix("http://testserver")


@contextmanager
def running() -> Iterator[Provider]:
    """oidc-provider-mock, in a thread."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"  # of the mock: it speaks HTTP
    provider, app = Provider(), oidc_provider_mock.app(require_nonce=True)

    @app.before_request
    def note() -> None:
        if flask.request.path == "/oauth2/token":
            provider.asked.append(dict(flask.request.form))

    @app.after_request
    def spoiled(answer: flask.Response) -> flask.Response:
        if flask.request.path == "/oauth2/token" and provider.spoil and answer.status_code == 200:
            answer = flask.jsonify(provider.spoil(answer.get_json()))
        return answer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        with suppress(OSError):
            server.shutdown()
        thread.join(2)
        server.server_close()


def configured(config: Any, provider: Provider, **more: Any) -> Any:
    """The settings with this provider."""
    given = {"sso_issuer": provider.url, "sso_client_id": CLIENT, "sso_client_secret": "kept", "sso_name": "政务认证"}
    return config.model_copy(update={**given, **more})


def leave(client: Client, **given: str) -> str:
    """From the sign-in page to the provider: the address that the browser goes on to."""
    answer = client.post("/accounts/sso/start/", given)
    assert answer.status_code == 200, answer.content.decode()
    address: str = answer.context["address"]
    return address


def sign_in(client: Client, provider: Provider, subject: str) -> Any:
    """The whole way there and back; the answer to the way back."""
    return client.get(provider.authorise(leave(client), subject))


def signed_in_as(client: Client) -> str:
    """The id of who is signed in; "" for nobody."""
    return str(client.session.get("_auth_user_id", ""))
