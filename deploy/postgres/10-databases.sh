#!/bin/sh
# Run once by the postgres image on an empty data folder: a role and a database each for the news and for Airflow.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v airflow_password="$AIRFLOW_DB_PASSWORD" -v news_password="$NEWS_DB_PASSWORD" <<'SQL'
create role airflow login password :'airflow_password';
create database airflow owner airflow;
revoke connect on database airflow from public;
create role news login createrole password :'news_password';
create database news owner news;
revoke connect on database news from public;
revoke connect, temporary on database postgres, template1 from public;
\connect news
-- analysts could fill the disk by these (news_internal.open_to_public)
revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea), lo_put(oid, bigint, bytea),
  lowrite(integer, bytea), pg_notify(text, text) from public;
grant execute on function pg_notify(text, text) to news;
SQL
