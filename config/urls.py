"""The addresses of the whole site."""

from importlib.util import find_spec

from django.urls import include, path

from config.health import healthz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if find_spec("referrals.urls"):
    urlpatterns.append(path("", include("referrals.urls")))
