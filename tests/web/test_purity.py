"""The deciding modules know no network, database, clock, chance or environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.paths import ROOT

PACKAGE = ROOT / "plugins" / "newsflow"
PURE = [
    *(
        f"web/{name}.py"
        for name in ("answers", "charset", "guard", "outage", "pace", "refresh", "rights", "robots", "urls")
    ),
    "text/tracking.py",
    *(f"fetch/{name}.py" for name in ("decide", "progress")),
]
IMPURE = {
    "airflow",
    "psycopg2",
    "requests",
    "urllib3",
    "random",
    "secrets",
    "socket",
    "ssl",
    "subprocess",
    "time",
    "os",
}
ALSO = {"newsflow.clock", "newsflow.settings", "newsflow.store", "newsflow.web.transport", "newsflow.web.origins"}


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("module", PURE)
def test_pure(module: str) -> None:
    names = imported(PACKAGE / module)
    assert not {name for name in names if name.split(".")[0] in IMPURE}
    assert not {name for name in names if any(name == also or name.startswith(also + ".") for also in ALSO)}


@pytest.mark.parametrize("module", PURE)
def test_asks_no_clock(module: str) -> None:
    calls = {
        node.attr
        for node in ast.walk(ast.parse((PACKAGE / module).read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert not calls & {"utcnow", "now", "today", "monotonic", "environ", "getenv"}
