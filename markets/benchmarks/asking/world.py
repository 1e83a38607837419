"""What can be asked about, as the API tells it: the exchanges by name, the coins with their names, currencies and exchanges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Get = Callable[[str], Mapping[str, Any]]  # an address under /api/v1/ to its decoded answer
PAGE = 1000
LEAST = 4  # letters of a name that is asked by
MONEY = ("fiat", "stablecoin")  # what others are counted in; as coins questions about them can be read in two ways


@dataclass(frozen=True)
class Coin:
    """One coin: `name` only where no other coin has it or is called so, `quotes` what it trades in, the busiest first."""

    ticker: str
    name: str
    quotes: tuple[str, ...]
    exchanges: tuple[str, ...]


@dataclass(frozen=True)
class World:
    """`exchanges` are {slug: name}, `coins` the busiest first."""

    exchanges: Mapping[str, str]
    coins: tuple[Coin, ...]

    def slug(self, name: str) -> str:
        """The exchange that people call so."""
        return next(slug for slug, known in self.exchanges.items() if known == name)


def seen(get: Get) -> World:
    """The world as it is told now."""
    exchanges = {row["exchange"]: row["name"] for row in get("exchanges/")["results"]}
    assets = {row["asset"]: row for row in everything(get, "assets/") if row["kind"] not in MONEY}
    quotes: dict[str, dict[str, Decimal]] = {}
    for row in everything(get, "pairs/"):
        quotes.setdefault(row["base"], {})[row["quote"]] = Decimal(row["volume_usd"] or 0)
    names = Counter(str(row["name"]).lower() for row in assets.values())
    tickers = {text.lower() for row in assets.values() for text in (row["ticker"], *row["former_tickers"], *(code["code"] for code in row["codes"]))}
    coins = [_coin(assets[base], found, names, tickers) for base, found in sorted(quotes.items(), key=lambda each: (-sum(each[1].values()), each[0]))
             if base in assets]  # fmt: skip
    return World(exchanges, tuple(coins))


def _coin(row: Mapping[str, Any], quotes: Mapping[str, Decimal], names: Counter[str], tickers: set[str]) -> Coin:
    name = row["name"] or ""
    sure = len(name) >= LEAST and name.replace(" ", "").isalpha() and names[name.lower()] == 1 and name.lower() not in tickers
    places = tuple(dict.fromkeys(code["exchange"] for code in row["codes"] if code["spot_markets"]))
    return Coin(row["ticker"], name if sure else "", tuple(sorted(quotes, key=lambda quote: (-quotes[quote], quote))), places)


def everything(get: Get, path: str) -> Iterator[Mapping[str, Any]]:
    """All rows of a list, page by page."""
    start = 0
    while True:
        page = get(f"{path}{'&' if '?' in path else '?'}limit={PAGE}&offset={start}")
        yield from page["results"]
        start += PAGE
        if start >= page["count"]:
            return
