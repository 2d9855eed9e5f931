# shellcheck shell=bash disable=SC2034
# Sourced by the launchers: tells their own options from what the command line gets, and runs commands or prints them.
#   declare -A option=([workers]=2 [dry_run]=''); parse_options "$@"
# Then ${option[workers]} is what --workers=N says, and "${passed[@]}" is all the rest. Options are --name=value, or
# --name for 1.

parse_options() {
  local argument name
  passed=()
  for argument in "$@"; do
    name=${argument%%=*}
    name=${name#--}
    if [[ $argument == --* && -v "option[$name]" ]]; then
      case $argument in
        *=*) option["$name"]=${argument#*=} ;;
        *) option["$name"]=1 ;;
      esac
    else
      passed+=("$argument")
    fi
  done
}

require() {  # the options that must not be empty
  local name
  for name in "$@"; do
    if [ -z "${option[$name]}" ]; then
      echo "error: --$name is missing; give --$name=VALUE" >&2
      exit 2
    fi
  done
}

require_number() {  # option, smallest value
  if ! [[ ${option[$1]} =~ ^[0-9]{1,9}$ ]] || ((option[$1] < $2)); then
    echo "error: --$1=${option[$1]} is no whole number from $2 on" >&2
    exit 2
  fi
}

quoted() {
  printf '%q ' "$@"
  echo
}

run() {
  if [ -n "${option[dry_run]}" ]; then
    quoted "$@"
  else
    "$@"
  fi
}
