# Denwaban: everything a fresh machine needs is behind these targets. `make demo` and `make test` each set up on their own.
SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PARALLEL ?= 2
BENCHES := latency media

.PHONY: help setup demo test check cover bench lock clean

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 16

setup: ## Python environment, packages, models that ship in packages, system packages (apt, as root)
	@bash scripts/setup.sh

demo: setup ## answer one simulated call, shown live; the server then stays up (ONCE=1: ends after the call)
	@$(BIN)/ivr demo $(if $(ONCE),--once)

test: setup ## all checks and all tests that belong to every change
	@bash scripts/test.sh $(PARALLEL)

check: setup ## style, types, directions between packages, call flows
	@bash scripts/check.sh

cover: setup ## tests with coverage: 100 % of the branches in ivr/core, 90 % over all
	@bash scripts/cover.sh $(PARALLEL)

bench: setup ## latency and media benchmarks
	@for bench in $(BENCHES); do $(BIN)/ivr bench $$bench || exit 1; done

lock: ## resolve requirements.lock again from pyproject.toml (needs uv)
	@bash scripts/lock.sh

clean: ## remove the environment, caches and everything built; recordings and the database under var/ stay
	@rm -rf .venv .cache build dist htmlcov *.egg-info .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
