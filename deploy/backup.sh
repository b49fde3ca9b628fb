#!/bin/sh
# A backup of a Compose installation, into a new folder: roles, both databases, the archive, the keys. Runs may go on.
#   sh deploy/backup.sh /backups/2026-12-01    beside docker-compose.yml; copy the folder to another machine
set -eu
umask 077
to="${1:?a folder that is not there yet}"
mkdir "$to"
unless_whole() { [ -f "$to/SHA256SUMS" ] || rm -rf "$to"; }  # what was begun goes, and its name is free again
trap unless_whole EXIT
trap 'exit 130' INT TERM HUP
postgres() { docker compose exec -T postgres "$@"; }
postgres pg_dumpall -U postgres --roles-only > "$to/roles.sql"
postgres pg_dump -U postgres -Fc airflow > "$to/airflow.dump"
postgres pg_dump -U postgres -Fc news > "$to/news.dump"
# After the database: what it names is in the archive by now. An archive in an object store is left to that store.
# tar ends with 1 where a file came, grew or went while it read, as runs and retention have it; trouble is 2.
docker compose exec -T scheduler sh -c 'cd /var/lib/newsflow && mkdir -p archive || exit
  tar -cf - archive || [ $? = 1 ]' > "$to/archive.tar"
cp .env "$to/env"
[ ! -f newsflow.env ] || cp newsflow.env "$to/newsflow.env"
(cd "$to" && sha256sum -- * > .sums && mv .sums SHA256SUMS)  # last, and whole: restore.sh takes no backup without it
docker compose exec -T scheduler python /opt/newsflow/deploy/note_backup.py "$(wc -c < "$to/news.dump")"
