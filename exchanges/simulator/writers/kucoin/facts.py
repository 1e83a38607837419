"""What KuCoin tells of itself and of coins: service state, networks with contract addresses, announcements."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from exchanges.simulator.networks import Currency, Network
from exchanges.simulator.writers import Notice, Query, Reply, Scene, short

# chainName and chainId of what the world calls its chains; others carry their own name.
CHAINS = {
    "ethereum": ("ERC20", "eth"), "bsc": ("BEP20", "bsc"), "tron": ("TRC20", "trx"), "solana": ("SOL", "sol"), "polygon": ("Polygon POS", "matic"),
    "arbitrum": ("ARBITRUM", "arbitrum"), "optimism": ("OPTIMISM", "optimism"), "base": ("Base", "base"), "avalanche": ("AVAX C-Chain", "avaxc"),
    "bitcoin": ("BTC", "btc"), "ripple": ("XRP", "xrp"), "dogecoin": ("DOGE", "doge"), "cardano": ("ADA", "ada"), "litecoin": ("LTC", "ltc"),
    "bitcoin-cash": ("BCH", "bch"), "polkadot": ("DOT", "dot"), "hedera": ("HBAR", "hbar"), "stellar": ("XLM", "xlm"), "near": ("NEAR", "near"),
    "aptos": ("APT", "aptos"), "algorand": ("ALGO", "algo"), "cosmos": ("ATOM", "atom"), "injective": ("INJ", "inj"), "tezos": ("XTZ", "xtz"),
}  # fmt: skip
TYPES = {"listing": "new-listings", "delisting": "delistings", "maintenance": "maintenance-updates", "other": "activities"}
LATEST = "latest-announcements"
MONTH_MS = 30 * 86_400_000


def status(scene: Scene, query: Query) -> Reply:
    """Open, or closed while maintenance runs."""
    return Reply(f'{{"code":"200000","data":{{"status":"{_state(scene)}","msg":""}}}}'.encode())


def futures_status(scene: Scene, query: Query) -> Reply:
    """The same of contracts, in another order."""
    return Reply(f'{{"code":"200000","data":{{"msg":"","status":"{_state(scene)}"}}}}'.encode())


def _state(scene: Scene) -> str:
    return "close" if any(window.starts_at <= scene.t < window.ends_at for window in scene.maintenance()) else "open"


# --- coins --------------------------------------------------------------------------------------------------------
def currencies(scene: Scene, query: Query) -> Reply:
    """All coins with their networks. `currency` is the code a coin came with, `name` the one it has today."""
    first = {m.base: m.symbol.rpartition("-")[0] for m in scene.markets()}
    rows = [_currency(each, first.get(each.code, each.code)) for each in scene.currencies()]
    return Reply(json.dumps({"code": "200000", "data": rows}, separators=(",", ":"), ensure_ascii=False).encode())


def _currency(each: Currency, first: str) -> dict[str, object]:
    return {
        "currency": first, "name": each.code, "fullName": each.name, "precision": 8, "confirms": None, "contractAddress": None,
        "isMarginEnabled": each.asset.turnover > 1e8, "isDebitEnabled": each.asset.turnover > 1e8, "chains": [_chain(network) for network in each.networks],
    }  # fmt: skip


def _chain(n: Network) -> dict[str, object]:
    name, short_name = CHAINS.get(n.chain, (n.chain.upper(), n.chain))
    return {
        "chainName": name, "withdrawalMinSize": short(n.minimum, 12), "depositMinSize": None, "withdrawFeeRate": "0", "withdrawalMinFee": short(n.fee, 12),
        "isWithdrawEnabled": n.withdraw, "isDepositEnabled": n.deposit, "confirms": 12, "preConfirms": 6, "contractAddress": n.address,
        "withdrawPrecision": n.digits, "maxWithdraw": None, "maxDeposit": None, "needTag": n.chain in ("ripple", "stellar", "ton", "cosmos"),
        "chainId": short_name,
    }  # fmt: skip


# --- announcements ------------------------------------------------------------------------------------------------
def announcements(scene: Scene, query: Query) -> Reply:
    """A page of the last month, of one type, the newest first."""
    wanted = query.get("annType", LATEST)
    since = _whole(query.get("startTime")) or scene.ms - MONTH_MS
    until = _whole(query.get("endTime")) or scene.ms
    found = [n for n in scene.announcements() if wanted in (LATEST, TYPES[n.kind]) and since <= n.said_at * 1_000 <= until]
    size, page = min(_whole(query.get("pageSize")) or 50, 50), _whole(query.get("currentPage")) or 1
    shown = found[(page - 1) * size : page * size]
    data = {"totalNum": len(found), "totalPage": -(-len(found) // size), "currentPage": page, "pageSize": size, "items": [_item(n) for n in shown]}
    return Reply(json.dumps({"code": "200000", "data": data}, separators=(",", ":"), ensure_ascii=False).encode())


def _item(n: Notice) -> dict[str, object]:
    words = "-".join("".join(char if char.isalnum() and char.isascii() else " " for char in n.title.lower()).split())
    return {
        "annId": n.number, "annTitle": n.title, "annType": [LATEST, TYPES[n.kind]], "annDesc": _text(n), "cTime": int(n.said_at * 1_000), "language": "en_US",
        "annUrl": f"https://www.kucoin.com/announcement/en-{words}?lang=en_US",
    }  # fmt: skip


def _text(n: Notice) -> str:
    """A listing's hour stands in its text, behind a no-break space."""
    if n.kind != "listing" or not n.starts_at:
        return n.title
    opens = datetime.fromtimestamp(n.starts_at, UTC)
    return f"Trading:\u00a0{opens:%H:%M} on {opens:%B} {opens.day}, {opens:%Y} (UTC)"


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0
