"""The watch's rules about publishers, night after night, without a database: what they raise, and when it is over."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from newsflow.ops import levels
from newsflow.ops.alarms import ALARMS
from newsflow.ops.alarms.judgement import Present, Undecided, judge
from newsflow.ops.alarms.runs import OWN_OUTAGE, blind_days
from newsflow.ops.history import Day

PUBLISHER_ALARMS = [alarm for alarm in ALARMS if alarm.asked_of == "active_publishers"]
Known = namedtuple("Known", "publisher_id name fed_since feed_outcome")  # a row of `ops.active_publishers`


@dataclass
class Raised:
    """An alarm: when it was first seen, and the night before which it was over."""

    cause: str
    subject: str
    day: int
    over: int | None = None
    sentence: str = ""


@dataclass
class Watcher:
    """Judges each night, an hour before midnight of its day."""

    known: Sequence[Known]
    first: date
    raised: list[Raised] = field(default_factory=list)

    def judge(self, days: Mapping[int, Sequence[Day]], night: int, *, cut_off: bool) -> None:
        """Keep what the rules say after a night."""
        now = datetime.combine(self.first + timedelta(days=night), time(23), timezone.utc)
        lasting = {(r.cause, r.subject): r for r in self.raised if r.over is None}
        result = judge(PUBLISHER_ALARMS, {"active_publishers": self.known}, self._present(days, now, night, cut_off))
        found = {(f.cause, f.subject): f.sentence for f in result.findings}
        self.raised += [Raised(*key, night, None, found[key]) for key in sorted(found.keys() - lasting.keys())]
        for key in lasting.keys() - found.keys() - result.undecided:
            lasting[key].over = night

    def _present(self, days: Mapping[int, Sequence[Day]], now: datetime, night: int, cut_off: bool) -> Present:
        blind = blind_days(days)
        open_ = {(r.cause, r.subject): now - timedelta(days=night - r.day) for r in self.raised if r.over is None}
        outage: Any = OWN_OUTAGE.found("", "We are cut off.") if cut_off else Undecided.CLEAR
        tide = levels.tides({n: levels.seen_days(own, blind, None) for n, own in days.items()})
        return Present(
            now, 14, timedelta(hours=24), opened=open_, outage=outage, days=days, blind=blind, tide=tide
        )  # fmt: skip
