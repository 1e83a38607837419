"""Two real processes want the same feed a few hundred times: nobody holds it with another, no token twice."""

import subprocess
import sys
from itertools import pairwise

import pytest

from tests.engine.conftest import ROOT

pytestmark = pytest.mark.system

RACER = """
import sys, time
import django
django.setup()
from django.utils import timezone
from exchanges import leases
from exchanges.models import Feed
feed = Feed.objects.select_related("exchange").get(source="tickers", exchange__slug=sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
won = 0
while won < 100:
    claim = leases.claim(feed.exchange.slug, "tickers", timezone.now(), spaced=False)
    if isinstance(claim, leases.Claim):
        began = time.monotonic_ns()
        won += 1
        held = time.monotonic_ns()
        leases.release(claim)
        print(claim.token, began, held, flush=True)
"""


def test_of_two_processes_one_gets_it(site):
    slug = site.sql("SELECT slug FROM exchanges_exchange ORDER BY id LIMIT 1")[0][0]
    site.sql("UPDATE exchanges_exchange SET enabled = ?", True)
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, slug], env=site.env, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    site.processes.clear()
    try:
        assert [r.stdout.readline() for r in racers] == ["ready\n"] * 2
        for racer in racers:
            racer.stdin.write("go\n")
            racer.stdin.flush()
        found = [[tuple(map(int, line.split())) for line in r.communicate(timeout=60)[0].splitlines()] for r in racers]
    finally:
        for racer in racers:
            racer.kill()
    claims = sorted(claim for one in found for claim in one)
    assert [token for token, _, _ in claims] == list(range(1, 201))
    assert all(held < began for (_, _, held), (_, began, _) in pairwise(claims)), "two held it at once"
    assert all(one[0][0] < other[-1][0] for one, other in (found, found[::-1])), "they never met"
