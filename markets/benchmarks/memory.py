"""Peak memory of a web worker and a cluster worker after polls of every exchange, beside a bare Django process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from exchanges.models import Exchange, Run
from markets import schedules
from markets.benchmarks import processes
from markets.benchmarks.load import Target, drive
from markets.benchmarks.measure import Figure
from markets.benchmarks.serving import free_port, prepare

POLLS = 4  # of every exchange's tickers, by the workers
WAIT_S = 120.0
BARE = "import django, os; django.setup(); from markets.benchmarks.processes import peak_mb; print(peak_mb(os.getpid()))"


def run() -> Iterator[Figure]:
    """Two figures in MB: the largest process of the web server and of the cluster, as the kernel remembers it."""
    pairs = prepare()
    schedules.ensure()
    began, port = timezone.now(), free_port()
    with processes.web(port) as web, processes.workers() as cluster:
        polls = POLLS * Exchange.objects.count()
        for _ in range(POLLS):
            drive(port, Target([f"/compare/{pair}/" for pair in pairs] + ["/", "/api/v1/pairs/?limit=1000", "/api/v1/markets/?limit=1000"]), 2)
        processes.until(lambda: Run.objects.filter(source="tickers", started_at__gte=began, outcome="ok").count() >= polls, f"{polls} polls", WAIT_S)
        drive(port, Target([f"/compare/{pair}/" for pair in pairs]), 2)
        web_mb, worker_mb = (max(map(processes.peak_mb, processes.family(pid))) for pid in (web, cluster))
        count = Run.objects.filter(started_at__gte=began, outcome="ok").count()
    bare = _bare_mb()
    for name, value in (("peak memory of a web worker", web_mb), ("peak memory of a cluster worker", worker_mb)):
        yield Figure(name, value, "MB", {"bare Django process": bare}, value / bare, detail={"polls": count})


def _bare_mb() -> float:
    """What Django with our apps takes before it has done anything."""
    found = subprocess.run([sys.executable, "-c", BARE], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True)  # noqa: S603 - ours
    return float(found.stdout)
