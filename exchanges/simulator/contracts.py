"""The catalogue of perpetuals and dated futures: which contracts each exchange lists and how it spells them. Fixed, no prices.

An exchange's own habits are here in one place: symbols, codes (XBT), bundles (1000PEPE, SHIB1000), lots, quarters.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from math import floor, log10

from exchanges.simulator import odd
from exchanges.simulator.universe import SHARE_OF_TRADE, Asset, chance, universe

HOUR, DAY = 3_600, 86_400
YEARS = range(2026, 2032)  # dated contracts end on the last Friday of each quarter, 08:00 UTC
MONTHS = "FGHJKMNQUVXZ"
# How many linear USDT perpetuals, USDC perpetuals, inverse perpetuals, linear dated, inverse dated, stock perpetuals.
COUNTS = {
    "binance": (310, 32, 12, 4, 6, 12), "kucoin": (230, 2, 5, 0, 2, 14), "bybit": (270, 26, 12, 6, 4, 14), "gateio": (290, 0, 1, 4, 0, 10),
    "bitget": (260, 16, 8, 0, 4, 30),
}  # fmt: skip
# Coins whose unit is many coins: code as written, coins in one unit. Gate.io hides the number in its contract size instead.
BUNDLES = {
    "binance": {
        "PEPE": ("1000PEPE", 1e3), "SHIB": ("1000SHIB", 1e3), "BONK": ("1000BONK", 1e3), "FLOKI": ("1000FLOKI", 1e3), "SATS": ("1000SATS", 1e3),
        "CAT": ("1000CAT", 1e3), "LUNC": ("1000LUNC", 1e3), "XEC": ("1000XEC", 1e3), "MOG": ("1000000MOG", 1e6), "BABYDOGE": ("1MBABYDOGE", 1e6),
    },
    "bybit": {
        "PEPE": ("1000PEPE", 1e3), "SHIB": ("SHIB1000", 1e3), "BONK": ("1000BONK", 1e3), "FLOKI": ("1000FLOKI", 1e3), "SATS": ("10000SATS", 1e4),
        "CAT": ("1000CAT", 1e3), "LUNC": ("1000LUNC", 1e3), "XEC": ("1000XEC", 1e3), "MOG": ("1000000MOG", 1e6), "BABYDOGE": ("1000000BABYDOGE", 1e6),
        "BTT": ("1000BTT", 1e3),
    },
    "bitget": {
        "PEPE": ("1000PEPE", 1e3), "BONK": ("1000BONK", 1e3), "SATS": ("1000SATS", 1e3), "CAT": ("1000CAT", 1e3), "XEC": ("1000XEC", 1e3),
        "LUNC": ("1000LUNC", 1e3), "MOG": ("1000000MOG", 1e6), "BABYDOGE": ("1MBABYDOGE", 1e6),
    },
    "kucoin": {"BONK": ("1000BONK", 1e3), "SATS": ("10000SATS", 1e4), "CAT": ("10000CAT", 1e4), "MOG": ("1000000MOG", 1e6)},
    "gateio": {},
}  # fmt: skip
DATED_IN = {"bybit": ("USDT", "USDC")}  # linear dated contracts; elsewhere USDT
SPELLED = {"kucoin": {"BTC": "XBT"}}
LOTS = ("kucoin", "gateio")  # sizes are counted in contracts
LOT = {
    "gateio": {"BTC": 0.0001, "ETH": 0.01, "PEPE": 1e7, "SHIB": 1e4, "BONK": 1e3},
    "kucoin": {"BTC": 0.001, "ETH": 0.01, "PEPE": 1e4, "SHIB": 1e3},
}
MONEY_A_CONTRACT = {"binance": {"BTC": 100.0, "": 10.0}, "kucoin": {"": 1.0}, "bybit": {"": 1.0}, "gateio": {"": 1.0}, "bitget": {"": 1.0}}
CHANGING = "WIF"  # its perpetual pays every eight hours, and every four in the evening
INTERVALS = ((8, 0.62), (4, 0.34), (1, 0.04))  # of the smaller coins; the best known always pay every eight


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """One perpetual or dated future.

    `symbol` is the id on the wire, `alias` the other id that some exchanges have for it (Bitget: `symbol` v2, `alias` v3);
    `base` the code as the exchange writes it, `multiplier` how many coins one unit of that code is, `contract_size` units a
    contract (money a contract when `inverse`). `index_coin` is the plain coin code ("BTC" for XBT, "PEPE" for 1000PEPE).
    Times are epoch seconds; `listed_at` 0: the exchange does not say. `turnover` is dollars a day, `price` where it starts.
    """

    exchange: str
    symbol: str
    base: str
    quote: str
    settle: str
    kind: str  # perp | future
    inverse: bool
    asset: Asset
    index_coin: str
    price: float
    turnover: float
    contract_size: float
    digits: int
    size_digits: int
    rank: int
    multiplier: float = 1.0
    expiry: int | None = None
    listed_at: int = 0
    usual_interval_h: int = 8
    changing: bool = False
    tokenised: bool = False
    alias: str = ""
    status: str = "trading"  # trading | halted | pre_open


def symbol_of(slug: str, base: str, quote: str, inverse: bool, expiry: int | None) -> tuple[str, str]:
    """(id, other id) of a contract, by each exchange's convention."""
    day = datetime.fromtimestamp(expiry, UTC) if expiry is not None else None
    if slug == "kucoin":
        end = f"M{MONTHS[day.month - 1]}{day:%y}" if day else "M"
        return f"{base}{'' if day else quote}{end}", ""
    if slug == "gateio":
        return f"{base}_{quote}" + (f"_{day:%Y%m%d}" if day else ""), ""
    if slug == "bitget" and inverse:
        return (f"{base}USD{MONTHS[day.month - 1]}{day:%y}", f"{base}CM{MONTHS[day.month - 1]}{day:%y}") if day else (f"{base}USD", f"{base}USD_CM")
    if slug in ("bybit", "bitget") and quote == "USDC":
        return (f"{base}-{day:%d%b%y}".upper() if day else f"{base}PERP"), ""
    if slug == "bybit" and day:
        return (f"{base}USD{MONTHS[day.month - 1]}{day:%y}" if inverse else f"{base}{quote}-{day:%d%b%y}".upper()), ""
    end = f"_{day:%y%m%d}" if day else "_PERP" if slug == "binance" and inverse else ""
    return f"{base}{quote}{end}", ""


def contracts(slug: str, t: float) -> list[Contract]:
    """The contracts of an exchange that are listed at `t`: linear perpetuals first, best known first. The same objects at every call."""
    return [c for c in every_contract(slug) if c.listed_at <= t and (c.expiry is None or t < c.expiry)]


@cache
def every_contract(slug: str) -> tuple[Contract, ...]:
    """Everything an exchange lists now or later: the dated contracts of all quarters too."""
    usdt, usdc, inverse, dated, inverse_dated, stocks = COUNTS[slug]
    coins, found = _coins(slug), dict[str, Contract]()
    plain = [row for row in coins if row[2] not in BUNDLES[slug]]
    wanted = [
        *((coin, "USDT", False, None) for coin in coins[:usdt]), *((coin, "USDT", False, None) for coin in _shares(stocks)),
        *((coin, "USDC", False, None) for coin in coins[:usdc]), *((coin, "USD", True, None) for coin in plain[:inverse]),
        *((coin, quote, False, end) for quote in DATED_IN.get(slug, ("USDT",)) for coin in plain[:2] for end in (_quarters() if dated else ())),
        *((coin, "USD", True, end) for coin in plain[:2] for end in (_quarters() if inverse_dated else ())),
    ]  # fmt: skip
    for listed, quote, is_inverse, end in wanted:
        made = _contract(slug, listed, quote=quote, inverse=is_inverse, expiry=end)
        if end is not None:  # as many quarters ahead as the exchange lists
            made = replace(made, listed_at=end - (inverse_dated if is_inverse else dated) // 2 * 92 * DAY)
        found.setdefault(made.symbol, made)
    return tuple(found.values())


def contract_of(slug: str, asset: Asset, code: str, listed_at: int) -> Contract:
    """A USDT perpetual that an exchange opens while the world runs."""
    return replace(_contract(slug, (450, asset, code), quote="USDT", inverse=False, expiry=None), listed_at=listed_at)


def _coins(slug: str) -> list[tuple[int, Asset, str]]:
    """(rank, coin, plain code) of what the exchange has perpetuals on: the best known, some of the rest by chance."""
    world, rng = universe(), chance(f"contracts:{slug}")
    second, found = odd.TWO_COINS.get(slug, {}), []
    always = {"NOVA", CHANGING, *BUNDLES["binance"], *BUNDLES["bybit"]}
    coins = [asset for asset in world.assets if asset.kind == "coin" and asset.key.isascii() and asset not in world.fresh and "#" not in asset.key]
    for rank, coin in enumerate([*coins[:600], world.by_key["NOVA"]]):
        if slug not in odd.ONLY_ON.get(coin.key, (slug,)) or (rank > 60 and coin.key not in always and rng.random() < 0.25):
            continue
        found.append((rank, world.by_key[second[coin.key][0]] if coin.key in second else coin, coin.key))
    return sorted(found, key=lambda row: -1 if row[2] in ("BTC", "ETH") else row[0] * (0.3 if row[2] in always else 1))


def _shares(count: int) -> Iterator[tuple[int, Asset, str]]:
    shares = [asset for asset in universe().assets if asset.kind == "share"]
    return ((900 + n, asset, asset.key.partition(":")[2]) for n, asset in enumerate(shares[:count]))


@cache
def _quarters() -> tuple[int, ...]:
    """The last days of all quarters, epoch seconds."""
    found = []
    for year in YEARS:
        for month in (3, 6, 9, 12):
            end = datetime(year + month // 12, month % 12 + 1, 1, 8, tzinfo=UTC) - timedelta(days=1)
            found.append(int((end - timedelta(days=(end.weekday() - 4) % 7)).timestamp()))
    return tuple(found)


def _contract(slug: str, listed: tuple[int, Asset, str], *, quote: str, inverse: bool, expiry: int | None) -> Contract:
    rank, asset, code = listed
    rng = chance(f"contract:{slug}:{code}:{quote}:{expiry}")
    base, multiplier = BUNDLES[slug].get(code, (SPELLED.get(slug, {}).get(code, code), 1.0))
    price = asset.price * multiplier
    share = SHARE_OF_TRADE[slug] * {"USDT": 2.2, "USDC": 0.3, "USD": 0.25}[quote] * (0.08 if expiry is not None else 1.0)
    turnover = asset.turnover * share * rng.lognormvariate(0, 0.4)
    symbol, alias = symbol_of(slug, base, quote, inverse, expiry)
    hours = (
        8
        if rank < 40 or expiry is not None or asset.kind != "coin" or code == CHANGING
        else rng.choices([hours for hours, _ in INTERVALS], [weight for _, weight in INTERVALS])[0]
    )
    return Contract(
        exchange=slug, symbol=symbol, base=base, quote=quote, settle=base if inverse else quote, kind="perp" if expiry is None else "future", inverse=inverse,
        asset=asset, index_coin=code, price=price, turnover=turnover, contract_size=_contract_size(slug, code, price, inverse),
        digits=_digits(price, turnover), size_digits=max(0, min(3, floor(log10(price)) + 1)), rank=rank, multiplier=multiplier, expiry=expiry,
        listed_at=0 if rank < 20 and rng.random() < 0.5 else rng.randint(1_580_000_000, 1_770_000_000) // HOUR * HOUR,
        usual_interval_h=hours, changing=code == CHANGING and quote == "USDT", tokenised=asset.kind == "share", alias=alias,
    )  # fmt: skip


def _contract_size(slug: str, code: str, price: float, inverse: bool) -> float:
    if inverse:
        return MONEY_A_CONTRACT[slug].get(code, MONEY_A_CONTRACT[slug][""])
    if slug not in LOTS:
        return 1.0
    return LOT[slug].get(code) or float(10 ** round(log10(6 / price)))


def _digits(price: float, turnover: float) -> int:
    significant = 6 if turnover > 3e8 else 5 if turnover > 1e6 else 4
    return max(0, min(12, significant - 1 - floor(log10(price))))
