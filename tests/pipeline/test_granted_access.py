"""A publisher that lets us in by name and password: its news come, and the secret is nowhere."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import socket
from pathlib import Path

import pytest

from newsflow import pipeline
from newsflow.request import RunRequest
from newsflow.settings import Settings
from newsflow.store.db import session
from tests.poll.feeds import items, rss
from tests.webserver import Play, Request, Server, answer

SECRET = "s3cr3t-w0rd"
BASIC = base64.b64encode(f"ana:{SECRET}".encode()).decode()
TEXT = "The council of the harbour town met late in the evening to speak about the new bridge, and many people came. "


def closed(body: bytes, kind: str) -> Play:
    """401 without the password; a session cookie, and the request's own header in an answer, with it."""

    def play(sock: socket.socket, request: Request) -> None:
        if request.headers.get("authorization") == f"Basic {BASIC}":
            sock.sendall(answer("200 OK", body, {"Content-Type": kind, "Set-Cookie": f"session={SECRET}"}))
        else:
            sock.sendall(answer("401 Unauthorized", b"", {"WWW-Authenticate": "Basic realm=x"}))

    return play


def page(number: int) -> bytes:
    text = "".join(f"<p>{TEXT}{number} {part}</p>" for part in range(5))
    return (
        f"<html><head><title>News {number}</title></head><body><article><h1>News {number}</h1>{text}</article>".encode()
    )


def everything(dsn: str) -> str:
    """All rows of all tables, as text."""
    with session(dsn) as conn, conn.cursor() as cursor:
        cursor.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname not like 'pg\\_%%'"
            " and schemaname <> 'information_schema'"
        )
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(f"select t::text from {table} t")
            found += [row[0] for row in cursor]
    return "\n".join(found)


def test_a_planted_secret_is_found_nowhere(dsn: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = Server()
    server.plays["/rss"] = closed(rss(server.origin, items(1, 3)), "application/rss+xml")
    server.plays.update({f"/a/{n}": closed(page(n), "text/html") for n in (1, 2)})  # the third is missing
    with session(dsn) as conn, conn, conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('Closed') returning publisher_id")
        cursor.execute("insert into ingest.feed (publisher_id, url) values (1, %s)", (f"{server.origin}/rss",))
    access = json.dumps([{"url": server.origin, "user": "ana", "password": SECRET}])
    settings = Settings(
        database_url=dsn, archive=str(tmp_path / "archive"), allow_origins=server.origin, delay_s=0.0, access=access
    )
    funnel = pipeline.run_all(settings, "closed", RunRequest(force=True))
    server.close()
    assert "2 new articles" in funnel.verdict.sentence
    archive = b"".join(gzip.decompress(file.read_bytes()) for file in (tmp_path / "archive").rglob("*.gz"))
    assert b"News 1" in archive
    for kept in (everything(dsn), archive.decode("latin-1"), caplog.text, repr(settings), repr(funnel)):
        assert SECRET not in kept
        assert BASIC not in kept
