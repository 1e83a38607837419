"""What every test may count on: no network but loopback."""

import os
import socket

import hypothesis
import pytest

# The same examples each time, so that a run that was green stays green; HYPOTHESIS_PROFILE=explore looks for new ones.
hypothesis.settings.register_profile("fixed", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True, scope="session")
def no_network_but_loopback():
    """Refuse to connect anywhere else: a test that tries is wrong, and says so."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]}: only loopback is allowed")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect
