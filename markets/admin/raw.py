"""The raw state of everything the exchanges publish: to search and to look at, never to edit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import DecimalField, Model, QuerySet
from django.http import HttpRequest

from exchanges.numbers import plain
from markets.admin.common import ReadOnly
from markets.admin.past import LEAD_TRADER, WithPast
from markets.analysis.display import DASH
from markets.models import (
    Announcement,
    Book,
    Derivative,
    Funding,
    IndexMember,
    LeadTrader,
    Listing,
    Network,
    NetworkChange,
    OptionQuote,
    Quote,
    Reading,
    ServiceStatus,
)

PRICES, NETWORKS, EVENTS, READING = "Prices and contracts", "Networks", "Listings and notices", "Reading"
_FIGURES: dict[str, Callable[[Model], str]] = {}


def figure(name: str) -> Callable[[Model], str]:
    """A column of decimals as plain text, not padded to eighteen places."""
    if name not in _FIGURES:
        @admin.display(description=name.replace("_", " "), ordering=name)
        def shown(obj: Model) -> str:
            return plain(getattr(obj, name)) or DASH

        _FIGURES[name] = shown
    return _FIGURES[name]


def figures(*names: str) -> tuple[Callable[[Model], str], ...]:
    """Several of them."""
    return tuple(map(figure, names))


class Raw(ReadOnly):
    """One table of what an exchange said. Every column is shown, numbers plainly."""

    show_full_result_count = False
    list_per_page = 100

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """All columns in the order of the table."""
        return [figure(f.name) if isinstance(f, DecimalField) else f.name for f in self.model._meta.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        """Nothing else."""
        return self.get_fields(request, obj)


class OfMarket(Raw):
    """Rows of markets."""

    group = PRICES
    list_filter: Sequence[Any] = ("market__exchange", "market__kind")
    list_select_related = ("market__exchange",)
    search_fields: Sequence[str] = ("market__symbol", "market__base__code", "market__base__asset__ticker")
    ordering = ("market__exchange", "market__symbol")

    @admin.display(description="market", ordering="market__symbol")
    def where(self, obj: Any) -> str:
        """The exchange's own symbol, and the exchange."""
        return str(obj.market)


@admin.register(Quote)
class QuoteAdmin(OfMarket):
    """The latest spot prices."""

    list_display = ("where", *figures("bid", "bid_size", "ask", "ask_size", "last", "quote_volume_24h"), "observed_at", "flag", "bad")
    list_filter = ("market__exchange", "flag")


@admin.register(Derivative)
class DerivativeAdmin(OfMarket):
    """The latest tickers of perpetuals and dated futures, per coin."""

    list_display = ("where", *figures("bid", "ask", "mark_price", "index_price", "open_interest", "quote_volume_24h"), "observed_at", "bad")


@admin.register(Funding)
class FundingAdmin(OfMarket):
    """Funding of the running interval, a ratio per interval."""

    list_display = ("where", *figures("rate", "interval_hours"), "interval_from", "next_funding_at", *figures("next_rate", "cap", "floor"), "observed_at")
    list_filter = ("market__exchange", "interval_from")


@admin.register(OptionQuote)
class OptionQuoteAdmin(OfMarket):
    """The latest tickers of options, per coin."""

    list_display = ("where", *figures("bid", "ask", "mark_price", "mark_iv", "delta", "open_interest", "underlying_price"), "observed_at", "bad")
    list_filter = ("market__exchange", "market__expiry", "market__option_type")


@admin.register(IndexMember)
class IndexMemberAdmin(OfMarket):
    """What the indices of perpetuals are made of."""

    list_display = ("where", "exchange", "member", *figures("weight", "multiplier"), "seen_at")
    list_filter = ("market__exchange",)
    search_fields = (*OfMarket.search_fields, "exchange", "member")


@admin.register(Book)
class BookAdmin(OfMarket):
    """The latest order books, per coin."""

    list_display = ("where", "levels", "exchange_ts", "observed_at", "received_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A list needs no levels, which are most of a row."""
        rows = super().get_queryset(request)
        return rows.defer("bids", "asks") if request.resolver_match and request.resolver_match.url_name == "markets_book_changelist" else rows


@admin.register(Reading)
class ReadingAdmin(OfMarket):
    """Whose turn it was in what is read market by market."""

    group = READING
    list_display = ("where", "source", "wanted_at", "tried_at", "read_at", "outcome", "detail")
    list_filter = ("source", "outcome", "market__exchange")
    ordering = ("-tried_at",)


# --- Coins and networks -----------------------------------------------------------------------------------------
@admin.register(Network)
class NetworkAdmin(Raw):
    """Each coin on each network of each exchange. Empty: the exchange does not say."""

    group = NETWORKS
    list_display = ("asset", "network", "chain", "contract_address", "deposit_open", "withdraw_open", *figures("withdraw_fee", "withdraw_min"), "seen_at")
    list_filter = ("asset__exchange", "deposit_open", "withdraw_open", "chain")
    list_select_related = ("asset__exchange",)
    search_fields = ("asset__code", "asset__name", "network", "chain", "contract_address")


@admin.register(NetworkChange)
class NetworkChangeAdmin(Raw):
    """When deposits and withdrawals opened and closed."""

    group = NETWORKS
    list_display = ("at", "network", "what", "opened")
    list_filter = ("network__asset__exchange", "what", "opened")
    list_select_related = ("network__asset__exchange",)
    search_fields = ("network__asset__code", "network__network", "network__chain")


# --- Events -----------------------------------------------------------------------------------------------------
@admin.register(Listing)
class ListingAdmin(Raw):
    """What exchanges began and stopped to trade."""

    group = EVENTS
    list_display = ("at", "exchange", "event", "market", "asset", "time_source", "seen_at", "detail")
    list_filter = ("exchange", "event", "time_source", "market__kind")
    list_select_related = ("exchange", "market__exchange", "asset")
    search_fields = ("market__symbol", "asset__ticker", "asset__name", "detail")


@admin.register(Announcement)
class AnnouncementAdmin(Raw):
    """Public notices of the exchanges."""

    group = EVENTS
    list_display = ("published_at", "exchange", "kind", "title", "starts_at", "ends_at", "first_seen_at")
    list_filter = ("exchange", "kind")
    list_select_related = ("exchange",)
    search_fields = ("title", "key")


@admin.register(ServiceStatus)
class ServiceStatusAdmin(Raw):
    """What exchanges say of themselves."""

    group = EVENTS
    list_display = ("exchange", "key", "state", "title", "starts_at", "ends_at", "seen_at")
    list_filter = ("exchange", "state")
    list_select_related = ("exchange",)
    search_fields = ("title", "key")


# --- Copy trading -----------------------------------------------------------------------------------------------
@admin.register(LeadTrader)
class LeadTraderAdmin(WithPast, Raw):
    """Public statistics of traders whom others copy. Money in USDT, percentages in percent."""

    group = "Copy trading"
    pasts = LEAD_TRADER
    list_display = ("name", "trader_id", "exchange", "followers", *figures("roi_pct", "profit", "win_rate_pct", "max_drawdown_pct"), "trades", "seen_at",
                    "past")
    list_filter = ("exchange", "open_to_copy")
    list_select_related = ("exchange",)
    search_fields = ("name", "trader_id")
    ordering = ("exchange", "trader_id")
