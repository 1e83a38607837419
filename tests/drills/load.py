"""Two hundred readers on two cores while prices come in: what they wait, and what it costs the polls.

A reader is an open page: it asks for its live part every five seconds with the tag of what it has, and opens another page now
and then, on a new connection each time. The readers are a process of their own on the same two cores.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.drills.figures import Figure
from tests.drills.installation import Installation, installed

READERS, EVERY_S = 200, 5.0
PAIRS = ("BTC-USDT", "ETH-USDT", "SOL-USDT", "XRP-USDT", "DOGE-USDT")
CYCLE = (
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM finished_at - started_at)), COUNT(*) FROM exchanges_run"
    " WHERE source = 'tickers' AND started_at > now() - ? * interval '1 s'"
)


def run(seed: int, scale: float = 1.0) -> Iterator[Figure]:
    """The drill; `scale` of five minutes with and without readers."""
    for_s = max(300 * scale, 20.0)
    with installed(1, 1, workers=6, PEBBLE_PROXIES="1", PEBBLE_WEB_WORKERS="2") as one:  # as many processes as by default
        time.sleep(for_s)
        alone, before = _cycle(one, for_s)
        command = [sys.executable, "-m", "tests.drills.load", str(one.webs[0]), str(for_s), str(seed)]
        found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=for_s + 120).stdout)
        beside, after = _cycle(one, for_s)
    counts = {"readers": READERS, "seconds": for_s, "requests": found["requests"], "unchanged": found["unchanged"], "failed_with": found["how"]}
    yield Figure("requests that failed", found["errors"], ("==", 0), "", counts)
    yield Figure("p95", found["p95_ms"], ("<=", 300), "ms", counts)
    yield Figure("p99", found["p99_ms"], ("<=", 800), "ms", counts)
    more = 100 * (beside / alone - 1)
    found = {"alone_s": round(alone, 3), "beside_s": round(beside, 3), "polls": [before, after]}
    yield Figure("a poll takes longer beside them by", more, ("<=", 20), "%", found)


def _cycle(one: Installation, for_s: float) -> tuple[float, int]:
    """The median time that a poll of all prices of an exchange took, and of how many."""
    median, count = one.sql(CYCLE, for_s)[0]
    return float(median), int(count)


async def _reader(port: int, ends: float, chance: random.Random, found: dict[str, list[float]]) -> None:
    """One open page until the end."""
    await asyncio.sleep(chance.uniform(0, EVERY_S))
    tags: dict[str, str] = {}
    address = f"10.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(256)}"  # what one address may ask is limited
    path = f"/compare/{chance.choice(PAIRS)}/"
    while time.monotonic() < ends:
        if chance.random() < 0.1:
            path = chance.choice(["/", *(f"/compare/{pair}/" for pair in PAIRS)])
        began = time.perf_counter()
        try:
            status, tags[path] = await asyncio.wait_for(_ask(port, path, tags.get(path, ""), address), 10)
        except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError):
            status = 0
        found["ms"].append((time.perf_counter() - began) * 1000)
        found["unchanged" if status == 304 else "changed" if status == 200 else "errors"].append(status)
        await asyncio.sleep(EVERY_S * chance.uniform(0.8, 1.2))


async def _ask(port: int, path: str, tag: str, address: str) -> tuple[int, str]:
    """Status and tag."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    known = f"If-None-Match: {tag}\r\nHX-Request: true\r\n" if tag else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {address}\r\nAccept-Encoding: gzip\r\n{known}Connection: close\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    await reader.read()
    writer.close()
    found = [line.split(":", 1)[1].strip() for line in head.split("\r\n") if line.lower().startswith("etag:")]
    return int(head.split(" ", 2)[1]), found[0] if found else ""


async def _all(port: int, for_s: float, seed: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"ms": [], "unchanged": [], "changed": [], "errors": []}
    ends = time.monotonic() + for_s
    await asyncio.gather(*(_reader(port, ends, random.Random(f"{seed} {n}"), found) for n in range(READERS)))
    return found


def _main(port: int, for_s: float, seed: int) -> None:
    found = asyncio.run(_all(port, for_s, seed))
    times = statistics.quantiles(found["ms"], n=100)
    how = {str(status): found["errors"].count(status) for status in sorted(set(found["errors"]))}
    said = {"how": how, "requests": len(found["ms"]), "errors": len(found["errors"]),
            "unchanged": len(found["unchanged"]), "p95_ms": times[94], "p99_ms": times[98]}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    _main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
