#!/usr/bin/env bash
# Lint and tests: makes .venv once. The quick tests run in three processes; --all takes the slow ones too. With other
# arguments pytest gets them, e.g. launch/test.sh tests/test_losses.py -k hinge. --tensorflow=latest, first, runs them on
# the newest TensorFlow, in an environment of its own.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. launch/environment.sh
if [ "${1:-}" = --tensorflow=latest ]; then
  export TENSORFLOW=latest
  shift
fi
enter_environment '[dev]'
ruff check .
ruff format --check .
all=()
if [ $# = 1 ] && [ "$1" = --all ]; then
  all=(--all)
elif [ $# -gt 0 ]; then
  exec python -m pytest "$@"
fi
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
python -m pytest ${all[@]+"${all[@]}"} tests/studies/test_every_gin_file.py tests/reliability tests/launch > "$output/gin_files" 2>&1 &
jobs=($!)
python -m pytest ${all[@]+"${all[@]}"} tests/studies --ignore=tests/studies/test_every_gin_file.py > "$output/studies" 2>&1 &
jobs+=($!)
status=0
python -m pytest ${all[@]+"${all[@]}"} --ignore=tests/studies --ignore=tests/reliability --ignore=tests/launch || status=$?
for job in "${jobs[@]}"; do
  wait "$job" || status=$?
done
cat "$output"/*
exit $status
