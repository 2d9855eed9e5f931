#!/usr/bin/env bash
# Trains with several worker processes on this machine, as several hosts would. If one dies, all start again from the
# last checkpoint.
#   launch/multi_worker_local.sh --workers=2 --gin_file=gin/rs_cifar_cnn_quarter.gin --data_dir=DATA
# Options: --workers=2; --restarts=3, how often all may start again; --port=0, the first of the ports, 0 for free ones;
# --logs=FOLDER for what the workers beside the first say; --dry_run. All others go to the command line.
# shellcheck disable=SC2154  # option_NAME, by options.sh
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/launch/options.sh"
declare_options workers=2 restarts=3 port=0 logs= dry_run=
parse_options "$@"
require_number workers 1
require_number restarts 0
require_number port 0
if [ -z "${option_dry_run}" ]; then
  here=$PWD
  cd "$root"
  . launch/environment.sh
  enter_environment ''
  cd "$here"
fi
logs=${option_logs:-$(mktemp -d)}
mkdir -p "$logs"

free_ports() {
  if ((option_port)); then
    seq "${option_port}" $((option_port + option_workers - 1))
  else
    python -c 'import socket, sys
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(each.getsockname()[1] for each in sockets))' "${option_workers}" | tr ' ' '\n'
  fi
}

start_workers() {
  local addresses index config command
  addresses=$(free_ports | sed 's/.*/"127.0.0.1:&"/' | paste -sd,)
  command=(python -m tfgan_landscape.main --strategy=multi_worker "${passed[@]}")
  pids=()
  for ((index = 0; index < option_workers; index++)); do
    config="{\"cluster\": {\"worker\": [$addresses]}, \"task\": {\"type\": \"worker\", \"index\": $index}}"
    if [ -n "${option_dry_run}" ]; then
      quoted env "TF_CONFIG=$config" "${command[@]}"
    elif ((index)); then
      TF_CONFIG=$config "${command[@]}" > "$logs/worker-$index.log" 2>&1 &
      pids+=($!)
    else
      TF_CONFIG=$config "${command[@]}" &
      pids+=($!)
    fi
  done
}

stop_workers() {  # asks, and ten seconds later does not ask any more: a worker that waits for a dead one hears nothing
  local waited
  kill -TERM "${pids[@]}" 2> /dev/null || true
  for ((waited = 0; waited < 100; waited++)); do
    kill -0 "${pids[@]}" 2> /dev/null || break
    sleep 0.1
  done
  kill -KILL "${pids[@]}" 2> /dev/null || true
  wait "${pids[@]}" 2> /dev/null || true
}

wait_for_workers() {  # 0 when all have ended well, or how the first other one ended
  local left=${#pids[@]} code
  for (( ; left; left--)); do
    code=0
    wait -n "${pids[@]}" || code=$?
    if ((code)); then
      return "$code"
    fi
  done
}

asked=''
trap 'asked=1; kill -TERM "${pids[@]}" 2> /dev/null || true' INT TERM
for ((attempt = 0; attempt <= option_restarts; attempt++)); do
  start_workers
  [ -z "${option_dry_run}" ] || exit 0
  code=0
  wait_for_workers || code=$?
  if ((code)); then
    [ -z "$asked" ] || wait "${pids[@]}" || true
    stop_workers
  fi
  if [ "$code" = 0 ] || [ "$code" = 2 ] || [ "$code" = 130 ] || [ -n "$asked" ]; then
    [ "$code" != 2 ] || tail -n 3 "$logs"/worker-*.log >&2 || true
    exit "$([ -n "$asked" ] && echo 130 || echo "$code")"
  fi
  echo "a worker ended with code $code (logs: $logs); all start again from the last checkpoint" >&2
done
echo "error: a worker died ${option_restarts} times and once more; look into $logs, or give more --restarts" >&2
exit 1
