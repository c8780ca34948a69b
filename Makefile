# Smilero from a fresh clone: needs Python 3.11 to 3.14 and make, and fetches the rest.
# PYTHON=/path/to/python picks the interpreter; MAKEFLAGS such as -j are safe.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check fmt bench book lock clean setup frontend browser style types house

BIN := .venv/bin
PLUGINS := $(patsubst %/pyproject.toml,%,$(wildcard plugins/*/pyproject.toml))
PACKAGES := smilero_sdk smilero_core smilero_tenants smilero_web $(notdir $(wildcard plugins/*/smilero_*))
OTHER_CODE := tests $(sort $(dir $(wildcard benchmarks/*.py))) $(wildcard web/frontend/*.py plugins/*/tests)
# Beside tests that import their plugin, mypy would find the plugin by two names.
MIGRATIONS := alembic $(wildcard plugins/*/smilero_*/migrations)

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-8s %s\n", $$1, $$2 }'

run: setup ## start three demo markets with everything they need; Ctrl-C stops it
	@SMILERO_ENV=demo exec $(BIN)/smilero up

test: check browser ## everything tests need, then all checks and all tests
	$(BIN)/python -m pytest -n 2 --ignore tests/house

suite-%: setup ## make suite-A4 runs one check of the design in its full size
	$(BIN)/python -m pytest -n 2 --full --suite $* --ignore tests/house

check: style types house ## style, types, import rules, budgets, catalogues; with -k all of them whatever fails

style: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.installed
	$(BIN)/mypy $(PACKAGES:%=--package %)
	$(BIN)/mypy $(OTHER_CODE)
	$(BIN)/mypy $(MIGRATIONS)

house: setup
	$(BIN)/python -m pytest tests/house

fmt: .venv/.installed ## put every file into the one format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: setup ## measure against the peers, into build/bench.json
	@mkdir -p build
	$(BIN)/python -m benchmarks

book: setup browser ## picture every page of every face, into build/book/index.html; PART="--face console shops" a part of it
	$(BIN)/python -m tests.pages.book $(PART)

lock: build/uv/bin/uv ## write requirements.lock anew; UPGRADE=1 takes newer versions
	build/uv/bin/uv pip compile --quiet $(if $(UPGRADE),--upgrade) --generate-hashes --universal --python-version 3.11 \
	  --extra embedded --group pyproject.toml:dev pyproject.toml $(PLUGINS:%=%/pyproject.toml) --no-emit-package smilero-sdk \
	  --custom-compile-command 'make lock' -o requirements.lock

clean: ## remove what was built; the data of `make run` stays
	rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
	rm -rf web/smilero_web/static/dist web/frontend/node_modules
	find sdk core tenants web plugins tests -name __pycache__ -prune -exec rm -rf {} +

setup: .venv/.installed frontend ## install into .venv and build the front end; at once when nothing changed

frontend: .venv/.installed
	@$(BIN)/python web/frontend/build.py

browser:
	@tests/setup-browser

# Each step leaves its stamp only when it is complete, so an interrupted set-up goes on where it stopped.
.venv/.created:
	@for python in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then \
	    echo "Making .venv with $$("$$python" --version)"; \
	    "$$python" -m venv .venv && touch $@; exit; \
	  fi; \
	done; \
	echo "Smilero needs Python 3.11 to 3.14, and found none under: $(or $(PYTHON),python3 and python3.11 to python3.14)." >&2; \
	echo "Please install one, or name it: make PYTHON=/path/to/python" >&2; exit 1

.venv/.locked: .venv/.created requirements.lock
	@echo "Installing what requirements.lock names (a minute or two the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

# A plugin whose folder is gone would stop the start as a broken one: all are taken out first.
.venv/.installed: .venv/.locked pyproject.toml sdk/pyproject.toml plugins $(PLUGINS:%=%/pyproject.toml)
	@$(BIN)/python -m pip list --format freeze | sed -n 's/^\(smilero-plugin-[a-z]*\)==.*/\1/p' | \
	  xargs -r $(BIN)/python -m pip uninstall --quiet --yes
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --editable sdk --editable . $(PLUGINS:%=--editable %)
	@touch $@

build/uv/bin/uv: | .venv/.created
	$(BIN)/python -m venv build/uv
	build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
