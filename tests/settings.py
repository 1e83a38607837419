"""The product's settings on a throw-away data folder and a simulated market."""

import os
import tempfile

os.environ["PEBBLE_MARKET"] = "simulated"
_folder = tempfile.TemporaryDirectory(prefix="pebble-tests-", ignore_cleanup_errors=True)  # goes with this process
os.environ["PEBBLE_DATA_DIR"] = os.environ.get("PEBBLE_TEST_DATA_DIR") or _folder.name
# Workers that run side by side have a server each (tests/servers.py): what one does must not hold up or empty the other's.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
for _test, _ours in (("PEBBLE_TEST_DATABASE_URL", "DATABASE_URL"), ("PEBBLE_TEST_REDIS_URL", "REDIS_URL")):
    if _addresses := os.environ.get(_test, "").split():
        os.environ[_ours] = _addresses[int(_worker or 0) % len(_addresses)]
        if _worker:  # who starts the workers hands all addresses on
            os.environ[_test] = os.environ[_ours]

from pebble.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
LIMITS_IN = "file"  # one that each test may lay elsewhere; what the others do, their own tests say
