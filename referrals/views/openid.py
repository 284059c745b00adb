"""To a provider of identities, and back from it."""

from __future__ import annotations

from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.http import Http404, HttpRequest, HttpResponse

from ..openid import Signed


def sign_in(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Leads to the provider; 404 for one that is not configured."""
    return _by(OAuth2LoginView, request, provider_id)


def came_back(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What the provider says of whoever it sends back."""
    return _by(OAuth2CallbackView, request, provider_id)


def _by(kind: type[OAuth2LoginView | OAuth2CallbackView], request: HttpRequest, key: str) -> HttpResponse:
    try:
        answer: HttpResponse = kind.adapter_view(Signed(request, key))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return answer
