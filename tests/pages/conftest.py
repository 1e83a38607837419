"""Fixtures of the page tests. Without Chromium the browser tests are skipped aloud, or fail with PEBBLE_REQUIRE_BROWSER=1."""

import os
from datetime import UTC, datetime

import pytest

from markets.api import throttle
from tests.pages import market
from tests.pages.chromium import CHROMIUM, FLAGS

REQUIRED = os.environ.get("PEBBLE_REQUIRE_BROWSER") == "1"
MISSING = "Chromium was not found"
INSTALL = "install it (Debian, Ubuntu: apt-get install chromium; macOS: brew install chromium), or set PEBBLE_REQUIRE_BROWSER=1 to make this a failure"


@pytest.hookimpl(trylast=True)  # after deselection by marks
def pytest_collection_modifyitems(items):
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
        item.add_marker(pytest.mark.skip(reason=MISSING))


def pytest_terminal_summary(terminalreporter):
    """Aloud: a line in the summary, not a dot."""
    count = sum(MISSING in str(report.longrepr) for report in terminalreporter.stats.get("skipped", []))
    if count:
        terminalreporter.write_sep("!", f"{count} browser tests were SKIPPED: {MISSING}; {INSTALL}", yellow=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture
def empty(db):
    """A fresh installation that has asked nobody yet, and that nobody has asked: all tests come from one address."""
    for limiter in (throttle._requests, throttle._questions):
        if limiter._counter:
            limiter._counter._table[:] = bytes(len(limiter._counter._table))
    market.forget()
    yield
    market.forget()


@pytest.fixture
def stored(empty):
    """The small market, fresh right now. Returns the instant."""
    now = datetime.now(UTC)
    market.fill(now)
    return now
