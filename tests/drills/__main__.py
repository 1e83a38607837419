"""`python -m tests.drills [PART ...] [--seed N] [--scale X]`: the figures, one JSON object a line; fails when one misses its bar."""

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
import time

REAL = time.perf_counter


def main() -> int:
    """Each part in a process and a database of its own, one after the other."""
    parser = argparse.ArgumentParser(prog="make drills", description="PART=... one of: " + ", ".join(_names()))
    parser.add_argument("part", nargs="*", help="which; none: all of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--scale", type=float, default=1.0, help="a tenth of everything: 0.1")
    parser.add_argument("--list", action="store_true", help="what there is, and nothing else")
    chosen = parser.parse_args()
    if chosen.list:
        sys.stdout.write("\n".join(_names()) + "\n")
        return 0
    parts = chosen.part or _names()
    if len(parts) > 1:
        again = [sys.executable, "-m", "tests.drills", "--seed", str(chosen.seed), "--scale", str(chosen.scale)]
        return max(subprocess.run([*again, name], check=False).returncode for name in parts)
    return _run(parts[0], chosen.seed, chosen.scale)


def _names() -> list[str]:
    from tests.drills.parts import NAMES

    return list(NAMES)


def _run(name: str, seed: int, scale: float) -> int:
    import django
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    with tempfile.TemporaryDirectory(prefix="pebble-drills-") as folder:
        os.environ |= {"PEBBLE_TEST_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        logging.disable(logging.WARNING)  # every poll and every failure is a line: only what nobody expects is told here
        setup_test_environment()
        call_command("migrate", verbosity=0)
        from tests.drills.parts import part

        missed, began = 0, REAL()
        for figure in part(name, seed, scale):
            sys.stdout.write(figure.line(name, seed, REAL() - began) + "\n")
            sys.stdout.flush()
            missed += not figure.met
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
