"""A small stored market with gaps: the methodology's ladder between two exchanges, and one of each thing that may be wrong."""

from datetime import datetime, timedelta
from decimal import Decimal

from exchanges.models import Exchange
from exchanges.rows import Book, Currency
from markets import read
from markets.models import ExchangeAsset, IdentityState, Market
from tests.markets import kept
from tests.markets.build import catalogue, prices, rows, ticker

BUY, SELL, THIRD = "kucoin", "gateio", "bitget"
ASKS = (("0.8200", "1500"), ("0.8210", "2000"), ("0.8225", "5000"))
BIDS = (("0.8241", "900"), ("0.8236", "1500"), ("0.8228", "4000"))
COINS = ("POL", "SUI", "NOVA", "ETH", "OLD")


def fill(now: datetime) -> None:
    """POL pays from BUY to SELL; SUI pays by tickers, but cannot leave; NOVA is two coins; ETH is quiet; OLD's seller is stale."""
    kept.again(_made, now)
    fresh()


def _made(now: datetime) -> None:
    Exchange.objects.update(taker_fee_pct=Decimal("0.1"))
    for slug in (BUY, SELL):
        catalogue(slug, *(f"{coin}/USDT" for coin in COINS), now=now)
    tick(now)
    wallets(BUY, now, pol=(True, True), sui=(True, False))
    wallets(SELL, now, pol=(True, True), sui=(True, True))
    ExchangeAsset.objects.update(state=IdentityState.CONFIRMED, decided=True)
    ExchangeAsset.objects.filter(exchange__slug=SELL, code="NOVA").update(state=IdentityState.CONFLICTED)
    books(now)


def tick(now: datetime, pol_bid: str = "0.8241") -> None:
    """Both exchanges answer: BUY a second before `now`, SELL at `now`; OLD's seller a minute and a half ago."""
    before = now - timedelta(seconds=1)
    prices(SELL, ticker("OLD/USDT", "5.1", "5.11"), now=now - timedelta(seconds=90))
    prices(BUY, ticker("POL/USDT", "0.8195", "0.8200"), ticker("SUI/USDT", "2", "2.001"), ticker("NOVA/USDT", "2.2", "2.201"),
           ticker("ETH/USDT", 3000, 3001), ticker("OLD/USDT", "5", "5.01"), now=before)
    prices(SELL, ticker("POL/USDT", pol_bid, Decimal(pol_bid) + Decimal("0.0005")), ticker("SUI/USDT", "2.02", "2.021"),
           ticker("NOVA/USDT", "0.02", "0.0201"), ticker("ETH/USDT", 3000, 3001), now=now)
    fresh()


def books(now: datetime, coin: str = "POL") -> None:
    """The example's two books, seen a second apart."""
    for slug, bids, asks, age in ((BUY, (("0.8195", "100"),), ASKS, 1), (SELL, BIDS, (("0.8246", "100"),), 0)):
        market = Market.objects.get(exchange__slug=slug, symbol=f"{coin}USDT", kind="spot")
        seen = now - timedelta(seconds=age)
        row = Book(market.symbol, bids=_side(bids), asks=_side(asks))
        rows(slug, "book", row, now=seen, markets={market.symbol: market.pk}, times={market.symbol: (seen, seen)})
    fresh()


def _side(levels):
    return tuple((Decimal(price), Decimal(size)) for price, size in levels)


def wallets(slug: str, now: datetime, **coins: tuple[bool, bool]) -> None:
    """{coin: (deposits open, withdrawals open)} on one network each."""
    told = [
        Currency(
            name.upper(), network="Polygon", chain="polygon", contract_address=f"0x{name}", deposit_open=deposit, withdraw_open=withdraw,
            withdraw_fee=Decimal("1.5"),
        )
        for name, (deposit, withdraw) in coins.items()
    ]  # fmt: skip
    rows(slug, "currencies", *told, now=now)


def fresh() -> None:
    """As another process would see it."""
    read.forget()
