#!/usr/bin/env bash
# Trains on this machine: makes .venv once, then passes every argument on to the command line.
#   launch/local.sh                                        # handwritten digits, two to three minutes on two cores
#   launch/local.sh gin/rs_cifar_cnn.gin                   # the same as --gin_file=gin/rs_cifar_cnn.gin
set -euo pipefail
here=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. launch/environment.sh
enter_environment ''
cd "$here"
tell_of_gpus
exec python -m tfgan_landscape.main "$@"
