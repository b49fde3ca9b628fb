#!/bin/sh
# What backup.sh wrote, into a Compose installation without volumes: a new machine, or after `docker compose down --volumes`.
#   sh deploy/restore.sh /backups/2026-12-01 && docker compose up -d
set -eu
umask 077
from="${1:?the folder of a backup}"
(cd "$from" && sha256sum -c --quiet SHA256SUMS)
[ -f .env ] || cp "$from/env" .env
[ -f newsflow.env ] || [ ! -f "$from/newsflow.env" ] || cp "$from/newsflow.env" newsflow.env
# the databases come with their passwords, and connections in the backup's key: another .env would not get in
held() { grep -E '^(AIRFLOW_DB_PASSWORD|NEWS_DB_PASSWORD|AIRFLOW_FERNET_KEY)=' "$1" | sed "s/=\([\"']\)\(.*\)\1\$/=\2/" | sort; }
[ "$(held .env)" = "$(held "$from/env")" ] || {
  echo "restore.sh: .env has other passwords or another key than the backup's env: nothing was done" >&2
  exit 1
}
docker compose up -d --wait postgres
postgres() { docker compose exec -T postgres "$@"; }
tables=$(postgres psql -U postgres -d news -Atc "select count(*) from pg_tables where schemaname in ('ingest', 'news')")
[ "$tables" = 0 ] || { echo "restore.sh: this installation holds news already: nothing was done" >&2; exit 1; }
# roles that the new server has already get their passwords and rights only
there=$(mktemp)
postgres psql -U postgres -d postgres -Atc "select format('CREATE ROLE %I;', rolname) from pg_roles" > "$there"
grep -vxFf "$there" "$from/roles.sql" | postgres psql -U postgres -d postgres -q -v ON_ERROR_STOP=1
rm "$there"
for name in airflow news; do
  postgres pg_restore -U postgres -d "$name" --exit-on-error --single-transaction < "$from/$name.dump"
done
docker compose run --rm --no-deps -T scheduler tar -C /var/lib/newsflow -xf - < "$from/archive.tar"
docker compose run --rm --no-deps -T scheduler newsflow archive adopt
