"""What Pebble keeps: coins, markets, prices, contracts, gaps, events, copy trading, what is asked, people's keys, who is told, and how far everybody has read.

Numbers follow one contract on both databases: at most 15 significant digits and 18 decimals (`exchanges.numbers`).
"""

from markets.models.accounts import ApiKey, Invitation, SignedIn
from markets.models.alerts import Alert, Firing
from markets.models.arbitrage import Episode
from markets.models.asking import AskCount, Question, Receipt, Rollout, RolloutCount
from markets.models.coins import Asset, AssetAlias, AssetKind, Basis, Decision, ExchangeAsset, Family, IdentityState, Network, NetworkChange, Renaming
from markets.models.contracts import Derivative, Funding, FundingSettlement, IndexMember, OpenInterest, OptionQuote
from markets.models.copying import LeadTrader, LeadTraderDay
from markets.models.delivery import Channel, Delivery
from markets.models.events import Announcement, Listing, ServiceStatus
from markets.models.hourly import CheapestHour, TrendRank
from markets.models.monitoring import Away, ExchangeDay, Probe, Tally
from markets.models.prices import Book, Candle, Depth, Market, Quote, Reading, Snapshot
from markets.models.service import Revision, Setting
from markets.models.volumes import VolumeHour, VolumePast

__all__ = [
    "Alert", "Announcement", "ApiKey", "AskCount", "Asset", "AssetAlias", "AssetKind", "Away", "Basis", "Book", "Candle", "Channel", "CheapestHour", "Decision",
    "Delivery", "Depth", "Derivative", "Episode", "ExchangeAsset", "ExchangeDay", "Family", "Firing", "Funding", "FundingSettlement", "IdentityState",
    "IndexMember", "Invitation", "LeadTrader", "LeadTraderDay", "Listing", "Market", "Network", "NetworkChange", "OpenInterest", "OptionQuote", "Probe",
    "Question", "Quote", "Reading", "Receipt", "Renaming", "Revision", "Rollout", "RolloutCount", "ServiceStatus", "Setting", "SignedIn", "Snapshot",
    "Tally", "TrendRank", "VolumeHour", "VolumePast",
]
