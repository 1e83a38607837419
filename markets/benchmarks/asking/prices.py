"""Whether answers about prices, of now and of the past, are what the API's comparisons and candles say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

from markets.benchmarks.asking.checking import HUNDRED, Checked, Row, Value

LINKED = re.compile(r"/api/v1/\w+/([^/?]+-[^/?]+)/")
MONEY, DOLLAR = "USDT", "USD"
CENTS, COINS = Decimal("0.005"), Decimal("0.000000005")  # half of the last digit that an amount is told with


# --- Which pair ---------------------------------------------------------------------------------------------------
def pair_of(c: Checked) -> str:
    """The pair that answers: in the stated currency, dollars as USDT, else the busiest on the exchanges asked; "" where nobody lists it.

    Of an exchange that is down the API has no volume. Which pair was the busiest is then not known, and any that is listed will do.
    """
    return (_own(c) if c.down and not c.meant.quote else "") or _first(c, c.scope, c.narrowed) or _first(c, list(c.world.exchanges), None) or _halted(c)


def _own(c: Checked) -> str:
    """The pair that the answer says it is about, where the API lists it on the exchanges asked."""
    rows = c.reads.read("pairs/", base=c.coin, exchange=c.narrowed, limit="100")["results"]
    linked, first = LINKED.match(c.answer["api"] or ""), str(c.rows[0].get("route", "")).split(" ")[0] if c.rows else ""
    named = unquote(linked[1]) if linked else f"{c.coin}-{first.partition('-')[2] or MONEY}"
    return named if named in [_named(row) for row in rows if row["listed"]] else ""


def _first(c: Checked, scope: Sequence[str], narrowed: Sequence[str] | None) -> str:
    """Of the coin's pairs that trade on one of these exchanges the stated one, else the busiest, of equals that in MONEY."""
    rows = [row for row in c.reads.read("pairs/", base=c.coin, exchange=narrowed, limit="100")["results"] if row["listed"]]
    wanted = MONEY if c.meant.quote == DOLLAR and any(row["quote"] == MONEY for row in rows) else c.meant.quote
    rows.sort(key=lambda row: (row["quote"] != wanted, -Decimal(row["volume_usd"] or 0), row["quote"] != MONEY, row["quote"]))
    return next((pair for row in rows if (pair := _named(row)) and (row["live"] or _trades(c, pair, scope))), "")


def _halted(c: Checked) -> str:
    """Where none of a coin's pairs trades that in MONEY; "" where it has none."""
    rows = c.reads.read("pairs/", base=c.coin, limit="100")["results"]
    return next((_named(row) for row in sorted(rows, key=lambda row: (row["quote"] != MONEY, row["quote"])) if row["listed"]), "")


def _named(row: Row) -> str:
    return f"{row['base']}-{row['quote']}"


def _trades(c: Checked, pair: str, scope: Sequence[str]) -> bool:
    return any(quote["status"] == "trading" and quote["exchange"] in scope for quote in c.reads.read(f"compare/{pair}/")["quotes"])


def order(c: Checked, pair: str) -> dict[str, str | None] | None:
    """The parameters of an amount; None where it is in other money than the pair's, which the API has no words for."""
    m = c.meant
    if m.amount is None or not Decimal(m.amount):
        return {}
    if m.unit == c.coin or m.unit == pair.rpartition("-")[0]:
        return {"amount": m.amount, "unit": "base"}
    quote = pair.rpartition("-")[2]
    return {"amount": m.amount} if m.unit == quote or (m.unit == DOLLAR and quote == MONEY) else None


def comparison(c: Checked, pair: str, wanted: Mapping[str, str | None], *, whole: bool) -> Row:
    """The API's comparison on the question's terms; `whole`: one exchange is asked about, and compared with all that are not left out."""
    others = [slug for slug in c.world.exchanges if slug not in c.meant.exclude] if c.meant.exclude else None
    return c.reads.read(f"compare/{pair}/", side="sell" if c.meant.side == "sell" else None, exchange=others if whole else c.narrowed, **wanted)


def begun(c: Checked) -> tuple[str, Mapping[str, str | None]] | None:
    """(pair, parameters of the amount); None where there is nothing to compare with, and then why."""
    pair = pair_of(c)
    if not pair:
        c.holds("a coin that nobody lists has a price", c.answer["kind"] == "nothing" and not c.rows)
        return None
    wanted = order(c, pair)
    if wanted is None:
        c.unchecked = "an amount in other money"
        return None
    return pair, wanted


# --- The best price -----------------------------------------------------------------------------------------------
def best_price(c: Checked) -> None:
    """Winner, order, every price, fee and amount, what is left after fees, whose prices count and who is left out."""
    found = begun(c)
    if found is None:
        return
    pair, wanted = found
    only = c.meant.exchanges[0] if len(c.meant.exchanges) == 1 else ""
    api = comparison(c, pair, wanted, whole=bool(only))
    side = api["side"]
    ranked = sorted((row for row in api["quotes"] if row["rank"]), key=lambda row: row["rank"])
    c.table(ranked, lambda row: row["exchange"], lambda row: c.slug(row["exchange"]), _columns(side, wanted))
    best = api["best"][side]
    _lead(c, api, best, only)
    _figures(c, api, best)
    for row in c.rows:
        _amounts(c, row, next(each for each in ranked if each["exchange"] == c.slug(row["exchange"])), wanted, side, best)
    _who(c, api, ranked)


def _columns(side: str, wanted: Mapping[str, str | None]) -> dict[str, Value]:
    fills: Value = lambda row: None if row["fill_reason"] else row["fill_price"]  # noqa: E731 - a column among others
    other = "bid" if side == "buy" else "ask"
    net: dict[str, Value] = {} if wanted else {"net_price": lambda row: row["net_price"]}
    return {"ask": fills, "bid": fills, "average": fills, "fee_pct": lambda row: row["fee_pct"], "other": lambda row: row[other], **net}


def _lead(c: Checked, api: Row, best: Row | None, only: str) -> None:
    mine = next((row for row in api["quotes"] if row["exchange"] == only), None) if only else None
    price = mine["price"] if mine else best["price"] if best else None
    c.same("the leading number", c.answer["value"], price)
    c.same("grade", c.answer["grade"], _grade(api))
    if best and not only and c.answer["kind"] == "answer":
        c.holds("the sentence does not begin with the winner", c.answer["sentence"].startswith(f"{c.world.exchanges[best['exchange']]} "))


def _grade(api: Row) -> str:
    """The API's grade of the prices, and no better than those that fill the order allow: one is C, two are B."""
    filling = sum(bool(row["rank"]) and not row["fill_reason"] for row in api["quotes"])
    return str(max(api["grade"], {0: "D", 1: "C", 2: "B"}.get(filling, "A")))


def _figures(c: Checked, api: Row, best: Row | None) -> None:
    """Numbers of the sentences, by name."""
    sell = api["best"]["sell"]
    known = {
        "best_price": best and best["price"], "best_sell": sell and sell["price"], "price_range_pct": api["price_range_pct"],
        "after_fees_pct": api["after_fees_pct"], "buy fee": api["best"]["buy"] and api["best"]["buy"]["fee_pct"], "sell fee": sell and sell["fee_pct"],
    }  # fmt: skip
    for name, value in known.items():
        if (said := c.figure(name)) is not None:
            c.same(name, said, value)


def _amounts(c: Checked, said: Row, row: Row, wanted: Mapping[str, str | None], side: str, best: Row | None) -> None:  # noqa: PLR0917
    """What the order comes to, and how far that is from the best price."""
    if not wanted:
        price, cheapest = row["price"], best and best["price"]
    else:
        price, cheapest = (None if row["fill_reason"] else row["fill_price"]), best and best["price"]
        coins = wanted.get("unit") != "base"
        known = None if row["fill_reason"] else row["base_amount"] if coins else row["quote_amount"]
        _close(c, f"comes to on {row['exchange']}", said["comes_to"], known, COINS if coins else CENTS)
        if not row["fill_reason"] and row["quote_amount"] and row["base_amount"] and Decimal(row["base_amount"]):
            c.near(f"net price on {row['exchange']}", said["net_price"], Decimal(row["quote_amount"]) / Decimal(row["base_amount"]))
    if "best_price" in row["badges"] or price is None or not cheapest:
        c.holds(f"{row['exchange']} is not told as the best", "best_price" not in row["badges"] or said["vs_best"] == "0")
        return
    net, least = row["net_price"] if not wanted else _each(row), best and best["net_price"]
    far = Decimal(net) / Decimal(least) if net and least else Decimal(price) / Decimal(cheapest)  # after fees, where they are known
    c.near(f"distance of {row['exchange']}", said["vs_best"], (far - 1) * HUNDRED)


def _each(row: Row) -> Decimal | None:
    """What one coin of a filled order comes to after the fee."""
    return Decimal(row["quote_amount"]) / Decimal(row["base_amount"]) if row["quote_amount"] and row["base_amount"] else None


def _close(c: Checked, what: str, said: str | None, known: str | None, half: Decimal) -> None:
    """An amount as it is told, rounded."""
    c.holds(f"{what}: {said}, the API has {known}", (said is None) == (known is None) and (said is None or abs(Decimal(said) - Decimal(known or 0)) <= half))


def _who(c: Checked, api: Row, ranked: Sequence[Row]) -> None:
    """Whose prices count, from when, in which state; and every other exchange with the same reason."""
    known = {row["exchange"]: row for row in ranked}
    said = {row["exchange"]: row for row in c.answer["sources"]}
    c.holds(f"sources {sorted(said)}, the API ranks {sorted(known)}", set(said) == set(known))
    for slug in set(said) & set(known):
        c.same(f"instant of {slug}", said[slug]["observed_at"], known[slug]["observed_at"])
        c.same(f"state of {slug}", said[slug]["state"], known[slug]["state"])
    left = {row["exchange"]: row["reason"] for row in c.answer["excluded"]}
    for row in api["excluded"]:
        if row["exchange"] in c.scope and row["exchange"] not in known:
            c.holds(f"{row['exchange']} is left out as {left.get(row['exchange'])}, the API says {row['reason']}", left.get(row["exchange"]) == row["reason"])


# --- Side by side -------------------------------------------------------------------------------------------------
def compare(c: Checked) -> None:
    """One coin over the exchanges, or several beside each other; at an amount or on one exchange it is a best price."""
    if len(c.meant.assets) > 1:
        _several(c)
        return
    if c.meant.amount or len(c.meant.exchanges) == 1:
        best_price(c)
        return
    found = begun(c)
    if found is None:
        return
    api = comparison(c, found[0], {}, whole=False)
    priced = [row for row in api["quotes"] if row["price"]]
    columns: dict[str, Value] = {name: lambda row, name=name: row[name] for name in ("ask", "bid", "spread_bps", "change_24h_pct")}  # type: ignore[misc]
    c.table(priced, lambda row: row["exchange"], lambda row: c.slug(row["exchange"]), {**columns, "volume_24h": lambda row: row["quote_volume_24h"]})
    best = api["best"][api["side"]]
    c.same("the leading number", c.answer["value"], best and best["price"])
    c.same("grade", c.answer["grade"], _grade(api))
    known = {"best_buy": api["best"]["buy"], "best_sell": api["best"]["sell"]}
    for name, end in known.items():
        if (said := c.figure(name)) is not None:
            c.same(name, said, end and end["price"])
    _who(c, api, [row for row in api["quotes"] if row["rank"]])


def _several(c: Checked) -> None:
    """A column for each coin: its price on each exchange, where that counts."""
    for ticker in c.meant.assets:
        one = Checked(c.meant, ticker, c.answer, c.reads, c.world)
        pair = pair_of(one)
        name = pair.rpartition("-")[0].lower()
        if not pair:
            continue
        if not any(column["name"] == name for column in (c.answer["table"] or {"columns": ()})["columns"]):
            c.holds(f"{ticker} has no column", not c.rows)
            continue
        quotes = {row["exchange"]: row for row in comparison(c, pair, {}, whole=False)["quotes"]}
        for row in c.rows:
            quote = quotes.get(c.slug(row["exchange"]))
            c.same(f"{ticker} on {row['exchange']}", row[name], quote["price"] if quote and quote["rank"] else None)


# --- The past -----------------------------------------------------------------------------------------------------
def price_history(c: Checked) -> None:
    """Then, now, low and high, from the candles that the API has of the exchange and period that the answer names."""
    pair = pair_of(c)
    if not pair:
        c.holds("a coin that nobody lists has a past", c.answer["kind"] == "nothing")
        return
    given = {name: values[0] for name, values in parse_qs(urlsplit(c.answer["api"]).query).items()}
    c.same("pair", unquote(urlsplit(c.answer["api"]).path).split("/")[-2], pair)
    if c.answer["kind"] == "nothing" or "exchange" not in given:
        return
    rows = c.reads.read(f"history/{pair}/", limit="1000", **given)["results"]
    bars = [row for row in rows if row["exchange"] == given["exchange"] and None not in (row["open"], row["high"], row["low"], row["close"])]
    bars.sort(key=lambda row: datetime.fromisoformat(row["opened_at"]))
    if not bars:
        c.holds("the API has no such candles", False)
        return
    quote = next((row for row in c.reads.read(f"compare/{pair}/")["quotes"] if row["exchange"] == given["exchange"]), None)
    live = quote is not None and quote["state"] in ("fresh", "aging") and quote["bid"] and quote["ask"]
    now = (Decimal(quote["bid"]) + Decimal(quote["ask"])) / 2 if quote and live else Decimal(bars[-1]["close"])
    present = [now] if live else []
    c.same("price now", c.figure("price now"), now)
    c.same("low", c.figure("low"), min(*(Decimal(row["low"]) for row in bars), *present, Decimal(bars[0]["low"])))
    c.same("high", c.figure("high"), max(*(Decimal(row["high"]) for row in bars), *present, Decimal(bars[0]["high"])))
    c.same("candles", c.figure("candles"), len(bars))
    _then(c, Decimal(bars[0]["open"]), now)


def _then(c: Checked, then: Decimal, now: Decimal) -> None:
    """What the answer leads with: the price of then or the highest where that was asked for, else the change since."""
    named = c.meant.topic if c.meant.topic in ("ago", "high") else ""
    if not named or named == "ago":
        c.same("price then", c.figure(named or "price then"), then)
    if named:
        c.same("the leading number", c.answer["value"], c.figure(named))
    else:
        c.near("change", c.answer["value"], (now / then - 1) * HUNDRED)
