"""Each alarm has a runbook with the four parts, and its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
