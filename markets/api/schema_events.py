"""The shapes of the answers about events, history and copy trading. `markets.api.serialize_events` writes them."""

from __future__ import annotations

from rest_framework import serializers

from markets.api.filters import KINDS, STATES
from markets.api.filters_events import EVENTS, NOTICES
from markets.api.schema import Absence, Answer, age, instant, number, words
from markets.api.schema_contracts import STATUS, Noted
from markets.reads.history import EXCHANGE, OWN, PERIODS
from markets.reads.traders import STATES as STATES_OF_TRADING

TRADING = list(STATES_OF_TRADING)


def text(says: str = "") -> serializers.CharField:
    """A text that may be unknown."""
    return serializers.CharField(allow_null=True, help_text=says or None)


def count(says: str = "") -> serializers.IntegerField:
    """A number of things that may be unknown."""
    return serializers.IntegerField(allow_null=True, min_value=0, help_text=says or None)


class ListingRow(serializers.Serializer):
    """One change of what an exchange trades."""

    exchange = serializers.CharField()
    event = serializers.ChoiceField(choices=list(EVENTS), help_text="listed: the first market of a coin there. pair_added: a further one.")
    at = serializers.DateTimeField(help_text="When it happens or happened.")
    time_source = serializers.ChoiceField(choices=["exchange", "first_seen"], help_text="Who says when.")
    seen_at = serializers.DateTimeField(help_text="When Pebble noticed.")
    asset = text()
    symbol = text("As the exchange writes it.")
    kind = serializers.ChoiceField(choices=KINDS, allow_null=True)
    base = text()
    quote = text()
    status = serializers.ChoiceField(choices=STATUS, allow_null=True, help_text="The market's, now.")
    detail = text()


class Listings(Noted):
    """Listing events, one line per event."""

    results = ListingRow(many=True)


class AnnouncementRow(serializers.Serializer):
    """One public notice."""

    exchange = serializers.CharField()
    id = serializers.CharField(help_text="The exchange's own, or its address.")
    title = serializers.CharField(help_text="As the exchange wrote it.")
    kind = serializers.ChoiceField(choices=list(NOTICES))
    url = text()
    published_at = instant()
    starts_at = instant()
    ends_at = instant()
    first_seen_at = serializers.DateTimeField()


class Announcements(Noted):
    """Notices, one line each."""

    results = AnnouncementRow(many=True)


class CandleRow(serializers.Serializer):
    """One candle. Prices in quote per coin."""

    exchange = serializers.CharField()
    symbol = serializers.CharField(help_text="As the exchange writes it.")
    source = serializers.ChoiceField(choices=[OWN, EXCHANGE], help_text="own: Pebble's, of the mid price. exchange: the exchange's, of trades.")
    opened_at = serializers.DateTimeField()
    open = number()
    high = number()
    low = number()
    close = number()
    base_volume = number("Of the period, in coins; of the exchange's candles.")
    quote_volume = number("Of the period; of the exchange's candles.")
    quote_volume_24h = number("Of the 24 hours before its end; of Pebble's own candles.")
    samples = count("How many prices one of Pebble's own candles is made of.")


class History(Answer):
    """The candles of one pair in one window, oldest first."""

    base = serializers.CharField()
    quote = serializers.CharField()
    kind = serializers.ChoiceField(choices=["spot", "perp"])
    period_s = serializers.ChoiceField(choices=list(PERIODS))
    source = serializers.ChoiceField(choices=[OWN, EXCHANGE], allow_null=True, help_text="What was asked for; null: both, Pebble's own first.")
    count = serializers.IntegerField(min_value=0, help_text="Candles in this answer.")
    next = serializers.CharField(allow_null=True, help_text="The window before this one; null when nothing is older.")
    previous = serializers.CharField(allow_null=True, help_text="Always null: windows lead back in time.")
    missing = Absence(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    results = CandleRow(many=True)


class TraderRow(serializers.Serializer):
    """One trader as last seen. Money in USDT, percentages in percent."""

    exchange = serializers.CharField()
    trader_id = serializers.CharField()
    name = text()
    open_to_copy = serializers.BooleanField(allow_null=True)
    followers = count()
    max_followers = count()
    followers_ever = count()
    roi_pct = number("As the exchange tells it; it does not say over which time.")
    profit = number()
    roi_change_points = number("roi_pct now less what it was `period` days ago, by Pebble's daily notes.")
    profit_change = number("The same of `profit`.")
    follower_profit = number()
    managed = number()
    win_rate_pct = number()
    max_drawdown_pct = number()
    trades = count()
    wins = count()
    losses = count()
    days = count("For how many days the trader has traded.")
    marks = words(["young", "few"])
    symbols = serializers.ListField(child=serializers.CharField(), help_text="What the trader trades now, in the exchange's words.")
    last_trade_at = instant()
    seen_at = serializers.DateTimeField()
    age_s = age()
    state = serializers.ChoiceField(choices=STATES)


class TradingSource(serializers.Serializer):
    """How one exchange's copy trading stands."""

    exchange = serializers.CharField()
    state = serializers.ChoiceField(choices=TRADING)
    reason = text()
    what_to_do = text()
    ok_at = instant()
    age_s = age("Since the last good answer.")
    freshness = serializers.ChoiceField(choices=STATES, allow_null=True)


class SymbolSummary(serializers.Serializer):
    """What the traders of one symbol come to whose figures are fresh or aging. Medians over those whose figure is known."""

    symbol = serializers.CharField()
    traders = serializers.IntegerField(min_value=0)
    followers = count("Summed over the traders who say.")
    median_roi_pct = number()
    median_win_rate_pct = number()


class CopyTrading(Noted):
    """Traders, and whether there can be any."""

    state = serializers.ChoiceField(choices=[*TRADING, "not_offered"])
    reason = text("Why it is not ok.")
    what_to_do = text("What to do about it.")
    sources = TradingSource(many=True)
    summary = SymbolSummary(allow_null=True, help_text="Where a symbol was asked for.")
    results = TraderRow(many=True)
