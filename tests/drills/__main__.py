"""`python -m tests.drills [PART ...] [--seed N] [--scale X]`: the figures, one JSON object a line; fails when one misses its bar."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time

REAL = time.perf_counter


def main() -> int:
    """Each part in a fresh database of its own, one after the other."""
    parser = argparse.ArgumentParser(prog="make drills", description="PART=... one of: " + ", ".join(_names()))
    parser.add_argument("part", nargs="*", help="which; none: all of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="a tenth of everything: 0.1")
    parser.add_argument("--list", action="store_true", help="what there is, and nothing else")
    chosen = parser.parse_args()
    if chosen.list:
        sys.stdout.write("\n".join(_names()) + "\n")
        return 0
    os.environ["PEBBLE_TEST_DATA_DIR"] = tempfile.mkdtemp(prefix="pebble-drills-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    return _run(chosen)


def _names() -> list[str]:
    from tests.drills.parts import NAMES

    return list(NAMES)


def _run(chosen: argparse.Namespace) -> int:
    import django
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    from tests.drills.parts import part

    missed = 0
    for name in chosen.part or _names():
        call_command("migrate", verbosity=0)
        call_command("flush", interactive=False, verbosity=0)
        began = REAL()
        for figure in part(name, chosen.seed, chosen.scale):
            sys.stdout.write(figure.line(name, chosen.seed, REAL() - began) + "\n")
            sys.stdout.flush()
            missed += not figure.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
