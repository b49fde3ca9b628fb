"""What follows from an outcome stands in `newsflow.outcomes` and in `ingest.outcome`, and nowhere else."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from newsflow.outcomes import Kind, Outcome, Reach
from tests.paths import ROOT

PACKAGE = ROOT / "plugins" / "newsflow"
CODES = {str(outcome) for outcome in Outcome}

# Words of Python that are spelled like an outcome and are something else.
HOMONYMS: Mapping[str, set[str]] = {
    "ops/alarms/house.py": {"capture_lost"},  # the cause of an alarm
    "ops/alarms/runs.py": {"own_outage"},  # the cause of an alarm
    "commands/archive.py": {"ok"},  # fields of JSON answers
    "commands/doctor.py": {"ok"},
    "commands/feeds.py": {"removed", "paused", "new"},
    "extract/rejects/judge.py": {"bot_challenge", "consent_wall", "login", "paywall", "removed", "soft_404"},  # phrases
    "languages/lists.py": {
        "bot_challenge",
        "consent_wall",
        "login",
        "paywall",
        "removed",
        "soft_404",
    },  # names of phrases
    "local/newsroom/sample_world.py": {"paywall"},  # what an article of the sample has
    "maintain/retraction.py": {"retracted"},  # a kind of tombstone
    "ops/day_chart.py": {"ok"},  # a day's state
    "ops/doctor.py": {"ok"},  # a check's state
    "ops/pages.py": {"new"},  # what a template is given
    "poll/decide.py": {"gone"},  # a feed's state
}

# Where one outcome is meant by its own name: a fact of HTTP or of the very step that gives it.
BY_NAME: Mapping[str, set[str]] = {
    "backfill/ledger.py": {"SAME_PAGE"},  # counted as known, not as refused
    "fetch/decide.py": {"NOT_MODIFIED"},  # a 304 may renew the validators
    "importer/step.py": {"KEPT_OWN"},  # given a few lines below
    "ops/charts.py": {"UNCHANGED"},  # a ribbon of its own
    "poll/decide.py": {"NOT_MODIFIED", "GONE"},  # a 304 renews validators, a 410 ends a feed
    "poll/reading.py": {"NOT_MODIFIED"},  # a 304 has no body
    "poll/step.py": {"RATE_LIMITED"},  # of robots.txt: turned into COOLING
    "web/transport.py": {"CONNECTION_LOST"},  # given a few lines below: a stale connection is opened anew once
}
COUNTED_BY_NAME = {"run_check.py": {"NEW", "REVISED"}}  # figures of a sentence

# Queries that give an outcome to pages, or count one by its name.
GIVEN: Mapping[str, set[str]] = {
    "dedupe.end_retracted": {"retracted"},
    "dedupe.end_same_pages": {"same_page"},
    "dedupe.move_pages": {"ok"},
    "extract.move": {"unchanged"},
    "importer.move_pages": {"ok"},
    "load.decide": {"new", "revised", "unchanged", "bad_row", "retracted"},
    "load.mark_bad": {"bad_row"},
    "poll.save_entries": {"dead_links"},
    "reprocess.apply": {"ok"},
    "reprocess.return_pages": {"ok"},
    "retract.ask_again": {"same_page"},
    "retract.close_run_pages": {"retracted"},
    "retract.delete_traces": {"retracted"},
}
COUNTED: Mapping[str, set[str]] = {
    "ops.count_days": {"new", "revised"},
    "ops.run_publishers": {"new", "revised"},
}
OTHER_WORDS: Mapping[str, set[str]] = {"poll.begin_outage": {"own_outage"}}  # the cause of a gap and of an alarm
# Columns with words of their own: the state of a feed, the cause of a gap, the kind of an outcome or a tombstone.
_OTHER_COLUMNS = re.compile(r"\b(?:state|cause|kind) (?:(?:=|<>) (?:'\w+'|case .*? end\b)|in \([^)]*\))", re.DOTALL)
_LITERAL = re.compile(rf"'({'|'.join(sorted(CODES))})'")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path != PACKAGE / "outcomes.py" and path.parent != PACKAGE / "store" / "queries":  # made from the SQL
            yield str(path.relative_to(PACKAGE)), ast.parse(path.read_text(encoding="utf-8"))


def member(node: ast.AST) -> str:
    """`X` of `Outcome.X`, else nothing."""
    named = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Outcome"
    return node.attr if named else ""  # type: ignore[attr-defined]


def test_no_code_is_written_out_in_python() -> None:
    found = {
        (name, node.value)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in CODES and isinstance(node.value, str)
    }
    allowed = {(name, word) for name, words in HOMONYMS.items() for word in words}
    assert found - allowed == set()
    assert allowed - found == set(), "stale exceptions"


def test_no_outcomes_are_listed_in_python() -> None:
    """A set of outcomes is asked from the table: `where(lambda it: it.kind is Kind.OK)`."""
    found = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, (ast.Set, ast.Tuple, ast.List))
        and len(listed := {member(item) for item in node.elts} - {""}) > 1
        and not listed <= COUNTED_BY_NAME.get(name, set())
    ]
    assert found == []


def test_an_outcome_is_told_by_its_name_only_where_it_is_given() -> None:
    """`OK` may be compared with everywhere: an exchange or extraction that is usable."""
    found = {
        (name, member(side))
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        for side in (node.left, *node.comparators)
    }
    allowed = {(name, word) for name, words in BY_NAME.items() for word in words}
    assert {(name, word) for name, word in found if word not in ("", "OK")} - allowed == set()
    assert allowed - found == set(), "stale exceptions"


def literals(sql: str) -> set[str]:
    return set(_LITERAL.findall(_OTHER_COLUMNS.sub("", sql)))


def named_queries() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "sql" / "queries").glob("*.sql")):
        for part in path.read_text(encoding="utf-8").split("-- name: ")[1:]:
            yield part.split()[0], part


def test_queries_join_the_table_and_list_no_codes() -> None:
    found = {(name, code) for name, sql in named_queries() for code in literals(sql)}
    allowed = {(n, code) for group in (GIVEN, COUNTED, OTHER_WORDS) for n, codes in group.items() for code in codes}
    assert found - allowed == set()
    assert allowed - found == set(), "stale exceptions"


# The values that news.terms explains are words of other lists, some of which are codes as well.
_TERMS = re.compile(r"insert into news_internal\.term \(.*?;\n", re.DOTALL)


def test_views_and_functions_list_no_codes() -> None:
    texts = {p.name: _TERMS.sub("", p.read_text()) for p in (ROOT / "sql/migrations").glob("*.sql")}
    found = {(name, code) for name, text in texts.items() for code in literals(text)}
    assert found == set()


def test_a_listed_code_would_be_found() -> None:
    assert literals("where x.outcome in ('dns_error', 'deadline') and f.state = 'gone'") == {"dns_error", "deadline"}
    assert literals("set state = case when a then 'gone' else 'active' end, outcome = 'gone'") == {"gone"}
    assert literals("check (kind in ('ok', 'final')) and o.kind <> 'ok' and e.outcome = 'ok'") == {"ok"}


def test_templates_name_no_codes() -> None:
    words = re.compile(rf"outcome\b[^%}}]*[\"']({'|'.join(sorted(CODES))})[\"']")
    found = [
        f"{p.name}: {m[0]}" for p in PACKAGE.rglob("*.html") for m in words.finditer(p.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_rows_agree_with_themselves() -> None:
    for outcome in Outcome:
        it = outcome.meaning
        assert outcome == outcome.name.lower(), "a code is its name"
        assert it.sentence.endswith(".")
        assert it.feed_wait_s > 0
        assert not (it.pause_s and it.reach is Reach.UNSENT), "who was not asked is not left alone for it"
        assert not it.looks_offline or it.kind is Kind.RETRY, "what may have been our own fault ends nothing"
        assert not it.withdrawn or it.closed_to_archives


NEW_ROWS = """
    EMBARGOED = "embargoed", Meaning(_FETCH, _RETRY, "The page is under embargo.", reach=_UNANSWERED, pause_s=7.0,
        feed_wait_s=77.0, address_dead=True, leads_nowhere=True, closed_to_archives=True)
    WAVED_ON = "waved_on", Meaning(_EXTRACT, _OK, "The page was waved on.", blame=_NOBODY, goes_on=True)
    MERGED = "merged", Meaning(_LOAD, _OK, "Two articles became one.", blame=_NOBODY, writes_article=True)
    # fmt: on
"""


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """The package, its SQL beside it, with three rows more in one file."""
    shutil.copytree(PACKAGE, tmp_path / "newsflow", ignore=shutil.ignore_patterns("__pycache__"))
    table = tmp_path / "newsflow" / "outcomes.py"
    table.write_text(table.read_text(encoding="utf-8").replace("\n    # fmt: on\n", NEW_ROWS), encoding="utf-8")
    return tmp_path


def test_a_new_outcome_takes_one_file(edited: Path, dsn: str) -> None:
    """`newsflow migrate` brings its rows to the database, and every consumer takes them, in Python and in SQL."""
    script = Path(__file__).with_name("new_outcome.py")
    done = subprocess.run(
        [sys.executable, str(script), dsn],
        env={"PYTHONPATH": str(edited)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "taken\n"), done.stderr[-3000:]
