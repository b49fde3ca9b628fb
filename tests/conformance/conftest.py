"""Collects what the cases saw, and prints the scored table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection

from newsflow.local.postgres import Server
from newsflow.store.db import connect
from tests.conformance.registry import SEEN, Case, World
from tests.ledger import Ledger
from tests.paths import ROOT

PAGE = ROOT / "docs" / "conformance.md"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--conformance", action="store_true", help="print the table and write docs/conformance.md")


@pytest.fixture(scope="session")
def shared_dsn(postgres: Server, template: str) -> str:
    """One database for all cases; each begins by emptying it."""
    admin = psycopg2.connect(postgres.url())
    admin.autocommit = True
    admin.cursor().execute(f"create database conformance template {template}")
    admin.close()
    return postgres.url("conformance")


@pytest.fixture
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    opened: list[Connection] = []

    def ledger() -> Ledger:
        dsn = request.getfixturevalue("shared_dsn")
        opened.append(connect(dsn))
        found = Ledger(opened[0], dsn, tmp_path / "archive")
        found.do("truncate ingest.run, ingest.page, ingest.origin, ingest.publisher, ingest.fetch_log cascade")
        found.do("truncate ingest.warc_file, ingest.archive_folder")
        return found

    made = World(ledger)
    yield made
    for server in made.servers:
        server.close()
    for conn in opened:
        conn.close()


def table(seen: list[tuple[Case, str, str]]) -> str:
    """The cases as Markdown, group by group."""
    lines = ["| group | case | expected | seen | |", "|---|---|---|---|---|"]
    for case, what, measured in seen:
        mark = " ".join(filter(None, ("pass" if what == case.expected else "**fail**", measured)))
        lines.append(
            "| "
            + " | ".join(part.replace("|", "\\|") for part in (case.group, case.name, case.expected, what, mark))
            + " |"
        )
    return "\n".join(lines)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not SEEN or not config.getoption("--conformance", False):
        return
    passed = sum(what == case.expected for case, what, _ in SEEN)
    groups = sorted({case.group for case, *_ in SEEN})
    width = max(len(case.name) for case, *_ in SEEN)
    for group in groups:
        terminalreporter.section(group)
        for case, what, measured in (seen for seen in SEEN if seen[0].group == group):
            verdict = "pass" if what == case.expected else f"FAIL: expected {case.expected}"
            terminalreporter.write_line(f"{case.name:<{width}}  {what}  {verdict}  {measured}".rstrip())
    terminalreporter.section(f"{passed} of {len(SEEN)} cases pass")
    PAGE.write_text(
        "# Conformance\n\nHow newsflow behaves towards servers, case by case: `make conformance` plays them on\n"
        f"loopback, prints this table and writes this page. **{passed} of {len(SEEN)} pass.** Where time is the\n"
        "matter, what was measured stands beside the verdict: by how much an exchange outlasted its deadline.\n\n"
        f"{table(SEEN)}\n",
        encoding="utf-8",
    )
