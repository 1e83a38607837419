"""What Pebble knows of coins before any exchange is asked: names, classes, old tickers, other spellings. Plain data.

Loaded once by a migration; from then on the rows are the operator's. Prices decide identity, never this table.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

STABLECOINS = {
    "USDT": "Tether", "USDC": "USD Coin", "FDUSD": "First Digital USD", "DAI": "Dai", "TUSD": "TrueUSD", "USD1": "World Liberty Financial USD",
    "USDE": "Ethena USDe", "PYUSD": "PayPal USD", "GUSD": "Gemini Dollar", "USDD": "USDD", "BUSD": "Binance USD", "EURI": "Eurite", "EURC": "Euro Coin",
    "USDQ": "Quantoz USD", "EURQ": "Quantoz EUR", "AEUR": "Anchored Coins AEUR", "RLUSD": "Ripple USD", "USDP": "Pax Dollar",
}
FIAT = {
    "USD": "US dollar", "EUR": "Euro", "GBP": "Pound sterling", "TRY": "Turkish lira", "BRL": "Brazilian real", "JPY": "Japanese yen",
    "AUD": "Australian dollar", "ARS": "Argentine peso", "PLN": "Polish zloty", "UAH": "Ukrainian hryvnia", "ZAR": "South African rand",
    "MXN": "Mexican peso", "COP": "Colombian peso", "CZK": "Czech koruna", "RON": "Romanian leu", "IDR": "Indonesian rupiah", "KZT": "Kazakhstani tenge",
}
WRAPPED = {
    "WBTC": "Wrapped Bitcoin", "STETH": "Lido Staked Ether", "WSTETH": "Wrapped stETH", "WBETH": "Wrapped Beacon ETH", "WETH": "Wrapped Ether",
    "BNSOL": "Binance Staked SOL", "BBSOL": "Bybit Staked SOL", "CMETH": "mETH Restaked", "METH": "Mantle Staked Ether", "CBBTC": "Coinbase Wrapped BTC",
}
COINS = {
    "BTC": "Bitcoin", "ETH": "Ethereum", "BNB": "BNB", "SOL": "Solana", "XRP": "XRP", "DOGE": "Dogecoin", "ADA": "Cardano", "TRX": "TRON", "AVAX": "Avalanche",
    "LINK": "Chainlink", "DOT": "Polkadot", "POL": "Polygon", "TON": "Toncoin", "SHIB": "Shiba Inu", "SUI": "Sui", "LTC": "Litecoin", "BCH": "Bitcoin Cash",
    "NEAR": "NEAR Protocol", "APT": "Aptos", "UNI": "Uniswap", "ICP": "Internet Computer", "ETC": "Ethereum Classic", "XLM": "Stellar", "ATOM": "Cosmos",
    "FIL": "Filecoin", "HBAR": "Hedera", "ARB": "Arbitrum", "OP": "Optimism", "INJ": "Injective", "IMX": "Immutable", "VET": "VeChain", "ALGO": "Algorand",
    "AAVE": "Aave", "GRT": "The Graph", "SAND": "The Sandbox", "MANA": "Decentraland", "AXS": "Axie Infinity", "EGLD": "MultiversX", "THETA": "Theta Network",
    "XTZ": "Tezos",
    "FLOW": "Flow", "CHZ": "Chiliz", "APE": "ApeCoin", "CRV": "Curve", "SNX": "Synthetix", "COMP": "Compound", "LDO": "Lido DAO", "DYDX": "dYdX",
    "PEPE": "Pepe", "BONK": "Bonk", "FLOKI": "Floki",
    "WIF": "dogwifhat", "BTT": "BitTorrent", "JUP": "Jupiter", "PYTH": "Pyth Network", "TIA": "Celestia",
    "SEI": "Sei",
    "KAS": "Kaspa", "RENDER": "Render", "FET": "Artificial Superintelligence Alliance", "STX": "Stacks",
    "RUNE": "THORChain", "GALA": "Gala",
    "KCS": "KuCoin Token", "MNT": "Mantle", "GT": "GateToken", "BGB": "Bitget Token", "BSV": "Bitcoin SV", "XMR": "Monero", "ZEC": "Zcash", "DASH": "Dash",
    "ENS": "Ethereum Name Service",
    "1INCH": "1inch", "LUNA": "Terra", "LUNC": "Terra Classic", "USTC": "TerraClassicUSD", "SKY": "Sky", "S": "Sonic", "A": "Vaulta",
    "CAKE": "PancakeSwap", "JASMY": "JasmyCoin", "ORDI": "ORDI", "SATS": "SATS", "WLD": "Worldcoin", "ENA": "Ethena", "ONDO": "Ondo", "NOT": "Notcoin",
    "WAXP": "WAX", "OXEN": "Oxen", "SYRUP": "Maple Finance", "CAT": "Simon's Cat", "MOG": "Mog Coin", "BABYDOGE": "Baby Doge Coin", "HOT": "Holo", "GAS": "Gas",
}

# (former ticker, today's ticker, since, how many new for one old). Dates and ratios as the projects announced them.
RENAMED = (
    ("MATIC", "POL", date(2024, 9, 4), 1),
    ("FTM", "S", date(2025, 1, 16), 1),
    ("RNDR", "RENDER", date(2024, 7, 26), 1),
    ("EOS", "A", date(2025, 5, 14), 1),
    ("MKR", "SKY", date(2025, 5, 6), 24_000),
    ("ERD", "EGLD", date(2020, 9, 3), Decimal("0.001")),
    ("LOKI", "OXEN", date(2021, 2, 1), 1),
)
# Spellings of the same ticker on some exchanges, one for one.
SPELLINGS = (("XBT", "BTC"), ("BCHSV", "BSV"), ("BCHABC", "BCH"), ("BCC", "BCH"), ("TONCOIN", "TON"), ("WAX", "WAXP"), ("GALAX", "GALA"))
NAMES = (
    ("Polygon", "POL"), ("Matic", "POL"), ("Ether", "ETH"), ("Ripple", "XRP"), ("Lumens", "XLM"), ("Binance Coin", "BNB"), ("Maker", "SKY"), ("Fantom", "S"),
)
MISSPELLINGS = (("etherium", "ETH"), ("bitcoln", "BTC"), ("dodgecoin", "DOGE"), ("cardona", "ADA"), ("litcoin", "LTC"), ("solona", "SOL"), ("shibainu", "SHIB"))
