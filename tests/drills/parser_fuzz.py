"""Every part of every source reads spoilt replies: rows or the typed error come out, soon and without eating memory.

T8 P6 P8-P13 D1-D3: 1,000,000 bodies for each exchange at full size, shared out evenly over its parts. Times are of the processor.
"""

from __future__ import annotations

import gc
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from random import Random

from exchanges.errors import ExchangeError
from tests.drills.figures import Figure
from tests.exchanges.cases import Case, cases
from tests.exchanges.spoil import bodies

BODIES = 1_000_000
LONGEST_MS, MOST_MIB = 50, 64
SHOWN = 5  # replies that broke something, beside the figure


def run(seed: int, scale: float) -> Iterator[Figure]:
    """The figures of each exchange, from the parts it has a sample of."""
    found = [case for case in cases() if case.body is not None]
    for slug in dict.fromkeys(case.adapter.slug for case in found):
        yield from figures(slug, [case for case in found if case.adapter.slug == slug], seed, round(BODIES * scale))


def figures(slug: str, parts: list[Case], seed: int, number: int) -> Iterator[Figure]:
    """`number` bodies or a few more."""
    gc.collect()
    gc.freeze()  # a collection of what was there before is no reading's time
    before, began, seen = _peak_mib(), time.process_time(), Seen()
    for case in parts:
        chance = Random(f"{seed} {case}")  # to be drawn again, not to be secret
        case.parse()  # what is made once is no reply's
        for body in islice(bodies(case, chance), -(-number // len(parts))):
            seen.read(case, body)
    counts = {"bodies": sum(seen.outcomes.values()), "parts": len(parts), "outcomes": dict(seen.outcomes.most_common())}
    yield Figure(f"{slug}: something else than the typed error", len(seen.broken), ("==", 0), "", counts | {"first": seen.broken[:SHOWN]})
    about = {"of": seen.slowest, "processor_s": round(time.process_time() - began, 1)}
    yield Figure(f"{slug}: longest reading", seen.longest_s * 1000, ("<=", LONGEST_MS), "ms", about)
    yield Figure(f"{slug}: growth of the most memory ever held", _peak_mib() - before, ("<=", MOST_MIB), "MiB")


class Seen:
    """What has come out of all that was read."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.broken: list[str] = []
        self.longest_s, self.slowest = 0.0, ""

    def read(self, case: Case, body: bytes) -> None:
        """As the client does it: is it a no, and if not, which rows?"""
        began = time.thread_time()
        try:
            case.adapter.check(200, case.headers, body)
            outcome = "rows" if case.parse(body).rows else "no rows"
        except ExchangeError as error:
            outcome = error.outcome
        except Exception as error:  # this is what is looked for
            outcome = "broken"
            self.broken.append(f"{case}: {error!r} by {body!r}")
        took = time.thread_time() - began
        self.outcomes[outcome] += 1
        if took > self.longest_s:
            self.longest_s, self.slowest = took, f"{case}, {len(body)} bytes, {outcome}"


def _peak_mib() -> float:
    """The most this process has ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
