"""The API's addresses of what happens and happened: listings, announcements, history, copy trading."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from markets import turns
from markets.analysis import copying
from markets.api import filters_events, schema, serialize_events
from markets.api import schema_events as shapes
from markets.api.core import Asked, Endpoint, Problem, cut, link, listed
from markets.api.filters import BadParameter
from markets.api.words import coins
from markets.reads import gaps, history, listings, traders
from markets.reads.history import Series
from markets.shapes import Absence

CANDLES_FRESH_S = 3600.0  # somebody who asks for the past of a market nobody reads has it a moment later
CATALOGUES = ("instruments", "perp_instruments")  # what listing events are told from


class Listings(Endpoint):
    """What exchanges began and stopped to trade."""

    parameters = filters_events.LISTINGS

    @schema.described(
        "Listings. Coins and pairs that were announced, listed, opened, suspended, resumed, renamed or delisted, since Pebble first looked at an exchange.",
        shapes.Listings, filters_events.LISTINGS, found=False, tag="Events",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Events that match, in the asked order."""
        v = asked.values
        assets, notes = coins(v["asset"])
        page = listings.events(
            exchanges=v["exchange"], event=v["event"], assets=assets, kinds=v["kind"], since=v["since"], until=v["until"],
            order=v["ordering"], offset=v["offset"], limit=v["limit"],
        )
        missing = gaps.asked(absence for source in CATALOGUES for absence in gaps.gaps(source, asked.now, v["exchange"]))
        quiet = [] if page.count else ["No such event. What an exchange already listed when Pebble first looked is no event."]
        return listed(asked, [serialize_events.event(row) for row in page.rows], page.count, v["offset"], missing=missing, notes=[*notes, *quiet])


class Announcements(Endpoint):
    """What exchanges announced."""

    parameters = filters_events.ANNOUNCEMENTS

    @schema.described("Announcements. Public notices of the exchanges that publish them: listings, delistings, maintenance.",
                      shapes.Announcements, filters_events.ANNOUNCEMENTS, found=False, tag="Events")
    def get(self, asked: Asked) -> dict[str, Any]:
        """Notices that match, in the asked order."""
        v = asked.values
        page = listings.notices(
            exchanges=v["exchange"], kinds=v["kind"], since=v["since"], until=v["until"], order=v["ordering"], offset=v["offset"], limit=v["limit"],
        )
        missing = gaps.gaps("announcements", asked.now, v["exchange"])
        return listed(asked, [serialize_events.notice(row) for row in page.rows], page.count, v["offset"], missing=missing, notes=[])


# --- History ----------------------------------------------------------------------------------------------------
class History(Endpoint):
    """The past of one pair."""

    parameters = filters_events.HISTORY

    @schema.described(
        "History. Candles of one pair, oldest first: Pebble's own of the mid price, or the exchange's of trades; each says which it is. "
        "`next` leads to the window before.", shapes.History, filters_events.HISTORY, tag="Prices",
    )
    def get(self, asked: Asked, pair: str) -> dict[str, Any]:
        """The candles of BASE-QUOTE in one window."""
        v = asked.values
        base, _, quote = pair.upper().rpartition("-")
        if not base or not quote or len(pair) > 121 or not pair.isprintable():
            raise Problem(404, "A pair is written BASE-QUOTE, for example BTC-USDT.")
        if v["from"] and v["to"] and v["from"] >= v["to"]:
            raise BadParameter("from", "It must be before `to`.")
        found = history.series(
            base, quote, asked.now, kind=v["kind"], period_s=v["period"], exchanges=v["exchange"], source=v["source"], start=v["from"], end=v["to"],
            limit=v["limit"],
        )
        if v["source"] != history.OWN:
            turns.want([market.pk for market in found.markets], "candles", asked.now, fresh_s=CANDLES_FRESH_S)
        return {
            "base": found.key.base, "quote": found.key.quote, "kind": v["kind"], "period_s": v["period"], "source": v["source"] or None,
            "count": len(found.rows), "next": _before(asked, found.earlier), "previous": None,
            "missing": [absence._asdict() for absence in _unread(asked, found)], "notes": [*found.notes, *_said(asked, found)],
            "results": [serialize_events.bar(row) for row in found.rows],
        }


def _before(asked: Asked, earlier: datetime | None) -> str | None:
    """The window that ends where this one begins, or at the newest candle before it."""
    return link(asked, {"to": earlier.astimezone(UTC).isoformat().replace("+00:00", "Z")}) if earlier else None


def _unread(asked: Asked, found: Series) -> list[Absence]:
    """Exchanges that do not list the pair, and those of whose candles none is here."""
    told, listing = {row.exchange for row in found.rows}, {market.exchange.slug for market in found.markets}
    absent = []
    for e in gaps.ordered():
        if e.slug in told or (asked.values["exchange"] and e.slug not in asked.values["exchange"]):
            continue
        if e.slug not in listing:
            absent.append(Absence(e.slug, "not_listed", f"{e.name} does not list {found.key.base}/{found.key.quote} ({asked.values['kind']})."))
        else:
            none = Absence(e.slug, "none", f"{e.name}: no candles of this market and period are stored in this window; they are being asked for.")
            absent.append(gaps.gap(e, "candles", asked.now) or none)
    return absent


def _said(asked: Asked, found: Series) -> list[str]:
    v = asked.values
    if v["source"] == history.OWN and v["period"] not in history.OWN_PERIODS:
        return [f"Pebble keeps candles of its own of {', '.join(map(str, history.OWN_PERIODS))} s only: ask for source=exchange."]
    if v["source"] == history.OWN and v["kind"] != "spot":
        return ["Pebble keeps candles of its own of spot markets only: ask for source=exchange."]
    return [] if found.rows else ["Nothing is stored in this window." + (" `next` leads to older candles." if found.earlier else "")]


# --- Copy trading -----------------------------------------------------------------------------------------------
class CopyTrading(Endpoint):
    """Traders whom others copy."""

    parameters = filters_events.COPY_TRADING

    @schema.described(
        "Copy trading. Public statistics of traders whom others copy, where an exchange tells them; `state` says whether it is on, else why and what to do.",
        shapes.CopyTrading, filters_events.COPY_TRADING, found=False, tag="Events",
    )
    def get(self, asked: Asked) -> dict[str, Any]:
        """Traders that match, in the asked order, and how it stands."""
        v = asked.values
        if v["symbol"] and not traders.bare(v["symbol"]):
            raise BadParameter("symbol", "It must be a symbol, for example BTCUSDT.")
        known = traders.traders(v["exchange"], v["symbol"])
        fitting = (row for row in known if copying.fits(row.days, row.max_drawdown_pct, v["min_days"], v["max_fall_pct"]))
        rows = traders.ordered(fitting, v["ordering"])
        page, start = cut(asked, rows)
        standings = [s for s in traders.standings(asked.now) if not v["exchange"] or s.exchange in v["exchange"]]
        became = traders.followed(page, v["period"], asked.now)
        told = [serialize_events.trader(row, became[row.exchange, row.trader_id].change, traders.state(row, asked.now), asked.now) for row in page]
        current = [row for row in rows if traders.state(row, asked.now) in ("fresh", "aging")]
        whole = traders.overall(standings)
        return {
            "state": whole.state, "reason": whole.reason or None, "what_to_do": whole.what_to_do or None,
            "sources": [serialize_events.standing(s) for s in standings],
            "summary": serialize_events.summary(traders.summary(v["symbol"], current)) if v["symbol"] else None,
            **listed(asked, told, len(rows), start, missing=gaps.gaps(traders.SOURCE, asked.now, v["exchange"]), notes=[]),
        }
