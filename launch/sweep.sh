#!/usr/bin/env bash
# Trains every gin file with every seed. What is finished is left out, what was interrupted goes on. At the end a table,
# and curves.png with the scores of all runs over their iterations.
#   launch/sweep.sh --seeds=0,1,2 gin/js_digits_cnn.gin gin/rs_digits_cnn.gin --gin_param='Trainer.iterations = 500'
#   launch/sweep.sh --slurm='--partition=gpu --gres=gpu:1' --seeds=0,1,2 gin/*_cifar_resnet.gin --data_dir=DATA
# Options: --seeds=0; --runs=runs/sweep, the folder of all runs; --jobs=1 at a time; --slurm=OPTIONS submits an array of
# jobs in place of running them here (and prints the table by another call, without it, when they are done); --parts=8
# divides the runs of each study among so many jobs, which share its folder; --dry_run.
# Arguments that end with .gin are the experiments, all others go to the command line.
# shellcheck disable=SC2154  # option_NAME, by options.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/launch/options.sh"
declare_options seeds=0 runs=runs/sweep jobs=1 parts=1 slurm= dry_run= task=
parse_options "$@"
require_number jobs 1
require_number parts 1
if ! [[ ${option_seeds} =~ ^[0-9]+(,[0-9]+)*$ ]]; then
  echo "error: --seeds=${option_seeds} is no list of whole numbers; write it as 0,1,2" >&2
  exit 2
fi
experiments=() flags=()
for argument in ${passed[@]+"${passed[@]}"}; do
  case $argument in
    --*) flags+=("$argument") ;;
    *.gin) experiments+=("$argument") ;;
    *) flags+=("$argument") ;;
  esac
done
if [ ${#experiments[@]} = 0 ]; then
  echo 'error: no gin file; name one or more, e.g. launch/sweep.sh --seeds=0,1 gin/rs_digits_cnn.gin' >&2
  exit 2
fi

tasks=()
for experiment in "${experiments[@]}"; do
  for seed in ${option_seeds//,/ }; do
    for ((part = 1; part <= option_parts; part++)); do
      tasks+=("$experiment $seed $part")
    done
  done
done

train() {  # number of the task
  local experiment seed part folder done=finished log=log
  experiment=${tasks[$1]% * *}
  read -r seed part <<< "${tasks[$1]#"$experiment" }"
  folder=${option_runs}/$(basename "$experiment" .gin)-seed$seed
  if ((option_parts > 1)); then
    done=finished-$part-of-${option_parts} log=log-$part
  fi
  if [ -e "$folder/$done" ]; then
    echo "$folder is finished"
    return
  fi
  local command=("$root/launch/local.sh" --gin_file="$experiment" --seed="$seed" --model_dir="$folder")
  command+=(${flags[@]+"${flags[@]}"})
  if ((option_parts > 1)); then
    command+=(--part="$part/${option_parts}")
  fi
  if [ -n "${option_dry_run}" ]; then
    quoted "${command[@]}"
  else
    mkdir -p "$folder"
    echo "$folder"
    "${command[@]}" >> "$folder/$log" 2>&1
    touch "$folder/$done"
  fi
}

if [ -n "${option_slurm}" ]; then
  read -ra slurm <<< "${option_slurm}"
  run sbatch "${slurm[@]}" --array=0-$((${#tasks[@]} - 1)) "$root/launch/slurm.sbatch" \
    "$root/launch/sweep.sh" --task=SLURM_ARRAY_TASK_ID --seeds="${option_seeds}" --parts="${option_parts}" \
    --runs="${option_runs}" \
    "${experiments[@]}" ${flags[@]+"${flags[@]}"}
  exit
fi
if [ -n "${option_task}" ]; then
  train "${SLURM_ARRAY_TASK_ID:?only within an array of jobs}"
  exit
fi
failed=0 pids=()

await_one() {  # takes a run that has ended from pids, and counts it where it failed
  local index
  while true; do
    for index in "${!pids[@]}"; do
      if ! kill -0 "${pids[$index]}" 2> /dev/null; then
        wait "${pids[$index]}" || failed=$((failed + 1))
        unset "pids[$index]"
        return
      fi
    done
    sleep 0.2
  done
}

for number in "${!tasks[@]}"; do
  if ((${#pids[@]} >= option_jobs)); then
    await_one
  fi
  train "$number" &
  pids+=($!)
done
while ((${#pids[@]})); do
  await_one
done
if ((option_parts > 1 && failed == 0)); then  # the runs are there: what is left is the tables and figures of each study
  dry=(${option_dry_run:+--dry_run})
  exec "$root/launch/sweep.sh" --seeds="${option_seeds}" --runs="${option_runs}" --jobs="${option_jobs}" \
    ${dry[@]+"${dry[@]}"} "${experiments[@]}" ${flags[@]+"${flags[@]}"}
fi
if [ -z "${option_dry_run}" ]; then
  "$root/.venv/bin/python" "$root/launch/table.py" "${option_runs}" || true
fi
if ((failed)); then
  echo "error: $failed of ${#tasks[@]} runs failed; each says why in its folder's log, and the same command goes on" >&2
  exit 1
fi
