"""The CSV of every page is what the API answers to the same question: line by line, column by column."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation

import pytest
from django.utils import timezone

from markets.api import core as api
from markets.api import throttle
from markets.models import ExchangeAsset, Setting
from tests.api.test_contracts import chain, contracts  # noqa: F401
from tests.api.test_events import events, keys, traders  # noqa: F401
from tests.pages import market
from tests.pages.test_liquidity import look, queued, read_books  # noqa: F401
from tests.pages.test_volume import remembered  # noqa: F401

pytestmark = pytest.mark.usefixtures("keys", "read_books", "remembered", "chain", "events", "traders", "still")
ALONE = {  # what the answer of another address says, or none
    "name", "reason", "truncated", "taker_fee", "max_leverage", "sum_of_last_30_pct", "last", "index_price", "basis_pct", "base_volume_24h", "quote_volume_24h",
    "parity", "at_the_money", "underlying", "network", "chain", "contract_address", "deposit_open", "withdraw_open",
}
BEST = {f"{side}_{name}": f"best.{side}.{name}" for side in ("buy", "sell") for name in ("exchange", "price", "net_price")}
LEGS = {f"{side}_{name}": f"legs.{at}.{name}" for at, side in enumerate(("buy", "sell")) for name in ("exchange", "symbol", "price")}
TRADE = {
    "net_pct": "at_amount.net_pct", "size": "at_amount.size", "cost": "at_amount.cost", "profit": "at_amount.profit", "most_cost": "at_most.cost",
    "most_profit": "at_most.profit", "transfer": "transfer.state", "transfer_fee": "transfer.fee", "reasons": "reasons.*.code",
}
DEAL = {"rate": "converted.rate", "withdrawal_network": "withdrawal.network", "withdrawal_fee": "withdrawal.fee"}
ROUTE = {name: f"route.{name}" for name in ("long", "short", "fees_pct", "break_even_hours", "price_gap_pct")}
ROUTE |= {"route_open_interest_usd": "route.open_interest_usd"}
GAPS = " + ".join(f"arbitrage/?kind=all&limit=1000&show={show}" for show in ("main", "not_executable", "not_paying"))
WAY = ("kind", "base", "buy_exchange", "buy_symbol", "sell_exchange", "sell_symbol")
COST = {name: f"cost.{name}" for name in ("slippage_bps", "fillable_pct")}
PRICE = {"price_exchange": "price.exchange", "price": "price.price", "quote": "price.quote", "age_s": "price.age_s"}
BOOK = {name: f"book.{name}" for name in ("mid", "spread_bps", "top_bid", "top_ask", "quote_volume_24h", "turnover_to_depth", "score")}
BOOK |= {f"move_{way}_2_pct_usd": f"book.move_{way}_2_pct_usd" for way in ("up", "down")}
BOOK |= {f"{side}_{pct}_pct": f"book.depth.{n}.{side}" for n, pct in enumerate(("0.1", "0.5", "1", "2")) for side in ("bids", "asks")}
BOOK |= {f"{side}_{usd}_usd_bps": f"book.costs.{n}.{side}.slippage_bps" for n, usd in enumerate((1000, 10_000, 100_000, 1_000_000)) for side in ("buy", "sell")}
NEW = {"price": "price.price", "also_on": "on", "volume_usd": "price.volume_usd"}
ONLY = {"missing": "missing_from", "likely_same_as": "likely_same_as.*.ticker", "spread_bps": "price.spread_bps", "volume_usd": "price.volume_usd"}
ASSET = {"asset": "ticker", "change_24h_pct": "price.change_24h_pct"}
FEELING = {"sentiment": "sentiment.score", "label": "sentiment.label", **{f"{part}_part": f"sentiment.{part}" for part in ("price", "volume", "breadth")}}
LARGEST = {"agree": "agreement.agree", "direction": "agreement.direction", "exchanges": "agreement.of"}
LARGEST |= {"largest_exchange": "exchanges.0.exchange", "largest_share_pct": "exchanges.0.share_pct"}
RATES = {
    f"{slug}_{name}": f"rates.{slug}.{name}" for slug in market.SLUGS for name in ("symbol", "rate", "interval_hours", "rate_8h", "apr_pct", "age_s", "reason")
}
PAGES = {  # page: (API address, where its rows are, what names a row, columns that are called otherwise there)
    "/?quote=ALL&hide_leveraged=false": ("pairs/?limit=1000", "results", ("base", "quote"), BEST),
    "/watchlist/?base=BTC,PEPE": ("pairs/?base=BTC,PEPE&quote=USDT", "results", ("base", "quote"), BEST),
    "/compare/BTC-USDT/?amount=500": ("compare/BTC-USDT/?amount=500", "quotes", ("exchange", "symbol"), DEAL),
    "/arbitrage/?kind=all&losing=true": (GAPS, "results", WAY, LEGS | TRADE),
    "/funding/?quote=ALL": ("funding/routes/", "results", ("base", "quote"), ROUTE | RATES),
    "/funding/BTC/": ("funding/?base=BTC&quote=USDT", "results", ("exchange", "symbol"), {}),
    "/options/?base=BTC": ("options/?base=BTC", "results", ("exchange", "symbol"), {"underlying": "of its expiry"}),
    "/liquidity/": ("liquidity/", "results", ("base", "quote"), COST | {"most_liquid": "best"}),
    "/liquidity/BTC-USDT/": ("liquidity/BTC-USDT/", "results", ("exchange", "symbol"), COST | BOOK),
    "/assets/btc/": ("assets/btc/", "codes", ("exchange", "code"), {}),
    "/volume/": ("volume/", "results", ("base",), FEELING | LARGEST),
    "/discover/?window=30d&what=all": ("discover/?window=30d&what=all", "results", ("exchange", "symbol", "event"), ASSET | NEW),
    "/discover/?view=only": ("discover/?view=only", "results", ("asset",), ASSET | PRICE | ONLY),
    "/discover/?view=trending": ("discover/?view=trending", "results", ("asset",), ASSET | PRICE),
    "/copy/": ("copy-trading/", "results", ("exchange", "trader_id"), {}),
}  # fmt: skip


@pytest.fixture
def still(stored, monkeypatch):
    """The clock stands: a page and an answer of the same moment (of volumes there is one every five seconds)."""
    now = datetime.now(UTC).replace(microsecond=0)
    now += timedelta(seconds=5 - now.second % 5)
    monkeypatch.setattr(timezone, "now", lambda: now)
    Setting.objects.update_or_create(pk=1, defaults={"api_per_minute": 0, "api_burst_10s": 0})
    for each in (market, throttle, api):
        each.forget()


def at(row, path):
    """What stands at a path such as `best.buy.price`; of a list `*` is every one, a number one of them, else the exchange's. None behind null."""
    name, _, rest = path.partition(".")
    if row is None or not path:
        return row
    if name == "*":
        return [at(each, rest) for each in row]
    if isinstance(row, list):
        return at(row[int(name)] if name.isdigit() and row else next((each for each in row if each["exchange"] == name), None), rest)
    return at(row[name], rest)


def same(text, told):
    """Whether a cell is what the answer says: nothing for null, words for a list, and numbers to the digits that are written."""
    if told is None or told == []:
        return text in ("", "not_listed")
    if isinstance(told, bool):
        return text in ({True: ("true", "yes"), False: ("false", "no")}[told])
    if isinstance(told, list):
        return text == " ".join(told)
    try:
        number, exact = Decimal(text), Decimal(str(told))
    except (InvalidOperation, ValueError, TypeError):
        return text == told or text.replace("+00:00", "Z") == told
    return abs(number - exact) <= Decimal(1).scaleb(number.as_tuple().exponent) / 2


def differing(client, path):
    """({(row's name, column, cell, told)}, columns that the answer lacks) of a page's lines, of which there is at least one."""
    address, where, names, renamed = PAGES[path]
    lines = list(csv.DictReader(io.StringIO(client.get(f"{path}{'&' if '?' in path else '?'}format=csv").content.decode())))
    answers = [client.get(f"/api/v1/{each}").json() for each in address.split(" + ")]
    rows = {tuple(str(at(row, renamed.get(name, name))) for name in names): {**answer, **row} for answer in answers for row in answer[where]}
    assert lines and rows
    wrong, alone = set(), set()
    for line in lines:
        row = rows[tuple(line[name] for name in names)]
        for column, text in line.items():
            try:
                told = at(row, renamed.get(column, column))
            except KeyError:
                alone.add(column)
                continue
            if not same(text, told):
                wrong.add((*(line[name] for name in names), column, text, str(told)))
    return wrong, alone


@pytest.mark.parametrize("path", PAGES)
def test_a_cell_is_what_the_api_says(client, path):
    wrong, alone = differing(client, path)
    assert not wrong and alone <= ALONE


def test_nothing_an_exchange_wrote_becomes_a_formula(client, stored):
    ExchangeAsset.objects.filter(asset__slug="btc").update(name="=1+1")
    market.forget()
    names = {row["name"] for row in csv.DictReader(io.StringIO(client.get("/assets/btc/?format=csv").content.decode()))}
    assert names == {"'=1+1"}


def test_of_a_trade_that_cannot_be_made_nothing_is_left_rather_than_zero(client, stored):
    lines = csv.DictReader(io.StringIO(client.get("/arbitrage/?format=csv&losing=true").content.decode()))
    assert {line["net_pct"] for line in lines if line["size"] == "0"} == {""}
