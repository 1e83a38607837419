"""Test connection: one `time` and one `tickers` request, asked the way a poll asks, counted against the same limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from auditlog.models import LogEntry

from exchanges.client import Outcome
from exchanges.models import Exchange, Feed
from exchanges.rows import ServerTime
from markets.asking import client_for

SOURCES = ("time", "tickers")


@dataclass(frozen=True)
class Step:
    """One line of the result: what was asked, how it ended (one of the outcomes), milliseconds, and a sentence."""

    name: str
    verdict: str
    ms: int
    detail: str

    @property
    def good(self) -> bool:
        """Whether it went well."""
        return self.verdict in ("ok", "partial")


def run(exchange: Exchange) -> tuple[Step, ...]:
    """Ask now, store nothing but a line in the audit: who tested what, and how it went."""
    feeds = {feed.source: feed for feed in Feed.objects.filter(exchange=exchange, source__in=SOURCES)}
    steps = tuple(_step(exchange, name, feeds.get(name)) for name in SOURCES)
    LogEntry.objects.log_create(exchange, force_log=True, action=LogEntry.Action.ACCESS, additional_data={"test": [asdict(step) for step in steps]})
    return steps


def _step(exchange: Exchange, source: str, feed: Feed | None) -> Step:
    if feed is None:
        return Step(source, "not_offered", 0, "The adapter does not offer it.")
    outcome = client_for(exchange, feed).fetch(source, interactive=True)
    return Step(source, outcome.outcome, outcome.ms, outcome.detail or _said(outcome))


def _said(outcome: Outcome) -> str:
    """What a good answer tells: the clock's drift, or how much was read."""
    if not outcome.good:
        return ""
    if outcome.rows and isinstance(outcome.rows[0], ServerTime):
        ours = outcome.requested_at + (outcome.received_at - outcome.requested_at) / 2
        drift = (outcome.rows[0].exchange_ts - ours).total_seconds() * 1000
        return f"Its clock is {drift:+.0f} ms from ours."
    return f"{len(outcome.rows):,} rows, {outcome.dropped} dropped, {outcome.size / 1000:,.0f} kB."


def verdict(steps: Sequence[Step]) -> str:
    """One sentence over all steps."""
    bad = [step.name for step in steps if not step.good and step.verdict != "not_offered"]
    return f"Not well: {', '.join(bad)}." if bad else "Everything answered."
