# shellcheck shell=bash disable=SC2034
# Sourced by the launchers: tells their own options from what the command line gets, and runs commands or prints them.
#   declare_options workers=2 dry_run=; parse_options "$@"
# Then $option_workers is what --workers=N says, and "${passed[@]}" is all the rest. Options are --name=value, or --name
# for 1. Written for bash 3.2 on: macOS has no newer one.

declare_options() {  # NAME=DEFAULT of each
  local each
  option_names=' '
  for each in "$@"; do
    option_names+="${each%%=*} "
    printf -v "option_${each%%=*}" '%s' "${each#*=}"
  done
}

parse_options() {
  local argument name
  passed=()
  for argument in "$@"; do
    name=${argument%%=*}
    name=${name#--}
    if [[ $argument == --* && $option_names == *" $name "* ]]; then
      case $argument in
        *=*) printf -v "option_$name" '%s' "${argument#*=}" ;;
        *) printf -v "option_$name" 1 ;;
      esac
    else
      passed+=("$argument")
    fi
  done
}

require() {  # the options that must not be empty
  local name value
  for name in "$@"; do
    value=option_$name
    if [ -z "${!value}" ]; then
      echo "error: --$name is missing; give --$name=VALUE" >&2
      exit 2
    fi
  done
}

require_number() {  # option, smallest value
  local value=option_$1
  if ! [[ ${!value} =~ ^[0-9]{1,9}$ ]] || ((${!value} < $2)); then
    echo "error: --$1=${!value} is no whole number from $2 on" >&2
    exit 2
  fi
}

quoted() {
  printf '%q ' "$@"
  echo
}

run() {
  if [ -n "$option_dry_run" ]; then
    quoted "$@"
  else
    "$@"
  fi
}
