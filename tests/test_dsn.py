"""Addresses of the database: every usual way of writing one is read, and no message quotes a password."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import psycopg2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from newsflow.dsn import DsnError, normal, parts, unquoted
from newsflow.settings import Settings, SettingsError
from newsflow.store.db import connect

SEED = "PLANTED"
SIGNS = "%[]@/:?#;&=' \\\n+"
SHAPES = (
    "postgresql://owner:{}@127.0.0.1:1/news",
    "postgres://owner:{}@127.0.0.1:1/news?sslmode=prefer",
    "postgresql+psycopg2://owner:{}@127.0.0.1:1/news",
    "postgresql+asyncpg://owner:{}@127.0.0.1:1/news?ssl=prefer",
    "host=127.0.0.1 port=1 user=owner password={} dbname=news",
)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """An address with an unquoted password, and up to one slip of the pen."""
    around = st.text(st.sampled_from(SIGNS + "a1"), max_size=3)
    dsn = draw(st.sampled_from(SHAPES)).format(draw(around) + SEED + draw(around))
    at = draw(st.integers(0, len(dsn) - 1))
    slip = draw(st.sampled_from(["none", "lost", "wrong", "added", "cut", "swapped"]))
    sign = draw(st.sampled_from(SIGNS))
    slips = {
        "none": dsn,
        "lost": dsn[:at] + dsn[at + 1 :],
        "wrong": dsn[:at] + sign + dsn[at + 1 :],
        "added": dsn[:at] + sign + dsn[at:],
        "cut": dsn[:at],
        "swapped": dsn[:at] + dsn[at : at + 2][::-1] + dsn[at + 2 :],
    }
    return slips[slip]


@given(mangled())
@example("postgresql://u:PLANTED%ZZPW@127.0.0.1:1/x")
@example("postgresql://u:[PLANTED@127.0.0.1:1/x")
@example("postgresql://uPLANTED@127.0.0.1:1/x")
def test_no_message_quotes_a_password(dsn: str) -> None:
    said = []
    for read in (lambda: Settings(database_url=SecretStr(dsn)), lambda: Settings().on(dsn), lambda: normal(dsn)):
        try:
            read()
        except (ValidationError, SettingsError, DsnError):
            said.append(traceback.format_exc())
    try:
        found = parts(dsn)
    except DsnError:
        said.append(traceback.format_exc())
    else:
        # libpq quotes these when it can't connect: of the host and the port we make sure, the others are hidden
        said += [found.get("host", ""), found.get("port", "")]
        quoted = f'failed for user "{found.get("user")}", database "{found.get("dbname")}" does not exist'
        said.append(unquoted(quoted, found))
    assert SEED not in "".join(said)


@given(st.sampled_from(SHAPES), st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=4))
def test_a_proper_address_is_read_however_it_is_written(shape: str, password: str) -> None:
    found = parts(normal(f" {shape.format(password)}\n"))
    expected = {"host": "127.0.0.1", "port": "1", "user": "owner", "password": password, "dbname": "news"}
    assert {key: found[key] for key in expected} == expected
    assert found.get("sslmode", "prefer") == "prefer"


@pytest.mark.parametrize(
    ("given", "key", "value"),
    [
        ("postgresql://u:p%40%2F%25@h/x", "password", "p@/%"),
        ("postgresql://[::1]:5432/x", "host", "::1"),
        ("postgresql://a:1,b:2/x?target_session_attrs=any", "host", "a,b"),
        ("postgresql:///x?host=/var/run/postgresql", "host", "/var/run/postgresql"),
        ("postgresql://%2Fvar%2Frun/x", "host", "/var/run"),
        ("service=news", "service", "news"),
    ],
)
def test_what_libpq_can_read_is_taken(given: str, key: str, value: str) -> None:
    assert parts(normal(given))[key] == value


def test_a_wrong_password_is_told_without_it(dsn: str) -> None:
    wrong = dsn.replace(dsn[dsn.index("//") + 2 : dsn.index("@")], f"ghost{SEED}")
    with pytest.raises(psycopg2.OperationalError) as caught:
        connect(wrong)
    assert SEED not in "".join(traceback.format_exception(caught.value))


def test_options_of_the_address_hold_beside_ours(dsn: str) -> None:
    conn = connect(f"{dsn}?options=-c%20work_mem%3D7MB%20-c%20timezone%3DAsia/Tokyo&connect_timeout=7")
    expected = {"work_mem": "7MB", "timezone": "UTC", "lock_timeout": "30s", "tcp_keepalives_idle": "30"}
    with conn.cursor() as cursor:
        cursor.execute("select array(select current_setting(name) from unnest(%s) name)", (list(expected),))
        assert cursor.fetchone()[0] == list(expected.values())
    conn.close()


@pytest.mark.parametrize("command", ["status", "run", "psql"])
def test_a_command_says_it_in_one_line(tmp_path: Path, command: str) -> None:
    env = {**os.environ, "NEWSFLOW_HOME": str(tmp_path), "NEWSFLOW_DATABASE_URL": f"postgresql://u:{SEED}%ZZ@h:1/x"}
    done = subprocess.run(
        [Path(sys.executable).with_name("newsflow"), *command.split()],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("newsflow: NEWSFLOW_DATABASE_URL: the database's address can't be read")
    assert len(done.stderr.splitlines()) == 1
    assert SEED not in done.stdout + done.stderr
