"""The shapes of the answers about contracts, for the schema. `markets.api.serialize_contracts` writes them."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.filters import FLAGS, STATES
from markets.api.schema import Noted, age, instant, number, words

STATUS = ["pre_open", "trading", "halted", "delisting", "delisted"]
IDENTITY = ["confirmed", "probable", "conflicted", "unknown"]
OPEN_INTEREST = "One side, in coins: a contract held long by one and short by another counts once."


class Place(serializers.Serializer):
    """Which contract."""

    exchange = serializers.CharField()
    symbol = serializers.CharField(help_text="As the exchange writes it.")
    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=["perp", "future", "option"])
    status = serializers.ChoiceField(choices=STATUS)
    settle = serializers.CharField(allow_null=True, help_text="What it is paid in.")


class Seen(serializers.Serializer):
    """When the numbers were true."""

    exchange_ts = instant("The exchange's own clock, where it sends one.")
    ts_source = serializers.CharField(allow_null=True, help_text="Which clock dates the row.")
    requested_at = instant()
    received_at = instant()
    observed_at = instant("When the row was true: what `age_s` counts from.")
    age_s = age()
    state = serializers.ChoiceField(choices=STATES, help_text="By the period its exchange is asked in.")
    flags = words(FLAGS)
    identity = serializers.ChoiceField(choices=IDENTITY)


class Interest(serializers.Serializer):
    """How much is open."""

    open_interest = number(OPEN_INTEREST)
    open_interest_at = instant("When the open interest was true, where it is read by itself.")
    open_interest_value = number("The same in quote units, at the mark price.")
    open_interest_usd = number("The same in USD.")


class Terms(serializers.Serializer):
    """How a contract counts."""

    inverse = serializers.BooleanField(help_text="Counted in money and paid in the coin.")
    contract_size = number("What one contract stands for: coins, or money where it is inverse.")


class Rate(serializers.Serializer):
    """A funding rate; positive means that longs pay shorts."""

    rate = number("A ratio per interval: 0.0001 is 0.01 %.")
    rate_kind = serializers.ChoiceField(choices=["predicted", "settled"], help_text="Predicted: still accruing. Settled: paid.")
    interval_hours = number("Null where it is not known; never taken for eight hours.")
    rate_8h = number("The rate over eight hours, a ratio; null without a known interval.")
    apr_pct = number("The rate over a year, simple, in percent; null without a known interval.")


class Running(Rate):
    """The funding of the running interval."""

    interval_from = serializers.ChoiceField(choices=["exchange", "catalogue", "history"], allow_null=True, help_text="Where the interval was learnt.")
    next_funding_at = instant("When it is paid. Null from then on, until the next time is told.")
    next_rate = number("What some exchanges foretell for the interval after that.")


class RunningNow(Running):
    """The funding of the running interval, with its age."""

    age_s = age()
    state = serializers.ChoiceField(choices=STATES)


class Day(serializers.Serializer):
    """The last 24 hours."""

    base_volume_24h = number("In coins.")
    quote_volume_24h = number()
    change_24h_pct = number("In percent: 0.57 means 0.57 %.")


class Prices(serializers.Serializer):
    """What stands on both sides. Prices in quote per coin."""

    bid = number()
    bid_size = number("In coins.")
    ask = number()
    ask_size = number("In coins.")
    last = number("What somebody paid some time ago.")
    mark_price = number()
    index_price = number()


class DerivativeRow(Place, Terms, Prices, Interest, Day, Seen):
    """One perpetual or dated future, per coin, with its age, state and flags."""

    kind = serializers.ChoiceField(choices=["perp", "future"])
    expiry = instant("Null for perpetuals.")
    basis_pct = number("(mark / index - 1) in percent.")
    basis_apr_pct = number("Of dated futures: the basis in simple percent a year.")
    high_24h = number()
    low_24h = number()
    funding = RunningNow(allow_null=True)


class Derivatives(Noted):
    """Perpetuals and dated futures, one line per contract."""

    results = DerivativeRow(many=True)


class FundingRow(Place, Terms, Running, Interest, Seen):
    """What one perpetual pays in the running interval."""

    kind = serializers.ChoiceField(choices=["perp", "future"])
    cap = number("The most it can be, a ratio.")
    floor = number("The least it can be, a ratio.")
    mark_price = number()


class FundingRates(Noted):
    """Funding of the running interval, one line per contract."""

    results = FundingRow(many=True)


class SettledRow(Rate):
    """One payment."""

    exchange = serializers.CharField()
    symbol = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    settle = serializers.CharField(allow_null=True)
    settled_at = serializers.DateTimeField()


class SettledRates(Noted):
    """Funding that was paid, one line per payment."""

    results = SettledRow(many=True)


class OptionRow(Place, Prices, Day, Seen):
    """One option, per coin. Volatilities are ratios a year: 0.56 is 56 %."""

    kind = serializers.ChoiceField(choices=["option"])
    underlying = serializers.CharField(allow_null=True, help_text="What it is written on, in the exchange's words.")
    expiry = instant()
    strike = number()
    option_type = serializers.ChoiceField(choices=["call", "put"], allow_null=True)
    contract_size = number("Coins in one contract.")
    mark_iv = number()
    bid_iv = number()
    ask_iv = number()
    delta = number()
    gamma = number()
    vega = number()
    theta = number()
    open_interest = number(OPEN_INTEREST)
    underlying_price = number()


class Options(Noted):
    """A chain, one line per option."""

    results = OptionRow(many=True)
