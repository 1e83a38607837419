"""The spot answers: pairs with their listing times, tickers without sizes, books, candles as arrays, coins with their networks."""

from __future__ import annotations

from functools import cache

from exchanges.simulator.prices import Quote
from exchanges.simulator.universe import Market
from exchanges.simulator.writers import Currency, Query, Reply, Scene, short
from exchanges.simulator.writers.gateio.wire import No, closed, dump, stretch, whole

MONEY = {"USDT": "Tether", "BTC": "Bitcoin", "ETH": "Ethereum", "USDC": "USDCoin", "USD1": "World Liberty USD", "GUSD": "Gemini Dollar"}
ENDS_AT = 1_798_761_600  # the announced end of the markets that are being delisted: 2027-01-01
DAY = 86_400
CHAINS = {
    "ethereum": "ETH", "bsc": "BSC", "tron": "TRX", "solana": "SOL", "polygon": "MATIC", "arbitrum": "ARBEVM", "optimism": "OPETH", "base": "BASEEVM",
    "avalanche": "AVAX_C", "sui": "SUI", "ton": "TON", "bitcoin": "BTC", "ripple": "XRP", "dogecoin": "DOGE", "cardano": "ADA", "litecoin": "LTC",
    "bitcoin-cash": "BCH", "polkadot": "DOT", "hedera": "HBAR", "stellar": "XLM", "near": "NEAR", "aptos": "APT", "algorand": "ALGO", "cosmos": "ATOM",
    "injective": "INJ", "tezos": "XTZ", "celo": "CELO", "sonic": "SONIC", "berachain": "BERA",
}  # fmt: skip


def time(scene: Scene, query: Query) -> Reply:
    """The clock: milliseconds, unlike most of this exchange's times."""
    return Reply(b'{"server_time":%d}' % scene.ms)


def instruments(scene: Scene, query: Query) -> Reply:
    """All pairs in one list."""
    return Reply(f"[{','.join(map(_instrument_row, scene.markets()))}]".encode())


def margin(scene: Scene, query: Query) -> Reply:
    """Which pairs may be traded on credit: the most traded ones."""
    rows = [
        {"id": m.symbol, "base": m.base, "quote": m.quote, "leverage": 10, "min_base_amount": "0.0001", "min_quote_amount": "1", "max_quote_amount": "1000000"}
        for m in scene.markets()[:20]
    ]
    return Reply(dump(rows))


def tickers(scene: Scene, query: Query) -> Reply:
    """All tickers: best prices without sizes, 24 hours, change since midnight in two time zones."""
    utc0 = scene.prices.pairs(float(scene.t // DAY * DAY))
    utc8 = scene.prices.pairs(float((scene.t + 8 * 3_600) // DAY * DAY - 8 * 3_600))
    if pair := query.get("currency_pair"):
        rows = [_row(q, utc0, utc8, sized=True) for q in scene.quotes() if q.market.symbol == pair]
        if not rows:
            return No("INVALID_CURRENCY_PAIR", f"Invalid currency pair {pair}").reply
    else:
        rows = [_row(q, utc0, utc8) for q in scene.quotes()]
    return Reply(f"[{','.join(rows)}]".encode())


def _row(q: Quote, utc0: list[float], utc8: list[float], sized: bool = False) -> str:
    m, digits = q.market, q.market.digits
    absent = "0" if m.book == "none" else ""
    bid = absent if q.bid is None else short(q.bid, digits)
    ask = absent if q.ask is None else short(q.ask, digits)
    sizes = f'"lowest_size":"{short(q.ask_size or 0, 8)}","highest_size":"{short(q.bid_size or 0, 8)}",' if sized else ""
    return (
        f'{{"currency_pair":"{m.symbol}","last":"{short(q.last, digits)}","lowest_ask":"{ask}",'
        f'"highest_bid":"{bid}",{sizes}"change_percentage":"{short((q.last / q.open - 1) * 100, 2)}",'
        f'"change_utc0":"{short((q.last / (utc0[q.pair] * m.factor) - 1) * 100, 2)}",'
        f'"change_utc8":"{short((q.last / (utc8[q.pair] * m.factor) - 1) * 100, 2)}",'
        f'"base_volume":"{short(q.volume, 9)}","quote_volume":"{short(q.quote_volume, 10)}","high_24h":"{short(q.high, digits)}",'
        f'"low_24h":"{short(q.low, digits)}"'
        f"{_etf(q) if m.asset.kind == 'leveraged' else ''}}}"
    )


def _etf(q: Quote) -> str:
    """What only a leveraged token has: the value behind it, now and at the last rebalancing."""
    return (
        f',"etf_net_value":"{short(q.last, 10)}","etf_pre_net_value":"{short(q.open, 10)}","etf_pre_timestamp":{ENDS_AT - 40_000_000},'
        f'"etf_leverage":"{short(abs(q.market.asset.lean) / 0.8 * (0.95 + q.chance / 10), 10)}"'
    )


@cache
def _instrument_row(m: Market) -> str:
    return dump(_instrument(m)).decode()


def _instrument(m: Market) -> dict[str, object]:
    stock = m.asset.kind == "share"
    row: dict[str, object] = {
        "id": m.symbol, "base": m.base, "base_name": f"{m.base[:-1]} xStock" if stock else m.asset.name, "quote": m.quote, "quote_name": MONEY[m.quote],
        "fee": short(0.2 * m.fee, 2), "min_base_amount": f"{10**-m.size_digits:.{m.size_digits}f}", "min_quote_amount": "3" if m.money.price < 10 else "0.0001",
        "max_quote_amount": "5000000", "amount_precision": m.size_digits, "precision": m.digits,
        "trade_status": "untradable" if m.status == "halted" else "tradable",
        "sell_start": 1_607_313_600 if m.listed_at else 0, "buy_start": m.listed_at,
    }  # fmt: skip
    if m.ending:
        row["delisting_time"] = m.ends_at or ENDS_AT
    return row | {
        "type": "normal", "trade_url": f"https://www.gate.com/trade/{m.symbol}", "st_tag": m.rank > 1_700 or m.ending,
        "slippage": "0.03" if m.rank < 100 else "0.1",
        "market_order_max_stock": str(int(m.turnover / m.asset.price / 20) + 1), "market_order_max_money": "300000",
        "up_rate": "0.08" if m.rank < 100 else "0.4",
        "down_rate": "0.08" if m.rank < 100 else "0.4",
    }  # fmt: skip


# --- depth, candles, coins --------------------------------------------------------------------------------------------
def order_book(scene: Scene, query: Query) -> Reply:
    """One pair's book: levels of two texts, times in milliseconds."""
    try:
        market, levels = _asked(scene, query), whole(query, "limit", 10, 1_000)
    except No as no:
        return no.reply
    bids, asks = ([[short(price, market.digits), short(size, 8)] for price, size in side] for side in scene.book(market, levels))
    numbered = {"id": int(scene.t * 10) + market.rank} if query.get("with_id") == "true" else {}
    return Reply(dump({"current": scene.ms, **numbered, "update": int(scene.t * 1_000), "asks": asks, "bids": bids}))


def candlesticks(scene: Scene, query: Query) -> Reply:
    """Candles as arrays of text: close before open, quote volume before base volume, and whether they are finished."""
    try:
        market, (period, start, end) = _asked(scene, query), stretch(scene, query, 1_000)
    except No as no:
        return no.reply
    rows = [
        [
            str(c.opened_at), f"{c.quote_volume:.8f}", *(short(price, market.digits) for price in (c.close, c.high, c.low, c.open)), f"{c.volume:.8f}",
            str(closed(c, period, scene.t)).lower(),
        ]
        for c in scene.candles(market, period, start, end)
    ]  # fmt: skip
    return Reply(dump(rows))


def currencies(scene: Scene, query: Query) -> Reply:
    """All coins with their networks: addresses, and what is closed; no fees. USDT has a closed network with an address for show."""
    return Reply(dump([_coin(coin) for coin in scene.currencies()]))


def _asked(scene: Scene, query: Query) -> Market:
    pair = query.get("currency_pair", "")
    if not pair:
        raise No("MISSING_REQUIRED_PARAM", "Missing required parameter: currency_pair")
    if (market := scene.market(pair)) is None:
        raise No("INVALID_CURRENCY_PAIR", f"Invalid currency pair {pair}")
    return market


def _coin(coin: Currency) -> dict[str, object]:
    networks = [_network(CHAINS[n.chain], n.address, n.deposit, n.withdraw) for n in coin.networks]
    if coin.code == "USDT":
        networks.append(_network("BTC", "aaaaa000000111111xxx00000xxx000111", False, False))
    return {
        "currency": coin.code, "name": coin.name, "delisted": False, "withdraw_disabled": not any(n.withdraw for n in coin.networks), "withdraw_delayed": False,
        "deposit_disabled": not any(n.deposit for n in coin.networks), "trade_disabled": False, "fixed_rate": "", "chain": CHAINS[coin.networks[0].chain],
        "chains": networks,
    }  # fmt: skip


def _network(name: str, address: str, deposit: bool, withdraw: bool) -> dict[str, object]:
    return {"name": name, "addr": address, "withdraw_disabled": not withdraw, "withdraw_delayed": False, "deposit_disabled": not deposit}
