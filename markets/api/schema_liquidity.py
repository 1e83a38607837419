"""The shapes of the answers about liquidity and rates, for the schema. `markets.api.serialize_liquidity` writes them."""

from __future__ import annotations

from rest_framework import serializers

from markets.analysis.cross import PEGS
from markets.api.filters import KINDS, STATES
from markets.api.schema import Absence, Answer, Listing, Number, age, instant, number

BPS = "Basis points of the middle; null where the book cannot fill it."


class CostOfAmount(serializers.Serializer):
    """What an amount comes to on one book, before fees."""

    slippage_bps = number(BPS)
    average_price = number("Null where the book cannot fill it.")
    fillable_pct = Number(help_text="How much of the amount the book fills, up to 100.")
    base = Number(help_text="Coins of what is filled.")
    money = Number(help_text="Quote units of what is filled.")


class DepthBand(serializers.Serializer):
    """Money within so much of the middle, in quote units."""

    within_pct = Number()
    bids = Number()
    asks = Number()
    bids_truncated = serializers.BooleanField(help_text="The book ends inside: at least so much.")
    asks_truncated = serializers.BooleanField()
    imbalance = number("(bids - asks) / (bids + asks), from -1 to 1.")


class StepCost(serializers.Serializer):
    """What one of the usual amounts costs."""

    usd = Number()
    buy = CostOfAmount()
    sell = CostOfAmount()


class ScorePart(serializers.Serializer):
    """One amount's part of a score: its weight times 1 - slippage / 2 %, by the worse side."""

    usd = Number()
    weight = Number()
    buy_slippage = number("A ratio; null where the book cannot fill it.")
    sell_slippage = number("A ratio; null where the book cannot fill it.")
    points = Number()


class MeasuredBook(serializers.Serializer):
    """One order book, measured from its own middle."""

    mid = Number()
    spread_bps = Number()
    top_bid = Number(help_text="Money at the best bid, in quote units.")
    top_ask = Number()
    depth = DepthBand(many=True)
    move_up_2_pct_usd = number("What has to be bought to move the price up by 2 %, in USD.")
    move_down_2_pct_usd = number()
    costs = StepCost(many=True, help_text="Empty while the currency's rate is unknown.")
    quote_volume_24h = number()
    turnover_to_depth = number("The day's volume over what lies within 2 %; an upper bound where the book ends inside.")
    score = number("0 to 100; null while the currency's rate is unknown.")
    score_parts = ScorePart(many=True)


class BookRow(serializers.Serializer):
    """One exchange's book of the pair."""

    exchange = serializers.CharField()
    symbol = serializers.CharField(help_text="As the exchange writes it.")
    rank = serializers.IntegerField(allow_null=True, min_value=1, help_text="Null for what does not count; `detail` or `state` says why.")
    state = serializers.ChoiceField(choices=[*STATES, "missing"])
    age_s = age()
    waiting = serializers.BooleanField(help_text="It was asked for and is on its way: ask again in a moment.")
    detail = serializers.CharField(allow_null=True)
    observed_at = instant()
    received_at = instant()
    exchange_ts = instant()
    volume_suspicious = serializers.BooleanField(help_text="Its reported turnover is more than 50 times what its book backs, by the other exchanges' median.")
    cost = CostOfAmount(allow_null=True)
    book = MeasuredBook(allow_null=True, help_text="Null where there is none, or it has no middle.")


class Amount(serializers.Serializer):
    """What `cost` is of."""

    side = serializers.ChoiceField(choices=["buy", "sell"])
    value = Number()
    unit = serializers.ChoiceField(choices=["quote", "base"])


class PairLiquidity(Answer):
    """One pair's books, ranked first."""

    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    amount = Amount(allow_null=True)
    ranked_by = serializers.ChoiceField(choices=["cost", "score"])
    usd_per_quote = number("The rate behind every figure in USD.")
    best = serializers.CharField(allow_null=True)
    missing = Absence(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    results = BookRow(many=True)


class LiquidityRow(serializers.Serializer):
    """One pair whose books are stored."""

    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=KINDS)
    books = serializers.IntegerField(min_value=1, help_text="Books that count.")
    best = serializers.CharField(help_text="The most liquid exchange: by cost where an amount was given, else by score.")
    cost = CostOfAmount(allow_null=True, help_text="Of the amount, there.")
    score = number()
    tightest = serializers.CharField()
    spread_bps = Number(help_text="There.")
    deepest = serializers.CharField()
    depth_2_pct_usd = number("The thinner side of that book within 2 %.")
    volume_usd = number()
    volume_suspicious = serializers.ListField(child=serializers.CharField(), help_text="Exchanges whose turnover no book backs.")
    age_s = age("Of the oldest book that counts.")


class LiquidityList(Listing):
    """Pairs whose books are stored."""

    results = LiquidityRow(many=True)


class RateLeg(serializers.Serializer):
    """One market of a path, in the direction it is walked: `target` units for one `source`."""

    source = serializers.CharField()
    target = serializers.CharField()
    inverted = serializers.BooleanField(help_text="The market is listed the other way round.")
    mid = Number()
    bid = Number()
    ask = Number()
    exchange = serializers.CharField(help_text="Whose bid and ask these are: the tightest.")
    exchanges = serializers.ListField(child=serializers.CharField(), help_text="Whose middles `mid` is the reference of.")
    state = serializers.ChoiceField(choices=STATES)
    age_s = age()


class RateRow(serializers.Serializer):
    """What one currency is worth in the target. Prices are converted by a fresh rate only; an older one sizes volumes."""

    currency = serializers.CharField()
    mid = Number()
    bid = Number(help_text="What one unit sells for along the path.")
    ask = Number(help_text="What one unit costs along the path.")
    state = serializers.ChoiceField(choices=STATES)
    age_s = age("Of the oldest leg.")
    path = serializers.ListField(child=serializers.CharField())
    legs = RateLeg(many=True)


class PegRow(serializers.Serializer):
    """Whether a stablecoin holds, against the median of the others that follow the same currency."""

    currency = serializers.CharField()
    follows = serializers.CharField()
    state = serializers.ChoiceField(choices=list(PEGS))
    deviation_pct = number()
    rate = number("In USDT.")
    median = number("Of the others, in USDT.")
    age_s = age()


class Rates(Answer):
    """Every known rate, and the pegs."""

    target = serializers.CharField()
    missing = Absence(many=True)
    unknown = serializers.ListField(child=serializers.CharField(), help_text="Currencies that no path of markets leads to.")
    rates = RateRow(many=True)
    pegs = PegRow(many=True)
