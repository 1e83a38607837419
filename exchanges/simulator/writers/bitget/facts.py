"""Bitget's coins with their networks, its announcements, and its lead traders, whom only the right key may see."""

from __future__ import annotations

from typing import Any

from exchanges.simulator import copying
from exchanges.simulator.networks import Currency, Network
from exchanges.simulator.writers import Query, Reply, Scene, short
from exchanges.simulator.writers.bitget.words import error, ms, number, told

# Bitget's words for networks, where they are not the plain name in capitals.
CHAIN = {
    "ethereum": "ERC20", "bsc": "BEP20", "tron": "TRC20", "solana": "SOL", "arbitrum": "ArbitrumOne", "optimism": "Optimism", "polygon": "Polygon",
    "avalanche": "C-Chain", "bitcoin": "BTC", "ripple": "XRP", "dogecoin": "DOGE", "cardano": "Cardano", "litecoin": "LTC", "bitcoin-cash": "BCH",
    "polkadot": "DOT", "hedera": "HBAR", "stellar": "XLM", "near": "NEARProtocol", "aptos": "Aptos", "algorand": "ALGO", "cosmos": "ATOM",
    "injective": "Injective", "tezos": "XTZ", "sonic": "Sonic", "berachain": "Berachain",
}  # fmt: skip
KIND = {"coin_listings": "listing", "symbol_delisting": "delisting", "maintenance_system_updates": "maintenance", "latest_news": "other"}
MONTH = 30 * 86_400
NO = {  # what is wrong with a signed request: their code and words
    "key": ("40006", "Invalid ACCESS_KEY"), "passphrase": ("40012", "apikey/password is incorrect"), "time": ("40008", "Request timestamp expired"),
    "sign": ("40009", "sign signature error"), "permission": ("40014", "Incorrect permissions, need copy trading read permissions"),
}  # fmt: skip


# --- coins --------------------------------------------------------------------------------------------------------
def currencies(scene: Scene, query: Query) -> Reply:
    """All coins, or one; booleans are text."""
    wanted, coins = query.get("coin"), scene.currencies()
    rows = [_coin(number_, coin) for number_, coin in enumerate(coins, 1) if wanted in (None, "", coin.code)]
    return told(scene.now, rows) if rows else error(scene.now, "40034", f"Parameter {wanted} does not exist")


def _coin(number_: int, coin: Currency) -> dict[str, Any]:
    return {"coinId": str(number_), "coin": coin.code, "transfer": "true", "chains": [_chain(network) for network in coin.networks], "areaCoin": "no"}


def _chain(n: Network) -> dict[str, str | None]:
    return {
        "chain": CHAIN.get(n.chain, n.chain.upper()), "needTag": "false", "withdrawable": str(n.withdraw).lower(), "rechargeable": str(n.deposit).lower(),
        "withdrawFee": short(n.fee, 12), "extraWithdrawFee": "0", "depositConfirm": "12", "withdrawConfirm": "64",
        "minDepositAmount": short(n.minimum / 10, 12), "minWithdrawAmount": short(n.minimum, 12), "browserUrl": f"https://{n.chain}.example/tx/",
        "contractAddress": n.address or None, "withdrawStep": "0", "withdrawMinScale": str(n.digits), "congestion": "normal",
    }  # fmt: skip


# --- announcements ------------------------------------------------------------------------------------------------
def announcements(scene: Scene, query: Query) -> Reply:
    """The newest ten of one type, of a month; `cursor` is the last id of the page before."""
    kind = KIND.get(query.get("annType", ""))
    if query.get("annType") and kind is None:
        return error(scene.now, "400172", "Parameter verification failed")
    found = [n for n in scene.announcements() if kind in (None, n.kind) and n.said_at > scene.t - MONTH]
    numbers = [str(n.number) for n in found]
    start = numbers.index(query["cursor"]) + 1 if query.get("cursor") in numbers else 0
    rows = [
        {
            "annId": str(n.number), "annTitle": n.title, "annDesc": "Simulated announcement", "cTime": ms(n.said_at), "language": "en_US",
            "annUrl": f"https://www.bitget.com/en/support/articles/{n.number}",
        }
        for n in found[start : start + number(query.get("limit"), 10, 10)]
    ]  # fmt: skip
    return told(scene.now, rows)


# --- lead traders -------------------------------------------------------------------------------------------------
def copy_traders(scene: Scene, query: Query) -> Reply:
    """A page of lead traders, for signed requests with the permission to see them."""
    if "access-key" not in scene.headers:
        return error(scene.now, "40001", "ACCESS_KEY cannot be empty")
    if wrong := copying.signed(scene):
        return error(scene.now, *NO[wrong])
    size, page = number(query.get("pageSize"), 20, 20), number(query.get("pageNo"), 1, 10_000)
    return told(scene.now, [_trader(trader) for trader in copying.traders(scene.slug, scene.t)[size * (page - 1) : size * page]])


def _trader(t: copying.Trader) -> dict[str, Any]:
    masked = t.managed > 100_000  # the great ones hide what they own
    profit, managed = f"{'-' if t.profit < 0 else ''}${abs(t.profit):,.2f}", "****" if masked else f"${t.managed:,.2f}"
    columns = [("ROI", f"{t.roi_pct:+,.2f}%"), ("Total PnL", profit), ("AUM", managed)]
    return {
        "traderId": t.trader_id, "traderName": t.name, "traderPic": "", "canTrace": "Yes" if t.open else "No", "followCount": str(t.followers),
        "maxLimit": str(t.max_followers), "totalFollowers": str(t.followers_ever), "totalEquity": "****", "currentTradingList": list(t.symbols),
        "columnList": [{"describe": name, "value": value} for name, value in columns], "profitCount": str(t.wins), "lossCount": str(t.losses),
        "tradeCount": str(t.trades), "averageWinRate": short(t.win_rate_pct, 2), "maxCallbackRate": short(t.max_drawdown_pct, 2),
        "dailyProfitRateList": [{"rate": short(rate, 2), "cTime": ms(at)} for rate, at in t.daily_roi_pct], "dailyProfitList": [],
        "profitRate24hList": [], "profit24hList": [], "followerTotalProfit": short(t.follower_profit, 4), "lastTradeTime": ms(t.last_trade_at),
        "tradeDays": str(t.days),
    }  # fmt: skip
