"""Rows of the board and its judgements as JSON-ready dicts, in the public vocabulary. Pure.

Decimals are text without exponents, unknown is None, instants stay aware datetimes (the encoder writes them as ISO
8601 with Z), ages are seconds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from exchanges.numbers import plain
from markets.analysis.best import Best, Comparison, Row
from markets.board import PairKey
from markets.shapes import Asking, ExchangeStatus, History, Measure, Meter, SourceStatus, Status, Trouble

# What moves with the clock alone: left out when two answers are asked to be the same.
MOVING = frozenset({"as_of", "age_s", "oldest_s", "max_age_s", "away_s", "polled_s", "retry_in_s", "basis_apr_pct", "open_s", "took_ms", "receipt", "figures"})
WORDED = frozenset({"detail", "notes", "sentence", "lines", "explanation"})  # sentences may tell an age, too
_AGE = re.compile(r"\b[0-9]+ [smhd](?: [0-9]+ [smh])?\b")
DOWN = ("down", "banned", "blocked", "auto_disabled", "disabled")


def seconds(value: float | None) -> float | None:
    """A duration to the millisecond."""
    return None if value is None else round(value, 3)


def quote(row: Row) -> dict[str, Any]:
    """One exchange's quote with its judgement: the quote vocabulary, then how it was ranked."""
    q = row.quote
    return {
        "exchange": q.exchange, "symbol": q.symbol, "base": q.base, "quote": q.quote, "kind": q.kind, "status": q.status,
        "bid": plain(q.bid), "bid_size": plain(q.bid_size), "ask": plain(q.ask), "ask_size": plain(q.ask_size), "last": plain(q.last),
        "base_volume_24h": plain(q.base_volume_24h), "quote_volume_24h": plain(q.quote_volume_24h), "change_24h_pct": plain(q.change_24h_pct),
        "high_24h": plain(q.high_24h), "low_24h": plain(q.low_24h),
        "exchange_ts": q.exchange_ts, "ts_source": q.ts_source, "requested_at": q.requested_at, "received_at": q.received_at, "observed_at": q.observed_at,
        "age_s": seconds(row.age_s), "state": row.state, "flags": list(row.flags), "identity": q.identity,
        "rank": row.rank, "price": plain(row.price), "net_price": plain(row.net_price), "fee_pct": plain(row.fee_pct), "fee_source": q.fee_source,
        "vs_best": plain(row.vs_best), "spread_bps": plain(row.spread_bps), "deviation_bps": plain(row.deviation_bps), "badges": list(row.badges),
    }


def best(found: Best | None) -> dict[str, Any] | None:
    """The winner of one side."""
    if found is None:
        return None
    return {
        "exchange": found.exchange, "price": plain(found.price), "net_price": plain(found.net_price), "fee_pct": plain(found.fee_pct),
        "size": plain(found.size), "quote": found.currency,
    }


def summary(c: Comparison) -> dict[str, Any]:
    """What a comparison comes to, without its rows: one line of `pairs/` and the head of `compare/`."""
    return {
        "base": c.key.base, "quote": c.key.quote, "kind": c.key.kind, "status": c.status, "grade": c.grade, "pair_class": c.pair_class,
        "reference_price": plain(c.reference_price), "index_price": plain(c.index_price), "price_range_pct": plain(c.price_range_pct),
        "dispersion_bps": plain(c.dispersion_bps), "gap_bps": plain(c.gap_bps), "after_fees_pct": plain(c.after_fees_pct),
        "after_fees_size": plain(c.after_fees_size), "change_24h_pct": plain(c.change_24h_pct), "high_24h": plain(c.high_24h), "low_24h": plain(c.low_24h),
        "quote_volume_24h": plain(c.quote_volume_24h), "volume_usd": plain(c.volume_usd),
        "live": c.live, "listed": c.listed, "oldest_s": seconds(c.oldest_s),
        "best": {"buy": best(c.best_buy), "sell": best(c.best_sell)},
    }


def missing(known: Iterable[ExchangeStatus]) -> list[dict[str, Any]]:
    """The exchanges whose numbers are not in an answer, or not as fresh as they should be, and why."""
    return [absence(e) for e in known if not e.live or e.state in DOWN]


def absence(e: ExchangeStatus) -> dict[str, Any]:
    """Why one exchange does not count right now: its state, else the age of its newest quote."""
    if not e.enabled:
        reason, detail = "disabled", "Switched off by an operator."
    elif e.state in DOWN:
        reason, detail = e.state, e.detail or f"{e.state_label}."
    elif not e.freshness:
        reason, detail = "starting", "No prices have been collected from it yet."
    else:
        reason, detail = e.freshness, e.detail or f"Its newest quote is {e.freshness}."
    return {"exchange": e.slug, "reason": reason, "detail": detail}


def exchange(e: ExchangeStatus) -> dict[str, Any]:
    """One exchange: switch, state, age, how its polls went in the last hour, and how much of its limits is used."""
    return {
        "exchange": e.slug, "name": e.name, "monogram": e.monogram,
        "enabled": e.enabled, "state": e.state, "state_since": e.state_since, "detail": e.detail or None,
        "age_s": seconds(e.age_s), "freshness": e.freshness or None, "live": e.live, "markets": e.markets, "taker_fee_pct": plain(e.taker_fee_pct),
        "success_pct": plain(e.success_pct), "p50_ms": e.p50_ms, "p95_ms": e.p95_ms, "breaker": e.breaker, "retry_in_s": seconds(e.retry_in_s),
        "limits": [meter(m) for m in e.meters], "refused": e.refused, "shed": e.shed, "silent_until": e.silent_until, "sources": [source(s) for s in e.sources],
    }


def meter(m: Meter) -> dict[str, Any]:
    """How much of one limit is used: the operator's budget, or a pool the exchange publishes."""
    return {"name": m.name, "used": plain(m.used), "limit": plain(m.limit), "unit": m.unit, "window_s": m.window_s}


def source(s: SourceStatus) -> dict[str, Any]:
    """One source of one exchange."""
    return {
        "source": s.source, "price": s.price, "enabled": s.enabled, "period_s": s.period_s, "outcome": s.outcome or None, "detail": s.detail or None,
        "finished_at": s.finished_at, "ok_at": s.ok_at, "age_s": seconds(s.age_s), "fails": s.fails, "runs": s.runs, "success_pct": plain(s.success_pct),
        "p50_ms": s.p50_ms, "p95_ms": s.p95_ms, "retry_in_s": seconds(s.retry_in_s),
    }


def status(s: Status, measures: Iterable[Measure] = ()) -> dict[str, Any]:
    """Everything the status page says."""
    w = s.workers
    return {
        "level": s.level, "sentence": s.sentence, "explanation": s.explanation,
        "pairs": s.pairs, "shared_pairs": s.shared_pairs, "assets": s.assets, "fresh_pct": plain(s.fresh_pct),
        "workers": {
            "clusters": w.clusters, "workers": w.workers, "queued": w.queued, "oldest_s": seconds(w.oldest_s),
            "failed_24h": w.failed_24h, "runs_24h": w.runs_24h, "polled_s": seconds(w.polled_s), "stopped": w.stopped,
            "behind": list(w.behind), "paused_at": w.paused_at, "pause_reason": w.pause_reason or None,
            "overdue": [{"name": late.name, "age_s": seconds(late.late_s)} for late in w.overdue],
            "undelivered": [
                {"at": u.at, "kind": u.kind, "channel": u.channel, "attempts": u.attempts, "given_up": u.given_up, "code": u.code} for u in w.undelivered
            ],
        },
        "exchanges": [exchange(e) for e in s.exchanges],
        "uptime": [_uptime(slug, history) for slug, history in s.histories.items()],
        "incidents": [incident(trouble) for trouble in s.troubles],
        "measures": [
            {"measure": m.key, "label": m.label, "value": rounded(m.value), "unit": m.unit or None, "target": m.target or None, "met": m.met, "told": m.told}
            for m in measures
        ],
        "missing": missing(s.exchanges),
        "events": [{"at": e.at, "exchange": e.exchange or None, "text": e.text} for e in s.events],
        "asking": _asking(s.asking),
    }


def _uptime(slug: str, history: History) -> dict[str, Any]:
    """An exchange's known days: percent of the asked time in which it was well, and in which it answered at all."""
    known = [(day, spent) for day, spent in history.days if spent.asked_s]
    days = [{"day": day, "live_pct": _percent(spent.live_share), "up_pct": _percent(spent.up_share)} for day, spent in known]
    return {"exchange": slug, "uptime_pct": rounded(history.uptime_pct), "days": days}


def _percent(share: Decimal | None) -> str | None:
    return rounded(100 * share) if share is not None else None


def rounded(value: Decimal | None) -> str | None:
    """A measure to three decimals."""
    return plain(round(value, 3)) if value is not None else None


def incident(t: Trouble) -> dict[str, Any]:
    """Something that went wrong; `exchange` is null where it concerns Pebble itself."""
    return {
        "id": t.id, "exchange": t.exchange or None, "kind": t.kind, "critical": t.critical, "title": t.title, "detail": t.detail or None,
        "opened_at": t.opened_at, "closed_at": t.closed_at, "closing": t.closing or None, "away_s": seconds(t.away_s),
    }  # fmt: skip


def _asking(a: Asking) -> dict[str, Any]:
    kinds = [{"intent": k.intent, "questions": k.questions, "success_pct": plain(k.success_pct), "corrected_pct": plain(k.corrected_pct)} for k in a.kinds]
    return {
        "days": a.days, "questions": a.questions, "success_pct": plain(a.success_pct), "corrected_pct": plain(a.corrected_pct), "p50_ms": a.p50_ms,
        "p95_ms": a.p95_ms, "kinds": kinds,
    }  # fmt: skip


def pair(key: PairKey) -> str:
    """A pair as it stands in addresses."""
    return f"{key.base}-{key.quote}"


def steady(value: Any) -> Any:
    """The same answer without what moves with the clock alone; equal for equal tags."""
    if isinstance(value, dict):
        return {key: _AGE.sub("", str(inner)) if key in WORDED else steady(inner) for key, inner in value.items() if key not in MOVING}
    return [steady(inner) for inner in value] if isinstance(value, list) else value


def printable(text: str) -> str:
    """A stranger's text as it may stand in an answer: cut to 80 characters, without control characters."""
    return "".join("?" if unicodedata.category(char)[0] == "C" else char for char in text[:80])
