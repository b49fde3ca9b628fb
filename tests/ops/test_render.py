"""Figures and times as people read them; nothing stored becomes code."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

import pytest
from jinja2 import UndefinedError

from newsflow.ops import render
from newsflow.ops.words import counts_line, sentence

NOW = datetime(2026, 3, 30, 9, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("back", "says"),
    [
        (timedelta(seconds=5), "0 min"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=400), "400 d"),
        (-timedelta(hours=1), "0 min"),  # a clock that is ahead
    ],
)
def test_how_long_ago(back: timedelta, says: str) -> None:
    assert render.ago(NOW - back, NOW) == says


def test_never_is_never() -> None:
    assert render.ago(None, NOW) == "never"


@pytest.mark.parametrize(
    ("span", "says"),
    [
        (timedelta(seconds=41), "41 s"),
        (timedelta(minutes=40), "40 min"),
        (timedelta(hours=2), "2.0 h"),
        (89.4, "89 s"),
        (6 * 86400, "6 d"),
    ],
)
def test_durations(span: timedelta | float, says: str) -> None:
    assert render.duration(span) == says


@pytest.mark.parametrize(
    ("size", "says"),
    [(0, "0 B"), (None, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2.5e9, "2.5 GB"), (3e15, "3000.0 TB")],
)
def test_sizes(size: float | None, says: str) -> None:
    assert render.bytes_(size) == says


def test_numbers_and_shares() -> None:
    assert render.number(1234567) == "1\u202f234\u202f567"
    assert render.number(None) == "–"
    assert render.percent(0.856) == "86%"
    assert render.percent(None) == "–"


def test_times_are_to_the_minute() -> None:
    assert render.clock(NOW) == "Mon 30 Mar 09:00"
    assert render.clock(date(2026, 3, 30)) == "Mon 30 Mar"
    assert render.clock(None) == "–"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        " javascript:1",
        "data:text/html,x",
        "file:///etc/passwd",
        "//x",
        "",
        "vbscript:x",
    ],
)
def test_only_the_web_is_a_link(url: str) -> None:
    assert render.web(url) == ""


def test_the_web_is_a_link() -> None:
    assert render.web("https://a.example/x?y=1") == "https://a.example/x?y=1"
    assert render.web("http://a.example/") == "http://a.example/"


def test_long_texts_are_cut() -> None:
    assert render.short("x" * 1_000_000, 20) == "x" * 19 + "…"
    assert render.short("short") == "short"


def test_all_that_is_stored_is_escaped() -> None:
    made = render.environment().from_string("{{ x }}<a title='{{ x }}'>")
    assert made.render(x="<script>'\"&") == "&lt;script&gt;&#39;&#34;&amp;<a title='&lt;script&gt;&#39;&#34;&amp;'>"


def test_a_name_that_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render.environment().from_string("{{ missing }}").render()


def test_each_template_parses() -> None:
    for name in render.environment().list_templates():
        render.environment().get_template(name)


def test_names_in_addresses_are_quoted() -> None:
    made = render.environment().from_string("{{ x|part }}")
    assert made.render(x='a/b?c#d"&<é') == "a%2Fb%3Fc%23d%22%26%3C%C3%A9"


def test_counts_are_a_short_line() -> None:
    counts = {"ok": 12, "not_found": 3, "paywall": 3, "deadline": 1, "gone": 1, "login": 2}
    assert counts_line(counts) == "ok 12, not found 3, paywall 3, login 2, others 2"
    assert counts_line({}) == ""


def test_an_outcome_that_nobody_knows_is_shown_as_it_is() -> None:
    assert sentence("paywall") == "The page shows a paywall instead of the article."
    assert sentence("from_the_future") == "from_the_future"
    assert sentence(None) == ""


@pytest.mark.parametrize(
    ("sentence", "name", "left"),
    [
        ("a.example: only 2 of 9 captures", "a.example", " only 2 of 9 captures"),
        ("a.example is silent", "a.example", " is silent"),
        ("The run failed.", "a.example", "The run failed."),
        ("The run failed.", "", "The run failed."),
        ("a.example", "a.example", ""),
    ],
)
def test_a_name_that_stands_beside_its_sentence_is_not_said_twice(sentence: str, name: str, left: str) -> None:
    assert render.without(sentence, name) == left


def test_a_verdict_does_not_repeat_its_heading() -> None:
    assert render.says("Good: 3 feeds asked.") == "3 feeds asked."
    assert render.says("Not good: all 3 feeds failed.") == "All 3 feeds failed."
    assert render.says("") == ""


def test_feeds_that_answered_and_those_that_failed() -> None:
    polls = {"ok": 3, "not_modified": 2, "dns_error": 1}
    assert (render.answered(polls), render.failed(polls)) == ("5", "dns error 1")
    assert (render.answered({}), render.failed({})) == ("0", "")


def test_an_address_carries_what_was_asked_and_nothing_else() -> None:
    assert render.query({"find": "a&b=c", "level": "", "sort": "name"}) == "find=a%26b%3Dc&sort=name"


def _luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2)."""
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


GROUNDS = ("bg", "raise", "good-bg", "bad-bg", "warn-bg", "run-bg")


@pytest.mark.parametrize("mode", [":root", '[data-theme="dark"]'])
@pytest.mark.parametrize("text", ["ink", "soft", "link", "bad"])
def test_texts_can_be_read_on_each_ground(mode: str, text: str) -> None:
    sheet = (render.TEMPLATES.parent / "static" / "ops.css").read_text()
    block = sheet.partition(mode + " {")[2].partition("}")[0]
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
    weak = {ground: _contrast(colours[text], colours[ground]) for ground in GROUNDS}
    assert min(weak.values()) >= 4.5, weak
