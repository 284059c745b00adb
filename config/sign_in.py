"""Settings of sign-ins, a part of ``config.settings``: passwords, factors, limits, providers of identities.

They need nothing from the other settings; each difference between two places is an environment variable.
"""

import environ

env = environ.Env()

# Passwords
AUTH_USER_MODEL = "referrals.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "referrals.breached_passwords.NotBreached"},
]
# Who answers which passwords were in a breach, told the first five digits of a SHA-1; empty: nobody is asked
BREACHED_PASSWORDS_URL = env.str("BREACHED_PASSWORDS_URL", default="")
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "config.accounts.InvitedOnly"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to an address that anybody may have typed
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {  # see referrals.sign_in_limits
    "login": None,
    "login_known": "10/5m/key",
    "login_here": "30/m/ip,5/5m/key",
    "login_anywhere": "30/5m/key",
    "factor_known": "10/5m/key",
    "factor_here": "30/m/ip,5/5m/key",
    "factor_anywhere": "30/5m/key",
    "login_failed": "10/5m/key",  # codes for an app that is being set up, and passkeys
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
}
# How many proxies in front of us write X-Forwarded-For; limits for an address need the visitor's own.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int(
    "TRUSTED_PROXIES", default=int(env.bool("BEHIND_TLS_PROXY", default=False))
)

# Seconds for which a proof of who one is suffices to sign, decide, export and change rules
FRESH_SECONDS = ACCOUNT_REAUTHENTICATION_TIMEOUT = env.int("FRESH_SECONDS", default=15 * 60)

# The second factor. Its secrets are encrypted with keys that are derived from FACTOR_KEYS (or SECRET_KEY):
# the first one encrypts, all of them decrypt. Passkeys ask for a PIN or a finger, because they sign in alone.
FACTOR_KEYS = env.list("FACTOR_KEYS", default=[])
MFA_ADAPTER = "config.accounts.Factors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Statement and stay casework"
MFA_FORMS = {
    "authenticate": "referrals.forms.factors.SignInCodeForm",
    "reauthenticate": "referrals.forms.factors.ConfirmCodeForm",
    "activate_totp": "referrals.forms.factors.AppCodeForm",
    "add_webauthn": "referrals.forms.factors.PasskeyForm",
    "authenticate_webauthn": "referrals.forms.factors.SignInPasskeyForm",
    "reauthenticate_webauthn": "referrals.forms.factors.ConfirmPasskeyForm",
    "login_webauthn": "referrals.forms.factors.PasskeyAloneForm",
}

# Providers of identities (OpenID Connect): a JSON list of objects with id, name, server_url, client_id,
# secret (may be empty, PKCE is always used), domains of e-mail, organizations (codes) that they speak for.
OPENID_PROVIDERS = env.json("OPENID_PROVIDERS", default=[])
SOCIALACCOUNT_ADAPTER = "config.accounts.KnownPeople"
SOCIALACCOUNT_LOGIN_ON_GET = True  # the policy for forms forbids that one leads to another site
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": provider["id"],
                "name": provider["name"],
                "client_id": provider["client_id"],
                "secret": provider.get("secret", ""),
                "settings": {"server_url": provider["server_url"], "fetch_userinfo": False},
            }
            for provider in OPENID_PROVIDERS
        ],
    }
}
