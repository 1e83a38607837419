"""Liquidity, rates and pegs as JSON-ready dicts, in the public vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from exchanges.numbers import plain
from markets.analysis.cross import Leg, Peg, Rate
from markets.analysis.liquidity import HUNDRED, STEPS, Band, Cost, Measure, Part, Wish, imbalance
from markets.api.serialize import seconds
from markets.reads.liquidity import Line, PairLiquidity, Row


def pair(found: PairLiquidity, missing: Sequence[dict[str, Any]], notes: Sequence[str]) -> dict[str, Any]:
    """One pair's books, ranked first."""
    best = found.best
    return {
        "base": found.key.base, "quote": found.key.quote, "kind": found.key.kind, "amount": wish(found.wish), "ranked_by": "cost" if found.asked else "score",
        "usd_per_quote": plain(found.usd), "best": best.view.exchange if best else None, "missing": list(missing), "notes": list(notes),
        "results": [line(each) for each in found.lines],
    }


def wish(asked: Wish | None) -> dict[str, Any] | None:
    """The amount that `cost` is of."""
    return {"side": asked.side, "value": plain(asked.amount), "unit": "base" if asked.in_base else "quote"} if asked else None


def line(found: Line) -> dict[str, Any]:
    """One exchange's book."""
    view, ladder = found.view, found.view.ladder
    return {
        "exchange": view.exchange, "symbol": view.symbol, "rank": found.rank, "state": view.state, "age_s": seconds(view.age_s), "waiting": view.waiting,
        "detail": view.reason or None, "observed_at": ladder.observed_at if ladder else None, "received_at": ladder.received_at if ladder else None,
        "exchange_ts": ladder.exchange_ts if ladder else None, "volume_suspicious": found.suspicious, "cost": cost(found.cost) if found.cost else None,
        "book": measure(found.measure) if found.measure else None,
    }


def cost(found: Cost) -> dict[str, Any]:
    """What an amount comes to on one book."""
    return {
        "slippage_bps": plain(found.slippage_bps), "average_price": plain(found.vwap), "fillable_pct": plain(found.share * HUNDRED), "base": plain(found.base),
        "money": plain(found.money),
    }


def measure(m: Measure) -> dict[str, Any]:
    """A measured book."""
    return {
        "mid": plain(m.depth.mid), "spread_bps": plain(m.depth.spread_bps), "top_bid": plain(m.top_bid), "top_ask": plain(m.top_ask),
        "depth": [band(each) for each in m.depth.bands], "move_up_2_pct_usd": plain(m.move_up_usd), "move_down_2_pct_usd": plain(m.move_down_usd),
        "costs": [{"usd": plain(step), "buy": cost(buy), "sell": cost(sell)} for step, (buy, sell) in zip(STEPS, m.costs, strict=False)],
        "quote_volume_24h": plain(m.volume), "turnover_to_depth": plain(m.turnover_ratio), "score": plain(m.score.value) if m.score else None,
        "score_parts": [part(each) for each in m.score.parts] if m.score else [],
    }


def band(b: Band) -> dict[str, Any]:
    """Money within so much of the middle; a truncated side is a lower bound."""
    return {
        "within_pct": plain(b.ratio * HUNDRED), "bids": plain(b.bid), "asks": plain(b.ask),
        "bids_truncated": b.bid_truncated, "asks_truncated": b.ask_truncated, "imbalance": plain(imbalance(b)),
    }


def part(p: Part) -> dict[str, Any]:
    """One amount's part of a score."""
    slips = {"buy_slippage": plain(p.buy), "sell_slippage": plain(p.sell)}
    return {"usd": plain(p.notional), "weight": plain(p.weight), **slips, "points": plain(p.points)}


def row(found: Row) -> dict[str, Any]:
    """One pair of the list."""
    return {
        "base": found.key.base, "quote": found.key.quote, "kind": found.key.kind, "books": found.books, "best": found.best.exchange,
        "cost": cost(found.cost) if found.cost else None, "score": plain(found.best.score.value) if found.best.score else None,
        "tightest": found.tightest.exchange, "spread_bps": plain(found.tightest.depth.spread_bps), "deepest": found.deepest.exchange,
        "depth_2_pct_usd": plain(found.depth_usd), "volume_usd": plain(found.volume_usd), "volume_suspicious": list(found.suspicious),
        "age_s": seconds(found.age_s),
    }


def rate(r: Rate) -> dict[str, Any]:
    """One rate with the markets it goes by."""
    return {
        "currency": r.source, "mid": plain(r.mid), "bid": plain(r.bid), "ask": plain(r.ask), "state": r.state, "age_s": seconds(r.age_s), "path": list(r.path),
        "legs": [leg(each) for each in r.legs],
    }


def leg(found: Leg) -> dict[str, Any]:
    """One market of a path, in the direction it is walked."""
    return {
        "source": found.source, "target": found.target, "inverted": found.inverted, "mid": plain(found.mid), "bid": plain(found.bid), "ask": plain(found.ask),
        "exchange": found.exchange, "exchanges": list(found.exchanges), "state": found.state, "age_s": seconds(found.age_s),
    }


def peg(p: Peg) -> dict[str, Any]:
    """One stablecoin against the others."""
    return {
        "currency": p.ticker, "follows": p.fiat, "state": p.state, "deviation_pct": plain(p.deviation_pct), "rate": plain(p.rate), "median": plain(p.median),
        "age_s": seconds(p.age_s),
    }
