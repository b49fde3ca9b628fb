"""A month of nights with planted faults: what was raised, when, and what people were told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from psycopg2.extensions import connection as Connection
from pydantic import SecretStr

from newsflow.ops import messages
from newsflow.ops.notify import LogNotifier
from newsflow.ops.watch import Report, watch
from newsflow.settings import Settings
from newsflow.store import queries
from tests.ops.scenario import FIRST, Month, Outlet, newsroom

# cause, subject, night on which it was planted, nights within which it must be raised
PLANTED = [
    ("own_outage", "", 17, 0),
    ("feed_gone", "moved.example", 22, 0),
    ("silent", "radiosilence.example", 24, 1),
    ("length_drift", "teaser.example", 25, 0),
    ("yield_drift", "redesign.example", 26, 0),
]


class Told(LogNotifier):
    """Keeps what it is told (the outside world of these tests)."""

    messages: list[messages.Message] = []  # noqa: RUF012

    def notify(self, context: object) -> None:
        """Keep it."""
        Told.messages.append(context["message"])  # type: ignore[index]


class Refuses(LogNotifier):
    """A channel that is down."""

    def notify(self, context: object) -> None:
        """Refuse."""
        raise ConnectionError("no answer")


@pytest.fixture
def told() -> Iterator[list[messages.Message]]:
    Told.messages.clear()
    yield Told.messages


def settings(dsn: str, tmp_path: Path, *classes: str) -> Settings:
    spec = ",".join(f'{{"class": "{__name__}.{name}"}}' for name in classes or ("Told",))
    return Settings(
        database_url=SecretStr(dsn),
        notifiers=SecretStr(f"[{spec}]"),
        archive=str(tmp_path),
        ui_url="https://flow.example",
    )


def live(conn: Connection, options: Settings, month: Month, nights: int) -> list[tuple[int, Report]]:
    """Night after night with a watch after each, a quarter of an hour after its end."""
    return [(n, watch(options, clock=_at(end + timedelta(minutes=15)))) for n, end in month.play(nights)]


def _at(when: datetime):  # noqa: ANN202
    return lambda: when


def raised(conn: Connection) -> dict[tuple[str, str], tuple[int, datetime | None]]:
    """(cause, subject) → (night, end)."""
    found = queries.ops.open_alarms(conn, since=FIRST, publisher_id=None)
    conn.rollback()
    return {(a.cause, a.subject): ((a.opened_at - FIRST).days, a.resolved_at) for a in found}


def test_each_planted_fault_is_raised_in_time_and_nothing_else(
    dsn: str, conn: Connection, tmp_path: Path, told: list[messages.Message]
) -> None:
    live(conn, settings(dsn, tmp_path), Month(conn), 28)
    found = raised(conn)
    print(f"\n{'cause':<14}{'subject':<22}{'planted':>8}{'raised':>8}{'allowed':>9}")  # noqa: T201
    for cause, subject, night, _within in PLANTED:
        print(f"{cause:<14}{subject or '-':<22}{night:>8}{found[cause, subject][0]:>8}{night + _within:>9}")  # noqa: T201
    assert found.keys() == {(cause, subject) for cause, subject, _, _ in PLANTED}
    assert all(night <= found[cause, subject][0] <= night + within for cause, subject, night, within in PLANTED)
    assert found["own_outage", ""][1] is not None, "it was over the next night"
    assert len(told) == len(PLANTED) + 1, "one message for each cause, and one that the outage is over"


@pytest.mark.parametrize("seed", [1, 2])
def test_quiet_publishers_raise_nothing_in_other_months(
    dsn: str, conn: Connection, tmp_path: Path, seed: int, told: list[messages.Message]
) -> None:
    quiet = [o for o in newsroom() if not o.fault]
    live(conn, settings(dsn, tmp_path), Month(conn, quiet, outage_night=999, seed=seed), 28)
    assert raised(conn) == {}
    assert told == []


def test_one_message_for_many_publishers_and_one_when_it_is_over(
    dsn: str, conn: Connection, tmp_path: Path, told: list[messages.Message]
) -> None:
    outlets = [Outlet(f"p{n}.example", fault="silent", from_night=22) for n in range(12)] + [Outlet("well.example")]
    month = Month(conn, outlets, outage_night=999)
    options = settings(dsn, tmp_path)
    live(conn, options, month, 24)
    assert [(m.cause, m.count, m.over) for m in told] == [("silent", 12, False)]
    assert told[0].lines[-1] == "and 4 more"
    assert told[0].link == "https://flow.example/plugin/news/newsflow/runbooks/silent"
    for outlet in outlets:
        outlet.from_night = 999
    watch(options, clock=_at(month.night(24) + timedelta(minutes=5)))
    assert [(m.cause, m.count, m.over) for m in told[1:]] == [("silent", 12, True)]


def test_nothing_is_told_twice_and_no_channel_stops_another(
    dsn: str, conn: Connection, tmp_path: Path, told: list[messages.Message]
) -> None:
    month = Month(conn)
    reports = live(conn, settings(dsn, tmp_path, "Refuses", "Told"), month, 18)
    assert [m.cause for m in told] == ["own_outage"]
    assert reports[-1][1].failures == ("Refuses: no answer",)
    again = watch(settings(dsn, tmp_path), clock=_at(FIRST + timedelta(days=17, hours=1)))
    assert (again.opened, again.resolved, again.told, len(told)) == (0, 0, 0, 1)


def test_what_no_channel_took_is_told_later_unless_it_is_over(
    dsn: str, conn: Connection, tmp_path: Path, told: list[messages.Message]
) -> None:
    month, down = Month(conn, outage_night=15), settings(dsn, tmp_path, "Refuses")
    live(conn, down, month, 16)
    watch(settings(dsn, tmp_path), clock=_at(FIRST + timedelta(days=15, hours=2)))
    assert [m.cause for m in told] == ["own_outage"]
    with conn.cursor() as cursor:
        cursor.execute("update ingest.ops_alarm set told_at = null")
    conn.commit()
    watch(settings(dsn, tmp_path), clock=_at(month.night(16) + timedelta(minutes=5)))
    assert len(told) == 1, "it was over before anyone heard of it"
    assert raised(conn)["own_outage", ""][1] is not None
