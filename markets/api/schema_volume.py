"""The shapes of the answer about volumes. `markets.api.serialize_volume` writes them."""

from __future__ import annotations

from rest_framework import serializers

from markets.analysis.sentiment import PARTS
from markets.api.schema import REASONS, Number, age, number, words
from markets.api.schema_contracts import Noted
from markets.api.schema_events import text
from markets.reads.volume_hours import WINDOWS

LABELS = ["strongly bearish", "bearish", "neutral", "bullish", "strongly bullish"]
VOLUME_REASONS = list(dict.fromkeys([*REASONS, "no_volume", "no_rate", "volume_suspicious"]))


class Score(serializers.Serializer):
    """50 and the parts that are known; a measure of activity, not advice."""

    score = number("0 to 100; null when no part is known.")
    label = serializers.ChoiceField(choices=LABELS, allow_null=True)
    price = number("Points for the index price's change of 24 hours, -20 to 20.")
    volume = number("Points for volume against its norm, in the price's direction, -20 to 20.")
    breadth = number("Points for how many exchanges' prices rose, -10 to 10.")
    left_out = words(PARTS)


class Agreement(serializers.Serializer):
    """How many exchanges' prices point the same way."""

    agree = serializers.IntegerField(min_value=0)
    of = serializers.IntegerField(min_value=0, help_text="Exchanges that tell a change.")
    direction = serializers.ChoiceField(choices=["up", "down", "none"], allow_null=True)


class Portion(serializers.Serializer):
    """One exchange's part."""

    exchange = serializers.CharField()
    volume_usd = Number()
    share_pct = number()


class Traded(serializers.Serializer):
    """What some markets come to. Volumes are of rolling 24 hours, in USD."""

    volume_usd = number("The sum of what counts, each trade once per exchange; null when nothing does.")
    relative_volume = number("Over the median at the same hour of the last 14 days; null under three days.")
    norm_days = serializers.IntegerField(min_value=0, help_text="Days it is taken from.")
    concentration = number("The sum of squared shares: 1 is all on one exchange.")
    change_24h_pct = number("Of the index price, in USD.")
    sentiment = Score()
    agreement = Agreement()
    exchanges = Portion(many=True)
    markets = serializers.IntegerField(min_value=0, help_text="Markets that count.")
    left_out = serializers.IntegerField(min_value=0, help_text="Markets that do not.")
    oldest_s = age("Age of the oldest figure that counts.")


class CoinVolume(Traded):
    """One coin, and what books and contracts say beside it."""

    base = serializers.CharField()
    name = text()
    book_imbalance = number("(bids - asks) / (bids + asks) of the money within 1 % of the middle.")
    books = serializers.IntegerField(min_value=0)
    funding_8h_pct = number("The middle of all perpetuals' rates; positive: longs pay.")
    perpetuals = serializers.IntegerField(min_value=0, help_text="Perpetuals whose rate is in it.")
    open_interest_usd = number("Of perpetuals, one side.")
    open_interest_change_pct = number("In coins, over 24 hours, of the contracts whose past is known.")
    taker_buy_share = number("Always null: no exchange publishes it in its tickers.")


class NotCounted(serializers.Serializer):
    """A market's volume that is shown and not counted."""

    base = serializers.CharField()
    exchange = serializers.CharField()
    symbol = serializers.CharField()
    volume_usd = number()
    reason = serializers.ChoiceField(choices=VOLUME_REASONS)


class Step(serializers.Serializer):
    """Volumes in USD by exchange at one time; an exchange that is absent is not known."""

    opened_at = serializers.DateTimeField()
    volumes = serializers.DictField(child=Number())


class PastVolume(serializers.Serializer):
    """Volume through time, oldest first; what is not known is absent."""

    window = serializers.ChoiceField(choices=list(WINDOWS))
    step_h = serializers.IntegerField(min_value=1, help_text="Hours in one step.")
    markets = serializers.IntegerField(min_value=0, help_text="Markets whose candles `traded` is made of.")
    traded = Step(many=True, help_text="Traded within each step, by the exchanges' own candles.")
    totals = Step(many=True, help_text="The rolling 24 hours as they stood at the end of each step.")


class Volumes(Noted):
    """Coins with their volume, norm, shares and sentiment."""

    whole = Traded(help_text="All coins that were asked for by exchange and quote currency, together.")
    excluded = NotCounted(many=True, help_text="Of the coins on this page.")
    past = PastVolume(allow_null=True, help_text="Where a window was asked for.")
    results = CoinVolume(many=True)
