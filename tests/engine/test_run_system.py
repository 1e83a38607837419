"""`manage.py run` as a person meets it: prices within half a minute, a wedge mended, a stop that leaves nothing."""

import json
import os
import re
import signal
import socket
import stat
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine.conftest import Site, until
from tests.servers import free_port

pytestmark = [pytest.mark.system, pytest.mark.xdist_group("workers")]


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except OSError:  # nobody listens, or not any more
        return 0, b""


def processes(session_of):
    """(pid, session, command) of every process that a started program's children could be."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            command = (folder / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] not in "ZX" and int(fields[3]) in session_of:
            found.append((int(folder.name), int(fields[3]), command))
    return found


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return {int(child): Path(f"/proc/{child}/cmdline").read_text() for child in (found.read_text().split() if found.exists() else ())}


@pytest.fixture(scope="module")
def pebble(tmp_path_factory):
    """A running Pebble in an empty folder: no database, no account, nothing prepared."""
    folder, port = tmp_path_factory.mktemp("run"), free_port()
    site = Site(folder, f"sqlite:///{folder}/site.sqlite3", PEBBLE_PORT=str(port), PEBBLE_WATCHDOG_S="4", PEBBLE_WORKERS="3")
    site.port, site.main = port, site.start("run")
    try:
        until(lambda: "ready: open" in log(site) or site.main.poll() is not None, 120, why=lambda: log(site))
        assert site.main.poll() is None, log(site)
        yield site
    finally:
        sessions = set(children(site.main.pid))
        site.stop()
        for session in sessions:
            with suppress(ProcessLookupError):
                os.killpg(session, signal.SIGKILL)


def log(site):
    return site.main.log.read_text()


def test_prices_of_all_exchanges_are_there_within_half_a_minute(pebble):
    said = log(pebble)
    assert "Simulated market" in said and "first prices: 5 of 5 exchanges" in said and "no prices yet" not in said
    assert pebble.sql("SELECT COUNT(*) FROM markets_quote")[0][0] > 4_000
    assert get(pebble.port, "/healthz") == (200, b"ok\n")
    status, body = get(pebble.port, "/readyz")
    assert status == 200, body
    assert json.loads(body)["ready"]


SWEEPS = "markets IS NULL AND source != 'copy_traders'"  # what comes in one go, and needs no key


def outcomes(site, where):
    return dict(site.sql(f"SELECT outcome, COUNT(*) FROM exchanges_feed WHERE {where} GROUP BY outcome"))  # noqa: S608 - our own words


def test_everything_published_is_read_soon_after_the_start(pebble):
    until(lambda: set(outcomes(pebble, SWEEPS)) == {"ok"}, 90, why=lambda: f"{outcomes(pebble, SWEEPS)}\n{log(pebble)[-2000:]}")
    for table, least in (("derivative", 1000), ("funding", 1000), ("optionquote", 1000), ("network", 3000), ("announcement", 20), ("servicestatus", 3)):
        until(lambda: pebble.sql(f"SELECT COUNT(*) FROM markets_{table}")[0][0] >= least, 60, why=f"too few rows in {table}")  # noqa: B023, S608 - used at once, our own words
    assert "Traceback" not in log(pebble)


def test_without_a_key_copy_trading_says_what_is_missing_and_nothing_else_breaks(pebble):
    feed = "SELECT outcome, detail FROM exchanges_feed WHERE source = 'copy_traders'"
    [(outcome, detail)] = until(lambda: [row for row in pebble.sql(feed) if row[0]], 60)
    assert outcome == "not_offered" and "a key is needed" in detail


def asks(pebble):
    """(coin, its markets) of a page that says it is asking: of a coin no book is stored of, and none came since that was seen."""
    symbol, markets = pebble.sql(
        "SELECT q.code, COUNT(*) FROM markets_market m JOIN markets_exchangeasset q ON q.id = m.base_id JOIN markets_exchangeasset u ON u.id = m.quote_id"
        " LEFT JOIN markets_book b ON b.market_id = m.id WHERE m.kind = 'spot' AND u.code = 'USDT' AND m.status = 'trading'"
        " GROUP BY q.code HAVING COUNT(b.market_id) = 0 ORDER BY COUNT(*) DESC, q.code DESC LIMIT 1",
    )[0]
    page = get(pebble.port, f"/liquidity/{symbol}-USDT/")[1].decode()
    return (symbol, markets) if f"0 of {markets} books are here" in page and "data-soon" in page else None


def test_a_page_asks_for_books_that_nobody_plans_and_they_arrive(pebble):
    symbol, markets = until(lambda: asks(pebble), 30)
    assert markets > 1
    # On a busy machine the first asking may not be taken up in time: whoever looks again asks again.
    address = f"/liquidity/{symbol}-USDT/"
    until(lambda: "data-soon" not in (page := get(pebble.port, address)[1].decode()) and "is most liquid for" in page and "asking now" not in page, 60)
    asked = "SELECT COUNT(*) FROM markets_reading r JOIN markets_market m ON m.id = r.market_id WHERE r.wanted_at IS NOT NULL AND r.outcome = 'ok'"
    until(lambda: pebble.sql(asked)[0][0] >= markets, 30)


def test_the_account_is_printed_and_kept_for_its_owner_only(pebble):
    file = pebble.folder / "operator.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.search(r"operator account: operator +password: (\S+)", log(pebble)).group(1) == file.read_text().split()[1]


def test_a_second_one_on_the_same_port_says_what_to_do(pebble):
    done = pebble.manage("run")
    assert done.returncode == 2
    assert f"port {pebble.port} is taken" in done.stderr and "PEBBLE_PORT=" in done.stderr


def listens(port):
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_workers_that_hang_without_dying_are_replaced(pebble):
    pebble.sql("UPDATE exchanges_feed SET period_s = 2 WHERE source = 'tickers'")  # the watchdog's limit: 6 s instead of 30
    [group] = [pid for pid, command in children(pebble.main.pid).items() if "qcluster" in command]
    os.killpg(group, signal.SIGSTOP)  # like a lost queue lock: all alive, nothing ends
    stuck = pebble.sql("SELECT MAX(finished_at) FROM exchanges_feed")
    until(lambda: "watchdog: the last poll ended" in log(pebble), 30)
    until(lambda: pebble.sql("SELECT MAX(finished_at) FROM exchanges_feed") > stuck, 60)
    assert not processes({group})


def test_a_dead_program_comes_back(pebble):
    [web] = [pid for pid, command in children(pebble.main.pid).items() if "granian" in command]
    os.kill(web, signal.SIGKILL)
    until(lambda: "ended (killed by SIGKILL); starting again" in log(pebble))
    until(lambda: get(pebble.port, "/healthz")[0] == 200, 30)
    assert not processes({web}), "the dead server's workers went with it"


def test_sigterm_stops_all_of_it_in_time_and_leaves_nothing(pebble):
    sessions = set(children(pebble.main.pid))
    assert len(sessions) == 3 and len(processes(sessions)) > 6
    pebble.main.send_signal(signal.SIGTERM)
    assert pebble.main.wait(14) == 0
    assert "stopped" in log(pebble)
    assert processes(sessions) == []
    assert not listens(pebble.port)
