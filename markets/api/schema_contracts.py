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
    max_leverage = number("The most a position can be held at: 100 is 100×, of the smallest positions. Null where the exchange does not tell it.")
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
    mean_rate_8h = number("The mean of what was paid in seven days, over eight hours, a ratio; null where nothing of it is stored.")
    mean_apr_pct = number("The same over a year, simple, in percent.")
    mean_payments = serializers.IntegerField(help_text="How many payments the mean is of.")
    cap = number("The most it can be, a ratio.")
    floor = number("The least it can be, a ratio.")
    mark_price = number()


class FundingRates(Noted):
    """Funding of the running interval, one line per contract."""

    results = FundingRow(many=True)


class RateInLine(serializers.Serializer):
    """One exchange's rate beside the others'."""

    exchange = serializers.CharField()
    symbol = serializers.CharField(help_text="As the exchange writes it.")
    rate = number("A ratio per interval: 0.0001 is 0.01 %.")
    interval_hours = number("Null where it is not known; never taken for eight hours.")
    rate_8h = number("Over eight hours, a ratio; null without a known interval.")
    apr_pct = number("Over a year, simple, in percent; null without a known interval.")
    open_interest_usd = number("One side, in USD.")
    payments = serializers.IntegerField(help_text="How many payments a mean is of; 0 for other rates.")
    age_s = age()
    state = serializers.ChoiceField(choices=STATES)
    reason = serializers.ChoiceField(choices=[*FLAGS, "stale", "expired"], allow_null=True, help_text="Why it is in no route; null when it may be. "
                                     "`partial`: no rate, or one of an unknown interval. `thin`: too little open interest.")


class FundingRoute(serializers.Serializer):
    """Long one perpetual, short another: what the pair receives while both rates stay as they are."""

    long = serializers.CharField(help_text="The exchange where holding costs least.")
    short = serializers.CharField(help_text="The exchange where being short pays most.")
    diff_hourly = number("The difference per hour, a ratio, before fees.")
    diff_apr_pct = number("The same over a year, simple, in percent.")
    fees_pct = number("Four taker fees, in percent of one side.")
    break_even_hours = number("Hours until the fees are paid back.")
    price_gap_pct = number("How far the short leg stands above the long one, in percent.")
    open_interest_usd = number("Of the thinner leg, in USD.")


class FundingLine(serializers.Serializer):
    """One coin in one currency, across exchanges."""

    base = serializers.CharField()
    quote = serializers.CharField()
    spread_apr_pct = number("Highest less lowest rate that counts, in simple percent a year.")
    route = FundingRoute(allow_null=True)
    rates = RateInLine(many=True)
    open_interest_usd = number("On all exchanges that tell it.")
    basis_pct = number("Of the perpetual with the most open interest: (mark / index - 1) in percent.")
    volume_24h_usd = number("On all exchanges.")
    next_funding_at = instant("The soonest payment of any of them.")


class FundingRoutes(Noted):
    """Coins across exchanges, one line per coin and currency."""

    results = FundingLine(many=True)


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


class ExpiryRow(serializers.Serializer):
    """What the options of one exchange and expiry come to. Only fresh and aging ones that are in order count."""

    exchange = serializers.CharField()
    base = serializers.CharField()
    quote = serializers.CharField()
    expiry = instant()
    underlying = number("What the chain is on: the exchange's own forward, else its index.")
    atm_strike = number("The strike nearest to it.")
    atm_iv = number("The mean of the marked volatilities of call and put there, a ratio a year.")
    call_open_interest = number("In coins.")
    put_open_interest = number("In coins.")
    put_call_interest = number("Open puts for one open call.")
    call_volume = number("In coins, 24 hours.")
    put_volume = number("In coins, 24 hours.")
    put_call_volume = number("Puts traded for one call.")
    max_pain = number("The strike at which all open options together pay least.")
    parity_broken_at = serializers.ListField(child=serializers.CharField(), help_text="Strikes whose quotes contradict put-call parity by more than 1 %.")
    counted = serializers.IntegerField()
    listed = serializers.IntegerField()


class Options(Noted):
    """A chain, one line per option, and what each expiry comes to."""

    expiries = ExpiryRow(many=True)
    results = OptionRow(many=True)
