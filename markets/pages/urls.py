"""Addresses of the pages."""

from django.urls import path

from markets.pages import (
    arbitrage,
    assets,
    compare,
    discover,
    feeds,
    funding,
    funding_coin,
    guide,
    liquidity,
    options,
    overview,
    past,
    status,
    volume,
    watchlist,
)

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("compare/<str:pair>/", compare.compare, name="compare"),
    path("compare/<str:pair>/deviation.csv", past.deviation, name="deviation-csv"),
    path("compare/<str:pair>/hours.csv", past.hours, name="hours-csv"),
    path("arbitrage/", arbitrage.arbitrage, name="arbitrage"),
    path("arbitrage/<str:pair>/", arbitrage.route, name="arbitrage-route"),
    path("discover/", discover.discover, name="discover"),
    path("feeds/listings/", feeds.listings, name="feed-listings"),
    path("feeds/listings/<slug:slug>/", feeds.listings, name="feed-exchange"),
    path("feeds/delistings/", feeds.delistings, name="feed-delistings"),
    path("funding/", funding.funding, name="funding"),
    path("funding/<str:base>/", funding_coin.coin, name="funding-coin"),
    path("options/", options.options, name="options"),
    path("liquidity/", liquidity.overview, name="liquidity"),
    path("liquidity/<str:pair>/", liquidity.pair, name="liquidity-pair"),
    path("assets/<str:slug>/", assets.asset, name="asset"),
    path("assets/<str:slug>/<str:exchange>/", assets.apart, name="asset-apart"),
    path("volume/", volume.volumes, name="volume"),
    path("search/", assets.search, name="search"),
    path("search/suggestions/", assets.suggestions, name="suggestions"),
    path("guide/", guide.guide, name="guide"),
    path("guide/<slug:name>/", guide.guide, name="guide-page"),
    path("watchlist/", watchlist.watchlist, name="watchlist"),
    path("status/", status.status, name="status"),
    path("status.json", status.status_json, name="status-json"),
]
