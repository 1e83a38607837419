# Pebble's commands. `make` lists them.
.DEFAULT_GOAL := help
.PHONY: help setup run test fast check bench drills mutants learn lock sbom pictures

PYTHON ?= python3
PY := .venv/bin/python
# What is installed is remembered by these files; a changed list installs again.
RUN := .venv/.run-installed
DEV := .venv/.dev-installed
# A .venv that was half made, or whose Python is gone, is made anew.
$(shell [ -x $(PY) ] || rm -f .venv/.made $(RUN) $(DEV))

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(RUN) $(DEV) ## .venv with everything in it; nothing when up to date

run: $(RUN) ## the whole site: web server, workers and, without the exchanges, a simulated market; Ctrl-C stops it
	@PEBBLE_MARKET=$${PEBBLE_MARKET:-auto} exec $(PY) manage.py run $(ARGS)

# Every worker, and every program that a test starts, would compile all of it again.
test fast: export PYTHONDONTWRITEBYTECODE :=
test: $(DEV) ## every test, workers and browser included; those about storage again on PostgreSQL and Valkey
	$(PY) -m pytest -n 2 --dist loadgroup $(ARGS)
	$(PY) -m tests.servers $(PY) -m pytest -n 2 --dist loadgroup -m both $(ARGS)

fast: $(DEV) ## the quick tests only: no processes, no browser, no second database
	$(PY) -m pytest -m "not system and not browser and not both" $(ARGS)

check: $(DEV) ## lint, types, floors, Django's own checks
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -m pytest tests/test_house.py
	PEBBLE_DATA_DIR=var/check PEBBLE_MARKET=simulated $(PY) manage.py check --fail-level WARNING
	PEBBLE_DATA_DIR=var/check PEBBLE_MARKET=simulated $(PY) manage.py makemigrations --check --dry-run

bench: $(DEV) ## figures, each beside its rival or floor
	PEBBLE_DATA_DIR=var/bench PEBBLE_MARKET=simulated $(PY) manage.py bench

drills: $(DEV) ## what is promised when exchanges fail, in simulated time (hours; PART="failover lies" for some, SEED, SCALE=0.1)
	$(PY) -m tests.drills $(PART) --seed $(or $(SEED),1) --scale $(or $(SCALE),1)

mutants: $(DEV) ## does a test notice when one thing of the analysis changes? (minutes; NAMES="markets.analysis.fills*" for some)
	$(PY) -m mutmut run $(NAMES)
	@$(PY) -m mutmut results | grep -v "not checked" || true

learn: $(DEV) ## what wordings say of a question, from the develop part of the corpus
	PEBBLE_DATA_DIR=var/learn PEBBLE_MARKET=simulated $(PY) -m tests.ask.learn

pictures: $(DEV) ## the guide's pictures, of a simulated market of its own (some minutes)
	$(PY) -m tests.pages.pictures $(ARGS)

# The tools' list first: what runs is then held to the same versions.
LOCK := $(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --custom-compile-command "make lock" pyproject.toml
lock: $(DEV) ## pin the ranges of pyproject.toml in requirements*.txt
	$(LOCK) --group dev -o requirements-dev.txt
	$(LOCK) -c requirements-dev.txt -o requirements.txt

sbom: $(RUN) ## the software bill of materials of what runs, as CycloneDX JSON
	@$(PY) -m pebble.materials

# pip is asked through python, so a folder that was moved or half made still works.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Pebble needs Python 3.11 or newer. Install it, or say which one: make run PYTHON=python3.12"; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { echo "making .venv"; $(PYTHON) -m venv --clear .venv; } || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@touch $@

$(RUN): requirements.txt .venv/.made
	@echo "installing what Pebble needs (about a minute, once)"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(DEV): requirements-dev.txt .venv/.made
	@echo "installing the tools for tests"
	@$(PY) -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
