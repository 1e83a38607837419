"""The operator's hand: Django's own admin over exchanges, identity, markets, questions, notices, settings, runs, people and the audit."""

from markets import audit
from markets.admin import asking, audited, delivery, exchange, identity, incidents, people, raw, records  # noqa: F401  # each registers its models

audit.register()
