"""`python -m pebble.materials`: the software bill of materials, CycloneDX 1.6 as JSON, of what requirements.txt pins."""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]+\])?==([^\s;\\]+)[^\n]*\n((?:[ ]+--hash=\S+[^\n]*\n?)*)", re.MULTILINE)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")


def materials(pinned: str) -> dict[str, Any]:
    """The document. The same list gives the same document: it holds no time and no serial number."""
    components = [_component(name.lower(), version, _HASH.findall(hashes)) for name, version, hashes in _ENTRY.findall(pinned)]
    about = {"type": "application", "name": "pebble", "bom-ref": "pebble", "licenses": [{"license": {"id": "MIT"}}]}
    depends = [{"ref": "pebble", "dependsOn": [each["bom-ref"] for each in components]}]
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": about}, "components": components, "dependencies": depends}


def _component(name: str, version: str, hashes: list[str]) -> dict[str, Any]:
    address = f"{name}@{version}"
    said = _license(name)
    return {
        "type": "library", "name": name, "version": version, "bom-ref": address,
        "hashes": [{"alg": "SHA-256", "content": each} for each in hashes], **({"licenses": [{"license": {"name": said}}]} if said else {}),
    }  # fmt: skip


def _license(name: str) -> str:
    """As the installed package says it; nothing of one that this machine does not need."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return ""
    words = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return str(about.get("License-Expression") or ", ".join(words) or (about.get("License") or "").partition("\n")[0])


if __name__ == "__main__":
    sys.stdout.write(json.dumps(materials((ROOT / "requirements.txt").read_text(encoding="utf-8")), indent=2) + "\n")
