"""What a desk settles before it relies on newsflow: one entry a check, open until it is done or somebody settled it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from newsflow.errors import NewsflowError
from newsflow.ops import pages
from newsflow.ops.dependencies import Database, Now, Options, Schedules
from newsflow.ops.schedules import CONSEQUENCES, DagState
from newsflow.ops.words import in_a_line
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction
from newsflow.store.queries.ops import ChecklistRow

SETTLED, REOPENED, BACKED_UP = "settle_check", "reopen_check", "back_up"  # of the audit


class ChecklistError(NewsflowError):
    """There is no check of that name, or no reason was given."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the checks look at; `dags` is None where no Airflow could be asked."""

    settings: Settings
    known: ChecklistRow
    dags: Sequence[DagState] | None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to be settled: `missing` says what is not so, empty where it is done; `cure` what to do."""

    name: str
    title: str
    missing: Callable[[Facts], str]
    cure: str


def _contact(facts: Facts) -> str:
    return "" if facts.settings.contact else "requests name nobody whom a publisher could write to"


def _feeds(facts: Facts) -> str:
    return "" if facts.known.own_feeds else "no feed is asked but those of a sample newsroom, if any"


def _dags(facts: Facts) -> str:
    if facts.dags is None:
        return ""
    on = {state.dag_id for state in facts.dags if not state.paused}
    off = [dag_id for dag_id in CONSEQUENCES if dag_id not in on]
    return f"paused, or unknown to Airflow: {', '.join(off)}" if off else ""


def _alarms(facts: Facts) -> str:
    return "" if facts.settings.notifiers.get_secret_value() else "alarms reach nobody: they stand in a log only"


def _backup(facts: Facts) -> str:
    return "" if facts.known.is_backed_up else "none was made in eight days (or the server can't tell of it)"


CHECKS: tuple[Check, ...] = (
    Check(
        "contact",
        "Publishers can reach you",
        _contact,
        "set NEWSFLOW_CONTACT to a URL or an e-mail address of yours",
    ),
    Check("feeds", "Feeds are yours", _feeds, "run newsflow feeds add URL, or newsflow feeds import FILE"),
    Check("dags", "The four scheduled Dags are on", _dags, "switch them on under Dags in Airflow"),
    Check(
        "alarms", "Alarms have a channel", _alarms, "set NEWSFLOW_NOTIFIERS (docs/operations.md, section Who is told)"
    ),
    Check(
        "backup",
        "The database is backed up",
        _backup,
        "run newsflow backup FILE, at least weekly; else: newsflow checklist settle backup --why 'snapshots'",
    ),
)
NAMES = tuple(check.name for check in CHECKS)


@dataclass(frozen=True, slots=True)
class Entry:
    """A check as it stands: `missing` is empty where it is done, `why` the words of who settled it, else empty."""

    name: str
    title: str
    missing: str
    cure: str
    why: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody has something to do."""
        return bool(self.missing) and not self.why

    @property
    def sentence(self) -> str:
        """How it stands."""
        if self.why:
            return f"settled: {self.why}"
        return self.missing or "done"

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name, "title": self.title, "open": self.is_open, "missing": self.missing, "cure": self.cure,
            "settled": self.why,
        }  # fmt: skip


def entries(conn: Connection, settings: Settings, dags: Sequence[DagState] | None) -> list[Entry]:
    """All checks as they stand (1 statement); those about Dags are left out where no Airflow could be asked."""
    facts = Facts(settings, queries.ops.checklist(conn, settled=SETTLED, reopened=REOPENED, backed_up=BACKED_UP), dags)
    return [
        Entry(check.name, check.title, check.missing(facts), check.cure, facts.known.settled.get(check.name, ""))
        for check in CHECKS
        if check.name != "dags" or dags is not None
    ]


def settle(conn: Connection, name: str, why: str, actor: str, now: datetime) -> None:
    """Close a check with a reason: done in a way that can't be seen from here, or not wanted.

    :raises ChecklistError: for an unknown name, or without a reason.
    """
    reason = in_a_line(why)[:300]
    if not reason:
        raise ChecklistError("say why it is settled")
    _note(conn, SETTLED, name, {"why": reason}, actor, now)


def reopen(conn: Connection, name: str, actor: str, now: datetime) -> None:
    """Take the reason back.

    :raises ChecklistError: for an unknown name.
    """
    _note(conn, REOPENED, name, {}, actor, now)


def note_backup(conn: Connection, size: int, actor: str, now: datetime) -> None:
    """Say that a backup was made.

    :param size: of its file, in bytes.
    """
    with transaction(conn):
        queries.ops.note(conn, now=now, actor=actor, action=BACKED_UP, subject="database", detail={"bytes": size})


def _note(conn: Connection, action: str, name: str, detail: dict[str, Any], actor: str, now: datetime) -> None:
    if name not in NAMES:
        raise ChecklistError(f"there is no check {name!r}: they are {', '.join(NAMES)}")
    with transaction(conn):
        queries.ops.note(conn, now=now, actor=actor, action=action, subject=name, detail=detail)


def news(conn: Database, now: Now, schedules: Schedules, options: Options) -> dict[str, Any]:
    """The start page: last night, and below it what is open of the checklist (7 statements at most)."""
    shown = pages.last_night(conn, now, schedules)
    return {**shown, "checklist": [entry for entry in entries(conn, options, schedules) if entry.is_open]}
