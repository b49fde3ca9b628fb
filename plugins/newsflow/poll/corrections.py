"""What a publisher mends in an entry that we have: its link, its date, the encoding of its texts. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from unicodedata import normalize

from newsflow.outcomes import Outcome
from newsflow.web.urls import BadUrl, canonicalise

_LEAST = timedelta(minutes=1)  # dates that differ by less are the same
_MISDATED = timedelta(days=1)
_ZONE_STEP_S = 900  # zones differ by whole quarters of an hour
_RUNS = re.compile(r"[^\x00-\x7f]+")
_LOST = "\ufffd"
_GARBLERS = ("cp1252", "latin-1", "cp1251", "iso-8859-2")  # what UTF-8 is read as by mistake
# bytes that cp1252 has no character for come through as C1 control characters
_C1 = {code: code for code in range(0x80, 0xA0)}


@dataclass(frozen=True, slots=True)
class KeptEntry:
    """An entry as the database has it; `state` and `outcome` are those of its page, '' where it has none."""

    link: str
    published_at: datetime | None
    first_seen_at: datetime
    texts: tuple[str, ...] = ()  # title, summary, content; only where the publisher has edited them
    state: str = ""
    outcome: str = ""


def takes_link(kept: KeptEntry, shown: str) -> bool:
    """Whether a link under a known guid is a correction: another page, and not the same one under a new query.

    Some feeds write new parameters into their links at each poll, which would make new pages each time. So a query
    alone counts only where the address that we have leads to nothing.
    """
    before, now = _address(kept.link), _address(shown)
    if now is None or before == now:
        return False
    if before is None:
        return True
    return before.partition("?")[0] != now.partition("?")[0] or _leads_to_nothing(kept)


def same_but_query(link: str, other: str) -> bool:
    """Whether two links differ at most by their scheme and their parameters."""
    one, another = _address(link), _address(other)
    return one is not None and another is not None and one.partition("?")[0] == another.partition("?")[0]


def _address(link: str) -> str | None:
    """Where a link leads, without its scheme: https in the place of http is the same page."""
    try:
        return canonicalise(link).partition("://")[2]
    except BadUrl:
        return None


def _leads_to_nothing(kept: KeptEntry) -> bool:
    if kept.state != "rejected" or not kept.outcome:
        return False
    meaning = Outcome(kept.outcome).meaning
    return meaning.address_dead or meaning.leads_nowhere


def takes_date(kept: KeptEntry, shown: datetime | None) -> bool:
    """Whether another date under a known guid is a correction.

    Not one later than our first sight of the entry: such dates are those of an edit, or of the feed's making. Those
    that we have may be ahead of that themselves; then what is nearer to it is better.
    """
    if shown is None or kept.published_at is None:
        return shown is not None
    if abs(shown - kept.published_at) < _LEAST:
        return False
    return shown <= max(kept.first_seen_at, kept.published_at)


def misdates(kept: KeptEntry, shown: datetime) -> bool:
    """Whether the date that we have misleads so much that the article is worth reading again.

    It does where it is ahead of our first sight, a day off, or off by a zone; not where a feed reckons its dates
    from "3 hours ago" anew each time.
    """
    if kept.published_at is None:
        return True
    off = abs(shown - kept.published_at)
    in_zones = off.total_seconds() % _ZONE_STEP_S == 0
    return kept.published_at > kept.first_seen_at + _LEAST or off >= _MISDATED or in_zones


def encoding_alone(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Whether texts differ by nothing but characters that one of the two has garbled or lost."""
    pairs = [(one, other) for one, other in zip(before, now, strict=True) if one != other]
    return bool(pairs) and all(_same_but_garbled(one, other) for one, other in pairs)


def is_better(before: tuple[str, ...], now: tuple[str, ...]) -> bool:
    """Of texts that differ by their encoding alone: whether the new ones are those that are whole."""
    return _damage(now) < _damage(before)


def _same_but_garbled(one: str, other: str) -> bool:
    one, other = normalize("NFC", one), normalize("NFC", other)
    if _RUNS.split(one) != _RUNS.split(other):
        return False
    if _LOST in one or _LOST in other:
        return True
    return _ungarbled(one) == _ungarbled(other)


def _ungarbled(text: str) -> str:
    for codec in _GARBLERS:
        try:
            return _bytes(text, codec).decode()
        except UnicodeError:
            continue
    return text


def _bytes(text: str, codec: str) -> bytes:
    """Characters as the bytes that they were read from; C1 control characters stand for themselves."""
    return b"".join(bytes([ord(c)]) if ord(c) in _C1 else c.encode(codec) for c in text)


def _damage(texts: tuple[str, ...]) -> int:
    """Characters that are lost, and those that came of reading two or more bytes as one character each."""
    whole = sum(len(_ungarbled(text)) for text in texts)
    return sum(map(len, texts)) - whole + sum(text.count(_LOST) for text in texts)
