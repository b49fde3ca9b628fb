"""Outcomes and counts in words, for pages, alarms and the terminal. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from newsflow.outcomes import WENT_WELL, Meaning, Outcome

_TEN_YEARS = 3_650  # days


def sentence(code: str | None) -> str:
    """What an outcome means; the code itself where it is unknown, as one of another release may be."""
    meaning = _meaning(code)
    return meaning.sentence if meaning else code or ""


def poll_sentence(code: str) -> str:
    """What came of a poll, in a word or two where it went well."""
    if not went_well(code):
        return sentence(code)
    return "Answered" if Outcome(code).meaning.goes_on else "Nothing new"


def went_well(code: str | None) -> bool:
    """Whether a poll or a page ended well."""
    return code in WENT_WELL


def is_withdrawn(code: str | None) -> bool:
    """Whether a person took the page out, so that there is no retry."""
    meaning = _meaning(code)
    return meaning is not None and meaning.withdrawn


def _meaning(code: str | None) -> Meaning | None:
    try:
        return Outcome(code or "").meaning
    except ValueError:
        return None


def number(value: float | int | None) -> str:
    """With thin spaces between thousands."""
    return "–" if value is None else f"{round(value):,}".replace(",", "\u202f")


def count(value: int | None, noun: str) -> str:
    """A number with its noun: "1 file", "2 files"."""
    return f"{number(value or 0)} {noun if value == 1 else noun + 's'}"


def days_left(days: float) -> str:
    """How long something lasts, to the day; what lies years ahead is no forecast."""
    return "More than ten years left" if days > _TEN_YEARS else f"{count(int(days), 'day')} left"


def facts(value: object) -> str:
    """JSON as people read it: "rows 3, dropped none (…)"."""
    if isinstance(value, Mapping):
        return ", ".join(_fact(name, inner) for name, inner in value.items()) or "nothing to do"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(facts, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _fact(name: object, value: object) -> str:
    shown = facts(value)
    words = str(name).replace("_", " ")
    return f"{words} ({shown})" if isinstance(value, Mapping) else f"{words} {shown}"


def counts_line(counts: Mapping[str, int], limit: int = 4) -> str:
    """Counts as a short line: "ok 12, not_found 3"."""
    ordered = sorted(counts.items(), key=lambda c: (-c[1], c[0]))
    rest = sum(n for _, n in ordered[limit:])
    shown = [f"{code.replace('_', ' ')} {n}" for code, n in ordered[:limit]]
    return ", ".join([*shown, f"others {rest}"] if rest else shown)


def in_a_line(text: str) -> str:
    """What a person typed, as it stands in lists: control characters and line breaks are blanks.

    >>> in_a_line(" taken on\\nby \\x1b[1mJo ")
    'taken on by [1mJo'
    """
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
