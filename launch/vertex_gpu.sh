#!/usr/bin/env bash
# Trains on Vertex AI with GPUs: builds and pushes the image, and submits a job of one or several workers (it sets TF_CONFIG itself).
#   launch/vertex_gpu.sh --project=P --region=us-central1 --image=IMAGE --workers=2 --model_dir=/gcs/BUCKET/run \
#     --gin_file=gin/rs_stl_resnet.gin
# Options: --project, --region, --image, the name under which your project keeps it; --name=tfgan-landscape; --workers=1;
# --machine=g2-standard-12; --gpu=NVIDIA_L4; --gpus=1 of each worker; --dry_run. All others go to the command line.
# No such account was at hand when this was written: the commands were read, not run.
# shellcheck disable=SC2154  # option_NAME, by options.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/launch/options.sh"
declare_options project= region= image= name=tfgan-landscape workers=1 machine=g2-standard-12 gpu=NVIDIA_L4 gpus=1 dry_run=
parse_options "$@"
require project region image
require_number workers 1
require_number gpus 1
if [[ " ${passed[*]} " != *' --model_dir=/gcs/'* ]]; then
  echo 'error: --model_dir=/gcs/BUCKET/... is missing; the disk of a worker is lost with it' >&2
  exit 2
fi
strategy=mirrored
((option_workers == 1)) || strategy=multi_worker

pool() {  # number of replicas
  local machine=machine-type=${option_machine},accelerator-type=${option_gpu},accelerator-count=${option_gpus}
  echo "--worker-pool-spec=$machine,replica-count=$1,container-image-uri=${option_image}"
}

pools=("$(pool 1)")
((option_workers == 1)) || pools+=("$(pool $((option_workers - 1)))")
arguments=$(IFS='|'; echo "--strategy=$strategy|${passed[*]}")
run docker build --file="$root/launch/Dockerfile" --build-arg='EXTRAS=[cuda]' --tag="${option_image}" "$root"
run docker push "${option_image}"
run gcloud ai custom-jobs create --project="${option_project}" --region="${option_region}" \
  --display-name="${option_name}" "${pools[@]}" --args="^|^$arguments"  # bindings may hold commas
