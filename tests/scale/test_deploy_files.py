"""What is deployed agrees with the code: commands, paths, names of variables; and every kind of incident has its page in the runbook."""

import configparser
import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from exchanges.models import IncidentKind
from markets.management.commands import run

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy").glob("*.service"))
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image") == "pebble"}
KNOWN = set(re.findall(r"env\.\w+\(\s*\"(\w+)\"", (ROOT / "pebble/settings.py").read_text())) | {"DATABASE_URL"}



def unit(path):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(path.read_text())
    return parser


def commands():
    yield from ((path.name, shlex.split(unit(path)["Service"]["ExecStart"])) for path in UNITS)
    yield from ((name, one["command"]) for name, one in OURS.items())
    looks = ((name, one["healthcheck"]["test"]) for name, one in OURS.items() if "healthcheck" in one)
    yield from ((f"{name} healthcheck", look[1:]) for name, look in looks if "manage.py" in look)
    [line] = re.findall(r"^CMD (\[.*\])$", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
    yield "Dockerfile", yaml.safe_load(line)


@pytest.mark.parametrize(("where", "command"), [pytest.param(*each, id=each[0]) for each in commands()])
def test_every_command_is_one_that_pebble_has(where, command):
    at = command.index("manage.py")
    name, *options = command[at + 1 :]
    assert name in get_commands()
    if name == "run":
        parsed = run.Command().create_parser("manage.py", "run").parse_args(options)
        assert parsed.only in run.PARTS


def variables():
    for path in UNITS:
        yield from (pair.split("=")[0] for pair in shlex.split(unit(path)["Service"]["Environment"]))
    for one in OURS.values():
        yield from one["environment"]
    yield from re.findall(r"^(\w+)=", (ROOT / "deploy/pebble.env.example").read_text(), re.MULTILINE)
    yield from re.findall(r"\b(PEBBLE_\w+)=", (ROOT / "deploy/Dockerfile").read_text())


def test_every_variable_is_one_that_the_settings_read():
    assert {*variables()} <= KNOWN and "PEBBLE_DATA_DIR" in KNOWN


@pytest.mark.parametrize("path", [p for p in UNITS if "prepare" not in p.name], ids=lambda p: p.name)
def test_units_ask_the_supervisor_alone_to_stop_and_start_again_whatever_the_database_does(path):
    service = unit(path)["Service"]
    assert (service["KillMode"], service["Restart"]) == ("mixed", "always")  # a control group's polls and drain would be cut off at once
    assert float(service["TimeoutStopSec"]) > run.STOP_S
    assert unit(path)["Unit"]["Wants"] in {p.name for p in UNITS} and "Requires" not in unit(path)["Unit"]


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.name)
def test_units_write_for_themselves_alone(path):
    service = unit(path)["Service"]
    assert (service["User"], service["UMask"], service["StateDirectoryMode"], service["ProtectSystem"]) == ("pebble", "0077", "0700", "strict")


def test_containers_run_as_nobody_special_wait_for_what_they_need_and_are_looked_at():
    assert set(COMPOSE["services"]) == {"prepare", "web", "workers", "postgres", "valkey"}
    for name, one in COMPOSE["services"].items():
        assert name == "prepare" or "healthcheck" in one
        for needed, how in one.get("depends_on", {}).items():
            assert needed in COMPOSE["services"]
            assert how["condition"] == ("service_completed_successfully" if needed == "prepare" else "service_healthy")
    for one in OURS.values():
        assert one["init"] and one["read_only"] and one["cap_drop"] == ["ALL"]
        assert (ROOT / one["build"]["dockerfile"]).exists()
        assert one["restart"] == "no" or int(one["stop_grace_period"].removesuffix("s")) > run.STOP_S
    image = (ROOT / "deploy/Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)$", image, re.MULTILINE)[-1] == "pebble"
    copied = [name for line in re.findall(r"^COPY (?!--from)(.*) \S+$", image, re.MULTILINE) for name in line.split()]
    assert all((ROOT / name).exists() for name in copied)


def test_every_kind_of_incident_has_its_page_in_the_runbook():
    text = (ROOT / "docs/operate.md").read_text()
    told = re.findall(r"^### (.+) \(`(\w+)`\)\n\n.+\n\n\*Do:\* .+$", text, re.MULTILINE)
    assert {kind: label for label, kind in told} == dict(IncidentKind.choices)


def test_what_the_pages_tell_to_run_exists():
    for page in ("docs/go-live.md", "docs/operate.md"):
        for name in re.findall(r"manage\.py (\w+)", (ROOT / page).read_text()):
            assert name in get_commands(), f"{page}: manage.py {name}"
