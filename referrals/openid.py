"""Signing in by a provider of identities (OpenID Connect), for accounts that an organization has opened.

A provider is configured for organizations and for domains of their mail. It never opens an account: its
verified e-mail address has to be that of an active account, in one of these domains, of somebody who works
for one of these organizations. The second factor is asked for as after a password.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.urls import reverse

from .models import User

SIGNED_BY = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384"})
"""Signatures with a public key; a shared secret or none at all is refused."""


@dataclass(frozen=True)
class Provider:
    """A row of ``settings.OPENID_PROVIDERS``."""

    key: str
    name: str
    domains: frozenset[str]
    organizations: frozenset[str]

    @property
    def address(self) -> str:
        return reverse("openid_connect_login", args=[self.key])


def providers() -> list[Provider]:
    return [
        Provider(
            row["id"],
            row["name"],
            frozenset(domain.lower() for domain in row["domains"]),
            frozenset(row["organizations"]),
        )
        for row in settings.OPENID_PROVIDERS
    ]


def account_for(key: str, addresses: list[str]) -> User | None:
    """The account whose address a provider has verified, if that provider speaks for its organization."""
    provider = next((each for each in providers() if each.key == key), None)
    if provider is None:
        return None
    for address in addresses:
        if address.rpartition("@")[2].lower() not in provider.domains:
            continue
        user = User.objects.filter(email__iexact=address, is_active=True).first()
        held = (
            user.memberships.current().filter(organization__code__in=provider.organizations) if user else None
        )
        if held is not None and held.exists():
            return user
    return None


class Signed(OpenIDConnectOAuth2Adapter):
    """Takes nothing from a provider but what it has signed, whichever way it came."""

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            if jwtkit.jwt.get_unverified_header(id_token).get("alg") not in SIGNED_BY:
                raise OAuth2Error("The token is not signed by a public key.")
            told: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
            )
        except (KeyError, TypeError, ValueError, jwtkit.jwt.PyJWTError) as trouble:
            raise OAuth2Error("The token cannot be read.") from trouble
        return told

    def complete_login(self, request: Any, app: Any, token: Any, **kwargs: Any) -> Any:
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("The provider gave no signed token.")
        return super().complete_login(request, app, token, **kwargs)
