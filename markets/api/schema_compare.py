"""The shape of one pair compared, for the schema. `markets.api.serialize_compare` writes it."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.schema import STATES, Absence, Answer, PairRow, QuoteRow, age, instant, number


class Withdrawal(serializers.Serializer):
    """The way out of the exchange that is counted with."""

    network = serializers.CharField(allow_null=True)
    fee = number("In coins.")
    reason = serializers.CharField(allow_null=True, help_text="Why there is no fee to count with.")


class Converted(serializers.Serializer):
    """How a row in another quote currency was made comparable."""

    quote = serializers.CharField(help_text="The currency it is traded in.")
    into = serializers.CharField()
    rate = number("1 `quote` in `into`.")
    path = serializers.ListField(child=serializers.CharField())
    age_s = age("Of the oldest leg.")
    peg = serializers.ChoiceField(choices=["pegged", "wobbling", "depegged", "unknown"], allow_null=True, help_text="Of a stablecoin on the way.")


class ComparedRow(QuoteRow):
    """One exchange's quote with what the order comes to there. Without an amount the order is one coin at the best price."""

    fill_price = number("The average price of the amount before fees; null while the depth is not known.")
    slippage_bps = number("From the middle of what was walked, in basis points.")
    fill_pct = number("How much of the amount is filled, in percent.")
    fillable = number("The same, in the unit of the amount.")
    fill_reason = serializers.ChoiceField(
        choices=["thin_book", "unknown_depth", "below_minimum", "below_withdrawal"], allow_null=True, help_text="Why it is not known to fill.")
    fill_detail = serializers.CharField(allow_null=True)
    base_amount = number("Coins bought, or sold, in whole lots.")
    received = number("Of these what arrives: less by the withdrawal fee, where one is asked for.")
    quote_amount = number("The whole cost, or what the sale leaves, after the fee.")
    fee_amount = number("The taker fee in quote units.")
    book_age_s = age("Of the order book that was walked; null where the best price was enough.")
    levels = serializers.IntegerField(allow_null=True, help_text="Levels of the book that were needed; 0: the best price was enough.")
    withdrawal = Withdrawal(allow_null=True)
    depth_bid = number("Quote units that bids would pay within 2 % of the book's middle.")
    depth_ask = number()
    depth_truncated = serializers.BooleanField(allow_null=True, help_text="The book ends inside: at least so much.")
    depth_state = serializers.ChoiceField(choices=STATES, allow_null=True)
    converted = Converted(allow_null=True)
    why = serializers.ListField(child=serializers.CharField(), allow_null=True, help_text="The sum of the rank written out, with `why=true`.")


class Preferred(serializers.Serializer):
    """One exchange's prices, where `prefer` asked for one."""

    kind = serializers.ChoiceField(choices=["preferred", "fallback", "old", "none"])
    exchange = serializers.CharField(allow_null=True)
    symbol = serializers.CharField(allow_null=True)
    observed_at = instant()
    bid = number()
    ask = number()
    last = number()
    state = serializers.ChoiceField(choices=STATES)
    age_s = age()
    detail = serializers.CharField(allow_null=True, help_text="Why it is not the first one asked for, or why there is none.")


class Compare(Answer, PairRow):
    """One pair over all exchanges."""

    side = serializers.ChoiceField(choices=["buy", "sell"])
    net = serializers.BooleanField(help_text="Whether the ranking is after fees.")
    amount = number("What was asked for; null: the best prices.")
    unit = serializers.ChoiceField(choices=["quote", "base"])
    withdraw = serializers.BooleanField()
    network = serializers.CharField(allow_null=True)
    preferred = Preferred(allow_null=True)
    quotes = ComparedRow(many=True)
    excluded = Absence(many=True)
    notes = serializers.ListField(child=serializers.CharField())
