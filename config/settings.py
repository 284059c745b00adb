"""The one settings file. Every difference between two places is an environment variable.

``DATABASE_URL`` must be given, and ``SECRET_KEY`` in production; ``python3 manage.py``
brings both by itself on a machine that has neither. README.md lists the variables.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import data_keys, headers, logging, refusals
from config.sign_in import *  # noqa: F403 (names that need nothing from here)

django_stubs_ext.monkeypatch()  # so that forms and views can name what they are about: BaseFormSet[NameForm]

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def required(name: str, hint: str) -> str:
    """The value of an environment variable, or a sentence that says how to set it."""
    value: str = env.str(name, default="")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}. {hint}")
    return value


# What this process is
DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
TESTING = env.bool("TESTING", default=False)
PRODUCTION = not (DEBUG or DEMO or TESTING)

# Whole seconds by which the present is ahead of the real clock. `manage.py demo --at` sets it for its
# processes.
CLOCK_AHEAD = timedelta(seconds=env.int("CLOCK_AHEAD_SECONDS", default=0))
if CLOCK_AHEAD and not (DEMO or TESTING):
    raise ImproperlyConfigured(
        "Unset the environment variable CLOCK_AHEAD_SECONDS. "
        "Only a demonstration or a test can move the present."
    )

SECRET_KEY = (
    required("SECRET_KEY", "It is a long random text that stays the same from one start to the next.")
    if PRODUCTION
    else env.str("SECRET_KEY", default="only for a machine that nobody else can reach")
)
DATA_KEYS, KEYSTORE, KEY_SERVICE_URL, KEY_SERVICE_TOKEN = data_keys.chosen(env, required, PRODUCTION)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# Packages; templates of referrals come first, so that they replace those of the libraries
INSTALLED_APPS = [
    "referrals",
    "workflows",
    "notifications",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "pgtrigger",
]
MIDDLEWARE = [
    "config.headers.Everywhere",
    "csp.middleware.CSPMiddleware",
    "config.health.Probes",
    "config.trail.Trail",
    "referrals.middleware.KeysOfOneRequest",
    "referrals.middleware.BehindTheWall",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.limits.Bodies",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "referrals.views.sessions.SignedOut",
    "referrals.middleware.ActingCapacity",
    "referrals.middleware.SecondFactor",
    "referrals.middleware.InUse",
    "referrals.views.confirming.Fresh",
    "referrals.middleware.ReadTrail",
    "referrals.middleware.NoSuchAddress",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "referrals.forms.renderer.UswdsRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "referrals.views.around.around",
            ],
        },
    },
]

# Records
DATABASES = {
    "default": {
        **env.db_url_config(
            required(
                "DATABASE_URL",
                "For example postgres://user:password@host/name. Without it, start through "
                "`python3 manage.py`, which brings its own PostgreSQL.",
            ),
        ),
        "ENGINE": "recordsets.postgresql",
        "CONN_MAX_AGE": env.int("DATABASE_CONNECTION_SECONDS", default=60),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": env.str("TEST_DATABASE_NAME", default="test_referrals")},
    },
}

# The engine's own few statements are prepared on the server. Switch that off behind a pooler which cannot.
DATABASES["default"].setdefault("OPTIONS", {})["prepare_threshold"] = (
    1 if env.bool("DATABASE_PREPARES", default=True) else None
)
# A sweep locks so many cases at once: more is faster, fewer keep people waiting for a shorter moment.
SWEEP_BATCH = env.int("SWEEP_BATCH", default=500)
if SWEEP_BATCH < 1:
    raise ImproperlyConfigured("SWEEP_BATCH is at least 1: with none at once no deadline would ever fire.")
# Seconds and milliseconds after which a database host that has vanished without a word is given up.
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
    **DATABASES["default"]["OPTIONS"],
}

# The broker of the task queue, and the cache. Neither holds anything that cannot be lost.
REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": env.str("CACHE_URL", default=REDIS_URL)
        .replace("redis+socket://", "unix://")
        .split("?")[0],
        "KEY_PREFIX": "cache",
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},  # a page does not wait for a cache
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

# Who signs in, and how, is in config.sign_in
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"

# What browsers are told
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME, MESSAGES_COOKIE_NAME = (
    f"{'__Host-' if PRODUCTION else ''}{name}"
    for name in ("sessionid", "csrftoken", "django_language", "messages")
)
LANGUAGE_COOKIE_SAMESITE, CSRF_COOKIE_HTTPONLY, LANGUAGE_COOKIE_HTTPONLY = "Lax", True, True
MESSAGE_STORAGE = "config.cookies.Messages"
# Seconds: after so many without a page, and in any case so many after the sign-in, a session ends.
SESSION_ENGINE = "referrals.session_store"
SESSION_COOKIE_AGE = env.int("SESSION_IDLE_SECONDS", default=30 * 60)
SESSION_SECONDS = env.int("SESSION_SECONDS", default=12 * 60 * 60)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=PRODUCTION)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60 if PRODUCTION else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE_HSTS_SECONDS > 0
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "referrals.views.sessions.waited_too_long"
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {"DIRECTIVES": headers.SOURCES}

# Scans that are attached to proofs of work
EVIDENCE_FILE_MEGABYTES = env.int("EVIDENCE_FILE_MEGABYTES", default=20)
EVIDENCE_FILES_PER_REQUEST = env.int("EVIDENCE_FILES_PER_REQUEST", default=40)
CLAMD = env.str("CLAMD", default="")  # unix:/path or host:port; without it no file is checked for malware
FILE_UPLOAD_HANDLERS = ["config.limits.AtMost"]  # no file waits on a disk of the web server
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# The key that signs daily heads and exports of histories: 64 hexadecimal digits, from `new_history_key`.
HISTORY_SIGNING_KEY = env.str("HISTORY_SIGNING_KEY", default="" if PRODUCTION else "de" * 32)
HISTORY_PUBLIC_KEYS = env.list("HISTORY_PUBLIC_KEYS", default=[])  # of keys that were set aside

# Language and time. Records are kept in UTC; an office's own zone is set for each request.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [
    BASE_DIR / app / "locale" for app in ("referrals", "referrals/letters", "workflows", "notifications")
]
USE_TZ = True
TIME_ZONE = "UTC"

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# Mail. In the demo nothing is sent: notifications shows it on a page.
EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default=f"django.core.mail.backends.{'console' if DEMO else 'smtp'}.EmailBackend",
)
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@localhost")
if TESTING:
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# One JSON object a line, without a personal fact; for people on machines where every record is invented
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if PRODUCTION else "line")
LOGGING = logging.configuration(
    level=env.str("LOG_LEVEL", default="WARNING" if TESTING else "INFO"),
    style=LOG_FORMAT,
    whole_errors=not PRODUCTION,
)

# Operations: who may read details, what a ready process needs, from where on a figure is amber, then red
OPERATIONS_TOKEN = env.str("OPERATIONS_TOKEN", default="")
READYZ_NEEDS = env.list("READYZ_NEEDS", default=["database", "migrations", "rulebook", "wall"])
OPERATIONS_LIMITS = {
    "tick": [120, 600],  # seconds since the last sweep, relay or beat
    "deadline_lag": [300, 3600],  # seconds that the oldest due date waits to fire
    "file_lag": [600, 3600],  # seconds that the oldest file waits to be checked for malware
    "outbox_lag": [300, 3600],  # seconds that the oldest message waits to be sent
    "queue": [100, 1000],  # tasks in the queue
    "incidents": [1, 10],  # messages that could not be delivered
    "stuck": [1, 1],  # cases that nothing will move
    "histories": [129600, 259200],  # seconds since every history was last verified, and replayed
    **env.json("OPERATIONS_LIMITS", default={}),
}

# E-mail carries a link and no facts. The demo keeps mail on a page, tests keep it in memory.
NOTIFICATIONS_EMAIL = env.str(
    "NOTIFICATIONS_EMAIL", default="memory" if TESTING else "keep" if DEMO else "smtp"
)
NOTIFICATIONS_KICK = "referrals.tasks.kick"
NOTIFICATIONS_BOUNCE_KEY = env.str("NOTIFICATIONS_BOUNCE_KEY", default="")  # without it no report is taken in
NOTIFICATIONS_INCIDENT_OWNER = "referrals.delivery.owner_on_duty"
ACCESS_ALERTS = env.json("ACCESS_ALERTS", default={})  # figures over those of referrals.access_rules
NOTIFICATIONS_LETTERS = {
    "password_reset": "referrals.account_mail.password_reset",
    "account_changed": "referrals.account_mail.changed",
    "invitation": "referrals.account_mail.invitation",
}

# Whom to tell about a weakness: addresses that begin with mailto: or https://, and a page that says how
SECURITY_CONTACT = env.list("SECURITY_CONTACT", default=[])
SECURITY_POLICY_URL = env.str("SECURITY_POLICY_URL", default="")

if PRODUCTION:
    refusals.refuse({**globals(), "DATABASE_URL": env.str("DATABASE_URL")})
