# Sourced by the scripts beside this file: sets `root` and `python`, and makes the environment.
# PYTHON names the Python to make it from; python3 otherwise.
# shellcheck shell=bash
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
python=$root/${CONTACT_HISTORY_VENV:-.venv}/bin/python

# Make .venv, or CONTACT_HISTORY_VENV, hold the locked packages: `make_environment [--dev]`.
make_environment() {
    local base=${PYTHON:-python3}
    if ! command -v "$base" >/dev/null; then
        echo "Python 3.11 or later is needed, and there is no $base here." >&2
        echo "On Debian and Ubuntu: sudo apt-get install -y python3 python3-venv" >&2
        exit 1
    fi
    "$base" "$root/scripts/_environment.py" "$@"
}

# See to the system libraries of Qt WebEngine; needs the environment.
check_libraries() {
    "$python" "$root/scripts/_libraries.py" "$@"
}
