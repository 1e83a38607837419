"""One simulator for these tests, healthy again before each of them."""

import http.client
import json

import pytest

from exchanges.simulator.server import running

TICKERS = {
    "binance": "/api.binance.com/api/v3/ticker/24hr",
    "kucoin": "/api.kucoin.com/api/v1/market/allTickers",
    "bybit": "/api.bybit.com/v5/market/tickers?category=spot",
    "gateio": "/api.gateio.ws/api/v4/spot/tickers",
    "bitget": "/api.bitget.com/api/v2/spot/market/tickers",
}
INSTRUMENTS = {
    "binance": "/api.binance.com/api/v3/exchangeInfo",
    "kucoin": "/api.kucoin.com/api/v2/symbols",
    "bybit": "/api.bybit.com/v5/market/instruments-info?category=spot",
    "gateio": "/api.gateio.ws/api/v4/spot/currency_pairs",
    "bitget": "/api.bitget.com/api/v2/spot/public/symbols",
}
TIMES = {
    "binance": "/api.binance.com/api/v3/time",
    "kucoin": "/api.kucoin.com/api/v1/timestamp",
    "bybit": "/api.bybit.com/v5/market/time",
    "gateio": "/api.gateio.ws/api/v4/spot/time",
    "bitget": "/api.bitget.com/api/v2/public/time",
}
EXCHANGES = tuple(TICKERS)


class Client:
    """Asks the simulator over one kept connection, as a client would."""

    def __init__(self, port):
        self.port, self.connection = port, http.client.HTTPConnection("127.0.0.1", port, timeout=5)

    def get(self, path, headers=None):
        """(status, headers in lower case, body)"""
        self.connection.request("GET", path, headers=headers or {})
        answer = self.connection.getresponse()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, answer.read()

    def json(self, path):
        status, _, body = self.get(path)
        assert status == 200, body[:200]
        return json.loads(body)

    def close(self):
        self.connection.close()


@pytest.fixture(scope="session")
def _simulator():
    with running(seed=1) as simulator:
        yield simulator


@pytest.fixture
def simulator(_simulator):
    _simulator.control(reset=True)
    return _simulator


@pytest.fixture
def client(simulator):
    client = Client(simulator.port)
    yield client
    client.close()


def rows_of(document, source="tickers"):
    """The rows of a decoded reply, whichever exchange it is from."""
    while isinstance(document, dict):
        document = next(document[key] for key in ("data", "result", "ticker", "list", "symbols") if key in document)
    return document
