"""Owners, channels, incidents and snoozes: who is told what, and when."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.ops import alarm_acts, detail, render, watch
from newsflow.ops.alarms.judgement import Finding, Judgement
from newsflow.ops.alarms.silence import SILENCE
from newsflow.ops.messages import Message
from newsflow.ops.notify import LogNotifier, build, channels
from newsflow.publishers import store
from newsflow.settings import Settings
from newsflow.store import queries
from newsflow.store.db import transaction

NOW = datetime(2026, 3, 30, 3, tzinfo=timezone.utc)


class Told(LogNotifier):
    """Keeps what it is told (the outside world of these tests)."""

    kept: list[tuple[str, Message]] = []  # noqa: RUF012

    def __init__(self, name: str = "") -> None:
        super().__init__()
        self.name = name

    def notify(self, context: Any) -> None:
        """Keep it."""
        Told.kept.append((self.name, context["message"]))


@pytest.fixture
def options(dsn: str, tmp_path: Path) -> Settings:
    here = f"{__name__}.Told"
    specs = [{"class": here}, {"class": here, "name": "coast", "channel": "coast"}]
    Told.kept.clear()
    return Settings(
        database_url=SecretStr(dsn), notifiers=SecretStr(json.dumps(specs)), archive=str(tmp_path),
        ui_url="https://flow.example",
    )  # fmt: skip


def failing(conn: Connection, names: Sequence[str], shared: str = "dns_error", severity: str = "warning") -> Judgement:
    """A judgement that these publishers, and no others, are silent."""
    with transaction(conn):
        queries.publishers.add(conn, names=list(names))
        found = {row.name: row.publisher_id for row in queries.publishers.find(conn, names=list(names))}
    return Judgement(
        [Finding(SILENCE.cause, n, severity, f"{n} is silent.", {}, found[n], shared) for n in sorted(names)]
    )


def look(conn: Connection, options: Settings, result: Judgement, now: datetime) -> list[tuple[str, str]]:
    """What a watch that judges so tells: (channel, title)."""
    Told.kept.clear()
    with transaction(conn):
        watch._keep(conn, result, now)
        watch._keep_incidents(conn, now)
    watch._tell(conn, options, now)
    return [(name, message.title) for name, message in Told.kept]


FORTY = [f"p{n}.example" for n in range(40)]


def test_one_cause_at_many_publishers_is_one_message_until_most_are_well(conn: Connection, options: Settings) -> None:
    alone = failing(conn, ["own.example"], "forbidden").findings
    begun = look(conn, options, Judgement([*failing(conn, FORTY[:38]).findings, *alone]), NOW)
    assert begun == [("", "Publishers are silent"), ("", "Publishers are silent: 38 publishers, dns error")]
    assert Told.kept[1][1].lines[-1] == "and 30 more"
    later = look(conn, options, Judgement([*failing(conn, FORTY).findings, *alone]), NOW + timedelta(days=1))
    assert later == [("", "Publishers are silent: 2 more, 40 publishers, dns error")]
    few_well = Judgement([*failing(conn, FORTY[:20]).findings, *alone])
    assert look(conn, options, few_well, NOW + timedelta(days=2)) == []
    most_well = Judgement([*failing(conn, FORTY[:8]).findings, *alone])
    assert look(conn, options, most_well, NOW + timedelta(days=3)) == [
        ("", "Resolved: Publishers are silent: 32 more, 40 publishers, dns error")
    ]


def test_who_joins_an_incident_is_told_of_once_a_day(conn: Connection, options: Settings) -> None:
    look(conn, options, failing(conn, FORTY[:30]), NOW)
    for watches in range(1, 10):
        joined = failing(conn, FORTY[: 30 + watches])
        assert look(conn, options, joined, NOW + timedelta(minutes=15 * watches)) == []
    (told,) = look(conn, options, joined, NOW + timedelta(days=1))
    assert told == ("", "Publishers are silent: 9 more, 39 publishers, dns error")
    worse = Judgement([*joined.findings, *failing(conn, FORTY[39:], severity="critical").findings])
    assert len(look(conn, options, worse, NOW + timedelta(days=1, minutes=15))) == 1


def test_few_alike_or_many_at_other_times_are_no_incident(conn: Connection, options: Settings) -> None:
    for day in range(0, 20, 4):
        names = FORTY[: day // 4 + 1]
        assert look(conn, options, failing(conn, names), NOW + timedelta(days=day)) == [("", "Publishers are silent")]


def test_an_alarm_goes_to_the_channel_of_its_publisher(conn: Connection, options: Settings) -> None:
    result = failing(conn, ["a.example", "b.example", "c.example"])
    said = {"a.example": {"channel": "coast", "maintainer": "Ada"}, "b.example": {"channel": "gone"}}
    for name, given in said.items():
        store.set_facts(conn, name, given, None, "otto", NOW)
    told = look(conn, options, result, NOW)
    assert told == [("", "Publishers are silent"), ("coast", "Publishers are silent"), ("", "Publishers are silent")]
    texts = [message.lines for _, message in Told.kept]
    assert texts[1] == ("a.example is silent. (Ada looks after it)",)
    assert "channel 'gone', which NEWSFLOW_NOTIFIERS does not name" in texts[2][-1]


def test_channels_are_named_by_the_setting(options: Settings) -> None:
    assert channels(options) == {"coast"}
    assert [n.name for n in build(options, "coast")] == ["coast"]
    assert [n.name for n in build(options)] == [""]


def number(conn: Connection) -> int:
    found = queries.ops.open_alarms(conn, since=NOW, publisher_id=None)[0].alarm_id
    conn.rollback()
    return int(found)


def test_a_snoozed_alarm_is_quiet_until_its_time_or_until_it_is_worse(conn: Connection, options: Settings) -> None:
    result = failing(conn, ["a.example"])
    assert len(look(conn, options, result, NOW)) == 1
    alarm_acts.snooze(conn, number(conn), timedelta(days=2), "they know", "otto", NOW)
    assert look(conn, options, result, NOW + timedelta(days=1)) == []
    assert len(look(conn, options, result, NOW + timedelta(days=2))) == 1, "its time is over"
    alarm_acts.snooze(conn, number(conn), timedelta(days=9), "still", "otto", NOW + timedelta(days=2))
    worse = failing(conn, ["a.example"], severity="critical")
    assert len(look(conn, options, worse, NOW + timedelta(days=3))) == 1
    alarm_acts.snooze(conn, number(conn), timedelta(days=9), "once more", "otto", NOW + timedelta(days=3))
    alarm_acts.wake(conn, number(conn), "ada", NOW + timedelta(days=3))
    assert len(look(conn, options, worse, NOW + timedelta(days=3))) == 1
    alarm_acts.snooze(conn, number(conn), timedelta(days=9), "to its end", "otto", NOW + timedelta(days=3))
    assert look(conn, options, Judgement(), NOW + timedelta(days=4)) == [], "over while it was snoozed"
    assert look(conn, options, Judgement(), NOW + timedelta(days=20)) == []
    with transaction(conn):
        acts = [(row.actor, row.action, row.detail.get("reason")) for row in queries.ops.audit_log(conn)]
    assert sorted(acts, key=str) == [
        ("ada", "wake_alarm", None), ("otto", "snooze_alarm", "once more"), ("otto", "snooze_alarm", "still"),
        ("otto", "snooze_alarm", "they know"), ("otto", "snooze_alarm", "to its end"),
    ]  # fmt: skip


def test_an_acknowledged_alarm_says_who_and_why(conn: Connection, options: Settings) -> None:
    look(conn, options, failing(conn, ["a.example"]), NOW)
    alarm_acts.acknowledge(conn, number(conn), "I write to them", "ada", NOW)
    (row,) = queries.ops.open_alarms(conn, since=NOW, publisher_id=None)
    assert (row.acknowledged_by, row.reason) == ("ada", "I write to them")


@pytest.mark.parametrize(("hours", "reason"), [(0.0, "x"), (24 * 91, "x"), (1, " ")])
def test_a_snooze_has_an_end_and_a_reason(conn: Connection, options: Settings, hours: float, reason: str) -> None:
    look(conn, options, failing(conn, ["a.example"]), NOW)
    with pytest.raises(alarm_acts.AlarmError):
        alarm_acts.snooze(conn, number(conn), timedelta(hours=hours), reason, "otto", NOW)


def test_nothing_is_done_to_an_alarm_that_is_none(conn: Connection) -> None:
    for act in (
        lambda: alarm_acts.snooze(conn, 7, timedelta(hours=1), "x", "otto", NOW),
        lambda: alarm_acts.acknowledge(conn, 7, "x", "otto", NOW),
        lambda: alarm_acts.wake(conn, 7, "otto", NOW),
    ):
        with pytest.raises(alarm_acts.AlarmError, match="no alarm 7"):
            act()
    with transaction(conn):
        assert queries.ops.audit_log(conn) == []


def test_the_page_shows_and_offers_them(conn: Connection, options: Settings) -> None:
    look(conn, options, failing(conn, ["a.example"]), NOW)
    form = alarm_acts.AlarmForm("snooze_alarm", "<b>they</b> know", 24)
    alarm_acts.perform(conn, number(conn), form, "otto", NOW)
    alarm_acts.perform(conn, number(conn), alarm_acts.AlarmForm("acknowledge_alarm", "mine"), "ada", NOW)
    shown = detail.alarms(conn, NOW)
    conn.rollback()
    common = {"root": "", "csrf": "token", "now": NOW, "path": "/alarms", "user": "ada", "navigation": [], "done": ""}
    page = render.template("alarms.html", {**common, **shown, "editor": True})
    assert "Snoozed until" in page and "ada has taken it on" in page
    assert all(f'value="{act}"' in page for act in alarm_acts.DONE)
    assert 'name="act"' not in render.template("alarms.html", {**common, **shown, "editor": False})


def test_a_reason_is_one_line_that_is_read(conn: Connection, options: Settings) -> None:
    look(conn, options, failing(conn, ["a.example"]), NOW)
    alarm_acts.snooze(conn, number(conn), timedelta(days=1), "they\r\nknow\x00\u202e <b>", "otto", NOW)
    (row,) = queries.ops.open_alarms(conn, since=NOW, publisher_id=None)
    assert row.reason == "they know <b>"
    for reason in ("\r\n", "\x00", "x" * 100_000):
        with pytest.raises(alarm_acts.AlarmError, match="say why"):
            alarm_acts.acknowledge(conn, number(conn), reason, "ada", NOW)


def test_what_is_over_can_not_be_snoozed(conn: Connection, options: Settings) -> None:
    look(conn, options, failing(conn, ["a.example"]), NOW)
    alarm = number(conn)
    look(conn, options, Judgement(), NOW + timedelta(days=1))
    for act in (
        lambda: alarm_acts.snooze(conn, alarm, timedelta(hours=1), "x", "otto", NOW),
        lambda: alarm_acts.acknowledge(conn, alarm, "x", "otto", NOW),
        lambda: alarm_acts.wake(conn, alarm, "otto", NOW),
    ):
        with pytest.raises(alarm_acts.AlarmError, match="no alarm"):
            act()


def test_two_causes_in_one_night_are_two_incidents(conn: Connection, options: Settings) -> None:
    names = failing(conn, FORTY[:8]).findings + failing(conn, FORTY[8:16], "connect_error").findings
    told = look(conn, options, Judgement(names), NOW)
    assert sorted(title for _, title in told) == [
        "Publishers are silent: 8 publishers, connect error", "Publishers are silent: 8 publishers, dns error"
    ]  # fmt: skip


def test_a_kill_between_two_messages_loses_none_and_repeats_one_at_most(
    conn: Connection, options: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = Judgement([*failing(conn, FORTY[:8]).findings, *failing(conn, ["a.example"], "forbidden").findings])
    first = Told.notify

    def killed(self: Told, context: Any) -> None:
        if Told.kept:
            raise KeyboardInterrupt
        first(self, context)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Told, "notify", killed)
        look(conn, options, result, NOW)
    before = list(Told.kept)
    after = look(conn, options, result, NOW + timedelta(minutes=15))
    assert len(before) == len(after) == 1
    assert before[0][1].title != after[0][1], "each was told once"


class Hangs(LogNotifier):
    """A channel that does not answer."""

    asked = 0

    def notify(self, context: Any) -> None:
        """Wait for nothing."""
        Hangs.asked += 1
        raise TimeoutError("no answer")


def test_a_channel_that_hangs_is_waited_for_once(conn: Connection, options: Settings) -> None:
    here = [{"class": f"{__name__}.Hangs"}, {"class": f"{__name__}.Told"}]
    both = options.model_copy(update={"notifiers": SecretStr(json.dumps(here))})
    result = Judgement([*failing(conn, FORTY[:8]).findings, *failing(conn, ["a.example"], "forbidden").findings])
    assert len(look(conn, both, result, NOW)) == 2
    assert Hangs.asked == 1
