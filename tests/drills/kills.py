"""Two hundred times kill -9 at a random moment, with three clusters on PostgreSQL and Valkey (I4 I6 I11).

Nine of ten hit one process of a cluster (worker, pusher, monitor, guard), one a whole cluster. Each is restarted by the
supervisor that its service runs. What is left in the database says what was lost, doubled or half written.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator

from tests.drills.figures import Figure
from tests.drills.installation import Installation, age, installed, seconds_until

CLUSTERS = 3
TWICE = "SELECT COUNT(*) FROM (SELECT 1 FROM exchanges_run GROUP BY exchange_id, source, token HAVING COUNT(*) > 1) AS doubled"
AT_ONCE = (
    "SELECT COUNT(*) FROM exchanges_run a JOIN exchanges_run b ON b.exchange_id = a.exchange_id AND b.source = a.source AND b.token > a.token"
    " AND b.started_at < a.finished_at"
)
# Quotes are stored with their poll's token in the transaction that writes its run: one without the other is half a batch.
HALF = (
    "SELECT COUNT(*) FROM markets_quote q JOIN markets_market m ON m.id = q.market_id LEFT JOIN exchanges_run r"
    " ON r.exchange_id = m.exchange_id AND r.source = 'tickers' AND r.token = q.token WHERE r.id IS NULL"
)
CLAIMED = "SELECT SUM(f.token - (SELECT COUNT(*) FROM exchanges_run r WHERE r.exchange_id = f.exchange_id AND r.source = f.source)) FROM exchanges_feed f"
INDEXES = (
    "SELECT bt_index_check(c.oid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam"
    " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE a.amname = 'btree' AND n.nspname = 'public' AND c.relkind = 'i' AND i.indisvalid"
)


def run(seed: int, scale: float = 1.0) -> Iterator[Figure]:
    """The drill; `scale` of 200 kills."""
    chance, kills, killed, groups = random.Random(seed), max(4, round(200 * scale)), 0, 0
    missed = 0
    with installed(1, CLUSTERS, workers=3) as one:
        began = time.monotonic()
        while killed < kills:
            time.sleep(chance.uniform(0.05, 3.0))
            hit = _kill(one, chance)
            killed, groups, missed = killed + (hit is not None), groups + bool(hit), missed + (hit is None)
        took = time.monotonic() - began
        back = seconds_until(lambda: (found := age(one.webs[0])) is not None and found <= 30, 300)
        runs = one.sql("SELECT COUNT(*) FROM exchanges_run")[0][0]
        counts = {"kills": kills, "whole_clusters": groups, "found_nobody": missed, "seconds": round(took), "runs": runs}
        yield from _judged(one, counts, kills + groups * 5)
        yield Figure("prices fresh after the last kill", back, ("<=", 120), "s")


def _kill(one: Installation, chance: random.Random) -> bool | None:
    """One process (False) or a whole cluster (True); None when there was nobody, as while supervisors wait before a restart."""
    victims = one.pullable()
    if not victims:
        return None
    victim, whole = chance.choice(victims), chance.random() < 0.1
    try:
        if whole:
            os.killpg(os.getpgid(victim), signal.SIGKILL)
        else:
            os.kill(victim, signal.SIGKILL)
    except ProcessLookupError:
        return None
    return whole


def _judged(one: Installation, counts: dict[str, object], most: int) -> Iterator[Figure]:
    lost = int(one.sql(CLAIMED)[0][0])
    found = {**counts, "claims_without_a_run": lost, "processes_killed": most}
    yield Figure("claims lost beyond those of killed processes", max(0, lost - most), ("==", 0), "", found)
    for name, text in (("polls stored twice", TWICE), ("polls of one source at once", AT_ONCE), ("quotes of half a batch", HALF)):
        yield Figure(name, int(one.sql(text)[0][0]), ("==", 0), "", counts)
    one.sql("CREATE EXTENSION IF NOT EXISTS amcheck")
    yield Figure("indexes that do not hold", 0 if one.sql(INDEXES) else None, ("==", 0), "")
