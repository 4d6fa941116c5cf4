#!/usr/bin/env bash
# Resolves requirements.lock: every version pinned, every file's hash, no addresses.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

uv=$(command -v uv || true)
[[ -n $uv ]] || { [[ -x .venv/bin/uv ]] && uv=.venv/bin/uv; }
[[ -n $uv ]] || { printf 'lock: uv is needed (pip install uv)\n' >&2; exit 1; }
"$uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras --group dev \
  --generate-hashes --no-annotate --no-emit-index-url --no-header --output-file requirements.lock
if grep -nE '://' requirements.lock; then
  printf 'lock: the lines above name an address\n' >&2
  exit 1
fi
