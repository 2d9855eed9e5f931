#!/usr/bin/env bash
# Lint and tests: makes .venv once. With arguments, pytest gets them; without, the tests run in two processes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. launch/environment.sh
enter_environment '[dev]'
ruff check .
ruff format --check .
if [ $# -gt 0 ]; then
  exec python -m pytest "$@"
fi
output=$(mktemp)
trap 'rm -f "$output"' EXIT
experiments=(tests/studies/test_gin_files.py tests/test_main.py)  # about half of the time
python -m pytest "${experiments[@]}" > "$output" 2>&1 &
status=0
python -m pytest "${experiments[@]/#/--ignore=}" || status=$?
wait $! || status=$?
cat "$output"
exit $status
