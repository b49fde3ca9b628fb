"""Each alarm has a runbook with the four parts, and its links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from newsflow.cli import build
from newsflow.ops import runbooks
from newsflow.ops.alarms import TITLES
from tests.paths import ROOT

FOLDER = ROOT / "docs" / "runbooks"
PARTS = ("**What it means.**", "## How to see it", "## What to do", "## How to prove that it is over")


@pytest.mark.parametrize("cause", TITLES)
def test_each_cause_has_a_runbook_with_four_parts(cause: str) -> None:
    text = (FOLDER / f"{cause}.md").read_text()
    assert text.startswith(f"# {TITLES[cause]}\n")
    places = [text.index(part) for part in PARTS]
    assert places == sorted(places)


def commands() -> list[tuple[str, str]]:
    """(runbook, command) of each command of ours that a runbook names, with addresses for its placeholders."""
    found = []
    for path in sorted(FOLDER.glob("*.md")):
        for written in re.findall(r"`newsflow ([^`]+)`", path.read_text()):
            words = written.partition(" > ")[0].replace("URL", "https://the.site/").replace("FILE", "page.html")
            found.append((path.name, words))
    return found


@pytest.mark.parametrize(("runbook", "words"), commands())
def test_each_command_in_a_runbook_is_understood(runbook: str, words: str) -> None:
    rest = shlex.split(words)
    command: Any = typer.main.get_command(build(rest[0]))
    context = command.make_context("newsflow", list(rest), resilient_parsing=False)
    while hasattr(command, "resolve_command"):
        assert rest, f"{runbook}: `newsflow {words}` names a group of commands only"
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, list(rest), parent=context)


def test_links_between_runbooks_lead_somewhere() -> None:
    for path in FOLDER.glob("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text()):
            assert (FOLDER / target).is_file(), (path.name, target)


def test_the_list_names_all_and_only_them() -> None:
    assert set(runbooks.listed(FOLDER)) == set(TITLES)
    written = (FOLDER / "README.md").read_text()
    assert all(f"({cause}.md)" in written for cause in TITLES)


def test_a_runbook_is_html_with_its_tables() -> None:
    html = str(runbooks.page(FOLDER, "silent"))
    assert "<h1>Publishers are silent</h1>" in html
    assert "<table>" in html


@pytest.mark.parametrize(
    "name", ["../decisions/0080-ops-pages-in-airflow", "README", "", "nothing", "silent.md", "%2e%2e"]
)
def test_nothing_else_is_shown(name: str) -> None:
    assert runbooks.page(FOLDER, name) is None


def test_html_in_a_runbook_stays_text(tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("# Own\n\n<script>1</script> [x](javascript:alert(1))\n")
    html = str(runbooks.page(tmp_path, "own"))
    assert "<script>" not in html
    assert 'href="javascript' not in html
