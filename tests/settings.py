"""The product's settings on a throw-away data folder and a simulated market."""

import os
import tempfile

os.environ["PEBBLE_MARKET"] = "simulated"
os.environ["PEBBLE_DATA_DIR"] = os.environ.get("PEBBLE_TEST_DATA_DIR") or tempfile.mkdtemp(prefix="pebble-tests-")
os.environ.setdefault("DATABASE_URL", os.environ.get("PEBBLE_TEST_DATABASE_URL", ""))
if not os.environ["DATABASE_URL"]:
    del os.environ["DATABASE_URL"]

# Tests that run side by side share the server, not the numbered database in it.
if os.environ.get("REDIS_URL") and os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rpartition('/')[0]}/{os.environ['PYTEST_XDIST_WORKER'].removeprefix('gw')}"

from pebble.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
