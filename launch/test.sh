#!/usr/bin/env bash
# Lint and tests: makes .venv once. With arguments, pytest gets them; without, the tests run in three processes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. launch/environment.sh
enter_environment '[dev]'
ruff check .
ruff format --check .
if [ $# -gt 0 ]; then
  exec python -m pytest "$@"
fi
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
python -m pytest tests/studies/test_every_gin_file.py tests/reliability tests/launch > "$output/gin_files" 2>&1 &
jobs=($!)
python -m pytest tests/studies --ignore=tests/studies/test_every_gin_file.py > "$output/studies" 2>&1 &
jobs+=($!)
status=0
python -m pytest --ignore=tests/studies --ignore=tests/reliability --ignore=tests/launch || status=$?
for job in "${jobs[@]}"; do
  wait "$job" || status=$?
done
cat "$output"/*
exit $status
