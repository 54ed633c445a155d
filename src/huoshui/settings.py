"""Django settings, derived from huoshui.config; nothing here holds a rule of the product."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

import dj_database_url

from huoshui.config import ConfigError, WrongSetting, load_config
from huoshui.kernel.disk import write_once
from huoshui.setting_addresses import bucket_options, mail_server

CONFIG = load_config(dict(os.environ))
PACKAGE_DIR = Path(__file__).resolve().parent
DATA_DIR = CONFIG.data_dir.expanduser().resolve()


def _kept_secret(name: str) -> str:
    """A secret made once and kept in the data folder, readable by its owner alone."""
    path = DATA_DIR / "keys" / name
    if not path.exists():
        write_once(path, secrets.token_urlsafe(50).encode())
    return path.read_text().strip()


try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    STATIC_ROOT = DATA_DIR / "static"
    STATIC_ROOT.mkdir(exist_ok=True)
    SECRET_KEY = CONFIG.secret_key or _kept_secret("session.secret")
except OSError as error:
    unusable = {"folder": DATA_DIR, "reason": error}
    raise ConfigError(WrongSetting("setting.data_dir", "HUOSHUI_DATA_DIR", unusable)) from None
DEBUG = CONFIG.debug
ALLOWED_HOSTS = CONFIG.allowed_hosts

INSTALLED_APPS = [
    "huoshui.kernel",
    "huoshui.packs",
    "huoshui.places",
    "huoshui.duties",
    "huoshui.vault",
    "huoshui.schedules",
    "huoshui.media",
    "huoshui.notices",
    "huoshui.search",
    "huoshui.webhooks",
    "huoshui.visits",
    "huoshui.matters",
    "huoshui.activities",
    "huoshui.services",
    "huoshui.subsidies",
    "huoshui.figures.cells",
    "huoshui.figures",
    "huoshui.console",
    "huoshui.exchange",
    "huoshui.documents",
    "huoshui.publications",
    "huoshui.forms",
    "huoshui.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "huoshui.web.middleware.BodilessMiddleware",
    "huoshui.web.middleware.ReadingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "huoshui.web.middleware.RefusalMiddleware",
    "huoshui.web.limits.SignInLimitMiddleware",
    "huoshui.web.middleware.SignInAgainMiddleware",
    "huoshui.web.middleware.FirstPasswordMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "huoshui.web.urls"
WSGI_APPLICATION = "huoshui.web.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "huoshui.web.office.context.office",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "huoshui.web.templatetags.huoshui",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "repeated",
        "DIRS": [PACKAGE_DIR / "web" / "repeated"],
        "OPTIONS": {"environment": "huoshui.web.repeated_parts.environment", "extensions": ["jinja2.ext.i18n"]},
    },
]

# SQLite: WAL lets readers go on while one writes; IMMEDIATE takes the write lock at BEGIN, so that two
# writers wait for each other instead of failing with "database is locked" half-way.
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(
        CONFIG.database_url or f"sqlite:///{DATA_DIR / 'huoshui.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            # FULL: what was answered as done survives a power cut, and no checkpoint knows of more than the database.
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
            # What is deleted (the key of personal values) is overwritten in the file too.
            "PRAGMA secure_delete=ON;"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "duties.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "huoshui.web.backends.SignedInBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "huoshui.duties.passwords.NotLikeTheAccount"},
    {"NAME": "huoshui.duties.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "huoshui.duties.passwords.NotCommon"},
    {"NAME": "huoshui.duties.passwords.NotOnlyDigits"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "huoshui.web.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "huoshui.web.account_forms.LoginForm",
    "change_password": "huoshui.web.account_forms.ChangePasswordForm",
    "reauthenticate": "huoshui.web.account_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Counted by ``web.limits`` for all web processes together; failed passwords lock (django-axes), one rule for all of it.
ACCOUNT_RATE_LIMITS = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Every passkey asks for PIN, face or finger. The challenges of signing in by it alone and of a second step are kept in
# the same place: were one of them lax, its answer would do for the other.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = False
MFA_ADAPTER = "huoshui.web.accounts.TwoStepAdapter"
MFA_FORMS = {
    "authenticate": "huoshui.web.account_forms.CodeForm",
    "reauthenticate": "huoshui.web.account_forms.CodeAgainForm",
    "activate_totp": "huoshui.web.account_forms.ActivateForm",
    "add_webauthn": "huoshui.web.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "huoshui.web.passkey_forms.RenamePasskeyForm",
    "login_webauthn": "huoshui.web.passkey_forms.PasskeyForm",
    "authenticate_webauthn": "huoshui.web.passkey_forms.PasskeySecondForm",
    "reauthenticate_webauthn": "huoshui.web.passkey_forms.PasskeyAgainForm",
}
SOCIALACCOUNT_ADAPTER = "huoshui.web.sso.adapter.SingleSignOnAdapter"
MFA_TOTP_ISSUER = "Huoshui"
MFA_TOTP_TOLERANCE = 1  # one period either way: phones are seldom to the second
AXES_FAILURE_LIMIT = CONFIG.lockout_attempts
AXES_COOLOFF_TIME = CONFIG.lockout_minutes / 60
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"  # the name of the credential that allauth checks
AXES_USERNAME_CALLABLE = "huoshui.duties.sign_in.name_at_lock"
AXES_LOCKOUT_CALLABLE = "huoshui.web.accounts.locked_out"
AXES_ENABLE_ADMIN = False
SILENCED_SYSTEM_CHECKS = ["axes.W006"]  # a whole office shares one address: locking it would lock everybody

CONSOLE_SECONDS = CONFIG.console_seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = CONFIG.https
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
TIANDITU_KEY = CONFIG.tianditu_key  # what it admits is added to the policy of pages with a map alone (web.maps)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # a ledger of 2,000 rows edited at once
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"

STATIC_URL = "static/"
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files"},
    }
    if not CONFIG.files_url
    else {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": bucket_options(CONFIG.files_url)},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

EMAIL_HOST = ""  # no mail server: nothing is sent by mail
if CONFIG.email_url:
    MAIL = mail_server(CONFIG.email_url)
    EMAIL_HOST, EMAIL_PORT = MAIL.host, MAIL.port
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.user, MAIL.password
    EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.use_tls, MAIL.use_ssl
    DEFAULT_FROM_EMAIL = MAIL.sender

TASKS: dict[str, Any] = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

BUILTIN_PACKS_DIR = PACKAGE_DIR / "builtin"
JOURNAL_CHECKPOINT_DIRS = [d for d in (DATA_DIR / "checkpoints", CONFIG.checkpoint_dir) if d]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "huoshui": {"level": "INFO"},
        # Whoever scans the net for servers sends any host name: refused with 400, not worth a traceback.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Apprise names the hosts of robots; the outbox keeps what it says of status and reason.
        "apprise": {"level": "WARNING", "propagate": False, "handlers": ["nowhere"]},
    },
}

DOMAIN_REACTIONS = "huoshui.reactions.REACTIONS"
PLACE_CARRIERS = "huoshui.reactions.CARRIERS"
