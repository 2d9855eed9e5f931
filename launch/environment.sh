# shellcheck shell=bash
# Sourced by the other scripts: makes an environment once and activates it, .venv with TensorFlow 2.15, of the versions in
# requirements.lock; or, where TENSORFLOW=latest, .venv-latest with those in requirements-latest.lock.

find_python() {
  local candidate fits='(3, 9) <= sys.version_info[:2] <= (3, 11)'
  [ "$venv" = .venv ] || fits='(3, 10) <= sys.version_info[:2] <= (3, 13)'
  for candidate in ${PYTHON:-} python3.11 python3.10 python3.9 python3.12 python3.13 python3 python; do
    if "$candidate" -c "import sys; sys.exit(not $fits)" 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

find_uv() {  # the one on the PATH, or one from PyPI in a folder of its own, by whatever Python 3 there is
  local python
  command -v uv && return
  for python in ${PYTHON:-} python3 python; do
    if { "$python" -m venv .uv && .uv/bin/python -m pip install uv; } > /dev/null 2>&1 \
      || "$python" -m pip install --target .uv uv > /dev/null 2>&1; then
      echo .uv/bin/uv
      return
    fi
  done
  rm -rf .uv
  return 1
}

make_venv() {
  local python uv versions='3.9, 3.10 or 3.11' needs='TensorFlow 2.15 runs on no other' newer
  [ "$venv" = .venv ] || versions='3.10, 3.11, 3.12 or 3.13' needs='the newest TensorFlow needs one of them'
  if python=$(find_python) && "$python" -m venv "$venv"; then
    return
  fi
  rm -rf "$venv"  # a Python without ensurepip leaves a part of one
  echo "no Python $versions with venv is here, and $needs: uv fetches Python 3.11" >&2
  if uv=$(find_uv) && "$uv" venv --seed --python 3.11 "$venv" >&2; then
    return
  fi
  echo "error: no Python $versions found, and uv could not fetch one; install one" >&2
  echo '  (apt install python3.11 python3.11-venv | brew install python@3.11 | conda create -n gan python=3.11)' >&2
  echo '  or name it: PYTHON=/path/to/python3.11' "$0" >&2
  if newer=$(venv=.venv-latest find_python); then
    echo "  or take the newest TensorFlow, with the $("$newer" --version) that is here: TENSORFLOW=latest $0" >&2
  fi
  return 2
}

install() {  # by uv where it is there: the same versions, in less time
  local uv
  if uv=$(command -v uv || command -v .uv/bin/uv); then
    "$uv" pip install --python "$venv/bin/python" "$@"
  else
    "$venv/bin/python" -m pip install --upgrade pip && "$venv/bin/python" -m pip install "$@"
  fi
}

install_packages() {
  if [ "$venv" = .venv ]; then
    install --constraint requirements.lock --editable ".$1"
    return
  fi
  install --requirement requirements-latest.lock && install --no-deps --editable . || return
  "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' || return 0
  # TF Addons has no wheel for Python 3.12 and newer; what is used of it is Python alone.
  "$venv/bin/python" -m pip install --no-deps --only-binary=:all: --python-version 3.11 tensorflow-addons==0.23.0 \
    --target "$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
}

# TensorFlow 2.15 holds code of its own kernels for cards up to compute capability 8; newer ones have it compiled.
tell_of_gpus() {
  local capabilities
  capabilities=$(nvidia-smi --query-gpu=compute_cap --format=csv,noheader 2>/dev/null) || return 0
  export CUDA_CACHE_MAXSIZE=${CUDA_CACHE_MAXSIZE:-4294967296}  # bytes, the most that the driver takes: all of them fit
  if printf '%s\n' "$capabilities" | grep -Eq '^(9|[1-9][0-9])\.'; then
    echo "GPU of compute capability ${capabilities//$'\n'/, }: TensorFlow's own kernels are compiled at the first start," \
      'up to half an hour, once' >&2
  fi
}

enter_environment() {
  local extras=$1 stamp venv=.venv lock=requirements.lock
  if [ "${TENSORFLOW:-}" = latest ]; then
    venv=.venv-latest lock=requirements-latest.lock
  fi
  stamp=$venv/installed-$(cat setup.py $lock | cksum | cut -d' ' -f1)-${extras//[^a-z]/}
  if [ ! -e "$stamp" ] && { [ -n "$extras" ] || ! compgen -G "$stamp*" > /dev/null; }; then
    [ -x $venv/bin/python ] || make_venv || return
    echo "installing into $venv with $($venv/bin/python --version); this takes some minutes, once"
    install_packages "$extras" > $venv/install.log 2>&1 || { cat $venv/install.log >&2; return 1; }
    touch "$stamp"
  fi
  # shellcheck disable=SC1090,SC1091
  . $venv/bin/activate
}
