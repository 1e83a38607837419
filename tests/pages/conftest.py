"""Fixtures of the page tests. Without Chromium the browser tests are skipped aloud, or fail with PEBBLE_REQUIRE_BROWSER=1."""

import os
import shutil
from datetime import UTC, datetime

import pytest

from exchanges.setup import ensure_rows
from tests.pages import market

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]
REQUIRED = os.environ.get("PEBBLE_REQUIRE_BROWSER") == "1"
INSTALL = "install it (Debian, Ubuntu: apt-get install chromium; macOS: brew install chromium), or set PEBBLE_REQUIRE_BROWSER=1 to make this a failure"


def pytest_collection_modifyitems(config, items):
    """Skip what needs a browser where there is none, and say how many that were."""
    waiting = [item for item in items if item.get_closest_marker("browser")]
    if not waiting:
        return
    if CHROMIUM:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver keeps an event loop in this thread to the end
        return
    if REQUIRED:
        raise pytest.UsageError(f"{len(waiting)} browser tests need Chromium, and PEBBLE_REQUIRE_BROWSER=1 forbids skipping them: {INSTALL}")
    for item in waiting:
        item.add_marker(pytest.mark.skip(reason="no Chromium"))
    config.stash[_SKIPPED] = len(waiting)


_SKIPPED = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter, config):
    """Aloud: a line in the summary, not a dot."""
    if count := config.stash.get(_SKIPPED, 0):
        terminalreporter.write_sep("!", f"{count} browser tests were SKIPPED: Chromium was not found; {INSTALL}", yellow=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def empty(db):
    """A fresh installation that has asked nobody yet."""
    ensure_rows()
    market.forget()
    yield
    market.forget()


@pytest.fixture
def stored(empty):
    """The small market, fresh right now. Returns the instant."""
    now = datetime.now(UTC)
    market.fill(now)
    return now
