#!/usr/bin/env bash
# Checks, then the quick tests side by side, then those that want the machine for themselves; a summary at the end.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

workers=${1:-2}
summary=()
status=0
run() {
  local name=$1 from=$SECONDS result=passed
  shift
  "$@" || { result=FAILED; status=1; }
  summary+=("$(printf '%-28s %-7s %4d s' "$name" "$result" $((SECONDS - from)))")
}

run "checks" bash scripts/check.sh
run "unit and contract tests" .venv/bin/python -m pytest -q -n "$workers" --dist loadfile -m "unit or contract" tests
# Browsers have a process of their own: the library that drives them keeps an event loop in the main thread.
run "pages in a browser" .venv/bin/python -m pytest -q -m browser tests/browser
run "integration, audio, faults" .venv/bin/python -m pytest -q -m "(integration or audio or durability) and not browser" tests

printf '\n'
printf '%s\n' "${summary[@]}"
exit "$status"
