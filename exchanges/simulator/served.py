"""What the simulator serves, as the tables of docs/simulator.md: `python -m exchanges.simulator.served` writes them anew."""

from __future__ import annotations

from pathlib import Path

from exchanges.adapter import SOURCE_NAMES
from exchanges.simulator.writers import WRITERS

DOCS = Path(__file__).resolve().parents[2] / "docs/simulator.md"
BEGIN, END = "<!-- served -->\n", "<!-- /served -->\n"


def tables() -> str:
    """One table for each exchange: source, and the addresses that serve it."""
    found = []
    for slug, writer in WRITERS.items():
        by_source = {source: [address for address, route in writer.ROUTES.items() if route.source == source] for source in (*SOURCE_NAMES, "other")}
        rows = [f"| {source} | {', '.join(f'`{address}`' for address in addresses)} |" for source, addresses in by_source.items() if addresses]
        hosts = ", ".join(f"`{host}`" for host in writer.HOSTS)
        found.append("\n".join([f"**{slug}**: {hosts}", "", "| source | addresses |", "| --- | --- |", *rows]))
    return "\n\n".join(found) + "\n"


def filled(text: str) -> str:
    """The document with its tables as they are now."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + tables() + END + rest.partition(END)[2]


if __name__ == "__main__":
    DOCS.write_text(filled(DOCS.read_text()))
