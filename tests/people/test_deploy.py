"""What goes out with every answer, and that an installation behind https passes Django's own check and refuses what would weaken it (U12, U14, U16)."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parent.parent.parent
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "object-src 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
}
EVERYWHERE = (
    "/", "/status/", "/status.json", "/guide/accounts/", "/accounts/login/", "/accounts/reset/", "/accounts/invited/x/", "/channels/stop/x/", "/alerts/",
    "/accounts/", "/admin/", "/admin/login/", "/api/", "/api/v1/exchanges/", "/api/v1/nothing/", "/api/schema/", "/nothing/", "/compare/nothing/",
)


def test_every_answer_has_the_headers_and_no_inline_exception(stored, client):
    """U14"""
    for path in EVERYWHERE:
        answer = client.get(path)
        policy = {part.strip() for part in answer["Content-Security-Policy"].split(";")}
        assert policy == {part.strip() for part in POLICY.split(";")}, path
        assert all(answer[name] == value for name, value in HEADERS.items()), path
        assert "camera=()" in answer["Permissions-Policy"] and "geolocation=()" in answer["Permissions-Policy"], path


def documented(tmp_path, **more):
    """The settings docs/go-live.md names for an installation behind https."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PEBBLE_", "DJANGO_")) and name not in ("DATABASE_URL", "REDIS_URL")},
        "PEBBLE_MARKET": "live", "PEBBLE_DATA_DIR": str(tmp_path), "PEBBLE_BASE_URL": "https://prices.example.org",
        "PEBBLE_ALLOWED_HOSTS": "prices.example.org", "PEBBLE_SECRET_KEY": secrets.token_urlsafe(60), "DJANGO_SETTINGS_MODULE": "pebble.settings", **more,
    }  # fmt: skip


def run(command, environment):
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.system
def test_djangos_check_for_deployment_finds_nothing(tmp_path):
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], documented(tmp_path, PEBBLE_BEHIND_PROXY="true", PEBBLE_PROXIES="1"))
    assert done.returncode == 0 and "no issues" in done.stdout + done.stderr, done.stderr
    done = run(["manage.py", "check", "--deploy", "--fail-level", "WARNING"], documented(tmp_path, PEBBLE_BEHIND_PROXY="true"))
    assert done.returncode != 0 and "Set PEBBLE_PROXIES" in done.stderr


@pytest.mark.parametrize(("behind", "count", "found"), [(True, 0, ["pebble.W001"]), (True, 1, []), (False, 0, [])])
def test_u8_a_proxy_that_is_not_counted_is_warned_of(settings, behind, count, found):
    """Else all visitors have one address, and twenty wrong passwords of one lock out everybody."""
    settings.BEHIND_PROXY, settings.REST_FRAMEWORK = behind, {**settings.REST_FRAMEWORK, "NUM_PROXIES": count}
    assert [warning.id for warning in run_checks(tags=["security"], include_deployment_checks=True) if warning.id.startswith("pebble")] == found
    assert not [warning for warning in run_checks(tags=["security"]) if warning.id.startswith("pebble")]


ASK = """
import json, django
from django.conf import settings
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected here
django.setup()
from django.test import Client
page = Client().get("/accounts/login/", headers={"host": "prices.example.org"}, secure=True)
cookie = page.cookies["__Host-csrftoken"]
print(json.dumps({
    "hsts": page["Strict-Transport-Security"],
    "cookie": [bool(cookie["secure"]), bool(cookie["httponly"]), cookie["samesite"], cookie["path"], cookie["domain"]],
    "plain": Client().get("/accounts/login/", headers={"host": "prices.example.org"})["Location"],
    "evil": Client().get("/accounts/login/", headers={"host": "evil.example"}, secure=True).status_code,
    "session": settings.SESSION_COOKIE_NAME, "secure": settings.SESSION_COOKIE_SECURE,
}))
"""


@pytest.mark.system
def test_behind_https_cookies_are_bound_to_the_host_and_plain_http_is_sent_away(tmp_path):
    """U12, U16"""
    done = run(["-W", "ignore", "-c", ASK], documented(tmp_path))
    assert json.loads(done.stdout.splitlines()[-1]) == {
        "hsts": "max-age=31536000; includeSubDomains; preload", "cookie": [True, True, "Lax", "/", ""], "plain": "https://prices.example.org/accounts/login/",
        "evil": 400, "session": "__Host-sessionid", "secure": True,
    }, done.stderr  # fmt: skip


REFUSED = {
    "missing": ({"PEBBLE_SECRET_KEY": ""}, "is missing"),
    "short": ({"PEBBLE_SECRET_KEY": "x7" * 20}, "at least 50"),
    "one letter": ({"PEBBLE_SECRET_KEY": "abc" * 20}, "is a sample"),
    "a sample": ({"PEBBLE_SECRET_KEY": "django-insecure-" + secrets.token_urlsafe(60)}, "is a sample"),
    "any host": ({"PEBBLE_ALLOWED_HOSTS": "*"}, "must name the hosts"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_weaken_it_is_refused_at_the_start_with_what_to_do(tmp_path, what):
    change, says = REFUSED[what]
    done = run(["-c", "import pebble.settings"], documented(tmp_path, **change))
    assert done.returncode != 0 and "ImproperlyConfigured" in done.stderr and says in done.stderr


def test_mail_left_empty_is_printed(tmp_path):
    look = "from pebble import settings; print(settings.EMAIL_BACKEND, settings.DEFAULT_FROM_EMAIL)"
    done = run(["-c", look], documented(tmp_path, EMAIL_URL="", PEBBLE_EMAIL_FROM=""))
    assert done.stdout.split() == ["django.core.mail.backends.console.EmailBackend", "pebble@localhost"], done.stderr


def test_without_https_a_key_is_made_and_cookies_have_plain_names(settings):
    assert (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE) == ("sessionid", "csrftoken", False)
    assert len(settings.SECRET_KEY) >= 50 and settings.USE_X_FORWARDED_HOST is False and settings.REST_FRAMEWORK["NUM_PROXIES"] == 0
