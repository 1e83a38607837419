"""Whether answers about contracts and funding are what the API's rows say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from markets.benchmarks.asking.checking import HUNDRED, Checked, Row, Value, times_100
from markets.benchmarks.asking.world import everything

USUAL = "USDT"
LIVE = ("fresh", "aging")
LEAST_USD = Decimal(1_000_000)  # open interest, by the method: a rate on less is not ranked
INFORMS = {"no_bid_ask"}  # flags that do not keep a contract from counting


def counts(row: Row) -> bool:
    """Whether a row is one that answers stand on."""
    return row["state"] in LIVE and not set(row["flags"]) - INFORMS


def _all(c: Checked, path: str, **parameters: str | Sequence[str] | None) -> list[Row]:
    given = [f"{name}={value if isinstance(value, str) else ','.join(value)}" for name, value in parameters.items() if value]
    return list(everything(c.reads.read, f"{path}?{'&'.join(given)}" if given else path))


# --- Funding ------------------------------------------------------------------------------------------------------
def funding(c: Checked) -> None:
    """One coin's rates on every scale, the highest first; of all coins those furthest out."""
    if not c.coin:
        _furthest(c)
        return
    rows = [row for row in _all(c, "funding/", base=c.coin, exchange=c.narrowed) if row["kind"] == "perp"]
    quote = _quote(rows, c.meant.quote)
    mine = {row["exchange"]: row for row in rows if row["quote"] == quote and (not row["inverse"] or quote != USUAL)}
    for said in c.rows:
        if (found := mine.get(c.slug(said["exchange"]))) is None:
            c.holds(f"{said['exchange']} has no such rate", said["rate_pct"] is None)
            continue
        _rate(c, said, found, said["exchange"])
    rates = [Decimal(row["apr_pct"]) for row in mine.values() if _ranked(c, row)]
    c.same("the leading rate", c.answer["value"], max(rates, default=None))


def _ranked(c: Checked, row: Row) -> bool:
    """Whether a rate stands in the order: it counts, so does the price of its contract, and enough is open."""
    if not counts(row) or not row["apr_pct"] or not _thick(row):
        return False
    priced = c.reads.read("derivatives/", base=row["base"], kind="perp", limit="100")["results"]
    return any((each["exchange"], each["symbol"]) == (row["exchange"], row["symbol"]) and each["state"] in LIVE for each in priced)


def _rate(c: Checked, said: Row, found: Row, name: str) -> None:
    columns: Mapping[str, Value] = {
        "rate_pct": times_100("rate"), "interval": lambda row: row["interval_hours"], "rate_8h_pct": times_100("rate_8h"),
        "apr_pct": lambda row: row["apr_pct"], "open_interest_usd": lambda row: row["open_interest_usd"],
    }  # fmt: skip
    for column, value in columns.items():
        c.same(f"{column} of {name}", said[column], value(found))


def _quote(rows: Sequence[Row], wanted: str | None) -> str | None:
    """The currency asked for, else USDT, else that of the most open interest."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["quote"]] = sums.get(row["quote"], Decimal(0)) + Decimal(row["open_interest_usd"] or 0)
    if wanted in sums:
        return wanted
    return USUAL if USUAL in sums else min(sums, key=lambda quote: (-sums[quote], quote), default=None)


def _furthest(c: Checked) -> None:
    rows = _all(c, "funding/", exchange=c.narrowed)
    known = {(row["exchange"], row["base"], row["quote"]): row for row in rows}
    for said in c.rows:
        if "apr_pct" not in said:
            return  # pairs of rates: another table
        base, _, quote = said["coin"].rpartition("/")
        found = known.get((c.slug(said["exchange"]), base, quote))
        c.holds(f"{said['coin']} on {said['exchange']} is none of the API's", found is not None)
        if found:
            _rate(c, said, found, f"{said['coin']} on {said['exchange']}")
    rates = [Decimal(said["apr_pct"]) for said in c.rows]
    down = c.meant.topic == "lowest"
    c.holds("rates out of order", rates == sorted(rates, reverse=not down))
    known_rates = sorted((row for row in rows if row["apr_pct"]), key=lambda row: Decimal(row["apr_pct"]), reverse=not down)
    first = next((row["apr_pct"] for row in known_rates if _ranked(c, row)), None)
    if rates and first:
        c.same("the furthest rate", rates[0], first)


def _thick(row: Row) -> bool:
    return Decimal(row["open_interest_usd"] or 0) >= LEAST_USD


# --- Contracts ----------------------------------------------------------------------------------------------------
def derivatives(c: Checked) -> None:
    """Mark and index price, basis and open interest of one coin's contracts; options; or the coins with the most open interest."""
    if c.meant.topic == "options":
        _options(c)
    elif c.coin:
        _of_coin(c)
    else:
        _largest(c)


def _of_coin(c: Checked) -> None:
    dated = _all(c, "derivatives/", base=c.coin, kind="future", exchange=c.narrowed) if c.meant.topic == "futures" else []
    rows = dated or _all(c, "derivatives/", base=c.coin, kind="perp", exchange=c.narrowed)
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault((row["exchange"], row["base"], row["quote"]), []).append(row)
    for said in c.rows:
        base, _, quote = said["contract"].partition(" ")[0].rpartition("/")
        name = f"{said['contract']} on {said['exchange']}"
        mine = found.get((c.slug(said["exchange"]), base, quote), [])
        match = next((row for row in mine if (row["mark_price"], row["index_price"]) == (said["mark"], said["index"])), mine[0] if mine else None)
        c.holds(f"{name} is none of the API's", match is not None)
        if match:
            pairs = {"mark": "mark_price", "index": "index_price", "basis_pct": "basis_pct", "open_interest_usd": "open_interest_usd"}
            for column, theirs in pairs.items():
                c.same(f"{column} of {name}", said[column], match[theirs])
    if c.meant.topic == "open_interest":
        mine = [row for row in rows if counts(row) and row["open_interest_usd"] and c.meant.quote in (None, row["quote"])]
        known = [Decimal(row["open_interest_usd"]) for row in mine]
        c.near("open interest in all", c.answer["value"], sum(known, Decimal(0)) if known else None)


def _largest(c: Checked) -> None:
    rows = [row for row in _all(c, "derivatives/", kind="perp", exchange=c.narrowed, quote=c.meant.quote) if counts(row)]
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row["open_interest_usd"]:
            sums[row["base"]] = sums.get(row["base"], Decimal(0)) + Decimal(row["open_interest_usd"])
    order = sorted(sums, key=lambda base: (-sums[base], base))
    if any("open_interest_usd" not in said or "coin" not in said for said in c.rows):
        return
    c.same("coins", [said["coin"] for said in c.rows], order[: len(c.rows)])
    for said in c.rows:
        c.near(f"open interest of {said['coin']}", said["open_interest_usd"], sums.get(said["coin"]))


def _options(c: Checked) -> None:
    if not c.coin:
        return
    api = c.reads.read("options/", base=c.coin, exchange=c.narrowed, limit="1")
    known = {(row["exchange"], f"{datetime.fromisoformat(row['expiry']):%-d %b %Y}"): row for row in api["expiries"]}
    for said in c.rows:
        found = known.get((c.slug(said["exchange"]), said["expiry"]))
        if found is None:
            c.holds(f"{said['expiry']} on {said['exchange']} is none of the API's", False)
            continue
        name = f"{said['expiry']} on {said['exchange']}"
        c.same(f"volatility of {name}", said["atm_iv_pct"], None if found["atm_iv"] is None else Decimal(found["atm_iv"]) * HUNDRED)
        c.same(f"puts per call of {name}", said["put_call"], found["put_call_interest"])
        c.same(f"max pain of {name}", said["max_pain"], found["max_pain"])
