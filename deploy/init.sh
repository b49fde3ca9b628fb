#!/bin/sh
# The service airflow-init: both schemas at their head, the folders, the admin's password;
# at the end what is left to settle (`docker compose logs airflow-init`). Safe to repeat.
set -eu
mkdir -p "$AIRFLOW_HOME" "$AIRFLOW__LOGGING__BASE_LOG_FOLDER"
airflow db migrate
newsflow migrate
umask 077
python -c 'import json, os, sys; json.dump({"admin": os.environ["AIRFLOW_ADMIN_PASSWORD"]}, sys.stdout)' \
  > "$AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"
newsflow checklist list || true  # it only tells
