"""The odd things of the real world, by hand: which market of which exchange shows which oddity. Plain data.

The universe is built from these tables, so what they name is there; docs/simulator.md explains each.
"""

from __future__ import annotations

# Listed, but not trading: numbers stand still.
HALTED = {"binance": ("CSPRUSDT", "XCHUSDT"), "kucoin": ("UTK-USDT", "SFUND-USDT"), "gateio": ("10SET_USDT", "XEM_USDT", "DENT_USDT"), "bitget": ("XNOUSDT",)}
# Gone, but still answered: BREAK, zero sides, statistics and closeTime of their last day (base, quote, day of death).
DELISTED = {
    "binance": (
        ("MATIC", "USDT", "2024-09-10"), ("MATIC", "BTC", "2024-09-10"), ("BTT", "USDT", "2022-01-12"), ("FTM", "USDT", "2025-01-13"),
        ("EOS", "USDT", "2025-05-26"), ("MKR", "USDT", "2025-09-15"), ("RNDR", "USDT", "2024-07-22"), ("VEN", "BTC", "2018-07-23"),
        ("BCC", "BTC", "2018-11-15"), ("BTCUP", "USDT", "2024-04-03"), ("BTCDOWN", "USDT", "2024-04-03"), ("ETHUP", "USDT", "2024-04-03"),
        ("ETHDOWN", "USDT", "2024-04-03"), ("BNBUP", "USDT", "2024-04-03"), ("BNBDOWN", "USDT", "2024-04-03"),
    )
}  # fmt: skip
# Still trading, with the announced last day on the wire.
DELISTING = {
    "gateio": tuple(f"{code}_USDT" for code in ("BLZ", "CVC", "OGN", "SXP", "MTL", "OXT", "SLP", "XVG", "NKN", "DODO", "SYS", "REQ", "RDNT", "TLM", "CELR")),
    "bitget": tuple(f"{code}USDT" for code in ("C98", "AMP", "BAND", "CVC", "OGN", "IOST", "SC", "WIN", "XEC", "BLUR", "HOOK", "EDU")),
}
# The side that is left in the book; "none" is an empty book of a market that trades.
ONE_SIDED = {
    "binance": {"XVGUSDT": "ask", "SLPUSDT": "bid"},
    "kucoin": {"XEM-USDT": "ask", "DODO-USDT": "bid"},
    "bybit": {"XEMUSDT": "bid", "SCUSDT": "ask"},
    "gateio": {"NKN_USDT": "ask", "OMG_USDT": "none"},
    "bitget": {"SLPUSDT": "bid", "TLMUSDT": "none"},
}
# Listed before its first trade: every price null, volume "0". "pre_open" has not opened yet.
NULLS = {"kucoin": {"AVNT-USDT": "pre_open", "LINEA-USDT": "pre_open", "HOLO-USDT": "trading"}}
# The id keeps a code that the coin no longer has.
RENAMED = {
    "kucoin": {
        "BCHSV-USDT": "BSV", "WAX-USDT": "WAXP", "GALAX-USDT": "GALA", "LOKI-USDT": "OXEN", "BNRENSHENG-USDT": "币安人生", "KACE-USDT": "kACE",
    }
}  # fmt: skip
# One listed unit is this many coins; elsewhere the plain coin trades.
MULTIPLES = {"binance": {"1000SATS": ("SATS", 1_000), "1000CAT": ("CAT", 1_000), "1MBABYDOGE": ("BABYDOGE", 1_000_000)}}
# Written in mixed case on this exchange, the same coin one for one.
SPELLED = {"kucoin": {"ALT": "kALT", "ACE": "kACE", "AXL": "wAXL", "USDE": "USDe"}}
# One ticker, two coins: price ratio 110. The exchanges named here list the second coin.
TWO_COINS = {"gateio": {"NOVA": ("NOVA#2", 0.02, "Supernova Games")}}
NOVA = ("NOVA", 2.2, "Nova Network")
# Codes that are not ASCII, and where they trade.
CHINESE = {"binance": ("币安人生",), "kucoin": ("币安人生",), "gateio": ("币安人生", "龙虾", "老子", "小股东"), "bitget": ("币安人生", "龙虾", "牛来")}
# Ordinary coins whose code looks like a leveraged token or like a multiple.
LOOKALIKES = ("JUP", "SYRUP", "SUP", "UP", "1INCH", "10SET", "0G", "2Z", "9BIT")
# Coins that only some exchanges list, and coins that some do not.
ONLY_ON = {
    "KCS": ("kucoin", "gateio"), "BGB": ("bitget", "gateio", "kucoin"), "GT": ("gateio",), "LEO": ("gateio",), "MNT": ("bybit", "gateio", "kucoin", "bitget"),
    "OXEN": ("kucoin", "gateio"), "NOVA": ("binance", "kucoin", "bybit", "gateio"), "10SET": ("gateio", "bitget"), "9BIT": ("kucoin", "gateio", "bitget"),
}  # fmt: skip
NOT_ON = {
    "binance": ("XMR", "BSV", "BTT", "SATS", "CAT", "BABYDOGE", "SUP", "UP", "KAS", "HYPE"), "kucoin": (),
    "bybit": ("BSV", "SATS", "CAT", "BABYDOGE"), "gateio": (),
    "bitget": ("XMR",),
}  # fmt: skip
ALWAYS_ON = {
    "binance": ("NOVA", "JUP", "SYRUP", "1INCH", "0G", "2Z", "WAXP", "GALA"),
    "kucoin": ("NOVA", "SATS", "CAT", "BABYDOGE", "JUP", "SYRUP", "SUP", "UP", "BSV", "WAXP", "GALA", "OXEN", "ALT", "ACE", "AXL", "KCS", "9BIT"),
    "bybit": ("NOVA", "MNT", "JUP", "POL", "BTT", "2Z"),
    "gateio": ("NOVA", "SATS", "CAT", "BABYDOGE", "JUP", "SUP", "UP", "GT", "LEO", "BTT", "10SET", "9BIT", "OXEN", "ALT", "ACE"),
    "bitget": ("SATS", "CAT", "BABYDOGE", "JUP", "SUP", "UP", "BGB", "BTT", "10SET", "ALT"),
}
# Fees other than the exchange's usual: what the wire's fee fields say.
FREE = {"kucoin": ("USDC-USDT",)}  # coefficient "0"
DOUBLE_AFTER_RANK = {"kucoin": 500}  # thinly traded coins pay coefficient 2
DOUBLE_FEE = {"bitget": ("BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT", "DOGEUSDT", "LTCUSDT", "LINKUSDT", "SUIUSDT", "PEPEUSDT", "BGBUSDT")}
HALF_FEE = {"gateio": ("USDC_USDT", "DAI_USDT", "TUSD_USDT", "USD1_USDT")}
# No stamp of its own: ts is "0".
NO_STAMP = {"bitget": ("OMGUSDT", "UTKUSDT")}


def catalogue() -> dict[str, object]:
    """Everything above by name, as the control endpoint shows it."""
    return {name.lower(): value for name, value in globals().items() if name.isupper()}
