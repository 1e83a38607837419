"""Django settings. Everything an installation decides comes from the environment (django-environ, prefix PEBBLE_)."""

from __future__ import annotations

import os
import re
import secrets
import sys
import time
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from pebble import logs

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# --- Where things are -------------------------------------------------------------------------------------------
DATA_DIR = Path(env.str("PEBBLE_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # accounts and keys are in there: its owner's alone
PORT = env.int("PEBBLE_PORT", default=8000)
DEBUG = env.bool("PEBBLE_DEBUG", default=False)

# --- Which market -----------------------------------------------------------------------------------------------
MARKET = env.str("PEBBLE_MARKET", default="live")
AUTO = MARKET == "auto" and "run" in sys.argv[1:2]  # `manage.py run` decides, then starts itself anew
if AUTO:
    MARKET = "live"
if MARKET not in ("live", "simulated"):
    raise ImproperlyConfigured("PEBBLE_MARKET must be live or simulated (auto is understood by `make run` only)")
SIMULATED = MARKET == "simulated"
UPSTREAM = env.str("PEBBLE_UPSTREAM", default="")  # loopback only; every exchange host is its first path segment
EXTRA_HOSTS = env.list("PEBBLE_EXTRA_HOSTS", default=[])
PROXY = env.str("PEBBLE_PROXY", default="")
SIMULATOR_FILE = DATA_DIR / "simulator.address"  # where `manage.py run` started it: other commands find it there
if SIMULATED and not UPSTREAM:
    UPSTREAM = SIMULATOR_FILE.read_text().strip() if SIMULATOR_FILE.exists() else f"http://127.0.0.1:{PORT + 1}"

# --- The optional language model --------------------------------------------------------------------------------
MODEL_URL = env.str("PEBBLE_MODEL_URL", default="")  # of the chat-completions kind; empty: none, and nothing is missing
if MODEL_URL and not re.fullmatch(r"https?://[^/@\s]+/\S*", MODEL_URL):
    raise ImproperlyConfigured("PEBBLE_MODEL_URL must be a whole address like https://host/v1/chat/completions; keys go into PEBBLE_MODEL_KEY")
MODEL_NAME = env.str("PEBBLE_MODEL_NAME", default="")
MODEL_KEY = env.str("PEBBLE_MODEL_KEY", default="")

# --- Secrets and hosts ------------------------------------------------------------------------------------------
SECRET_WAIT_S = 5


def _kept_secret() -> str:
    """A secret key made once and kept beside the data, for an installation that gives none. Of two that start at once one makes it."""
    path = DATA_DIR / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _others_secret(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(60))
    return path.read_text().strip()


def _others_secret(path: Path) -> str:
    """What is in that file, which another process may be about to write."""
    by = time.monotonic() + SECRET_WAIT_S
    while not (found := path.read_text().strip()) and time.monotonic() < by:
        time.sleep(0.01)
    if not found:
        raise ImproperlyConfigured(f"{path} is empty: delete it, and a new key is made, or set PEBBLE_SECRET_KEY")
    return found


ALLOWED_HOSTS = env.list("PEBBLE_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("PEBBLE_ALLOWED_HOSTS must name the hosts; * would let anybody choose the links we print")
BASE_URL = env.str("PEBBLE_BASE_URL", default=f"http://127.0.0.1:{PORT}")
BEHIND_PROXY = env.bool("PEBBLE_BEHIND_PROXY", default=False)
SECURE = BASE_URL.startswith("https://")  # behind https: secure cookies, HSTS, redirect
CSRF_TRUSTED_ORIGINS = [BASE_URL] if SECURE else []
USE_X_FORWARDED_HOST = False

SECRET_KEY = env.str("PEBBLE_SECRET_KEY", default="")
if SECURE and not SECRET_KEY:  # behind https there may be several web servers, which must sign alike
    raise ImproperlyConfigured('PEBBLE_SECRET_KEY is missing. Make one: python3 -c "import secrets; print(secrets.token_urlsafe(60))"')
SECRET_KEY = SECRET_KEY or _kept_secret()
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("PEBBLE_SECRET_KEY must have at least 50 characters")
if len(set(SECRET_KEY)) < 10 or re.search(r"change.?me|insecure|sample|example|your.?secret|placeholder", SECRET_KEY, re.IGNORECASE):
    raise ImproperlyConfigured("PEBBLE_SECRET_KEY is a sample: everybody knows it. Make one of your own")

# --- Apps -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "csp",
    "auditlog",
    "axes",
    "exchanges",
    "markets",  # after the apps whose admin pages it replaces
]
MIDDLEWARE = [
    "pebble.health.Probes",
    "pebble.tracing.Tracing",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # with all that gives headers above what may refuse
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "markets.api.visitor.Audience",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pebble.bounds.Bounds",
    "markets.audit.AuditMiddleware",
    "axes.middleware.AxesMiddleware",  # last: its answer to a locked-out sign-in replaces the view's
]
ROOT_URLCONF = "pebble.urls"
WSGI_APPLICATION = "pebble.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Storage ----------------------------------------------------------------------------------------------------
DATABASE_FILE = DATA_DIR / f"{MARKET}.sqlite3"
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATABASE_FILE}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # IMMEDIATE: without it nearly half of the read-modify-write transactions failed beside a bulk writer.
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Nothing here may need the write lock: a new connection would wait behind whoever holds it.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000; PRAGMA mmap_size=134217728;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    # A server that vanished without a word is noticed in seconds; the system's own patience is minutes.
    patience = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 10_000}
    DATABASES["default"]["OPTIONS"] = {**patience, **DATABASES["default"].get("OPTIONS", {})}
LIMITS_FILE = DATA_DIR / f"{MARKET}-limits.sqlite3"
RECEIPTS_FOLDER = DATA_DIR / f"{MARKET}-receipts"  # those that found the database locked wait there

REDIS_URL = env.str("REDIS_URL", default="")
# Where budgets and blocks are shared: by all machines of a Redis, of a PostgreSQL, or by the processes of this one.
LIMITS_IN = "redis" if REDIS_URL else "file" if DATABASES["default"]["ENGINE"].endswith("sqlite3") else "database"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL, "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1}}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

# --- Workers ----------------------------------------------------------------------------------------------------
# Measured choices: workers mostly wait for exchanges; queue_limit 1, because what is taken ahead burns its retry time and
# stands before somebody who waits; the next cycle is the retry, so one attempt; our own deadlines come before `timeout`.
WORKERS = env.int("PEBBLE_WORKERS", default=6)
# Three queues of the same workers (pebble/brokers.py): what somebody waits for, then prices, then everything else.
PEOPLE_QUEUE, OTHERS_QUEUE = "people", "others"
Q_CLUSTER = {
    "name": "pebble",
    "label": "Tasks",
    "workers": WORKERS,
    "queue_limit": 1,
    "bulk": 1,
    "poll": 0.2,
    "timeout": 30,
    "retry": 120,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "save_limit": 200,
    "save_limit_per": "func",
    "recycle": 5000,
    "max_rss": 400_000,
    "cache": "default",
    "error_reporter": {},
}
if REDIS_URL:
    redis_patience = "socket_connect_timeout=2&socket_timeout=5"
    Q_CLUSTER |= {"broker_class": "pebble.brokers.TickingRedis", "redis": f"{REDIS_URL}{'&' if '?' in REDIS_URL else '?'}{redis_patience}"}
else:
    Q_CLUSTER |= {"broker_class": "pebble.brokers.TickingOrm", "orm": "default"}
WATCHDOG_S = env.float("PEBBLE_WATCHDOG_S", default=30.0)  # no poll ended for so long (and three periods): workers are restarted

# --- Web --------------------------------------------------------------------------------------------------------
WEB_WORKERS = env.int("PEBBLE_WEB_WORKERS", default=2)  # processes of one web server
DRAIN_S = env.float("PEBBLE_DRAIN_S", default=5.0)  # how long a web server that runs as a service answers on after /healthz says that it stops
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "pebble" / "static", ("guide", BASE_DIR / "docs" / "guide" / "images")]
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)  # empty until collectstatic; whitenoise wants it
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "gamepad", "geolocation", "gyroscope", "hid",
        "idle-detection", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
        "xr-spatial-tracking",
    )
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "markets.pages.base.forbidden"  # the stock page has a style of its own, which our content policy forbids
# --- Signing in -------------------------------------------------------------------------------------------------
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "/accounts/login/", "/accounts/", "/"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
PASSWORD_RESET_TIMEOUT = 3600
# Five wrong passwords lock one name from one address for a quarter of an hour; markets/signin.py has the other limits.
AXES_HANDLER, AXES_LOCKOUT_CALLABLE, AXES_CLIENT_IP_CALLABLE = "markets.signin.Handler", "markets.pages.accounts.locked", "markets.signin.address_of"
AXES_FAILURE_LIMIT, AXES_COOLOFF_TIME, AXES_LOCKOUT_PARAMETERS = 5, timedelta(minutes=15), [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = AXES_ENABLE_ACCESS_FAILURE_LOG = AXES_DISABLE_ACCESS_LOG = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = AXES_VERBOSE = False
SESSION_ENGINE = "markets.sessions"
SESSION_COOKIE_AGE = 8 * 3600  # without use: markets/sessions.py renews it
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
if SECURE:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = env.int("PEBBLE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}  # type: ignore[assignment]

# --- API --------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.DjangoModelPermissionsOrAnonReadOnly"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "NUM_PROXIES": env.int("PEBBLE_PROXIES", default=0),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pebble",
    "DESCRIPTION": "Best prices, markets and the health of their sources.",
    "VERSION": "v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [],  # enumerations stand where they are used instead of under made-up names
}

# --- Words and times --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
FORMAT_MODULE_PATH = "pebble"  # pebble/en/formats.py
EMAIL_CONFIG = env.email_url_config(env.str("EMAIL_URL", default="") or "consolemail://")  # empty, as a file of settings leaves it, is unset
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 8  # seconds of one step, well below what a task may take
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("PEBBLE_EMAIL_FROM", default="") or "pebble@localhost"
LOOPBACK_WEBHOOKS = SIMULATED and env.bool("PEBBLE_TEST_LOOPBACK_WEBHOOKS", default=False)  # for tests alone: webhooks by http to this machine

LOG_FORMAT = env.str("PEBBLE_LOG_FORMAT", default="json")
if LOG_FORMAT not in logs.FORMATS:
    raise ImproperlyConfigured("PEBBLE_LOG_FORMAT must be json or console")
LOGGING = logs.config(LOG_FORMAT, env.str("PEBBLE_LOG_LEVEL", default="INFO").upper(), [SECRET_KEY])
# Numbers for Prometheus at /metrics: nobody's by default. `loopback` answers this machine; a token answers who has it.
METRICS = env.str("PEBBLE_METRICS", default="off")
METRICS_TOKEN = env.str("PEBBLE_METRICS_TOKEN", default="")
if METRICS not in ("off", "loopback") or 0 < len(METRICS_TOKEN) < 16:
    raise ImproperlyConfigured("PEBBLE_METRICS must be off or loopback, and PEBBLE_METRICS_TOKEN at least 16 characters")
