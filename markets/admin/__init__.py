"""The operator's hand: Django's own admin over exchanges, identity, markets, settings, runs, people and the audit."""

from markets import audit
from markets.admin import audited, exchange, identity, people, raw, records  # noqa: F401  # each registers its models

audit.register()
