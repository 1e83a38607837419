"""The product's settings with the benchmark's addresses."""

from pebble.settings import *  # noqa: F403 - the same settings, on purpose

ROOT_URLCONF = "markets.benchmarks.urls"
