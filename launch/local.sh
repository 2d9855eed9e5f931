#!/usr/bin/env bash
# Trains on this machine: makes .venv once, then passes every argument on to the command line.
#   launch/local.sh                                        # handwritten digits, about three minutes on two cores
#   launch/local.sh --gin_file=gin/rs_cifar_cnn.gin
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. launch/environment.sh
enter_environment ''
cd "$here"
exec python -m tfgan_landscape.main "$@"
