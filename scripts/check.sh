#!/usr/bin/env bash
# Style, types, directions between packages, call flows. Runs all of them, then says which failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

failed=()
run() {
  local name=$1
  shift
  printf 'check: %s\n' "$name"
  "$@" || failed+=("$name")
}

run "style" .venv/bin/ruff check --quiet .
run "types" .venv/bin/mypy
run "directions" .venv/bin/lint-imports --no-logo
run "call flows" .venv/bin/python -m ivr flows check call_flows

if ((${#failed[@]})); then
  printf 'check: FAILED: %s\n' "${failed[*]}" >&2
  exit 1
fi
printf 'check: all good\n'
