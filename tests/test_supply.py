"""What is installed and what is published: every package pinned by its hashes, a bill of materials, and no secret in any file."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("requirements.txt", "requirements-dev.txt")
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[^]]+\])?==([^\s;\\]+)", re.IGNORECASE)
SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/=\n]{60}",
    "a cloud's access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a token of a code host": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}|glpat-[\w-]{20})\b",
    "a token of a chat": r"\bxox[abprs]-[A-Za-z0-9-]{20,}|\bhooks\.slack\.com/services/T\w+/B\w+/\w+|\b\d{8,10}:AA[\w-]{33}\b",
    "a token of a web service": r"\bsk-[A-Za-z0-9_-]{32,}|\bsk_live_\w{20,}|\bAIza[\w-]{35}\b|\bya29\.[\w-]{30,}",
    "a signed token": r"\beyJ[\w-]{20,}\.eyJ[\w-]{20,}\.[\w-]{20,}",
    "a key of Pebble": r"\bpb_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{32,}",
    "a value for a secret": r"PEBBLE_\w*(?:KEY|SECRET|PASSPHRASE|TOKEN|PASSWORD)[ ]*[=:][ ]*['\"]?[A-Za-z0-9+/_-]{24,}",
    "a password in an address": r"\b(?:postgres(?:ql)?|rediss?|amqp|https?)://[\w-]+:(?!secret|password|\$|\{|unknown|canary|CANARY|hidden|p%40)[^\s@/'\"{}<>$*…]{12,}@",
}
FROM_WHERE = r"(?m)^\s*(?:--?(?:index-url|extra-index-url|find-links|trusted-host)|-[ief]\b)|\bfile:|@ (?:https?|git)|\.\./"


def tracked():
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode().split("\0")
    found = [ROOT / name for name in names if name and (ROOT / name).is_file()]
    return found or [path for path in ROOT.rglob("*.*") if path.is_file() and not {".venv", "var", ".git"} & set(path.parts)]  # an unpacked copy


def secrets_in(text):
    return [what for what, pattern in SECRETS.items() if re.search(pattern, text)]


def test_no_file_holds_a_secret():
    found = {}
    for path in tracked():
        raw = path.read_bytes()
        if b"\0" not in raw[:1000] and len(raw) < 2_000_000:
            found |= {str(path.relative_to(ROOT)): what} if (what := secrets_in(raw.decode(errors="replace"))) else {}
    assert found == {}


@pytest.mark.parametrize(("what", "text"), [
    ("a private key", "-----BEGIN " + "RSA PRIVATE KEY-----\n" + "A" * 64), ("a cloud's access key", "AKIA" + "A1" * 8),
    ("a token of a code host", "ghp_" + "a" * 36),
    ("a value for a secret", "PEBBLE_X_API_SECRET=" + "aB3" * 10), ("a password in an address", "postgres://u:" + "Tr0ub4dor-and-3" + "@host/db"),
    ("a key of Pebble", "pb_abcdefgh_" + "x" * 40),
])  # fmt: skip
def test_a_secret_is_found(what, text):
    assert secrets_in(f"x {text} y") == [what]


@pytest.mark.parametrize("name", LISTS)
def test_every_package_is_pinned_with_hashes_and_nothing_says_from_where(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(FROM_WHERE, text)
    packages = [entry for entry in re.split(r"(?m)^(?=[A-Za-z0-9])", text) if not entry.startswith("#") and entry.strip()]
    assert len(packages) > 20
    for entry in packages:
        assert PIN.match(entry) and len(re.findall(r"--hash=sha256:[0-9a-f]{64}(?![0-9a-f])", entry)) >= 1, entry[:80]


def test_both_lists_hold_the_same_versions():
    run, dev = ({match[1].lower(): match[3] for match in map(PIN.match, (ROOT / name).read_text().splitlines()) if match} for name in LISTS)
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}


def test_the_bill_of_materials_names_what_is_pinned():
    made = json.loads(subprocess.run([sys.executable, "-m", "pebble.materials"], cwd=ROOT, capture_output=True, check=True).stdout)
    assert (made["bomFormat"], made["specVersion"], made["metadata"]["component"]["name"]) == ("CycloneDX", "1.6", "pebble")
    django = next(each for each in made["components"] if each["name"] == "django")
    assert django["bom-ref"] == f"django@{django['version']}" and django["hashes"][0]["alg"] == "SHA-256" and django["licenses"]
    pinned = {match[1].lower() for match in map(PIN.match, (ROOT / "requirements.txt").read_text().splitlines()) if match}
    assert {each["name"] for each in made["components"]} == pinned
