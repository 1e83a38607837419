"""Whether answers about listings, trends, volume and traders are what the API's lists say."""

from __future__ import annotations

from decimal import Decimal

from markets.benchmarks.asking.checking import Checked, Row
from markets.benchmarks.asking.world import everything

WHAT = {"gone": "gone", "pairs": "pairs", "renamed": "renamed"}  # topics that are lists of their own; else new coins
MOST = "1000"
LEAST_USD = 100_000  # a day, by the method: what trades less is noise


# --- Here and not there -------------------------------------------------------------------------------------------
def trending_not_on(c: Checked) -> None:
    """How many coins, and each coin that is shown: where it is, its price, change, volume and score."""
    m = c.meant
    away = list(m.exclude) or ([slug for slug in c.world.exchanges if slug not in m.exchanges] if m.topic == "only" else [])
    if not m.exchanges or len(m.exchanges) > 1:
        c.unchecked = "a list of several exchanges"
        return
    if away:
        match, trends = "all" if len(away) > 1 else None, "true" if m.topic == "trending" else None
        api = c.reads.read("discover/", view="only", on=m.exchanges, not_on=away, not_match=match, trending=trends, limit=MOST)
    else:
        api = c.reads.read("discover/", view="trending", exchange=m.exchanges, limit=MOST)
    c.same("coins", c.answer["value"], api["count"])
    known = {row["ticker"]: row for row in api["results"]}
    for said in c.rows:
        found = known.get(said["asset"])
        c.holds(f"{said['asset']} is none of the API's", found is not None)
        if found:
            _coin(c, said, found)


def _coin(c: Checked, said: Row, found: Row) -> None:
    """`trending` rows have the volume of the exchanges that were asked, `only` rows that of their price."""
    price = found["price"] or {}
    known = {
        "price": price.get("price"), "change_pct": price.get("change_24h_pct"), "score": found["score"],
        "volume_usd": found["volume_usd"] if "volume_usd" in found else price.get("volume_usd"),
    }  # fmt: skip
    c.same(f"exchanges of {said['asset']}", said["on"].split(", "), [c.world.exchanges[slug] for slug in found["on"]])
    for name, value in known.items():
        c.same(f"{name} of {said['asset']}", said[name], value)


# --- New coins ----------------------------------------------------------------------------------------------------
def new_tokens(c: Checked) -> None:
    """Each event that is shown: its price, what that did since, its volume, and on how many exchanges the coin is."""
    if c.coin or c.meant.topic in ("leads", "upcoming"):
        return
    api = c.reads.read("discover/", view="new", what=WHAT.get(c.meant.topic), exchange=c.narrowed, limit=MOST)
    known: dict[tuple[str, str], list[Row]] = {}
    for row in api["results"]:
        if "asset" in row:
            known.setdefault((row["ticker"], row["exchange"]), []).append(row)
    for said in c.rows:
        found = known.get((said["asset"].partition("/")[0], c.slug(said["exchange"])), [])
        c.holds(f"{said['asset']} on {said['exchange']} is none of the API's", bool(found))
        if found:
            price = found[0]["price"] or {}
            values = {
                "price": price.get("price"), "change_pct": found[0]["since_listing_pct"], "volume_usd": price.get("volume_usd"),
                "exchanges": len(found[0]["on"]),
            }  # fmt: skip
            for name, value in values.items():
                c.same(f"{name} of {said['asset']} on {said['exchange']}", said[name], value)
    if c.rows:
        c.same("events", len(c.rows) + c.answer["table"]["more"], api["count"])


# --- Volume -------------------------------------------------------------------------------------------------------
def volume_sentiment(c: Checked) -> None:
    """What each exchange traded and its share, the largest first; of all coins the busiest."""
    if not c.coin:
        _busiest(c)
        return
    found = c.reads.read("volume/", base=c.coin, exchange=c.narrowed, quote=c.meant.quote)["results"]
    if not found or found[0]["volume_usd"] is None:
        c.holds("a coin without volume has one", c.answer["kind"] == "nothing" or not c.rows)
        return
    row = found[0]
    moody = c.meant.topic == "sentiment"
    c.same("the leading number", c.answer["value"], row["sentiment"]["score"] if moody else row["volume_usd"])
    _shares(c, row)


def _shares(c: Checked, row: Row) -> None:
    known = sorted((each for each in row["exchanges"] if each["volume_usd"]), key=lambda each: -Decimal(each["volume_usd"]))
    c.table(known, lambda each: each["exchange"], lambda each: c.slug(each["exchange"]), {"volume_usd": lambda each: each["volume_usd"]})
    shares = {each["exchange"]: Decimal(each["share_pct"]) for each in known}
    for said in c.rows:
        c.near(f"share of {said['exchange']}", said["share_pct"], shares.get(c.slug(said["exchange"])))


def _busiest(c: Checked) -> None:
    given = [("exchange", ",".join(c.narrowed or ())), ("quote", c.meant.quote), ("ordering", "-volume")]
    path = f"volume/?{'&'.join(f'{name}={value}' for name, value in given if value)}"
    rows, api = list(everything(c.reads.read, path)), c.reads.read(f"{path}&limit={MOST}&offset=0")
    normed = [Decimal(row["relative_volume"]) for row in rows if row["relative_volume"] and Decimal(row["volume_usd"] or 0) >= LEAST_USD]
    if c.meant.topic == "unusual":
        c.same("most unusual", c.answer["value"], max(normed, default=None))
    else:
        c.same("all volume", c.answer["value"], api["whole"]["volume_usd"])
    known = {row["base"]: row for row in rows}
    for said in c.rows:
        if "coin" not in said:
            return  # exchanges and their shares
        found = known.get(said["coin"])
        c.holds(f"{said['coin']} is none of the API's", found is not None)
        if found:
            values = {
                "volume_usd": found["volume_usd"], "change_pct": found["change_24h_pct"], "sentiment": found["sentiment"]["score"],
                "relative": found["relative_volume"],
            }  # fmt: skip
            for name, value in values.items():
                c.same(f"{name} of {said['coin']}", said[name], value)


# --- Traders ------------------------------------------------------------------------------------------------------
def copy_trading(c: Checked) -> None:
    """Each trader that is shown, by name."""
    known: dict[str, list[Row]] = {}
    for row in c.reads.read("copy-trading/", limit=MOST)["results"]:
        known.setdefault(row["name"], []).append(row)
    for said in c.rows:
        columns, named = ("roi_pct", "max_drawdown_pct", "win_rate_pct", "followers"), known.get(said["name"], ())
        c.holds(f"{said['name']} is not as the API has it", any(all(_alike(said[name], row.get(name)) for name in columns) for row in named))


def _alike(said: str | None, known: object) -> bool:
    return (said is None) == (known is None) and (said is None or Decimal(said) == Decimal(str(known)))
