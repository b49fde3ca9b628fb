"""docker-compose.yml is valid, complete, and has no password that works by default."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from newsflow.airflow_glue import dag_docs
from newsflow.settings import Settings
from newsflow.store.db import OPTIONS
from tests.deploy.compose import MissingVariableError, example, fill, services, variables
from tests.paths import ROOT

AIRFLOW = ("api-server", "scheduler", "dag-processor", "triggerer")
CELERY = ("redis", "worker", "flower")
FOREIGN = ("postgres", "redis", "caddy")
IN_IMAGE = "/opt/newsflow"


def program(name: str) -> str | None:
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def test_it_is_valid_by_the_compose_specification() -> None:
    tool = Path(sys.executable).parent / "check-jsonschema"
    command = [str(tool), "--builtin-schema", "vendor.compose-spec", str(ROOT / "docker-compose.yml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_schema_check_can_fail(tmp_path: Path) -> None:
    broken = tmp_path / "compose.yml"
    broken.write_text("services: {postgres: {image: 5}}")
    command = [str(Path(sys.executable).parent / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    assert subprocess.run([*command, str(broken)], capture_output=True, check=False).returncode == 1


def test_it_has_the_services_of_a_whole_airflow() -> None:
    assert set(services()) == {"postgres", "airflow-init", "cleaner", "caddy", *AIRFLOW, *CELERY}


def test_long_running_services_restart_and_are_watched() -> None:
    found = {n: s for n, s in services().items() if n != "airflow-init"}
    assert {s["restart"] for s in found.values()} == {"unless-stopped"}
    assert all({"test", "interval", "timeout", "retries"} <= s["healthcheck"].keys() for s in found.values())


def test_no_service_fills_the_disk_with_its_log_or_the_memory_with_itself() -> None:
    found = services()
    assert {name for name, service in found.items() if service["logging"]["options"]["max-size"] != "10m"} == set()
    assert {name for name, service in found.items() if "mem_limit" not in service} == {"postgres"}, "none may kill it"
    assert found["postgres"]["stop_grace_period"] == "2m"


def test_airflow_starts_after_its_schemas_are_made() -> None:
    for name in AIRFLOW:
        assert services()[name]["depends_on"]["airflow-init"] == {"condition": "service_completed_successfully"}
    assert services()["airflow-init"]["depends_on"]["postgres"] == {"condition": "service_healthy"}


def test_every_variable_stands_in_the_example_and_the_other_way_round() -> None:
    required, optional = example()
    assert {n for n, kinds in variables().items() if kinds == {":?"}} == set(required)
    assert {n for n, kinds in variables().items() if kinds == {":-"}} == optional
    assert all(kinds in ({":?"}, {":-"}) for kinds in variables().values())


@pytest.mark.parametrize("name", sorted(example()[0]))
def test_without_any_one_of_them_it_refuses_to_start(name: str) -> None:
    env = {key: "x" for key in example()[0] if key != name}
    with pytest.raises(MissingVariableError, match=name):
        fill(services(), env)


def test_the_example_holds_no_value_that_works() -> None:
    assert set(example()[0].values()) == {""}


def test_nothing_secret_has_a_default_or_stands_in_the_file() -> None:
    optional = {n for n, kinds in variables().items() if ":-" in kinds}
    assert not [n for n in optional if re.search("PASSWORD|SECRET|KEY|TOKEN", n)]
    for service in services().values():
        for key, value in service.get("environment", {}).items():
            if re.search("PASSWORD$|SECRET|_KEY$", key):
                assert value.startswith("${"), key


def test_database_and_web_are_not_open_to_the_network() -> None:
    assert "ports" not in services()["postgres"]
    open_to_all = {n for n, s in services().items() for port in s.get("ports", ()) if not port.startswith("127.0.0.1:")}
    assert open_to_all == {"caddy"}


def airflow_settings() -> set[str]:
    """The variables of all settings that Airflow and our providers of it know."""
    import airflow
    from airflow.providers.celery.get_provider_info import get_provider_info as celery
    from airflow.providers.fab.get_provider_info import get_provider_info as fab

    config = yaml.safe_load((Path(airflow.__file__).parent / "config_templates/config.yml").read_text())
    config = {**config, **celery()["config"], **fab()["config"]}
    return {f"AIRFLOW__{s}__{k}".upper() for s, section in config.items() for k in section["options"]}


def test_every_airflow_setting_exists_in_this_airflow() -> None:
    used = {k for s in services().values() for k in s.get("environment", {}) if k.startswith("AIRFLOW__")}
    assert used
    assert used <= airflow_settings()


def test_every_newsflow_setting_exists() -> None:
    used = {k for s in services().values() for k in s.get("environment", {}) if k.startswith("NEWSFLOW_")}
    assert used
    assert {k.removeprefix("NEWSFLOW_").lower() for k in used} <= Settings.model_fields.keys()


def test_every_path_of_the_image_exists_in_the_repository() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    paths = re.findall(rf"{IN_IMAGE}(/[\w./-]+)", text)
    assert len(paths) >= 3
    for path in paths:
        assert (ROOT / path.strip("/")).exists(), path
        assert path.strip("/").split("/")[0] in made_by_dockerfile(), path


def made_by_dockerfile() -> set[str]:
    """What stands in the image's working folder: the last stage's copies and links."""
    lines = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2].splitlines()
    return {line.removesuffix(" \\").split()[-1] for line in lines if line.startswith(("COPY", "RUN ln"))}


def test_every_mounted_path_and_volume_exists() -> None:
    named = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["volumes"]
    for service in services().values():
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in named, volume


def test_every_copied_path_exists_and_is_not_ignored() -> None:
    ignored = {line.strip("/") for line in (ROOT / ".dockerignore").read_text().split()}
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert source.strip("/") not in ignored, source


def test_the_image_does_not_run_as_root_and_installs_against_hashes() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER 50000$", text, re.MULTILINE)
    assert text.count("--require-hashes") == 3


def test_each_image_is_named_by_its_patch_and_system() -> None:
    """A tag such as 18 or slim is another image next month."""
    images = [services()[name]["image"] for name in FOREIGN]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert len(set(images)) == 4
    assert all(re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?-(slim-)?(trixie|alpine)", image) for image in images), images


def test_the_image_says_what_is_in_it() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert "COPY --from=build /build/sbom.cdx.json /build/NOTICE ./" in text
    locked = (ROOT / ".ci/sbom.txt").read_text()
    for tool in (ROOT / ".ci/sbom.in").read_text().split():
        assert f"{tool}==" in locked


def test_every_command_is_a_program_of_the_image() -> None:
    for name, service in services().items():
        if name not in FOREIGN:
            assert program(service["command"][0]), name
            assert program(service.get("healthcheck", {}).get("test", ["CMD", "sh"])[1]), name


def test_every_airflow_command_is_one_that_airflow_knows() -> None:
    code = (
        "import json, sys\nfrom airflow.cli import cli_parser\n"
        "for words in json.loads(sys.argv[1]): cli_parser.get_parser().parse_args(words)"
    )
    used = [fill(services()[name]["command"], {})[1:] for name in (*AIRFLOW, "worker", "flower")]
    env = {**os.environ, "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"}
    subprocess.run([sys.executable, "-c", code, json.dumps(used)], check=True, capture_output=True, env=env)


def test_celery_s_services_start_only_where_they_are_asked_for() -> None:
    assert {name for name, service in services().items() if service.get("profiles") == ["celery"]} == set(CELERY)
    assert services()["caddy"]["profiles"] == ["tls"]
    assert services()["scheduler"]["depends_on"]["redis"]["required"] is False


def test_no_task_runs_longer_than_redis_waits_before_it_gives_it_to_another_worker() -> None:
    limits = [
        task.partial_kwargs["execution_timeout"] if task.is_mapped else task.execution_timeout
        for dag in dag_docs.bag().dags.values()
        for task in dag.tasks
    ]
    waits = services()["worker"]["environment"]["AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT"]
    assert int(waits) > max(limits).total_seconds()


def test_the_server_ends_the_sessions_of_airflow_s_dead_machines_as_it_ends_ours() -> None:
    asked = dict(word.split("=") for word in services()["postgres"]["command"] if word.startswith("tcp_"))
    assert asked
    assert all(f"-c {name}={value}" in OPTIONS for name, value in asked.items())
    assert asked.keys() == set(re.findall(r"tcp_\w+", OPTIONS))


def test_every_setting_of_newsflow_can_reach_each_container() -> None:
    for name in ("airflow-init", "cleaner", *AIRFLOW, "worker"):
        assert services()[name]["env_file"] == [{"path": "newsflow.env", "required": False}], name


@pytest.mark.parametrize(
    "script",
    [
        "deploy/init.sh",
        "deploy/clean.sh",
        "deploy/backup.sh",
        "deploy/restore.sh",
        "deploy/postgres/10-databases.sh",
        ".ci/run",
    ],
)
def test_scripts_are_executable_shell(script: str) -> None:
    subprocess.run(["sh", "-n", str(ROOT / script)], check=True)
    assert (ROOT / script).stat().st_mode & 0o111
