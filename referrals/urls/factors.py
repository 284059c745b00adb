"""Sign-ins and second factors. The names are those by which django-allauth knows these pages."""

from django.urls import path

from ..views import factors, openid, sign_ins

urlpatterns = [
    path("accounts/sign-ins/", sign_ins.sign_ins, name="sign_ins"),
    path("accounts/by/<slug:provider_id>/", openid.sign_in, name="openid_connect_login"),
    path("accounts/by/<slug:provider_id>/back/", openid.came_back, name="openid_connect_callback"),
    path("accounts/factors/", factors.factors, name="mfa_index"),
    path("accounts/factors/sign-in/", factors.SignInCode.as_view(), name="mfa_authenticate"),
    path("accounts/factors/passkey/sign-in/", factors.SignInPasskey.as_view(), name="mfa_login_webauthn"),
    path("accounts/factors/confirm/", factors.ConfirmCode.as_view(), name="mfa_reauthenticate"),
    path(
        "accounts/factors/passkey/confirm/",
        factors.ConfirmPasskey.as_view(),
        name="mfa_reauthenticate_webauthn",
    ),
    path("accounts/factors/app/", factors.AddApp.as_view(), name="mfa_activate_totp"),
    path("accounts/factors/app/remove/", factors.remove_app, name="mfa_deactivate_totp"),
    path("accounts/factors/passkey/", factors.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("accounts/factors/passkey/<int:pk>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/factors/codes/", factors.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "accounts/factors/codes/new/", factors.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
]
