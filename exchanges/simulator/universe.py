"""Which assets exist in the simulated world and which markets each exchange lists. Fixed: the seed only moves prices.

Counts follow what the five exchanges listed in June 2026: about 1,500, 1,060, 600, 2,200 and 890 trading markets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from math import floor, log10
from random import Random

from exchanges.simulator import odd
from exchanges.simulator.coins import CHINESE, COINS, FIATS, SHARES, STABLES

SYMBOL = {"binance": "{}{}", "kucoin": "{}-{}", "bybit": "{}{}", "gateio": "{}_{}", "bitget": "{}{}"}
QUOTES = {
    "binance": {"USDT": 480, "USDC": 300, "TRY": 260, "BTC": 220, "FDUSD": 110, "EUR": 45, "BNB": 40, "ETH": 30, "BRL": 15},
    "kucoin": {"USDT": 886, "BTC": 64, "USDC": 59, "ETH": 25, "USD1": 12, "TRX": 4, "KCS": 4, "EUR": 4, "BRL": 2},
    "bybit": {"USDT": 475, "USDC": 78, "EUR": 22, "BTC": 20, "ETH": 3, "MNT": 2},
    "gateio": {"USDT": 2053, "USDC": 66, "ETH": 39, "BTC": 24, "USD1": 14, "GUSD": 9},
    "bitget": {"USDT": 812, "USDC": 40, "EUR": 17, "USD1": 7, "BTC": 5, "BRL": 4, "USDE": 3, "ETH": 3},
}
STABLES_ON = {
    "binance": ("USDC", "FDUSD", "TUSD", "USD1", "USDE", "DAI"),
    "kucoin": ("USDC", "USDE", "TUSD", "USD1", "USDD", "DAI"),
    "bybit": ("USDC", "USDE", "DAI", "RLUSD"),
    "gateio": ("USDC", "DAI", "TUSD", "USD1", "USDD", "PYUSD", "GUSD", "USDE"),
    "bitget": ("USDC", "USDE", "DAI", "USD1", "RLUSD"),
}
COIN_COUNT = 1_900
FRESH_COUNT = 64  # coins that nobody lists yet: events.py lists them while the world runs
PICKINESS = {"binance": 350, "kucoin": 1_200, "bybit": 500, "gateio": 900, "bitget": 600}  # ranks by which a listing may be late
SHARE_OF_TRADE = {"binance": 0.42, "bybit": 0.18, "gateio": 0.14, "bitget": 0.13, "kucoin": 0.10}
WEIGHT_OF_QUOTE = {"USDT": 1.0, "USDC": 0.2, "FDUSD": 0.08, "BTC": 0.02, "TRY": 0.03, "EUR": 0.02}  # the rest 0.01
TOKENISED_ON = {"bitget": ("r{}", 233), "gateio": ("{}X", 60), "bybit": ("{}X", 12)}
LEVERAGED_ON, LEVERAGED_COUNT = "gateio", 352
DEAD_ON = {"binance": 600}


@dataclass(frozen=True, slots=True)
class Asset:
    """Something with a price. `lean` is how it follows the market (3 for a 3x long token), `vol` its own daily part."""

    key: str
    name: str
    price: float
    turnover: float
    kind: str = "coin"
    lean: float = 1.0
    vol: float = 0.03


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """One instrument of one exchange. `price` is the starting price in quote, `turnover` its daily dollars.

    Compared and hashed as the object it is, so that a writer may remember a market's text at the cost of a look-up.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    asset: Asset
    money: Asset
    rank: int
    price: float
    turnover: float
    digits: int
    size_digits: int
    factor: float = 1.0
    status: str = "trading"  # trading | halted | pre_open | delisted
    book: str = "both"  # both | bid | ask | none | null
    ending: bool = False
    ends_at: int = 0  # epoch seconds of the announced last trade; 0: some far day
    died: str = ""
    fee: float = 1.0
    listed_at: int = 0


Listing = tuple[int, Asset, str, str, float]  # rank, asset, base code, quote code, coins per unit


def chance(name: str) -> Random:
    """Chance that repeats itself: the same name always draws the same."""
    return Random(name)  # noqa: S311 - a market needs repeatable chance, not secret chance


def _coins() -> list[Asset]:
    rows = [entry.split(" ", 2) for entry in re.split(r"[|\n]", COINS.strip())]
    named = [(code, float(price), name) for code, price, name in rows] + [odd.NOVA]
    named[200:200] = [(code, price, name) for code, price, name in CHINESE]
    rng, coins = chance("coins"), []
    named += _invented(rng, {row[0] for row in named}, COIN_COUNT - len(named))
    for rank, (code, price, name) in enumerate(named):
        turnover = 25e9 / (rank + 1) ** 1.45 * rng.lognormvariate(0, 0.3)
        vol, lean = (0.006, 1.0) if rank < 2 else (rng.uniform(0.015, 0.05), rng.uniform(0.8, 1.6))
        coins.append(Asset(code, name, price, turnover, vol=vol, lean=lean))
    return coins


def _invented(rng: Random, taken: set[str], count: int) -> Iterator[tuple[str, float, str]]:
    """Pronounceable codes that nobody else has: the long tail."""
    # An invented coin must not read like a tokenised share: LIX would be the X form of the share LI.
    taken = taken | {style.format(code) for code in SHARES for style in ("{}", "R{}", "{}X")} | {code for code, *_ in (*STABLES, *FIATS)}
    while count:
        parts = [rng.choice("bcdfghjklmnprstvwxz") + rng.choice("aeiou") for _ in range(rng.choice((1, 2, 2, 2, 3)))]
        word = "".join(parts) + rng.choice(("", "n", "r", "s", "x", "l"))
        code = word.upper()
        if len(code) < 3 or code in taken or code.endswith(("BTC", "ETH", "EUR", "TRY")):
            continue
        taken.add(code)
        count -= 1
        surname = rng.choice((" Network", " Protocol", " Finance", " AI", "", " Chain", " Games"))
        yield code, float(f"{10 ** rng.uniform(-4.5, 1.2):.4g}"), word.capitalize() + surname


def _fresh(taken: set[str]) -> list[Asset]:
    """Coins that exist and are listed nowhere: what the new listings of a running world are made of."""
    rng = chance("fresh")
    return [Asset(code, name, price, 3e7 * rng.uniform(0.5, 3), vol=0.04) for code, price, name in _invented(rng, taken, FRESH_COUNT)]


def _others() -> list[Asset]:
    stables = [Asset(code, name, price, 3e9 / (n + 1) ** 1.6, "stable", lean=0.0, vol=0.0002) for n, (code, name, price) in enumerate(STABLES)]
    fiats = [Asset(code, name, price, 2e8, "fiat", lean=0.0, vol=0.003) for code, name, price in FIATS]
    rng = chance("shares")
    values = [round(rng.lognormvariate(4.6, 0.8), 2) for _ in SHARES]
    shares = [Asset(f"share:{SHARES[n]}", f"{SHARES[n]} share", value, 6e6 / (n + 1) ** 0.7, "share", 0.3, 0.012) for n, value in enumerate(values)]
    second = [Asset(key, name, price, 4e6) for key, price, name in odd.TWO_COINS["gateio"].values()]
    dollars = [Asset(code, name, 1.0, 1e9, "stable", 0.0, 0.0) for code, name in (("USDT", "Tether"), ("BUSD", "Binance USD"))]
    return [*stables, *fiats, *shares, *second, *dollars]


def _leveraged(coins: list[Asset]) -> list[Asset]:
    """xL and xS tokens: they follow the market several times over, in their own small prices."""
    rng, names = chance("leveraged"), []
    chinese = next(coin for coin in coins if coin.key == CHINESE[0][0])
    for n, coin in enumerate([chinese, *(coin for coin in coins[:130] if coin is not chinese)]):
        for times in (3, 5) if 1 <= n < 60 else (3,):
            for side, word, sign in (("L", "Long", 1), ("S", "Short", -1)):
                price, turnover = float(f"{10 ** rng.uniform(-3, 0.6):.4g}"), 8e5 / (n + 1) ** 0.5
                names.append(Asset(f"{coin.key}{times}{side}", f"{coin.key}{times}x{word}", price, turnover, "leveraged", lean=sign * times * 0.8, vol=0.03))
    return names[:LEVERAGED_COUNT]


def _picked(slug: str, coins: list[Asset]) -> list[tuple[int, Asset]]:
    """The coins an exchange lists, best known first, with their rank; who is late in listing is chance, once."""
    rng = chance(f"listing:{slug}")
    wanted = {*odd.ALWAYS_ON[slug], *odd.CHINESE.get(slug, ())}
    for table in (odd.HALTED, odd.DELISTING, odd.ONE_SIDED, odd.NULLS):
        wanted |= {symbol.split("USDT")[0].rstrip("-_") for symbol in table.get(slug, ())}
    chinese = {code for code, *_ in CHINESE}
    scored = []
    for rank, coin in enumerate(coins):
        elsewhere = slug not in odd.ONLY_ON.get(coin.key, (slug,)) or coin.key in odd.NOT_ON[slug]
        if elsewhere or (coin.key in chinese and coin.key not in wanted):
            continue
        late = 0.0 if coin.key in wanted or rank < 40 else rng.random() * PICKINESS[slug]
        scored.append((-1.0 if coin.key in wanted else rank + late, rank, coin))
    others = TOKENISED_ON.get(slug, ("", 0))[1] + len(STABLES_ON[slug]) + len(odd.MULTIPLES.get(slug, ())) + ("EUR" in QUOTES[slug])
    count = QUOTES[slug]["USDT"] - others - (LEVERAGED_COUNT if slug == LEVERAGED_ON else 0)
    return sorted(((rank, coin) for _, rank, coin in sorted(scored, key=lambda row: row[0])[:count]), key=lambda row: row[0])


def _listing(slug: str, coins: list[Asset], by_key: dict[str, Asset]) -> Iterator[Listing]:
    """Every living market of one exchange."""
    picked, rng = _picked(slug, coins), chance(f"quotes:{slug}")
    spelled, second = odd.SPELLED.get(slug, {}), odd.TWO_COINS.get(slug, {})
    for rank, coin in picked:
        asset = by_key[second[coin.key][0]] if coin.key in second else coin
        yield rank, asset, spelled.get(coin.key, coin.key), "USDT", 1.0
    yield from ((5, by_key[code], spelled.get(code, code), "USDT", 1.0) for code in STABLES_ON[slug])
    yield from ((300, by_key[key], code, "USDT", float(times)) for code, (key, times) in odd.MULTIPLES.get(slug, {}).items())
    if "EUR" in QUOTES[slug]:
        yield 20, by_key["EUR"], "EUR", "USDT", 1.0
    if slug in TOKENISED_ON:
        style, count = TOKENISED_ON[slug]
        yield from ((800 + n, by_key[f"share:{code}"], style.format(code), "USDT", 1.0) for n, code in enumerate(SHARES[:count]))
    if slug == LEVERAGED_ON:
        yield from ((900, asset, asset.key, "USDT", 1.0) for asset in by_key.values() if asset.kind == "leveraged")
    for quote, count in QUOTES[slug].items():
        if quote == "USDT":
            continue
        fit = [(rank, coin) for rank, coin in picked if coin.key not in (quote, *second) and coin.price / by_key[quote].price > 2e-6]
        for rank, coin in sorted(fit, key=lambda row: row[0] + rng.random() * row[0] * 0.6)[:count]:
            yield rank, coin, spelled.get(coin.key, coin.key), quote, 1.0


def _dead(slug: str, coins: list[Asset], by_key: dict[str, Asset], live: set[str]) -> Iterator[Market]:
    """Markets that stopped years ago and are still in the lists."""
    rng, count = chance(f"dead:{slug}"), DEAD_ON.get(slug, 0)
    named = list(odd.DELISTED.get(slug, ()))
    pool = [(coin.key, quote) for coin in coins[:320] for quote in ("BUSD", "BNB", "ETH", "BTC") if coin.key.isascii()]
    rng.shuffle(pool)
    chosen = [(base, quote, f"{rng.randint(2019, 2024)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}") for base, quote in pool[:count]]
    for base, quote, day in [*named, *chosen]:
        symbol = SYMBOL[slug].format(base, quote)
        if symbol in live or base == quote:
            continue
        live.add(symbol)
        asset = by_key.get(base) or Asset(base, base.capitalize(), float(f"{10 ** rng.uniform(-1, 1):.4g}"), 1e5)
        money = by_key[quote]
        price = max(asset.price / money.price, 2e-6)
        digits = min(8, _digits(price, 1e4))
        yield Market(slug, symbol, base, quote, asset, money, 9_999, price, 1e4, digits, 2, status="delisted", book="none", died=day)


def _digits(price: float, turnover: float) -> int:
    significant = 6 if turnover > 1e8 else 5 if turnover > 1e6 else 4
    return max(0, significant - 1 - floor(log10(price)))


def _market(slug: str, listed: Listing, money: Asset) -> Market:
    rank, asset, base, quote, factor = listed
    rng = chance(f"market:{slug}:{base}:{quote}")
    old_id = {(code, sym.rpartition("-")[2]): sym for sym, code in odd.RENAMED.get(slug, {}).items()}
    symbol = old_id.get((base, quote)) or SYMBOL[slug].format(base.upper() if slug == "bitget" else base, quote)
    price = asset.price * factor / money.price
    turnover = asset.turnover * SHARE_OF_TRADE[slug] * WEIGHT_OF_QUOTE.get(quote, 0.01) * rng.lognormvariate(0, 0.5)
    nulls, book = odd.NULLS.get(slug, {}), odd.ONE_SIDED.get(slug, {}).get(symbol, "both")
    halted = symbol in odd.HALTED.get(slug, ())
    return Market(
        slug, symbol, base, quote, asset, money, rank, price, turnover,
        digits=min(8 if slug == "binance" else 13, _digits(price, turnover)),
        size_digits=min(8, max(0, floor(log10(asset.price * factor)) + 1)),
        factor=factor,
        status=nulls.get(symbol) or ("halted" if halted else "trading"),
        book="null" if symbol in nulls else ("none" if halted and slug == "binance" else book),
        ending=symbol in odd.DELISTING.get(slug, ()),
        fee=_fee(slug, symbol, rank),
        listed_at=0 if rank < 30 and rng.random() < 0.7 else rng.randint(1_530_000_000, 1_760_000_000) // 3_600 * 3_600,
    )  # fmt: skip


def _fee(slug: str, symbol: str, rank: int) -> float:
    """The market's taker fee, as a multiple of what the exchange usually takes."""
    if symbol in odd.FREE.get(slug, ()):
        return 0.0
    if symbol in odd.HALF_FEE.get(slug, ()):
        return 0.5
    return 2.0 if rank >= odd.DOUBLE_AFTER_RANK.get(slug, 9_999_999) or symbol in odd.DOUBLE_FEE.get(slug, ()) else 1.0


@dataclass(frozen=True)
class Universe:
    """All assets, all (base asset, quote asset) pairs, the markets of each exchange in its own order, and coins listed nowhere yet."""

    assets: tuple[Asset, ...]
    pairs: tuple[tuple[int, int], ...]
    markets: dict[str, tuple[Market, ...]]
    pair_of: dict[tuple[str, str], int]
    by_key: dict[str, Asset]
    fresh: tuple[Asset, ...]


@cache
def universe() -> Universe:
    """Build the world once per process (a few tens of milliseconds)."""
    coins = _coins()
    fresh = _fresh({coin.key for coin in coins})
    assets = [*coins, *_others(), *_leveraged(coins), *fresh]
    by_key = {asset.key: asset for asset in assets}
    markets: dict[str, tuple[Market, ...]] = {}
    for slug in SYMBOL:
        live = {m.symbol: m for m in (_market(slug, listed, by_key[listed[3]]) for listed in _listing(slug, coins, by_key))}
        markets[slug] = (*live.values(), *_dead(slug, coins, by_key, set(live)))
    index = {asset.key: n for n, asset in enumerate(assets)}
    traded = {(m.asset.key, m.money.key) for all_of_one in markets.values() for m in all_of_one if m.status != "delisted"}
    pairs = sorted(traded | {(asset.key, "USDT") for asset in (*fresh, *coins)})
    places = tuple((index[a], index[b]) for a, b in pairs)
    return Universe(tuple(assets), places, markets, {pair: n for n, pair in enumerate(pairs)}, by_key, tuple(fresh))


def market_of(slug: str, asset: Asset, base: str, listed_at: int) -> Market:
    """A USDT market that an exchange opens while the world runs."""
    return replace(_market(slug, (450, asset, base, "USDT", 1.0), universe().by_key["USDT"]), listed_at=listed_at)
