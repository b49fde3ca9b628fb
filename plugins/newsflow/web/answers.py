"""What a status line and its headers mean: pure, no network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from newsflow.outcomes import Outcome

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
_MOST_DIGITS = 18  # of a length in bytes; more is no file's
_LONGEST_VALIDATOR = 1024

_BY_STATUS = {
    200: Outcome.OK,
    203: Outcome.OK,
    401: Outcome.FORBIDDEN,
    403: Outcome.FORBIDDEN,
    404: Outcome.NOT_FOUND,
    408: Outcome.CONNECTION_LOST,
    410: Outcome.GONE,
    425: Outcome.SERVER_ERROR,
    429: Outcome.RATE_LIMITED,
    451: Outcome.FORBIDDEN,
}


def outcome_of(status: int, headers: Mapping[str, str], *, conditional: bool) -> Outcome:
    """The outcome of a final answer.

    :param headers: lower-case names.
    :param conditional: whether validators were sent; a 304 without them is no answer.
    """
    if status == 304:
        return Outcome.NOT_MODIFIED if conditional else Outcome.BAD_RESPONSE
    if status == 503 and headers.get("retry-after"):
        return Outcome.RATE_LIMITED
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 400 <= status < 500:
        return Outcome.CLIENT_ERROR
    return Outcome.SERVER_ERROR if 500 <= status < 600 else Outcome.BAD_RESPONSE


def content_length(headers: Mapping[str, str]) -> int | None:
    """Bytes that an answer announces (RFC 9110 §8.6: ASCII digits alone); None where it says nothing usable.

    :param headers: lower-case names, or any case where they are looked up without it.
    """
    text = headers.get("content-length", "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 §10.2.3: seconds, or a date).

    :param now: aware; what a date is compared with.
    :return: None for a value that is neither; never negative.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if at.tzinfo is None:
        at = at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - now).total_seconds())


def validators(headers: Mapping[str, str]) -> tuple[str | None, str | None]:
    """ETag and Last-Modified that can be stored and sent back as they came; None for others.

    `Expires: 0` says that the answer is not to be kept, so neither are its validators (as Miniflux does).
    """
    if headers.get("expires", "").strip() == "0":
        return None, None
    return _storable(headers.get("etag")), _storable(headers.get("last-modified"))


def _storable(value: str | None) -> str | None:
    if not value or len(value) > _LONGEST_VALIDATOR:
        return None
    return value if all(" " <= c <= "\xff" and c != "\x7f" for c in value) else None


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of an answer, lower case, without parameters; empty where it has none."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()
