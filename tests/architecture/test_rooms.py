"""The house rules: which room may import what, and which modules stay pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsflow.settings import ROOT

PACKAGE = ROOT / "plugins" / "newsflow"
STAGES = {"poll", "fetch", "extract", "dedupe", "load"}
IMPURE = {"airflow", "psycopg2", "requests", "random", "socket", "subprocess", "secrets", "time"}
# The modules of a stage that talk to the world: its step and what only its step uses.
IMPURE_NAMES = {"step", "pool", "worker", "store"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_stages_do_not_import_each_other(stage: str) -> None:
    others = {f"newsflow.{name}" for name in STAGES - {stage}}
    found = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (PACKAGE / stage).rglob("*.py")
        for name in imports(path)
        if any(name == other or name.startswith(other + ".") for other in others)
    ]
    assert found == []


def test_only_settings_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    # local/ and its command hand their environment on to the processes that they start
    assert {name for name in readers if not name.startswith("local/")} <= {"settings.py", "commands/local.py"}


def test_only_the_bridges_import_airflow() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for name in imports(path)
        if name.split(".")[0] == "airflow" and room(path) not in {"ops", "airflow_glue"}
    }
    assert found == set()


def test_text_and_model_are_pure() -> None:
    pure = [*(PACKAGE / "text").rglob("*.py"), PACKAGE / "model.py", PACKAGE / "run_check.py"]
    found = [f"{p.name} imports {n}" for p in pure for n in imports(p) if n.split(".")[0] in IMPURE]
    assert pure
    assert found == []


def test_importing_the_package_needs_no_airflow() -> None:
    code = (
        "import sys\n"
        "sys.modules['airflow'] = None\n"
        "import newsflow.pipeline, newsflow.cli, newsflow.model, newsflow.store.runs\n"
        "import newsflow.poll.step, newsflow.fetch.step, newsflow.extract.step\n"
        "import newsflow.dedupe.step, newsflow.load.step\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "plugins")})


def test_airflow_scans_only_the_plugin_file() -> None:
    """A scan of plugins/ executes each file that it finds under its bare name; ours must find one."""
    code = (
        "from airflow._shared.module_loading.file_discovery import find_path_from_directory\n"
        f"print('\\n'.join(p for p in find_path_from_directory({str(ROOT / 'plugins')!r}, '.airflowignore', 'glob')"
        " if p.endswith('.py')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    names = [Path(line).name for line in done.stdout.splitlines() if line.startswith("/")]
    assert names == ["newsflow_plugin.py"]
