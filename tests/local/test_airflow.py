"""The local Airflow's configuration, and what its client makes of the API's answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg2.extensions import connection as Connection

from newsflow.local.airflow import COMPONENTS, Airflow, AirflowError, Client, Ports, configuration, tail
from newsflow.local.home import Home
from newsflow.local.processes import ProcessGroup
from newsflow.store.db import transaction

PORTS = Ports(18080)
METADATA = "postgresql://u:p%40ss@127.0.0.1:5433/airflow"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def test_every_setting_exists_in_this_airflow(home: Home) -> None:
    import airflow

    config = yaml.safe_load((Path(airflow.__file__).parent / "config_templates/config.yml").read_text())
    known = {f"AIRFLOW__{s}__{k}".upper() for s, section in config.items() for k in section["options"]}
    assert {k for k in configuration(home, PORTS, METADATA) if k.startswith("AIRFLOW__")} <= known


def test_pages_and_execution_api_are_told_the_same_port(home: Home) -> None:
    found = configuration(home, PORTS, METADATA)
    assert found["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:18080"
    assert found["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18080/execution/"
    assert found["AIRFLOW__API__HOST"] == "127.0.0.1"


@pytest.mark.parametrize(("once", "seconds"), [(False, "0.5"), (True, "0.1")])
def test_a_scheduler_that_is_up_for_one_run_does_not_rest(home: Home, once: bool, seconds: str) -> None:
    assert configuration(home, PORTS, METADATA, once=once)["AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME"] == seconds


def test_metadata_url_keeps_its_escapes(home: Home) -> None:
    found = configuration(home, PORTS, METADATA)
    assert found["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://u:p%40ss@127.0.0.1:5433/airflow"


def test_keys_stay_from_start_to_start_and_passwords_are_on(home: Home) -> None:
    first, second = (configuration(home, PORTS, METADATA) for _ in range(2))
    assert first == second
    assert "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS" not in first
    assert len(first["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64


class Api(ThreadingHTTPServer):
    """Answers as told, and notes what it was asked: the place where Airflow begins."""

    def __init__(self, answers: dict[str, tuple[int, Any]]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = answers, list[tuple[str, str, Any, str]]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        server: Api = self.server  # type: ignore[assignment]
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        server.asked.append((self.command, self.path, body, self.headers.get("Authorization", "")))
        status, found = server.answers.get(f"{self.command} {self.path.split('?')[0]}", (404, {}))
        data = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = _answer  # noqa: N815 - names given by http.server
    do_POST = _answer  # noqa: N815
    do_PATCH = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    server = Api({"POST /auth/token": (201, {"access_token": "t0ken"})})
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_token_is_fetched_once_and_sent(api: Api) -> None:
    api.answers["GET /api/v2/dags/d"] = (200, {})
    client = Client(api.url, "secret")
    assert client.knows("d") and client.knows("d")
    assert [a[:2] for a in api.asked].count(("POST", "/auth/token")) == 1
    assert api.asked[0][2] == {"username": "admin", "password": "secret"}
    assert api.asked[-1][3] == "Bearer t0ken"


def test_trigger_sends_the_params_and_returns_the_run(api: Api) -> None:
    api.answers["POST /api/v2/dags/d/dagRuns"] = (200, {"dag_run_id": "manual__1"})
    assert Client(api.url, "x").trigger("d", {"force": True}) == "manual__1"
    assert api.asked[-1][2] == {"logical_date": None, "conf": {"force": True}}


def test_refused_trigger_gives_the_reason(api: Api) -> None:
    api.answers["POST /api/v2/dags/d/dagRuns"] = (400, {"detail": "limit must be positive"})
    with pytest.raises(AirflowError, match="limit must be positive"):
        Client(api.url, "x").trigger("d", {})


def test_a_dag_that_is_not_there_yet_is_waited_for(api: Api) -> None:
    api.answers["GET /api/v2/importErrors"] = (200, {"import_errors": []})
    assert not Client(api.url, "x").knows("d")


def test_a_dag_file_that_can_not_be_imported_is_named_with_its_error(api: Api) -> None:
    error = {"filename": "news_ingest.py", "stack_trace": "SyntaxError: invalid syntax"}
    api.answers["GET /api/v2/importErrors"] = (200, {"import_errors": [error]})
    with pytest.raises(AirflowError, match=r"news_ingest.py can't be imported: SyntaxError"):
        Client(api.url, "x").knows("d")


def test_nobody_answering_is_not_yet_and_no_error() -> None:
    client = Client("http://127.0.0.1:9", "x")
    assert not client.answers()
    assert not client.warm()
    assert not client.scheduling()


@pytest.mark.parametrize(("status", "expected"), [("healthy", True), ("unhealthy", False), (None, False)])
def test_scheduler_is_there_when_its_heartbeat_is(api: Api, status: str | None, expected: bool) -> None:
    api.answers["GET /api/v2/monitor/health"] = (200, {"scheduler": {"status": status}})
    assert Client(api.url, "x").scheduling() is expected


def test_a_component_that_ends_is_named_with_its_log(home: Home) -> None:
    family = ProcessGroup("test-component")
    airflow = Airflow(home, PORTS, METADATA, {"PATH": "/usr/bin:/bin"}, family)
    log = home.logs / "scheduler.log"
    family.start("scheduler", ["sh", "-c", "echo port taken; exit 3"], {"PATH": "/usr/bin:/bin"}, log, home.root)
    family.children["scheduler"].wait()
    with pytest.raises(AirflowError, match=r"(?s)scheduler ended with 3.*port taken"):
        airflow.check()


def test_tail_of_a_missing_log_is_no_error(tmp_path: Path) -> None:
    assert tail(tmp_path / "none") == "(no log)"


@pytest.mark.parametrize("component", ["scheduler", "triggerer"])
def test_no_log_server_listens(component: str) -> None:
    """Airflow binds them to all addresses, and has no setting for that."""
    assert COMPONENTS[component] == ("--skip-serve-logs",)


def test_whether_the_metadata_are_migrated_is_asked_of_the_database(
    home: Home, dsn: str, conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They may have been dropped, or be those of a backup, since a note was written."""
    commands: list[str] = []

    def command(_airflow: Airflow, _log: Path, *words: str) -> int:
        commands.append(" ".join(words[:2]))
        with transaction(conn):
            conn.cursor().execute("create table if not exists alembic_version (version_num text)")
        return 0

    monkeypatch.setattr(Airflow, "_command", command)
    airflow = Airflow(home, PORTS, dsn, {}, ProcessGroup(home.mark))
    assert [airflow.migrate() for _ in range(2)] == [True, False]
    with transaction(conn):
        conn.cursor().execute("drop table alembic_version")
    assert [airflow.migrate() for _ in range(2)] == [True, False]
    assert commands == ["db migrate"] * 2
