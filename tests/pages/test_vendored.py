"""Files of others are shipped unmodified, with their licences and sums."""

import hashlib
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "pebble" / "static" / "vendor"


def test_every_vendored_file_is_listed_and_unmodified():
    lines = [line for line in (VENDOR / "SHA256SUMS").read_text().splitlines() if not line.startswith("#")]
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*/*")}
    assert found == listed


def test_every_vendored_folder_has_its_licence():
    assert all((folder / "LICENSE").read_text() for folder in VENDOR.iterdir() if folder.is_dir())
