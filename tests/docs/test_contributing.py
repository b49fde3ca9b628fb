"""Docs name files that are there, and CONTRIBUTING all twelve usual changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.paths import ROOT

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
PACKAGE = ROOT / "plugins" / "newsflow"
# a path has a folder or an ending: `ops/alarms/`, `settings.py`
PATH = re.compile(r"[`(]((?:[\w.-]+/)+(?:[\w<>-]+\.(?:py|md|sql|yaml|html))?|[\w-]+\.(?:py|md|sql|yaml))[`)]")
# <cause> and xx stand for a name to choose
TO_CHOOSE = {"docs/runbooks/<cause>.md": "docs/runbooks/silent.md", "languages/xx.yaml": "languages/de.yaml"}
CODE = re.compile(r"`((?:\w+/)+\w+\.py)`")


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


NAMED = sorted(set(PATH.findall(text(CONTRIBUTING))))


def is_there(name: str) -> bool:
    """At the top, below the package or, as `step.py`, anywhere in it."""
    chosen = TO_CHOOSE.get(name, name)
    return any((place / chosen).exists() for place in (ROOT, PACKAGE)) or ("/" not in name and any(PACKAGE.rglob(name)))


def test_paths_are_found_at_all() -> None:
    assert {"sql/queries/ops.sql", "ops/alarms/", "settings.py", "docs/runbooks/<cause>.md"} <= set(NAMED)


@pytest.mark.parametrize("name", NAMED)
def test_each_path_leads_somewhere(name: str) -> None:
    assert is_there(name)


def test_there_are_twelve_changes() -> None:
    section = re.search(r"^## The twelve usual changes\n(.*?)^## ", text(CONTRIBUTING), re.MULTILINE | re.DOTALL)
    assert section is not None
    rows = [line for line in section[1].splitlines() if line.startswith("| ")]
    assert len(rows) - 1 == 12


def test_modules_that_the_docs_name_are_there() -> None:
    """A decision that was replaced may name what is gone."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    current = [page for page in pages if "replaced by" not in text(page)[:200]]
    missing = {(page.name, name) for page in current for name in CODE.findall(text(page)) if not is_there(name)}
    places = {(page, name) for page, name in missing if not (ROOT / "plugins" / name).exists()}
    assert places == set()
