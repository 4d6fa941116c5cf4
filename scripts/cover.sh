#!/usr/bin/env bash
# Coverage: every branch of the pure core, nine tenths of the whole.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

workers=${1:-2}
.venv/bin/coverage erase
.venv/bin/python -m pytest -q -n "$workers" --dist loadfile --cov --cov-report= -m "unit or contract" tests
.venv/bin/python -m pytest -q --cov --cov-append --cov-report= -m "integration or audio or durability" tests
.venv/bin/coverage html --quiet
.venv/bin/coverage report --include='ivr/core/*' --fail-under=100 --skip-covered
.venv/bin/coverage report --fail-under=90 --skip-covered
