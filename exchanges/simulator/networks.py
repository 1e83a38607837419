"""Coins and the networks they live on: who may deposit and withdraw where, at what fee, and under which contract address.

`currencies(prices, slug, t)`, in a writer `scene.currencies()`. An address is a property of the coin and the chain, so all
exchanges that list a coin tell the same one; the two coins called NOVA have different ones on the same chain. `Network.chain`
is the plain name of `exchanges.chains` (ethereum); each exchange's writer has its own words for it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from exchanges.simulator.universe import Asset, chance

if TYPE_CHECKING:
    from exchanges.simulator.prices import Prices

# Chains with their own coin: those coins live there without an address.
NATIVE = {
    "BTC": "bitcoin", "ETH": "ethereum", "SOL": "solana", "XRP": "ripple", "DOGE": "dogecoin", "BNB": "bsc", "SUI": "sui", "ADA": "cardano", "TRX": "tron",
    "AVAX": "avalanche", "TON": "ton", "LTC": "litecoin", "BCH": "bitcoin-cash", "DOT": "polkadot", "HBAR": "hedera", "XLM": "stellar", "POL": "polygon",
    "NEAR": "near", "APT": "aptos", "ALGO": "algorand", "ATOM": "cosmos", "INJ": "injective", "XTZ": "tezos", "CELO": "celo", "S": "sonic", "BERA": "berachain",
}  # fmt: skip
ALSO = {"ETH": ("arbitrum", "optimism", "base"), "BTC": ("bsc",), "BNB": ("ethereum",), "SOL": ("bsc",)}  # wrapped, or the same coin on a second layer
STABLE_ON = {
    "USDT": ("ethereum", "tron", "solana", "bsc", "arbitrum", "polygon", "avalanche", "ton"),
    "USDC": ("ethereum", "solana", "base", "arbitrum", "polygon", "sui"),
}
TOKEN_CHAINS = (("ethereum", 44), ("bsc", 22), ("solana", 18), ("base", 9), ("arbitrum", 5), ("tron", 2))
HEXADECIMAL = ("ethereum", "bsc", "arbitrum", "base", "polygon", "optimism", "avalanche", "sonic", "celo", "berachain")
FEE_DOLLARS = {"ethereum": 1.2, "bitcoin": 3.0, "tron": 1.0, "bsc": 0.1, "solana": 0.2, "arbitrum": 0.1, "base": 0.1, "polygon": 0.1}
LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@dataclass(frozen=True)
class Network:
    """A coin on a chain. `address` is "" for the chain's own coin; fee and minimum in coins."""

    chain: str
    address: str
    deposit: bool
    withdraw: bool
    fee: float
    minimum: float
    digits: int  # decimals of amounts there


@dataclass(frozen=True)
class Currency:
    """A coin of an exchange under its code there, with the networks it is known on."""

    code: str
    name: str
    networks: tuple[Network, ...]
    asset: Asset


def currencies(prices: Prices, slug: str, t: float) -> tuple[Currency, ...]:
    """Every coin an exchange trades on its spot market at `t`, most traded first; quote currencies too, money and shares not."""
    timetable, found = prices.timetable, dict[str, Asset]()
    for market in timetable.markets(slug, t):
        if market.status != "delisted" and market.factor == 1.0:
            found.setdefault(market.base, market.asset)
            found.setdefault(market.quote, market.money)
    return tuple(
        Currency(code, asset.name, tuple(_now(network, *timetable.is_open(slug, code, network.chain, t)) for network in _networks(slug, asset)), asset)
        for code, asset in found.items() if asset.kind in ("coin", "stable")
    )  # fmt: skip


def _now(network: Network, deposits: bool, withdrawals: bool) -> Network:
    if deposits and withdrawals:
        return network
    deposit, withdraw = network.deposit and deposits, network.withdraw and withdrawals
    return Network(network.chain, network.address, deposit, withdraw, network.fee, network.minimum, network.digits)


@cache
def _networks(slug: str, asset: Asset) -> tuple[Network, ...]:
    """A coin's networks on an exchange: not all of those that exist; a few are closed for good."""
    rng, found = chance(f"networks:{slug}:{asset.key}"), []
    for n, chain in enumerate(chains_of(asset)):
        if n and rng.random() < 0.15:
            continue  # this exchange does not offer it
        shut = rng.random() < (0.04 if asset.turnover < 1e7 else 0.005)
        fee = FEE_DOLLARS.get(chain, 0.3) * rng.choice((0.8, 1.0, 1.5)) / asset.price
        digits = 8 if asset.price > 0.01 else 4
        found.append(Network(chain, address_of(asset, chain), not shut, not shut, float(f"{fee:.2g}"), float(f"{fee * 4:.2g}"), digits))
    return tuple(found)


@cache
def chains_of(asset: Asset) -> tuple[str, ...]:
    """Where a coin lives, its home first."""
    if asset.key in STABLE_ON:
        return STABLE_ON[asset.key]
    if asset.key in NATIVE:
        return (NATIVE[asset.key], *ALSO.get(asset.key, ()))
    rng = chance(f"chains:{asset.key}")
    names, weights = zip(*TOKEN_CHAINS, strict=True)
    home = "ethereum" if asset.key.startswith("NOVA") or asset.kind == "stable" else rng.choices(names, weights)[0]
    others = [name for name in names if name != home and rng.random() < (0.25 if asset.turnover > 1e7 else 0.06)]
    return (home, *others)


def address_of(asset: Asset, chain: str) -> str:
    """A token's contract address on a chain: invented, the same on every exchange, "" for a chain's own coin."""
    if NATIVE.get(asset.key) == chain or (asset.key == "ETH" and chain in ALSO["ETH"]):
        return ""
    digest = hashlib.sha256(f"{asset.key}@{chain}".encode()).digest() * 2
    if chain in HEXADECIMAL:
        return "0x" + digest.hex()[:40]
    if chain in ("sui", "aptos"):
        return f"0x{digest.hex()[:64]}::coin::{''.join(filter(str.isalnum, asset.key.upper())) or 'COIN'}"
    letters = "".join(LETTERS[byte % len(LETTERS)] for byte in digest)
    return "T" + letters[:33] if chain == "tron" else "EQ" + letters[:46] if chain == "ton" else letters[:44]
