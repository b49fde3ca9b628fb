"""The nouns of alarms: an entry of the list, what a rule is told, and what it answers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from newsflow.ops.history import Day
from newsflow.ops.levels import Shift, Tide

WARNING, CRITICAL = "warning", "critical"


class Undecided(Enum):
    """What a rule says that finds nothing wrong."""

    CLEAR = "clear"  # it is well: an open alarm is over
    CANT_TELL = "can't tell"  # no evidence: an open alarm stays


@dataclass(frozen=True, slots=True)
class Finding:
    """Something is wrong; `cause` names the runbook, (cause, subject) the alarm."""

    cause: str
    subject: str
    severity: str
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    publisher_id: int | None = None
    shared: str = ""  # what others may have in common with it: an outcome


Answer = Finding | Undecided


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A run of the nightly Dag, as the ledger has it."""

    name: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    verdict: str


@dataclass(frozen=True, slots=True)
class OpenGap:
    """The gap of all feeds while it lasts; `detail` is a sentence."""

    from_at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class DiskUse:
    """The disk of the archive, in bytes."""

    free: float
    total: float
    bytes_a_day: float


@dataclass(frozen=True, slots=True)
class Present:
    """What all rules may look at, beside the row that each is asked about."""

    now: datetime
    disk_days: float  # the disk's alarm is raised when it lasts no longer
    lag: timedelta  # a consumer may be so far behind
    opened: Mapping[tuple[str, str], datetime] = field(default_factory=dict)  # alarms that last, by (cause, subject)
    runs: Sequence[JudgedRun] = ()  # newest first
    outage: Answer = Undecided.CLEAR  # what `own_outage` says: the others ask for it
    days: Mapping[int, Sequence[Day]] = field(default_factory=dict)  # by publisher_id, oldest first
    blind: frozenset[date] = frozenset()  # days that say nothing of any publisher
    tide: Tide = field(default_factory=dict)
    shifts: dict[int, list[Shift]] = field(default_factory=dict)  # by publisher_id, as far as an alarm asked for them
    disk: DiskUse | None = None  # None for an object store

    @property
    def is_cut_off(self) -> bool:
        """Whether our own network fails now: then nothing is decided about publishers."""
        return isinstance(self.outage, Finding)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An entry of the list.

    `rule` is asked about each row of the query `asked_of`, and `subject` is the column that tells these alarms apart;
    without them it is asked once, with None for the row.
    """

    cause: str  # stable: it stands in `ingest.ops_alarm`, and names the runbook
    title: str  # the runbook's title too
    severity: str  # as a rule; a rule may find it worse
    raised_when: str
    rule: Callable[[Any, Present], Answer]
    asked_of: str = ""  # a named query of sql/queries/ops.sql without parameters
    subject: str = ""

    def found(
        self, subject: str, sentence: str, facts: Mapping[str, Any] | None = None, *, severity: str = ""
    ) -> Finding:
        """What the rule answers where something is wrong."""
        return Finding(self.cause, subject, severity or self.severity, sentence, facts or {})


@dataclass
class Judgement:
    """What the rules said: findings, and the alarms that they could not decide on."""

    findings: list[Finding] = field(default_factory=list)
    undecided: set[tuple[str, str]] = field(default_factory=set)

    def ask(self, alarm: Alarm, row: Any, present: Present) -> None:
        """Put an alarm's rule to a row and keep what it says."""
        answer = alarm.rule(row, present)
        if isinstance(answer, Finding):
            self.findings.append(replace(answer, publisher_id=getattr(row, "publisher_id", None)))
        elif answer is Undecided.CANT_TELL:
            self.undecided.add((alarm.cause, str(getattr(row, alarm.subject)) if alarm.subject else ""))


def judge(alarms: Iterable[Alarm], rows: Mapping[str, Sequence[Any]], present: Present) -> Judgement:
    """Ask all rules.

    :param rows: of each query that an alarm is asked about, by its name.
    """
    result = Judgement()
    for alarm in alarms:
        for row in rows[alarm.asked_of] if alarm.asked_of else (None,):
            result.ask(alarm, row, present)
    return result
