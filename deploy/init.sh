#!/bin/sh
# The service airflow-init: both schemas at their head, the folders, Airflow's roles and its user admin;
# at the end what is left to settle (`docker compose logs airflow-init`). Safe to repeat.
set -eu
mkdir -p "$AIRFLOW_HOME" "$AIRFLOW__LOGGING__BASE_LOG_FOLDER"
sh "$(dirname "$0")/migrate.sh"
python "$(dirname "$0")/admin.py"
newsflow checklist list || true  # it only tells
