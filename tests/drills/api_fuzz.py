"""Every operation of the API against its own schema, on both databases: 500 cases of each at full size, `SCALE=10` the 5,000 of a night.

The cases are those of tests/abuse/test_api_fuzz.py, with more of them and other ones for every seed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.drills.figures import Figure

ROOT = Path(__file__).resolve().parents[2]
CASES = 500
SERVERS = {"SQLite": [], "PostgreSQL": ["-m", "tests.servers", sys.executable]}


def run(seed: int, scale: float) -> Iterator[Figure]:
    """How many tests of the file fail on each; what failed goes to standard error."""
    more = {"PEBBLE_FUZZ_CASES": str(max(round(CASES * scale), 1)), "PEBBLE_FUZZ_SEED": str(seed)}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PEBBLE_TEST_")} | more
    for database, before in SERVERS.items():
        command = [sys.executable, *before, "-m", "pytest", "tests/abuse/test_api_fuzz.py", "-p", "no:cacheprovider", "--show-capture=no", "--tb=short"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        ended = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", done.stdout)}
        if done.returncode:
            sys.stderr.write(done.stdout[-20_000:] + done.stderr[-2_000:])
        wrong = ended.get("failed", 0) + ended.get("error", 0) if ended else None  # None: it did not even begin
        yield Figure(f"{database}: operations that break their schema", wrong, ("==", 0), "", {**ended, "cases_an_operation": more["PEBBLE_FUZZ_CASES"]})
