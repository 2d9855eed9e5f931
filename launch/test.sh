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
half=(tests/studies/test_gin_files.py tests/test_main.py tests/test_bad_input.py tests/landscape)  # of the time
python -m pytest "${half[@]}" > "$output" 2>&1 &
status=0
python -m pytest "${half[@]/#/--ignore=}" || status=$?
wait $! || status=$?
cat "$output"
exit $status
