"""The networks coins live on: every exchange's word for one, and contract addresses written so that equal ones are equal.

Plain data. A word that is not here stays unknown (None): two unknown networks are never taken for the same one.
"""

from __future__ import annotations

import re

# chain: the exchanges' words for it, in capitals without spaces, dashes, dots and brackets.
_WORDS = {
    "ethereum": "ETH ERC20 ETHEREUM ETHERC20 ETHEREUMERC20",
    "bsc": "BSC BEP20 BNBSMARTCHAIN BSCBEP20 BEP20BSC BNBSMARTCHAINBEP20 BNB",
    "tron": "TRX TRC20 TRON TRONTRC20",
    "solana": "SOL SOLANA SPL",
    "polygon": "MATIC POLYGON POL POLYGONPOS MATICERC20",
    "arbitrum": "ARBITRUM ARB ARBEVM ARBITRUMONE ARBI",
    "arbitrum-nova": "ARBNOVA ARBITRUMNOVA",
    "optimism": "OPTIMISM OP OPETH OPTIMISMETH",
    "base": "BASE BASEEVM BASEETH",
    "avalanche": "AVAXC AVAXCCHAIN CAVAX AVALANCHEC AVALANCHECCHAIN AVAX CCHAIN",
    "avalanche-x": "AVAXX XAVAX AVAXXCHAIN XCHAIN",
    "zksync": "ZKSYNC ZKSYNCERA ZKSERA ZKERA",
    "linea": "LINEA LINEAETH",
    "scroll": "SCROLL SCROLLETH",
    "mantle": "MANTLE MNT MNTEVM",
    "blast": "BLAST",
    "sonic": "SONIC S",
    "fantom": "FTM FANTOM OPERA",
    "celo": "CELO",
    "cronos": "CRO CRONOS CRONOSCHAIN",
    "gnosis": "XDAI GNOSIS",
    "kaia": "KLAY KAIA KLAYTN",
    "hyperevm": "HYPEEVM HYPEREVM",
    "plasma": "XPL PLASMA",
    "berachain": "BERA BERACHAIN",
    "aptos": "APT APTOS",
    "sui": "SUI",
    "ton": "TON TONCOIN",
    "near": "NEAR NEARPROTOCOL",
    "algorand": "ALGO ALGORAND",
    "cosmos": "ATOM COSMOS",
    "osmosis": "OSMO OSMOSIS",
    "injective": "INJ INJECTIVE",
    "polkadot": "DOT POLKADOT",
    "asset-hub": "DOTASSETHUB ASSETHUBPOLKADOT STATEMINT ASSETHUB DOTSM",
    "stellar": "XLM STELLAR",
    "ripple": "XRP RIPPLE XRPL",
    "cardano": "ADA CARDANO",
    "tezos": "XTZ TEZOS",
    "hedera": "HBAR HEDERA",
    "starknet": "STARKNET STRK",
    "bitcoin": "BTC BITCOIN SEGWIT BTCSEGWIT",
    "lightning": "LIGHTNING LIGHTNINGNETWORK BTCLN LBTC",
    "bitcoin-cash": "BCH BITCOINCASH",
    "litecoin": "LTC LITECOIN",
    "dogecoin": "DOGE DOGECOIN",
    "eos": "EOS VAULTA",
    "kcc": "KCC",
    "gatechain": "GT GTEVM GATELAYER GATECHAIN",
    "brc20": "BRC20 ORDIBTC BTCBRC20",
    "runes": "RUNES BTCRUNES",
}
_CHAIN = {word: chain for chain, words in _WORDS.items() for word in words.split()}
_SEPARATORS = re.compile(r"[\s\-_.()/]+")
_HEXADECIMAL = re.compile(r"0[xX][0-9a-fA-F]{1,64}")  # 40 digits on Ethereum and its kin, up to 64 on Aptos and Sui
# Without an address of its own: the chain's own coin, a placeholder, or "see the website".
_NO_ADDRESS = re.compile(r"(0x)?0+|0xe{40}|[\W_]*|n/?a|none|null|native", re.IGNORECASE)


def chain(word: str | None) -> str | None:
    """The chain an exchange means by a word for a network (ERC20, ETH and "Ethereum (ERC20)" are ethereum); None when unknown."""
    return _CHAIN.get(_SEPARATORS.sub("", word or "").upper())


def address(text: str | None) -> str | None:
    """A contract address as it is compared: lower case where case means nothing (0x...), as written elsewhere; None when absent."""
    text = (text or "").strip()
    if _NO_ADDRESS.fullmatch(text) or len(text) > 200 or not text.isprintable():
        return None
    number, colons, names = text.partition("::")  # Aptos and Sui: hexadecimal before the colons, names behind
    return number.lower() + colons + names if _HEXADECIMAL.fullmatch(number) else text
