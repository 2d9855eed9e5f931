# shellcheck shell=bash
# Sourced by the other scripts: makes .venv once and activates it. $1 is what to install, e.g. '.' or '.[dev]'.

find_python() {
  local candidate
  for candidate in ${PYTHON:-} python3.11 python3.10 python3.9 python3 python; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 11))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo 'error: no Python 3.9, 3.10 or 3.11 found, and TensorFlow 2.15 runs on no other; install one' >&2
  echo '  (apt install python3.11 python3.11-venv | brew install python@3.11 | conda create -n gan python=3.11)' >&2
  echo '  or name it: PYTHON=/path/to/python3.11' "$0" >&2
  return 2
}

install_packages() {
  .venv/bin/python -m pip install --upgrade pip && .venv/bin/python -m pip install --editable ".$1"
}

enter_environment() {
  local extras=$1 stamp python
  stamp=.venv/installed-$(cat setup.py | cksum | cut -d' ' -f1)-${extras//[^a-z]/}
  if [ ! -e "$stamp" ] && { [ -n "$extras" ] || ! compgen -G "$stamp*" > /dev/null; }; then
    python=$(find_python) || return
    [ -x .venv/bin/python ] || "$python" -m venv .venv || return
    echo "installing into .venv with $("$python" --version); this takes some minutes, once"
    install_packages "$extras" > .venv/install.log 2>&1 || { cat .venv/install.log >&2; return 1; }
    touch "$stamp"
  fi
  # shellcheck disable=SC1091
  . .venv/bin/activate
}
