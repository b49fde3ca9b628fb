"""The services of docker-compose.yml as plain processes: the same commands, environment and healthchecks."""

from __future__ import annotations

import json
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import requests
from cryptography.fernet import Fernet

from newsflow.local.postgres import Server, binaries, free_port
from newsflow.local.processes import ProcessGroup
from newsflow.ops import schedules
from newsflow.ops.schedules import CONSEQUENCES
from tests.deploy.chart import commands as chart_commands
from tests.deploy.compose import example, fill, services
from tests.deploy.fab import FabAirflow, form_token
from tests.deploy.this_machine import environment, healthy, here, run
from tests.paths import ROOT
from tests.waiting import PATIENCE_S, wait_for

pytestmark = [pytest.mark.airflow, pytest.mark.slow]

DATABASE = "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"
SERVERS = ("api-server", "scheduler", "dag-processor", "triggerer")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="nf-deploy-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def server(place: Path) -> Iterator[Server]:
    found = Server(place / "pg/data", 0, binaries(), fast=True)
    found.start()
    yield found
    found.stop("immediate")


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    """A filled-in .env."""
    found = {name: secrets.token_hex(40) for name in example()[0]}
    return {**found, "AIRFLOW_FERNET_KEY": Fernet.generate_key().decode(), "NEWSFLOW_CONTACT": "ops@example.org"}


@pytest.fixture(scope="module")
def stack(place: Path, server: Server, env: dict[str, str]) -> dict[str, Any]:
    """The services, with the addresses and folders of containers replaced by those of this machine."""
    port = free_port()
    moved: dict[str, Any] = here(
        fill(services(), env),
        {
            "@postgres:5432": f"@127.0.0.1:{server.port}",
            "api-server:8080": f"127.0.0.1:{port}",
            "localhost:8080": f"127.0.0.1:{port}",
            "/var/lib/newsflow": str(place / "state"),
        },
    )
    for service in moved.values():
        if "AIRFLOW__API__PORT" in service["environment"]:
            service["environment"]["AIRFLOW__API__PORT"] = str(port)
    return moved


@pytest.fixture(scope="module")
def databases(stack: dict[str, Any], server: Server) -> None:
    """What the postgres image does on an empty data folder."""
    script = ROOT / stack["postgres"]["volumes"][1].split(":")[0] / "10-databases.sh"
    password = (server.base / "password").read_text()
    env = environment(
        stack["postgres"], PGHOST="127.0.0.1", PGPORT=str(server.port), PGPASSWORD=password, POSTGRES_USER="newsflow"
    )
    subprocess.run(["sh", str(script)], check=True, env=env, capture_output=True)


@pytest.fixture(scope="module")
def chart(env: dict[str, str], place: Path) -> dict[str, Any]:
    """What the chart runs, with the secret of its user job."""
    (place / "password").write_text(env["AIRFLOW_ADMIN_PASSWORD"])
    found: dict[str, Any] = here(chart_commands(), {"/run/newsflow-admin": str(place)})
    return found


@pytest.fixture(scope="module")
def initialised(stack: dict[str, Any], chart: dict[str, Any], databases: None) -> None:
    """By Compose's service, and once more by the chart's jobs."""
    for command in (stack["airflow-init"]["command"], chart["migrate"], chart["create user"]):
        done = run(command, environment(stack["airflow-init"]))
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_roles_reach_their_own_database_only(stack: dict[str, Any], server: Server, databases: None) -> None:
    news = stack["scheduler"]["environment"]["NEWSFLOW_DATABASE_URL"]
    psycopg2.connect(news).close()
    with pytest.raises(psycopg2.OperationalError, match="permission denied"):
        psycopg2.connect(news.removesuffix("/news") + "/airflow")


def test_init_makes_both_schemas_and_can_be_repeated(stack: dict[str, Any], initialised: None) -> None:
    environment = stack["airflow-init"]["environment"]
    conn = psycopg2.connect(environment["NEWSFLOW_DATABASE_URL"])
    with conn.cursor() as cursor:
        cursor.execute("select count(*) from newsflow_meta.migration")
        assert cursor.fetchone()[0] == len(list((ROOT / "sql/migrations").glob("*.sql")))
    conn.close()


@pytest.fixture(scope="module")
def family(stack: dict[str, Any], initialised: None, place: Path) -> Iterator[ProcessGroup]:
    """The servers, started."""
    found = ProcessGroup(secrets.token_hex(8))
    try:
        for name in SERVERS:
            program, *arguments = stack[name]["command"]
            command = [str(Path(sys.executable).parent / program), *arguments]
            found.start(name, command, environment(stack[name]), place / f"{name}.log", ROOT)
        yield found
    finally:
        found.stop(stateless=("api-server",))


def test_services_come_up_healthy_and_read_the_dags(
    stack: dict[str, Any], family: ProcessGroup, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SERVERS:
        assert "'healthy'" in healthy(stack[name]), (place / f"{name}.log").read_text()[-2000:]
    assert family.ended() == {}
    monkeypatch.setenv(DATABASE, stack["scheduler"]["environment"][DATABASE])
    monkeypatch.setattr(schedules, "read", list)  # a command asks without Airflow
    wait_for(lambda: {state.dag_id for state in schedules.stored()} == set(CONSEQUENCES), "the Dags to be read")


@pytest.fixture(scope="module")
def airflow(stack: dict[str, Any], family: ProcessGroup, env: dict[str, str]) -> FabAirflow:
    """The API server, with a user for each role beside the admin whom init made."""
    assert "'healthy'" in healthy(stack["api-server"])
    found = FabAirflow(stack["api-server"]["environment"]["AIRFLOW__API__BASE_URL"], env["AIRFLOW_ADMIN_PASSWORD"])
    for role in ("Viewer", "User", "Op", "Public"):
        found.add_user(role.lower(), role)
    return found


def test_an_admin_whom_the_house_renamed_is_not_given_back(
    stack: dict[str, Any], airflow: FabAirflow, server: Server
) -> None:
    """Nor does the next start fail at the address, which is still the other's."""
    conn = psycopg2.connect(server.url("airflow"))
    conn.autocommit = True
    admin = [sys.executable, str(ROOT / "deploy/admin.py")]
    with conn.cursor() as cursor:
        cursor.execute("update ab_user set username = 'ada' where username = 'admin'")
        done = run(admin, environment(stack["airflow-init"]))
        cursor.execute("update ab_user set username = 'admin' where username = 'ada'")
    conn.close()
    assert done.stdout.endswith("Made no user admin: ada has the role Admin.\n"), done.stdout + done.stderr


@pytest.fixture(scope="module")
def viewer(airflow: FabAirflow) -> requests.Session:
    """Logged in once: FAB lets nobody try more than five times in 40 s."""
    return airflow.logged_in("viewer")


@pytest.fixture(scope="module")
def publisher(stack: dict[str, Any], initialised: None) -> str:
    """One whom a page can show and a form can change."""
    conn = psycopg2.connect(stack["scheduler"]["environment"]["NEWSFLOW_DATABASE_URL"])
    with conn, conn.cursor() as cursor:
        cursor.execute("insert into ingest.publisher (name) values ('Morgenpost')")
    conn.close()
    return "Morgenpost"


@pytest.mark.parametrize(
    ("role", "sees", "acts"), [("Public", 403, 403), ("Viewer", 200, 403), ("User", 200, 303), ("Op", 200, 303)]
)
def test_fab_s_roles_say_who_sees_our_pages_and_who_acts(
    airflow: FabAirflow, viewer: requests.Session, publisher: str, role: str, sees: int, acts: int
) -> None:
    client = viewer if role == "Viewer" else airflow.logged_in(role.lower())
    page = client.get(f"{airflow.url}/newsflow/publishers/{publisher}", timeout=PATIENCE_S)
    assert page.status_code == sees
    form = {"subject": publisher, "title": f"said by {role}", "csrf": form_token(page.text)}
    acted = client.post(f"{airflow.url}/newsflow/facts", data=form, timeout=PATIENCE_S, allow_redirects=False)
    assert acted.status_code == acts
    shown = viewer.get(f"{airflow.url}/newsflow/publishers/{publisher}", timeout=PATIENCE_S).text
    assert (f"said by {role}" in shown) == (acts == 303)


def test_airflow_s_database_is_cleaned_by_its_retention(
    stack: dict[str, Any], chart: dict[str, Any], airflow: FabAirflow, server: Server
) -> None:
    """Old runs end, with what hangs on them; the last scheduled one of a Dag stays, and so do young ones."""
    for name in ("old", "young"):
        airflow.start("news_ingest", name)  # which is paused: no scheduler gives the runs another start
    conn = psycopg2.connect(server.url("airflow"))
    with conn, conn.cursor() as cursor:
        cursor.execute("update dag_run set start_date = now() - interval '60 days' where run_id = 'old'")
        cursor.execute("update dag_run set start_date = now() where run_id = 'young'")
    done = run(chart["clean"], environment(stack["cleaner"], NEWSFLOW_RETAIN_AIRFLOW_DAYS="30"))
    assert done.returncode == 0, done.stderr[-2000:]
    with conn, conn.cursor() as cursor:
        cursor.execute("select run_id from dag_run where run_id in ('old', 'young')")
        assert cursor.fetchall() == [("young",)]
        cursor.execute("select count(*) from information_schema.tables where table_name like '\\_airflow\\_deleted%'")
        assert cursor.fetchone() == (0,)
    conn.close()


def test_a_dag_of_theirs_with_our_name_is_told_before_ours_is_added(
    stack: dict[str, Any], airflow: FabAirflow, server: Server
) -> None:
    """Airflow says nothing: it keeps the one that it read last."""

    def told() -> str:
        """The Dag processor at work here may have put its own file there again before the command looks."""
        with closing(psycopg2.connect(server.url("airflow"))) as conn, conn, conn.cursor() as cursor:
            cursor.execute("update dag set fileloc = '/theirs/dags/news.py' where dag_id = 'news_backfill'")
        done = run([str(Path(sys.executable).parent / "newsflow"), "dags-folder"], environment(stack["scheduler"]))
        assert done.stdout in {f"{ROOT / folder}\n" for folder in ("plugins/newsflow/dags", "dags")}
        return done.stderr

    assert wait_for(told, "the Dag of theirs to be told") == (
        "newsflow: Airflow has a Dag news_backfill already, of /theirs/dags/news.py: rename that one first\n"
    )


@pytest.mark.parametrize("name", ["wait", "scheduler's probe"])
def test_what_the_chart_asks_of_a_live_airflow(
    stack: dict[str, Any], chart: dict[str, Any], airflow: FabAirflow, name: str
) -> None:
    done = run(chart[name], environment(stack["scheduler"]))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_behind_a_proxy_with_tls_the_login_s_cookie_is_for_tls_only(airflow: FabAirflow) -> None:
    page = f"{airflow.url.replace('http:', 'https:')}/auth/login/"
    client = airflow.logged_in("viewer", **{"X-Forwarded-Proto": "https", "Referer": page})
    assert [cookie.secure for cookie in client.cookies if cookie.name == "_token"] == [True]


def test_nobody_sees_our_pages_without_a_login(airflow: FabAirflow) -> None:
    assert requests.get(f"{airflow.url}/newsflow/", timeout=PATIENCE_S).status_code == 401


def test_healthcheck_fails_where_nothing_answers(stack: dict[str, Any]) -> None:
    service = json.loads(json.dumps(stack["scheduler"]))
    service["healthcheck"]["test"][3] = f"http://127.0.0.1:{free_port()}/"
    assert "refused" in healthy(service, within_s=0)
