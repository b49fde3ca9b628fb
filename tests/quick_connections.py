"""Connections to a server of the tests, at half of what they cost a user."""

from __future__ import annotations

import psycopg2

from newsflow.local.postgres import SUPERUSER, Server

SCRAM_ITERATIONS = 160_000  # the version of PostgreSQL from which on it has this parameter


def connect_quickly(server: Server) -> None:
    """One iteration of SCRAM for passwords, not 4096: they are half of what a connection costs (13 ms of CPU)."""
    conn = psycopg2.connect(server.url())
    conn.autocommit = True
    if conn.server_version >= SCRAM_ITERATIONS:
        with conn.cursor() as cursor:
            cursor.execute("alter system set scram_iterations = 1")
            cursor.execute("set scram_iterations = 1")
            cursor.execute(f"alter role {SUPERUSER} password %s", ((server.base / "password").read_text().strip(),))
            cursor.execute("select pg_reload_conf()")
    conn.close()
