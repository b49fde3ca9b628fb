"""deploy/kubernetes/values.yaml against the image and the settings; test_services.py runs its commands for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from newsflow.settings import PREFIX, Settings
from tests.deploy.chart import commands, values
from tests.deploy.test_compose import airflow_settings, made_by_dockerfile
from tests.deploy.this_machine import here
from tests.paths import ROOT
from tests.waiting import wait_for

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_each_path_of_a_command_is_one_of_the_image() -> None:
    text = json.dumps(commands())
    for path in set(re.findall(r"/opt/newsflow(/[\w./-]+)", text)):
        assert (ROOT / path.strip("/")).exists(), path
        assert path.strip("/").split("/")[0] in made_by_dockerfile(), path
    assert "COPY deploy/image/entrypoint deploy/image/clean-logs /\n" in DOCKERFILE
    assert 'ENTRYPOINT ["/usr/bin/tini", "--", "/entrypoint"]' in DOCKERFILE


def test_each_airflow_command_is_one_that_airflow_knows() -> None:
    code = (
        "import json, sys\nfrom airflow.cli import cli_parser\n"
        "for words in json.loads(sys.argv[1]): cli_parser.get_parser().parse_args(words.split())"
    )
    words = [found for name in commands().values() for found in re.findall(r"airflow ([a-z][\w =-]+)", " ".join(name))]
    assert len(words) >= 9
    env = {**os.environ, "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    subprocess.run([sys.executable, "-c", code, json.dumps(words)], check=True, capture_output=True, env=env)


def test_each_setting_exists() -> None:
    ours = values()
    found = {f"AIRFLOW__{s}__{k}".upper() for s, options in ours["config"].items() for k in options}
    assert found - {"AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"} <= airflow_settings()
    names = [one["name"] for one in ours["env"]] + [one["envName"] for one in ours["secret"]]
    assert {name.removeprefix(PREFIX).lower() for name in names} <= Settings.model_fields.keys()


def test_no_password_stands_in_the_values_and_none_is_the_chart_s() -> None:
    text = (ROOT / "deploy/kubernetes/values.yaml").read_text(encoding="utf-8")
    assert not re.search(r"password:\s*\S", text, re.IGNORECASE)
    assert "defaultUser" not in text
    assert "/run/newsflow-admin/password" in " ".join(commands()["create user"])


def test_group_0_may_write_wherever_airflow_s_home_is() -> None:
    home = values()["airflowHome"]
    assert f"AIRFLOW_HOME={home}\n" in DOCKERFILE
    assert re.search(rf"install -d -o newsflow -g 0 -m 2775 .*{home} {home}/logs", DOCKERFILE)
    assert re.search(r"^USER 50000$", DOCKERFILE, re.MULTILINE), "a name can't be told from root: runAsNonRoot"


def test_an_unknown_user_id_has_a_name_behind_the_entrypoint() -> None:
    if os.getuid():
        pytest.skip("only root can take another user's id")
    script = (ROOT / "deploy/image/entrypoint").read_text(encoding="utf-8")
    done = subprocess.run(
        ["sh", "-c", script, "entrypoint", "sh", "-c", 'echo "$USER $(umask)"'],
        env={"PATH": os.environ["PATH"]}, user=1_000_640_000, group=0, extra_groups=[],
        capture_output=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == [b"newsflow", b"0002"]


@pytest.mark.parametrize("days", ["15", "08", "0.5"])
def test_the_groomer_deletes_old_logs_until_it_is_ended(tmp_path: Path, days: str) -> None:
    old, young = tmp_path / "logs/dag_id=a/attempt=1.log", tmp_path / "logs/dag_id=b/attempt=1.log"
    for path in (old, young):
        path.parent.mkdir(parents=True)
        path.write_text("x")
    os.utime(old, (0, 0))
    env = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__LOG_RETENTION_DAYS": days}
    groomer = subprocess.Popen(here(commands()["groomer"], {}), env=env)
    wait_for(lambda: not old.exists(), "the old log to go")
    assert young.exists()
    groomer.terminate()
    assert groomer.wait(30) == 0


def test_the_groomer_keeps_all_logs_where_no_age_is_set(tmp_path: Path) -> None:
    """With 0 days it deleted the logs of running tasks that were quiet for a minute."""
    log, empty = tmp_path / "logs/dag_id=a/attempt=1.log", tmp_path / "logs/dag_id=b"
    log.parent.mkdir(parents=True)
    log.write_text("x")
    empty.mkdir()
    for path in (log, empty):
        os.utime(path, (0, 0))
    env = {"PATH": os.environ["PATH"], "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__LOG_RETENTION_DAYS": "0"}
    groomer = subprocess.Popen(here(commands()["groomer"], {}), env=env)
    wait_for(lambda: not empty.exists(), "the first round")
    groomer.terminate()
    assert groomer.wait(30) == 0
    assert log.exists()
