"""Signing in by a provider of identities: a real one, small, on this machine, with keys and signatures."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import reverse

from referrals.demo.cast import Cast
from referrals.models import User
from tests import signing_in

CLIENT = "the-casework-system"
KEY, OTHER_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _each in range(2))


class Provider:
    """Answers as an OpenID provider does. ``says`` is what its next token says, ``key`` what signs it."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.says: dict[str, Any] = {}
        self.key: Any = KEY
        self.algorithm = "RS256"
        self.challenges: dict[str, str] = {}

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/nobody",
        }

    def keys(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
        return {"keys": [{**public, "kid": "one", "alg": "RS256", "use": "sig"}]}

    def token(self, form: dict[str, list[str]]) -> dict[str, Any]:
        proof = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        fits = base64.urlsafe_b64encode(proof).rstrip(b"=").decode() == self.challenges[form["code"][0]]
        if not fits:
            return {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "sub": "a-1", **self.says}
        signed = jwt.encode(told, self.key, algorithm=self.algorithm, headers={"kid": "one"})
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}


def handler_of(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_words: Any) -> None: ...

        def do_GET(self) -> None:
            self.say(provider.keys() if self.path == "/keys" else provider.configuration())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            self.say(provider.token(parse_qs(self.rfile.read(length).decode())))

        def say(self, answer: dict[str, Any]) -> None:
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return Handler


@pytest.fixture
def provider(db: None) -> Iterator[Provider]:
    cache.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = handler_of(made)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    row = {
        "id": "gateway",
        "name": "Government gateway",
        "domains": ["example.org"],
        "organizations": ["NLRB"],
    }
    app = {
        "provider_id": "gateway", "name": row["name"], "client_id": CLIENT, "secret": "",
        "settings": {"server_url": made.issuer, "fetch_userinfo": False},
    }  # fmt: skip
    with override_settings(
        OPENID_PROVIDERS=[row],
        SOCIALACCOUNT_PROVIDERS={"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}},
    ):
        yield made
    server.shutdown()
    server.server_close()


def comes_back(provider: Provider, client: Client, **says: Any) -> Any:
    """Follow the button to the provider, and come back with what it says."""
    there = urlsplit(client.get(reverse("openid_connect_login", args=["gateway"]))["Location"])
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert asked["code_challenge_method"] == "S256"
    provider.says = says
    provider.challenges["a-code"] = asked["code_challenge"]
    back = reverse("openid_connect_callback", args=["gateway"])
    return client.get(back, {"code": "a-code", "state": asked["state"]})


def verified(user: User) -> dict[str, Any]:
    return {"email": user.email, "email_verified": True}


def signs_in(provider: Provider, user: User, **says: Any) -> bool:
    client = Client()
    answer = comes_back(provider, client, **(says or verified(user)))
    if answer.status_code != 302:
        assert "could not be signed in" in answer.content.decode()
        return False
    assert answer["Location"] == reverse("mfa_authenticate")
    client.post(reverse("mfa_authenticate"), {"code": signing_in.code_of(user)})
    return client.get(reverse("desk")).status_code == 200


def test_somebody_of_the_organization_signs_in_and_still_shows_a_factor(
    provider: Provider, cast: Cast
) -> None:
    assert signs_in(provider, cast.investigator)
    assert SocialAccount.objects.get().user == cast.investigator


def test_the_button_is_there_only_where_a_provider_is_configured(provider: Provider, cast: Cast) -> None:
    assert "Sign in with Government gateway" in Client().get(reverse("account_login")).content.decode()
    with override_settings(OPENID_PROVIDERS=[]):
        assert "Or with your organization" not in Client().get(reverse("account_login")).content.decode()


def test_a_provider_that_is_not_configured_is_not_found(provider: Provider) -> None:
    assert Client().get(reverse("openid_connect_login", args=["other"])).status_code == 404
    assert Client().get(reverse("openid_connect_callback", args=["other"])).status_code == 404


@pytest.mark.parametrize(
    "says",
    [
        {"email": "stranger@example.org", "email_verified": True},
        {"email": "investigator@example.org", "email_verified": False},
        {"email": "investigator@example.org", "email_verified": "true"},
        {"email": "investigator@example.org"},
        {"email": "investigator@elsewhere.example", "email_verified": True},
        {"email": "representative@example.org", "email_verified": True},  # of an organization of its own
        {"email": "investigator@example.org", "email_verified": True, "aud": "somebody-else"},
        {"email": "investigator@example.org", "email_verified": True, "iss": "https://elsewhere.example"},
        {"email": "investigator@example.org", "email_verified": True, "exp": 1_000_000_000},
        {"email_verified": True},
    ],
)
def test_nobody_else_does_and_no_account_is_opened(
    provider: Provider, cast: Cast, says: dict[str, Any]
) -> None:
    before = User.objects.count()
    assert not signs_in(provider, cast.investigator, **says)
    assert User.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_a_token_that_somebody_else_signed_is_refused(provider: Provider, cast: Cast) -> None:
    provider.key = OTHER_KEY
    assert not signs_in(provider, cast.investigator)


@pytest.mark.parametrize("algorithm", ["HS256", "none"])
def test_a_token_without_a_real_signature_is_refused(provider: Provider, cast: Cast, algorithm: str) -> None:
    provider.algorithm, provider.key = algorithm, "x" * 40 if algorithm == "HS256" else None
    assert not signs_in(provider, cast.investigator)


def test_who_has_left_is_refused_though_the_provider_knows_them(provider: Provider, cast: Cast) -> None:
    assert signs_in(provider, cast.investigator)
    cast.investigator.memberships.update(ended_on="2020-01-01")
    assert not signs_in(provider, cast.investigator)


def test_an_answer_that_nobody_asked_for_is_refused(provider: Provider, cast: Cast) -> None:
    provider.challenges["a-code"] = "x"
    back = reverse("openid_connect_callback", args=["gateway"])
    answer = Client().get(back, {"code": "a-code", "state": "made-up"})
    assert "could not be signed in" in answer.content.decode()
