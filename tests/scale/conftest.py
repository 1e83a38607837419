"""Sites with real processes, as the engine's tests have them."""

from tests.engine.conftest import migrated, postgres_site, postgres_template, postgres_url, site, sqlite_site, valkey_url  # noqa: F401
