"""The house rules: which room may import what, and which modules stay pure."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGE = ROOT / "plugins" / "newsflow"
STAGES = {"poll", "fetch", "extract", "dedupe", "load"}
# The modules of a stage that may ask the database: its step, and the store that holds its statements.
DOORS = {"step", "store"}
DOORS_OF = {
    # the ledger of gaps is written by the statements that decide on it; what entries are is asked of what is kept; a
    # claim is a step of its own
    "poll": {"claims", "gaps", "identities", "probing"},
    "extract": {"site_learning", "site_store"},
    "load": {"search_index"},
    "dedupe": {"cluster", "rebuild", "imported_site_lines", "tombstones"},
}


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


def test_contracts_of_the_rooms() -> None:
    """`[tool.importlinter]` in pyproject.toml: layers, stages apart, pure modules pure."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env={"PYTHONPATH": str(ROOT / "plugins")}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def _asks(name: str) -> bool:
    """Whether an imported name can ask the database; the classes of rows can't."""
    if name.startswith("newsflow.store.queries."):
        return name.count(".") == 4 and name.rpartition(".")[2].islower()
    return name in {"newsflow.store.queries", "newsflow.store.copy.copy_rows"}


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_few_modules_of_a_stage_talk_to_the_database(stage: str) -> None:
    """Rows are read and written by a room's doors; all else in it gets them handed in."""
    found = {path.stem for path in (PACKAGE / stage).rglob("*.py") if any(map(_asks, imports(path)))}
    assert found - DOORS - DOORS_OF.get(stage, set()) == set()


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


def test_settings_are_passed_but_at_the_edges() -> None:
    readers = {path for path in modules() if "newsflow.settings.get_settings" in imports(path)}
    inner = {str(path.relative_to(PACKAGE)) for path in readers if room(path) != "commands"}
    assert inner == {"airflow_glue/context.py", "airflow_glue/metadata.py", "ops/connection.py"}


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
