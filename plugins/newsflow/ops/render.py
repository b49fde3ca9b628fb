"""Templates: escaped by default, undefined names are errors, figures and times as people read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from newsflow.ops.airflow_runs import NO_TASKS
from newsflow.ops.routes import NAVIGATION
from newsflow.ops.words import count, counts_line, days_left, facts, is_withdrawn, number, poll_sentence, went_well
from newsflow.outcomes import WENT_WELL

NO_SERVER: Mapping[str, Any] = {"airflow": "", "tasks": NO_TASKS, "figures_at": None}
TEMPLATES = Path(__file__).parent / "templates"


def ago(then: datetime | None, now: datetime) -> str:
    """How long ago: "12 min", "5 h", "3 d"; "never" for None."""
    if then is None:
        return "never"
    seconds = (now - then).total_seconds()
    if seconds < 3600:
        return f"{max(int(seconds // 60), 0)} min"
    return f"{int(seconds // 3600)} h" if seconds < 48 * 3600 else f"{int(seconds // 86400)} d"


def percent(value: float | None) -> str:
    """A share as per cent."""
    return "–" if value is None else f"{value:.0%}"


def bytes_(value: float | None) -> str:
    """A size in decimal units."""
    size = float(value or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"


def clock(when: datetime | date | None) -> str:
    """A time in UTC, to the minute."""
    if when is None:
        return "–"
    return f"{when:%a %d %b %H:%M}" if isinstance(when, datetime) else f"{when:%a %d %b}"


def time(when: datetime | date | None, zone: bool = False) -> Markup | str:
    """An instant for people: in UTC as it stands, in the reader's zone once ops.js has seen it.

    :param zone: whether to name the zone beside it; the head of each page names it too.
    """
    if not isinstance(when, datetime):
        return clock(when)
    utc = when.astimezone(timezone.utc)
    mark, name = (Markup(" data-zone"), " UTC") if zone else ("", "")
    return Markup('<time datetime="{:%Y-%m-%dT%H:%M:%SZ}"{}>{}{}</time>').format(utc, mark, clock(utc), name)


def duration(span: timedelta | float) -> str:
    """A duration: "41 s", "12 min", "1.5 h", "6 d"."""
    seconds = span.total_seconds() if isinstance(span, timedelta) else float(span)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 48 * 3600:
        return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.0f} d"


def web(url: str) -> str:
    """The URL where it is http(s), else nothing: a `javascript:` link never becomes one."""
    return url if urlsplit(url).scheme in ("http", "https") else ""


def short(text: str, length: int = 160) -> str:
    """The beginning of a text, for lists."""
    return text if len(text) <= length else text[: length - 1] + "…"


def figure(value: float | None, unit: str) -> str:
    """A figure of a day: a share as per cent, seconds as a duration, else a number."""
    if unit == "seconds" and value is not None:
        return duration(value)
    return percent(value) if unit == "share" else number(value)


def change(by: int) -> str:
    """A difference with its sign."""
    return f"+{number(by)}" if by > 0 else f"\u2212{number(-by)}" if by else "same"


def says(verdict: str) -> str:
    """A verdict without the word that the heading has said already."""
    return capital(re.sub(r"^(Good|Not good): ", "", verdict))


def without(sentence: str, name: str) -> str:
    """A sentence about a publisher whose name stands beside it."""
    return re.sub(r"^:? +", " ", sentence.removeprefix(name)) if name and sentence.startswith(name) else sentence


def capital(text: str) -> str:
    """With a capital first letter and nothing before it."""
    text = text.strip()
    return text[:1].upper() + text[1:]


def answered(polls: Mapping[str, int]) -> str:
    """How many feeds answered well."""
    return number(sum(n for code, n in polls.items() if code in WENT_WELL))


def failed(polls: Mapping[str, int]) -> str:
    """The others by outcome, as a short line."""
    return counts_line({code: n for code, n in polls.items() if code not in WENT_WELL})


def query(asked: Mapping[str, Any]) -> str:
    """Parameters of an address, the empty ones left out."""
    return urlencode({key: value for key, value in asked.items() if value})


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The template environment; autoescape is on for all."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["navigation"] = NAVIGATION
    made.filters |= {
        "number": number,
        "percent": percent,
        "bytes": bytes_,
        "clock": clock,
        "time": time,
        "duration": duration,
        "web": web,
        "short": short,
        "ago": ago,
        "counts": counts_line,
        "count": count,
        "days_left": days_left,
        "facts": facts,
        "part": lambda text: quote(str(text), safe=""),
        "figure": figure,
        "change": change,
        "says": says,
        "without": without,
        "capital": capital,
        "answered": answered,
        "poll_sentence": poll_sentence,
        "failed": failed,
        "query": query,
        "instant": datetime.fromisoformat,
        "words": lambda code: str(code).replace("_", " "),
    }
    made.tests |= {"went_well": went_well, "withdrawn": is_withdrawn}
    return made


def template(name: str, context: Mapping[str, Any]) -> str:
    """Render a template; what only the server tells may be left out."""
    return environment().get_template(name).render({**NO_SERVER, **context})
