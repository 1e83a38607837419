"""The API under /api/."""

from django.urls import include, path

from markets.api import alerts as api_alerts
from markets.api import arbitrage as api_arbitrage
from markets.api import ask as api_ask
from markets.api import assets as api_assets
from markets.api import compare as api_compare
from markets.api import contracts as api_contracts
from markets.api import core as api
from markets.api import discover as api_discover
from markets.api import docs as api_docs
from markets.api import events as api_events
from markets.api import liquidity as api_liquidity
from markets.api import past as api_past
from markets.api import receipts as api_receipts
from markets.api import volume as api_volume

v1 = [
    path("exchanges/", api.Exchanges.as_view()),
    path("exchanges/<str:slug>/", api.OneExchange.as_view()),
    path("assets/", api_assets.Assets.as_view()),
    path("assets/<str:slug>/", api_assets.OneAsset.as_view()),
    path("markets/", api.Markets.as_view()),
    path("pairs/", api.Pairs.as_view()),
    path("compare/<str:pair>/", api_compare.Compare.as_view()),
    path("arbitrage/", api_arbitrage.Arbitrage.as_view()),
    path("arbitrage/<str:pair>/", api_arbitrage.OneRoute.as_view()),
    path("liquidity/", api_liquidity.Liquidity.as_view()),
    path("liquidity/<str:pair>/", api_liquidity.PairLiquidity.as_view()),
    path("rates/", api_liquidity.Rates.as_view()),
    path("derivatives/", api_contracts.Derivatives.as_view()),
    path("funding/", api_contracts.Funding.as_view()),
    path("funding/routes/", api_contracts.FundingRoutes.as_view()),
    path("funding/history/", api_contracts.FundingHistory.as_view()),
    path("options/", api_contracts.Options.as_view()),
    path("listings/", api_events.Listings.as_view()),
    path("listings/announcements/", api_events.Announcements.as_view()),
    path("discover/", api_discover.Discover.as_view()),
    path("history/<str:pair>/", api_events.History.as_view()),
    path("history/<str:pair>/deviation/", api_past.Deviation.as_view()),
    path("history/<str:pair>/hours/", api_past.Hours.as_view()),
    path("copy-trading/", api_events.CopyTrading.as_view()),
    path("volume/", api_volume.Volumes.as_view()),
    path("ask/", api_ask.Ask.as_view()),
    path("receipts/<str:id>/", api_receipts.OneReceipt.as_view()),
    path("status/", api.Status.as_view()),
    path("alerts/", api_alerts.Alerts.as_view()),
    path("alerts/<str:id>/", api_alerts.OneAlert.as_view()),
    path("alerts/<str:id>/test/", api_alerts.TestAlert.as_view()),
]

urlpatterns = [
    path("", api_docs.landing, name="api"),
    path("reference/", api_docs.reference, name="api-reference"),
    path("schema/", api_docs.schema, name="api-schema"),
    path("v1/", include(v1)),
    path("<path:rest>/", api.Unknown.as_view()),
]
