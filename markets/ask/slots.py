"""What tokens of a question may be taken for."""

from __future__ import annotations

COIN, EXCHANGE, UNCOVERED, MONEY = "coin", "exchange", "uncovered", "money"  # kinds of what a vocabulary knows
ASSET, EXCLUDED, QUOTE, PAIR, NOT = "asset", "excluded", "quote", "pair", "not"
AMOUNT, LIMIT, THRESHOLD, OTHER = "amount", "limit", "threshold", "other"
TIME, DATE = "time", "date"
