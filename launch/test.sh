#!/usr/bin/env bash
# Lint and tests: makes .venv once. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. launch/environment.sh
enter_environment '[dev]'
ruff check .
ruff format --check .
python -m pytest "$@"
