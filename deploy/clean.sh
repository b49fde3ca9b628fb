#!/bin/sh
# The service cleaner: `airflow db clean` once a day, by NEWSFLOW_RETAIN_AIRFLOW_DAYS.
# `clean.sh healthy`: was it done in the last 26 hours?
set -eu
done="$AIRFLOW_HOME/cleaned"
if [ "${1:-}" = healthy ]; then
  [ -n "$(find "$done" -mmin -1560)" ]
  exit
fi
while :; do
  python -m newsflow.airflow_glue.metadata && touch "$done"
  sleep 86400
done
