#!/usr/bin/env bash
# Sets up everything `make demo` and `make test` need; returns at once when nothing changed since the last time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly VENV=.venv
readonly STAMP=$VENV/.denwaban-setup
readonly PACKAGES=(python3-venv espeak-ng libespeak-ng1 libgomp1 libstdc++6)
# Only the tests of the pages want it: nobody is stopped by its absence.
readonly BROWSER=chromium
# Wheels of the speech engines exist for these.
readonly PYTHONS=(python3 python3.13 python3.12 python3.11)

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

is_debian() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }

is_installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

# Prints the first usable interpreter: 3.11 to 3.13, with venv and pip inside.
find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} "${PYTHONS[@]}"; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
      >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  return 1
}

# Prints what is missing, one name a line. A Python that works makes Debian's own unnecessary.
missing_packages() {
  local name
  for name in "${PACKAGES[@]}"; do
    if [[ $name == python3-venv ]] && find_python >/dev/null; then continue; fi
    is_installed "$name" || printf '%s\n' "$name"
  done
}

install_packages() {
  is_debian || {
    command -v espeak-ng >/dev/null || say "not a Debian system: please install espeak-ng with its library"
    return 0
  }
  local missing
  mapfile -t missing < <(missing_packages)
  if [[ $EUID -ne 0 ]]; then
    [[ ${#missing[@]} -eq 0 ]] || fail "please install first: sudo apt-get install ${missing[*]}"
    is_installed "$BROWSER" || say "tests of the pages are skipped without it: sudo apt-get install $BROWSER"
    return 0
  fi
  is_installed "$BROWSER" || missing+=("$BROWSER")
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# What the environment depends on: the lock, the package's own description, and where it lives.
fingerprint() { { cat requirements.lock pyproject.toml scripts/setup.sh; pwd; } | sha256sum | cut -d' ' -f1; }

make_environment() {
  local python
  python=$(find_python) || fail "Python 3.11, 3.12 or 3.13 with venv is needed; on Debian or Ubuntu: apt-get install python3-venv"
  if ! "$VENV/bin/python" -c 'import pip' >/dev/null 2>&1; then
    say "making $VENV with $("$python" --version)"
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
  fi
}

install_python_packages() {
  local pip=("$VENV/bin/python" -m pip --disable-pip-version-check)
  say "installing Python packages (the first time takes a few minutes)"
  # Most modules are never used: bytecode is made of the others only, below.
  "${pip[@]}" install -qq --no-compile --require-hashes --no-deps --progress-bar off -r requirements.lock
  "${pip[@]}" install -qq --no-deps --no-build-isolation -e .
}

# What the processes of a server import. Python keeps bytecode of its own accord, unless PYTHONDONTWRITEBYTECODE is set,
# as container images like to do: then each process compiles a thousand files at every start, and a server is ready
# after 14 s instead of 6 (measured). Whatever cannot be imported is told by `ivr doctor`, not here.
readonly IMPORTED=(ivr.media_process ivr.web_process ivr.worker_process ivr.commands.serve ivr.commands.db
  ctranslate2 tokenizers fugashi piper onnxruntime pyopenjtalk pyttsx3)
make_bytecode() {
  local module
  for module in "${IMPORTED[@]}"; do
    env -u PYTHONDONTWRITEBYTECODE "$VENV/bin/python" -c "import $module" >/dev/null 2>&1 || true
  done
}

verify_models() {
  "$VENV/bin/ivr" models verify >"$VENV/models.log" 2>&1 || {
    cat "$VENV/models.log" >&2
    fail "a packaged speech model is not what it should be; 'make clean setup' fetches it again"
  }
}

# One set-up at a time: `make demo` and `make test` may be called side by side.
mkdir -p .cache
if command -v flock >/dev/null; then
  exec 9>.cache/setup.lock
  flock 9
fi
install_packages
readonly wanted=$(fingerprint)
if [[ -x $VENV/bin/ivr && -f $STAMP && $(<"$STAMP") == "$wanted" ]]; then
  exit 0
fi
make_environment
install_python_packages
make_bytecode
verify_models
printf '%s' "$wanted" >"$STAMP"
say "ready"
