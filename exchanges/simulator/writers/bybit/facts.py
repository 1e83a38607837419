"""Announcements, maintenance and the make-up of the indices, as Bybit tells them."""

from __future__ import annotations

import re
from functools import cache

from exchanges.simulator.contracts import Contract
from exchanges.simulator.events import Notice, Window
from exchanges.simulator.universe import universe
from exchanges.simulator.writers import Query, Reply, Scene, short
from exchanges.simulator.writers.bybit.wire import refused, whole, written

TYPES = {
    "new_crypto": "New Listings", "delistings": "Delistings", "maintenance_updates": "Maintenance Updates", "latest_activities": "Latest Activities",
    "latest_bybit_news": "Latest Bybit News", "product_updates": "Product Updates", "new_fiat_listings": "New Fiat Listings", "other": "Other",
}  # fmt: skip
TYPE_OF = {"listing": "new_crypto", "delisting": "delistings", "maintenance": "maintenance_updates", "other": "latest_activities"}
PAGE = "https://announcements.bybit.com/en-US/article/"
DAY = 86_400
VENUES = {"binance": "Binance", "kucoin": "Kucoin", "bybit": "Bybit", "gateio": "GateIO", "bitget": "Bitget"}  # as the index's list calls them
DOLLARS = (("Coinbase", "{}-USD"), ("Kraken", "{}USD"), ("Bitstamp", "{}USD"))


# --- announcements ----------------------------------------------------------------------------------------------
def announcements(scene: Scene, query: Query) -> Reply:
    """The newest first, of one type or of all, in pages."""
    kind, page, limit = query.get("type", ""), whole(query, "page", 1, 10**6), whole(query, "limit", 20, 1_000)
    if not query.get("locale") or (kind and kind not in TYPES) or page is None or limit is None:
        return refused(scene, "params error: locale" if not query.get("locale") else "params error: type")
    found = [n for n in scene.announcements() if kind in ("", TYPE_OF[n.kind])]
    return written(scene, {"total": len(found), "list": [_notice(n) for n in found[(page - 1) * limit : page * limit]]})


def _notice(n: Notice) -> dict[str, object]:
    key, at = TYPE_OF[n.kind], int(n.said_at * 1_000)
    words = "-".join(re.findall(r"[a-z0-9]+", n.title.lower()))
    return {
        "title": n.title, "description": f"{n.title}.", "type": {"title": TYPES[key], "key": key}, "tags": ["Spot", "Spot Listings"] if n.codes else [],
        "url": f"{PAGE}{words}--blt{n.number:016x}/", "dateTimestamp": at, "startDateTimestamp": int(n.starts_at * 1_000) or at,
        "endDateTimestamp": int(n.ends_at * 1_000) or at, "publishTime": at,
    }  # fmt: skip


# --- maintenance ------------------------------------------------------------------------------------------------
def status(scene: Scene, query: Query) -> Reply:
    """Windows that are announced, running, and over: one of each past week is kept."""
    ago = scene.t // DAY * DAY - 3 * DAY
    over = Window(77_000_000_001, "Trading service upgrade", ago, ago + 1_860)
    rows = [_window(w, scene.t) for w in (*scene.maintenance(), over)]
    return written(scene, {"list": [row for row in rows if query.get("state", "") in ("", row["state"])]}, text="")


def _window(w: Window, t: float) -> dict[str, object]:
    state = "scheduled" if t < w.starts_at else "ongoing" if t < w.ends_at else "completed"
    return {
        "id": f"{w.number % 2**32:08x}-587f-11f0-bcc9-56f28c94d6ea", "title": w.title, "state": state, "begin": str(int(w.starts_at * 1_000)),
        "end": str(int(w.ends_at * 1_000)), "href": "", "serviceTypes": [2, 3, 4, 5], "product": [1, 2, 3, 4], "uidSuffix": [], "maintainType": 1, "env": 1,
    }  # fmt: skip


# --- indices ----------------------------------------------------------------------------------------------------
def index_components(scene: Scene, query: Query) -> Reply:
    """Which venues' spot markets an index is made of; a share's index does not say."""
    name = query.get("indexName", "")
    found = next((q for q in scene.contract_quotes() if name and f"{q.contract.base}{q.contract.quote}" == name), None)
    if found is None:
        return refused(scene, "params error: indexName")
    c = found.contract
    pairs = () if c.tokenised else _dollar_pairs(c.index_coin) if c.quote == "USD" else _pairs(c)
    price, shares = short(found.index, c.digits + 2), len(pairs) * (len(pairs) + 1) / 2
    same = {"equivalentPrice": price, "multiplier": short(c.multiplier, 0), "price": price}
    rows = [{"exchange": venue, "spotPair": pair} | same | {"weight": f"{(n + 1) / shares:.16f}"} for n, (venue, pair) in enumerate(reversed(pairs))]
    result = {"indexName": name, "lastPrice": price, "updateTime": str(scene.ms - 40), "components": rows}
    return written(scene, result, text="")


def _dollar_pairs(coin: str) -> tuple[tuple[str, str], ...]:
    return tuple((venue, pair.format(coin)) for venue, pair in DOLLARS)


@cache
def _pairs(c: Contract) -> tuple[tuple[str, str], ...]:
    """The spot markets of the same coin, by each venue's own id: BTT is another name elsewhere, and so is a spelled one."""
    return tuple(
        (venue, m.symbol)
        for slug, venue in VENUES.items()
        for m in universe().markets[slug]
        if m.asset.key == c.asset.key and m.quote == c.quote and m.status == "trading" and m.factor == 1.0
    )  # fmt: skip
