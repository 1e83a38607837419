"""The shapes of the answers about gaps, for the schema. `markets.api.serialize_arbitrage` writes them."""

from __future__ import annotations

from rest_framework import serializers

from markets.analysis.classes import CLASSES
from markets.api.schema import STATES, Answer, Number, age, instant, number
from markets.api.schema_contracts import IDENTITY, Noted
from markets.reads.arbitrage import KINDS


class ArbitrageLeg(serializers.Serializer):
    """One order of a route."""

    exchange = serializers.CharField()
    symbol = serializers.CharField(help_text="As the exchange writes it.")
    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=["spot", "perp"])
    side = serializers.ChoiceField(choices=["buy", "sell"])
    price = Number(help_text="The best one: an ask to buy at, a bid to sell at.")
    size = number("Coins at that price.")
    fee_pct = number("The taker fee that is counted.")
    fee_source = serializers.ChoiceField(choices=["visitor", "operator", "exchange", "default", "assumed"])
    source = serializers.ChoiceField(choices=["book", "ticker"], help_text="Only routes seen in the order books are executable.")
    observed_at = instant()
    age_s = age()
    state = serializers.ChoiceField(choices=STATES)
    reason = serializers.CharField(allow_null=True, help_text="Why a comparison leaves this price out.")
    identity = serializers.ChoiceField(choices=IDENTITY)


class ArbitrageTrade(serializers.Serializer):
    """What a size comes to, after all fees; money is the route's `quote`."""

    size = number("In coins; of a loop, the money it starts with.")
    cost = number()
    proceeds = number()
    profit = number()
    net_pct = number()
    ended_by = serializers.ChoiceField(choices=["unprofitable", "amount", "book"], help_text="Why it is not more.")


class Transfer(serializers.Serializer):
    """How the coin gets from where it is bought to where it is sold."""

    state = serializers.ChoiceField(choices=["open", "closed", "apart", "unknown"], help_text="`apart`: no network of the same contract on both sides.")
    network = serializers.CharField(allow_null=True)
    fee = number("Coins lost by leaving.")
    detail = serializers.CharField()


class CarryRow(serializers.Serializer):
    """What holding spot against a perpetual earns by its funding."""

    funding_hourly = number("A ratio an hour; positive is earned.")
    interval_hours = number()
    apr_pct = number()
    next_funding_at = instant()
    break_even_h = number("Hours of today's funding that pay what entry and exit lose.")
    open_interest_value = number()


class Reason(serializers.Serializer):
    """Something that would have to be true for the route to be executable, and is not."""

    code = serializers.CharField()
    detail = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """`class` is a word of the language."""
        return {**super().get_fields(), "class": serializers.ChoiceField(choices=CLASSES, help_text="What it makes of the route.")}


class RouteRow(serializers.Serializer):
    """A way to buy at one place and sell at another."""

    kind = serializers.ChoiceField(choices=KINDS)
    base = serializers.CharField()
    quote = serializers.CharField(help_text="The money of cost and profit.")
    legs = ArbitrageLeg(many=True)
    gross_bps = number("(bid - ask) / ask of the best prices, before fees. Null where figures would mislead.")
    fees_bps = number("What fees take of it.")
    break_even_pct = number("The gross gap that pays the fees and nothing more.")
    net_pct = number("What is left at the best prices.")
    at_amount = ArbitrageTrade(allow_null=True, help_text="For the asked amount, or what pays of it.")
    at_most = ArbitrageTrade(allow_null=True, help_text="For all that pays.")
    profit_usd = number("At the asked amount: what routes are ranked by.")
    most_usd = number("The largest amount that still pays.")
    transfer = Transfer(allow_null=True)
    age_s = age("Of the older leg.")
    skew_s = age("Between the legs.")
    noise_pct = age("One standard deviation of what that skew explains.")
    risk_pct = age("One standard deviation of the price while coins travel.")
    risk_measured = serializers.BooleanField(help_text="False: movement was not measured, and the usual one is assumed.")
    open_s = age("How long it has paid without a break, after base fees.")
    snapshots = serializers.IntegerField(min_value=0, help_text="In a row.")
    seen_24h = serializers.IntegerField(min_value=0, help_text="How often it began to pay in the last day.")
    carry = CarryRow(allow_null=True)
    reasons = Reason(many=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        """`class` is a word of the language."""
        return {**super().get_fields(), "class": serializers.ChoiceField(choices=CLASSES)}


class Routes(Noted):
    """Routes that match."""

    counts = serializers.DictField(child=serializers.IntegerField(), help_text="How many routes of each class the scan has found, before filters.")
    filtered = serializers.IntegerField(min_value=0, help_text="Routes of the main table that the filters leave out.")
    results = RouteRow(many=True)
    closest = RouteRow(many=True, help_text="Where nothing pays: the ten routes that come closest.")


class ConditionRow(Reason):
    """One condition of a route, met or not."""

    met = serializers.BooleanField(allow_null=True)


class EpisodeRow(serializers.Serializer):
    """One life of a gap, after base fees."""

    born_at = serializers.DateTimeField()
    died_at = instant("Null: it still pays.")
    snapshots = serializers.IntegerField(min_value=1)
    best_net_pct = number()
    peak_at = serializers.DateTimeField()
    peak_profit = number()
    half_life_s = age("From its peak to half of it.")
    best_class = serializers.ChoiceField(choices=CLASSES)
    receipt = serializers.CharField(allow_null=True, help_text="Of the moment it was first told of: see receipts. Null where there is none, or none any more.")


class PastRow(serializers.Serializer):
    """The gap of the two middle prices after both fees."""

    at = serializers.DateTimeField()
    net_pct = number()


class OneRoute(Answer, RouteRow):
    """One route with all that bears on it."""

    conditions = ConditionRow(many=True)
    asks = serializers.ListField(child=serializers.ListField(child=Number()), help_text="[price, size], best first: what is bought from.")
    bids = serializers.ListField(child=serializers.ListField(child=Number()))
    curve = serializers.ListField(child=serializers.ListField(child=Number()), help_text="[money spent, profit], level by level.")
    past = PastRow(many=True)
    episodes = EpisodeRow(many=True)
