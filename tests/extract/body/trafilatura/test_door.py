"""Trafilatura's insides are called in one place, and were tried with the release that is installed."""

from __future__ import annotations

import ast
from importlib.metadata import version
from pathlib import Path

import newsflow
from newsflow.extract.body.trafilatura import door

PACKAGE = Path(newsflow.__file__).parent
DOOR = PACKAGE / "extract" / "body" / "trafilatura"


def imported(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}


def test_the_installed_release_is_the_tested_one() -> None:
    assert version("trafilatura") == door.TESTED


def test_no_other_release_can_be_installed() -> None:
    project = (PACKAGE.parents[1] / "pyproject.toml").read_text(encoding="utf-8")
    assert f'"trafilatura=={door.TESTED}"' in project


def test_nothing_else_imports_it() -> None:
    users = {p for p in PACKAGE.rglob("*.py") if any(name.split(".")[0] == "trafilatura" for name in imported(p))}
    assert users
    assert {path for path in users if DOOR not in path.parents} == set()


def test_its_first_stage_gives_the_lines_of_a_page() -> None:
    from newsflow.extract.page import tree

    line = "The council voted on Tuesday to rebuild the old ferry pier, ending a dispute of nine years."
    for look in (door.quick, door.thorough):
        root = tree.parse(f"<html><body><article>{f'<p>{line}</p>' * 5}</article></body></html>")
        assert root is not None
        assert line in look(root)
