# One list of commands for people and for CI. `make help` prints it.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3.11
BIN := .venv/bin
RUNTIME := .venv/.runtime
DEV := .venv/.dev
BROWSERS := firefox-esr WebKitWebDriver Xvfb
ENGINES := --engine firefox --engine webkitgtk
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Tests start many processes: each would compile our own modules again where an environment forbids to keep them.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install serve test coverage check format bench parity browsers faults tracker lock

help:  ## Print what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.venv/bin/python:
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "Pellucid needs Python 3.11 or later: no '$(PYTHON)' here. Name another with 'make PYTHON=python3.12 ...'."; exit 1; }
	$(PYTHON) -m venv .venv

$(RUNTIME): .venv/bin/python requirements/runtime.txt pyproject.toml
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(DEV): $(RUNTIME) requirements/dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	@touch $@

install: $(RUNTIME)  ## Make the environment in .venv; .venv/bin/pellucid is the command

serve: $(RUNTIME)  ## Run Pellucid on this machine, with its data in ./data
	$(BIN)/pellucid serve --data data

test: $(DEV)  ## Run every test
	@sh .ci/system-packages
	@sh .ci/system-packages --if-possible $(BROWSERS)
	$(BIN)/python -m pytest -n 2 --dist loadfile

coverage: $(DEV)  ## Run every test, and print which lines none of them reaches
	@sh .ci/system-packages
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(DEV)  ## Format, lint, types, who may import whom, documents that are made from code
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports --config .importlinter
	$(BIN)/python -m pellucid.cli.documents --check

format: $(DEV)  ## Mend what a tool can mend, and make the documents anew
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format --quiet .
	$(BIN)/python -m pellucid.cli.documents

tracker: $(DEV)  ## Build the tracker from TypeScript into the package
	cd tracker && ./npm ci --silent && ./npm run --silent build

browsers: $(DEV)  ## Run the tests that drive a browser, with every engine: that one is not there is a failure
	@sh .ci/system-packages $(BROWSERS)
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/browser tests/flow/test_whole_way.py
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(ENGINES) tests/browser/test_states.py tests/browser/test_engines.py

faults: $(DEV)  ## Kill the parts of a server under load, 30 times each, and count what is left
	PELLUCID_FAULTS=30 $(BIN)/python -m pytest --timeout 3600 tests/faults

bench: $(DEV)  ## Measure, side by side, and write docs/performance.md
	@sh .ci/system-packages wrk
	$(BIN)/python bench/run.py

parity: $(DEV)  ## Compare answers with those of a running Matomo, as recorded; other scenarios: make parity PARITY=DIR
	$(BIN)/python bench/matomo.py $(PARITY)

lock:  ## Choose dependencies anew and pin them by hash
	$(BIN)/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --upgrade --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file requirements/dev.txt
	$(BIN)/uv pip compile tests/clients/requirements.in --upgrade --universal --python-version 3.12 --generate-hashes --no-emit-index-url --no-header --no-annotate --quiet --output-file tests/clients/requirements.txt
