"""Make the guide's pictures: `make pictures`. A simulated market with a fixed seed is started, watched until it has
prices, and photographed page by page into docs/guide/images/.

`python -m tests.pages.pictures ADDRESS [NAME ...]` photographs a Pebble that runs already, all pages or those named.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Page, sync_playwright

from tests.pages.chromium import CHROMIUM, FLAGS
from tests.pages.palette import smaller
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "guide" / "images"
SEED, WARM_S = "7", 150  # the same coins and prices every time; by then books, funding and minutes have come
WATCHED = '["BTC","ETH","SOL","XRP"]'
DESKTOP, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


class Shot(NamedTuple):
    """A picture: its file's name, the page, and what to scroll to first."""

    name: str
    path: str
    to: str = ""


SHOTS = (
    Shot("overview", "/"),
    Shot("compare", "/compare/BTC-USDT/?amount=25000"),
    Shot("history", "/compare/BTC-USDT/?range=1h", "#history"),
    Shot("watchlist", "/watchlist/?base=BTC,ETH,SOL,XRP"),
    Shot("arbitrage", "/arbitrage/"),
    Shot("liquidity", "/liquidity/BTC-USDT/"),
    Shot("liquidity-pairs", "/liquidity/"),
    Shot("currencies", "/liquidity/", ".pegs-card"),
    Shot("funding", "/funding/"),
    Shot("options", "/options/"),
    Shot("discover", "/discover/"),
    Shot("copy", "/copy/"),
    Shot("volume", "/volume/"),
    Shot("ask", "/ask/?q=What%27s+the+best+price+for+MATIC%3F"),
    Shot("identity", "/assets/btc/"),
    Shot("status", "/status/"),
    Shot("api", "/api/"),
)


def main(address: str, names: list[str]) -> int:
    """Photograph the pages; the exit code says how many are missing."""
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    missing = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for viewport, suffix in ((DESKTOP, ""), (PHONE, "-phone")):
            page = browser.new_context(viewport=viewport, reduced_motion="reduce", color_scheme="light").new_page()
            page.add_init_script(f"localStorage.setItem('pebble.watch', '{WATCHED}')")
            missing += [f"{shot.name}{suffix}: {shot.path}" for shot in wanted if not taken(page, address, shot, suffix)]
        browser.close()
    for line in missing:
        sys.stdout.write(f"missing: {line}\n")
    return len(missing)


def taken(page: Page, address: str, shot: Shot, suffix: str) -> bool:
    """One picture, as small as its colours allow; False when there is no such page."""
    answer = page.goto(address.rstrip("/") + shot.path)
    if answer is None or answer.status != 200:
        return False
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    if shot.to and page.locator(shot.to).count():
        page.locator(shot.to).first.evaluate("node => window.scrollTo(0, node.getBoundingClientRect().top + scrollY - 64)")
    page.wait_for_timeout(900)  # what was asked of the queue comes
    (FOLDER / f"{shot.name}{suffix}.png").write_bytes(smaller(page.screenshot()))
    return True


@contextmanager
def simulated() -> Iterator[str]:
    """A simulated Pebble of its own, with prices in it, for as long as the block lasts; its address."""
    folder, port = tempfile.mkdtemp(prefix="pebble-pictures-"), free_port()
    simulator, env = free_port(), {**os.environ, "PEBBLE_MARKET": "simulated", "PEBBLE_PORT": str(port), "PEBBLE_DATA_DIR": folder}
    env["PEBBLE_UPSTREAM"] = f"http://127.0.0.1:{simulator}"
    commands = ([sys.executable, "manage.py", "simulate", "--port", str(simulator), "--seed", SEED], [sys.executable, "manage.py", "run"])
    running = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for command in commands]
    try:
        warm(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        for process in reversed(running):
            process.send_signal(signal.SIGINT)
            process.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def warm(address: str) -> None:
    """Wait until it is ready; look at the pages once, so that what they need is asked for; and give it time to come."""
    began = time.monotonic()
    while not answers(f"{address}/readyz"):
        if time.monotonic() - began > WARM_S:
            raise SystemExit("The simulated market did not become ready.")
        time.sleep(1)
    while (left := WARM_S - (time.monotonic() - began)) > 0:
        for shot in SHOTS:
            answers(address + shot.path)
        time.sleep(min(15, left))


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:  # noqa: S310 - our own address
            return answer.status == 200
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    with simulated() as site:
        sys.exit(main(site, []))
