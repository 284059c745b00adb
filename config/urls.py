"""The addresses of the whole site."""

from importlib.util import find_spec

from django.urls import include, path, re_path

from config.accounts import closed
from config.health import healthz, readyz
from config.metrics import metrics
from config.security_txt import security_txt

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    re_path(r"^accounts/(email|confirm-email|login/code)/", closed),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("accounts/", include("allauth.account.urls")),
    path("notifications/", include("notifications.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
if find_spec("referrals.urls"):
    urlpatterns.append(path("", include("referrals.urls")))

handler400 = "referrals.views.limits.not_understood"
handler500 = "referrals.views.outages.went_wrong"
