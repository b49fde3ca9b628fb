"""Status lines and headers as outcomes."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from newsflow.outcomes import Outcome
from newsflow.web.answers import content_length, media_type, outcome_of, retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.OK),
        (203, Outcome.OK),
        (204, Outcome.BAD_RESPONSE),
        (206, Outcome.BAD_RESPONSE),
        (300, Outcome.BAD_RESPONSE),
        (400, Outcome.CLIENT_ERROR),
        (401, Outcome.FORBIDDEN),
        (402, Outcome.CLIENT_ERROR),
        (403, Outcome.FORBIDDEN),
        (404, Outcome.NOT_FOUND),
        (408, Outcome.CONNECTION_LOST),
        (410, Outcome.GONE),
        (418, Outcome.CLIENT_ERROR),
        (429, Outcome.RATE_LIMITED),
        (451, Outcome.FORBIDDEN),
        (500, Outcome.SERVER_ERROR),
        (503, Outcome.SERVER_ERROR),
        (529, Outcome.SERVER_ERROR),
        (999, Outcome.BAD_RESPONSE),
    ],
)
def test_statuses(status: int, outcome: Outcome) -> None:
    assert outcome_of(status, {}, conditional=False) is outcome


def test_not_modified_needs_a_condition() -> None:
    assert outcome_of(304, {}, conditional=True) is Outcome.NOT_MODIFIED
    assert outcome_of(304, {}, conditional=False) is Outcome.BAD_RESPONSE


def test_503_with_retry_after_is_a_request_to_slow_down() -> None:
    assert outcome_of(503, {"retry-after": "120"}, conditional=False) is Outcome.RATE_LIMITED


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Sun, 01 Mar 2026 12:02:00 GMT", 120),
        ("Sunday, 01-Mar-26 12:02:00 GMT", 120),
        ("Sun Mar  1 12:02:00 2026", 120),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("999999999999999999", 999999999),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("٣", None),
        ("Sun, 99 Mar 2026 12:02:00 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_retry_after_in_another_zone() -> None:
    at = (NOW + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=5)))
    assert retry_after(at.strftime("%a, %d %b %Y %H:%M:%S %z"), NOW) == 60


def test_media_type() -> None:
    assert media_type({"content-type": " Text/HTML ; charset=x"}) == "text/html"
    assert media_type({}) == ""


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("", None),
        ("\xb2", None),
        ("\u0665", None),
        ("-1", None),
        ("1e3", None),
        ("9" * 400, None),
    ],
)
def test_a_length_is_ascii_digits_or_none(value: str, bytes_: int | None) -> None:
    assert content_length({"content-length": value}) == bytes_
