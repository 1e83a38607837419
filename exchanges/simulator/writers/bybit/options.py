"""Options on the wire: one coin a call, "0" where nobody bids, what was traded worth what the coins are worth."""

from __future__ import annotations

from functools import cache

from exchanges.simulator.options import Option, OptionQuote
from exchanges.simulator.writers import Scene, short, step
from exchanges.simulator.writers.bybit.wire import dumped


def instrument_rows(scene: Scene, coin: str) -> dict[str, str]:
    """The options on one coin, by symbol; BTC when none is named."""
    return {o.symbol: _instrument(o) for o in scene.options() if o.underlying == (coin or "BTC")}


@cache
def _instrument(o: Option) -> str:
    tick, lot = short(o.tick, o.digits), step(o.size_digits)
    return dumped({
        "symbol": o.symbol, "status": "Trading", "baseCoin": o.underlying, "quoteCoin": o.quote, "settleCoin": o.settle,
        "optionsType": "Call" if o.call else "Put", "launchTime": str(o.listed_at * 1_000), "deliveryTime": str(o.expiry * 1_000), "deliveryFeeRate": "0.00015",
        "priceFilter": {"minPrice": tick, "maxPrice": "1110000", "tickSize": tick}, "lotSizeFilter": {"maxOrderQty": "500", "minOrderQty": lot, "qtyStep": lot},
        "displayName": o.symbol.removesuffix("-USDT").replace(o.underlying, f"{o.underlying}USDT", 1),
    })  # fmt: skip


def ticker_rows(scene: Scene, coin: str) -> dict[str, str]:
    """The tickers of one coin's options, by symbol; of all when no coin is named."""
    return {q.option.symbol: _row(q) for q in scene.option_quotes() if coin in ("", q.option.underlying)}


def _row(q: OptionQuote) -> str:
    o, d, s = q.option, q.option.digits, q.option.size_digits
    bid, size, iv = (short(q.bid, d), short(q.bid_size or 0.0, s), short(q.bid_iv or 0.0, 4)) if q.bid is not None else ("0", "0", "0")
    return (
        f'{{"symbol":"{o.symbol}","bid1Price":"{bid}","bid1Size":"{size}","bid1Iv":"{iv}","ask1Price":"{short(q.ask, d)}",'
        f'"ask1Size":"{short(q.ask_size, s)}","ask1Iv":"{short(q.ask_iv, 4)}","lastPrice":"{short(q.last, d)}","highPrice24h":"{short(q.high, d)}",'
        f'"lowPrice24h":"{short(q.low, d)}","markPrice":"{short(q.mark, 8)}","indexPrice":"{short(q.index, 2)}","markIv":"{short(q.mark_iv, 4)}",'
        f'"underlyingPrice":"{short(q.underlying_price, 2)}","openInterest":"{short(q.open_interest, s)}","turnover24h":"{short(q.quote_volume, 4)}",'
        f'"volume24h":"{short(q.volume, s)}","totalVolume":"{q.volume * 20:.0f}","totalTurnover":"{q.quote_volume * 20:.0f}","delta":"{short(q.delta, 8)}",'
        f'"gamma":"{short(q.gamma, 8)}","vega":"{short(q.vega, 8)}","theta":"{short(q.theta, 8)}","predictedDeliveryPrice":"0",'
        f'"change24h":"{short(q.last / q.open - 1, 8)}"}}'
    )
