"""The taker fee that counts for whoever asks: their own tier, else what the board knows. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from msgspec.structs import replace

from markets.board import Quote

OWN = "visitor"  # the origin of a fee that whoever asks gave

Fees = Mapping[str, Decimal]  # exchange -> taker fee as a ratio; "" stands for every exchange not named


def charged(quotes: Mapping[str, Quote], fees: Fees) -> Mapping[str, Quote]:
    """One pair's quotes by exchange with a visitor's own taker fees in place of the board's; without any, the same object."""
    if not fees:
        return quotes
    return {name: _charged(quote, fees.get(name, fees.get(""))) for name, quote in quotes.items()}


def _charged(quote: Quote, fee: Decimal | None) -> Quote:
    return quote if fee is None else replace(quote, taker_fee=fee, fee_source=OWN)
