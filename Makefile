# The house's commands. `make demo` and `make test` need Python >= 3.11 and make, and set up the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CATALOGUES := $(wildcard src/asterism/locale/*/LC_MESSAGES/*.po)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test check format lint types imports tests bench lock clean

help: ## Show the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Asterism needs Python 3.11 or newer; say which with make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.runtime: $(VENV)/.made requirements.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	touch $@

$(VENV)/.dev: $(VENV)/.made requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $(VENV)/.runtime $@

$(VENV)/.package: $(VENV)/.runtime $(CATALOGUES) pyproject.toml
	@echo "$(CURDIR)/src" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/asterism.pth"
	@printf '#!/bin/sh\nexec "%s/$(BIN)/python" -m asterism "$$@"\n' "$(CURDIR)" > $(BIN)/asterism
	@chmod +x $(BIN)/asterism
	$(BIN)/python tools/catalogues.py compile
	touch $@

setup: $(VENV)/.runtime $(VENV)/.package ## Make the environment that runs Asterism

setup-dev: $(VENV)/.dev $(VENV)/.package ## … and what tests it

demo: setup ## Build a simulated bank, run the loop for 30 days, open the console
	$(BIN)/asterism demo $(ARGS)

test: setup-dev tests ## Run every test

check: setup-dev lint types imports tests ## Format, lint, types, imports, tests: all that must hold

format: setup-dev ## Put the code into its one format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/deptry .
	$(BIN)/python tools/catalogues.py check

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

tests:
	$(BIN)/pytest -n 2 --dist loadgroup $(ARGS)

bench: setup-dev ## Measure every published figure at modest size
	$(BIN)/python bench/run.py

lock: ## Resolve the dependencies anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
		pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q \
		--group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## Remove what the commands made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
