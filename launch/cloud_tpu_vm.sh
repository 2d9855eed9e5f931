#!/usr/bin/env bash
# Trains on a Cloud TPU VM or slice: creates it, copies this checkout to all of its hosts, trains, deletes it. Preempted, it
# is created again and the run goes on from its last checkpoint, which lies in a bucket.
#   launch/cloud_tpu_vm.sh --name=gan --zone=us-central2-b --type=v4-8 --model_dir=gs://BUCKET/run --gin_file=gin/rs_stl_resnet.gin
# Options: --name, --zone, --type; --version=tpu-vm-tf-2.15.0-pjrt, of a slice -pod-pjrt; --project; --spot for the cheap kind
# that may be preempted; --keep leaves the VM running; --attempts=10; --dry_run. All others go to the command line.
# Every host mounts the buckets that are named as gs://BUCKET/PATH, by gcsfuse, as /tmp/gcs/BUCKET/PATH. A type of more than
# 8 cores is a slice of several hosts: the first one's program drives them all, and --data_dir must be in a bucket too.
# No TPU was at hand when this was written: the commands were read, not run.
# shellcheck disable=SC2154  # option_NAME, by options.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/launch/options.sh"
declare_options name= zone= type= version= project= spot= keep= attempts=10 dry_run=
parse_options "$@"
require name zone type
require_number attempts 1
if [[ " ${passed[*]} " != *' --model_dir=gs://'* ]]; then
  echo 'error: --model_dir=gs://BUCKET/... is missing; the disk of a TPU VM is lost with it' >&2
  exit 2
fi
if ! [[ ${option_type} =~ -([0-9]+)$ ]]; then
  echo "error: --type=${option_type} names no number of cores; give e.g. --type=v4-8" >&2
  exit 2
fi
if ((BASH_REMATCH[1] > 8)); then
  version=tpu-vm-tf-2.15.0-pod-pjrt tpu=${option_name} settings='TPU_LOAD_LIBRARY=0'
else
  version=tpu-vm-tf-2.15.0-pjrt tpu=local
  settings='NEXT_PLUGGABLE_DEVICE_USE_C_API=true TF_PLUGGABLE_DEVICE_LIBRARY_PATH=/lib/libtpu.so'
fi
buckets=$(printf '%s\n' "${passed[@]}" | grep --only-matching 'gs://[^/]*' | sort --unique)
passed=("${passed[@]//gs:\/\//\/tmp\/gcs\/}")
where=(--zone="${option_zone}" ${option_project:+--project="${option_project}"})

tpu() {
  run gcloud compute tpus tpu-vm "$@" "${where[@]}"
}

everywhere() {
  tpu ssh "${option_name}" --worker=all --command="$1"
}

create() {
  tpu create "${option_name}" --accelerator-type="${option_type}" --version="${option_version:-$version}" ${option_spot:+--spot}
  run tar --create --gzip --file=/tmp/tfgan_landscape.tar.gz --directory="$root" --exclude=./.venv --exclude=./.git --exclude=./runs .
  tpu scp /tmp/tfgan_landscape.tar.gz "${option_name}:tfgan_landscape.tar.gz" --worker=all
  everywhere 'mkdir -p tfgan_landscape && tar --extract --gzip --file=tfgan_landscape.tar.gz --directory=tfgan_landscape'
  for bucket in $buckets; do
    everywhere "mkdir -p /tmp/gcs/${bucket#gs://} && gcsfuse --implicit-dirs ${bucket#gs://} /tmp/gcs/${bucket#gs://}"
  done
  everywhere 'cd tfgan_landscape && pip install --no-deps --editable . && pip install tensorflow-gan==2.1.0 tensorflow-addons==0.23.0 tensorflow-datasets gin-config==0.5.0 scikit-learn matplotlib tqdm tensorflow-hub'
}

delete() {
  [ -n "${option_keep}" ] || tpu delete "${option_name}" --quiet
}

command="cd tfgan_landscape && $settings python3 -m tfgan_landscape.main --strategy=tpu --tpu=$tpu $(quoted "${passed[@]}")"
for ((attempt = 1; attempt <= option_attempts; attempt++)); do
  create
  if tpu ssh "${option_name}" --worker=0 --command="$command"; then
    delete
    exit
  fi
  state=$(run gcloud compute tpus tpu-vm describe "${option_name}" "${where[@]}" --format='value(state)' || echo GONE)
  if [ "$state" = READY ]; then
    echo "error: the training failed and ${option_name} is still there; look at what it said, then delete it" >&2
    exit 1
  fi
  echo "${option_name} is $state: attempt $((attempt + 1)) of ${option_attempts}" >&2
  tpu delete "${option_name}" --quiet || true
done
exit 1
