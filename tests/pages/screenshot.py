"""Write docs/images/overview.png from a running Pebble: `python -m tests.pages.screenshot http://127.0.0.1:8000/ [FILE]`."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.pages.chromium import CHROMIUM, FLAGS


def take(address: str, file: Path) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900}, device_scale_factor=1.5)
        page.goto(address)
        page.wait_for_function("() => document.fonts.status === 'loaded'")
        page.screenshot(path=str(file))
        browser.close()


if __name__ == "__main__":
    take(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else "docs/images/overview.png"))
