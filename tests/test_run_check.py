"""The judgement of a run, case by case."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from newsflow.run_check import FunnelStage, Left, Verdict, judge

GOOD = (
    FunnelStage("fetch", 30, {"ok": 25, "not_found": 3, "rate_limited": 2}),
    FunnelStage("extract", 26, {"ok": 24, "paywall": 2}),
    FunnelStage("deduplicate", 24, {"ok": 24}),
    FunnelStage("load", 24, {"new": 20, "revised": 3, "unchanged": 1}),
)
ENTERED = {"fetch": 30, "extract": 1}


def verdict(
    stages: tuple[FunnelStage, ...] = GOOD,
    polls: dict[str, int] | None = None,
    unfinished: tuple[str, ...] = (),
    min_loaded: float = 0.5,
) -> Verdict:
    return judge(
        stages,
        entered=ENTERED,
        polls={"ok": 5} if polls is None else polls,
        unfinished_steps=unfinished,
        min_loaded=min_loaded,
    )


def replaced(stage: FunnelStage) -> tuple[FunnelStage, ...]:
    return tuple(stage if s.stage == stage.stage else s for s in GOOD)


def test_a_balanced_run_is_good_and_says_what_it_brought() -> None:
    found = verdict()
    assert found.ok
    assert found.sentence == "Good: 5 feeds asked; 20 new articles, 3 revised, 1 unchanged."


def test_pages_that_extract_finds_unchanged_are_articles_and_leave_the_funnel() -> None:
    stages = (
        FunnelStage("extract", 100, {"ok": 10, "unchanged": 90}),
        FunnelStage("deduplicate", 10, {"ok": 10}),
        FunnelStage("load", 10, {"revised": 9, "unchanged": 1}),
    )
    found = judge(stages, entered={"extract": 100}, polls={}, unfinished_steps=(), min_loaded=0.9)
    assert found.ok
    assert found.sentence == "Good: 0 new articles, 9 revised, 91 unchanged."
    assert [dict(s.left) for s in stages] == [{"unchanged": 90}, {}, {}]


def test_an_empty_night_is_good() -> None:
    assert judge((), entered={}, polls={"not_modified": 3}, unfinished_steps=(), min_loaded=0.5).ok


def test_pages_without_an_outcome_are_a_problem() -> None:
    found = verdict(replaced(FunnelStage("extract", 26, {"ok": 24, "paywall": 1}, open=1)))
    assert found.problems == ("1 of 26 pages have no outcome of extract",)


def test_a_page_lost_between_two_stages_is_found() -> None:
    found = verdict(replaced(FunnelStage("extract", 25, {"ok": 24, "paywall": 1})))
    assert found.problems == ("extract took 25 pages, 26 were due",)


def test_a_page_that_appears_from_nowhere_is_found() -> None:
    found = verdict(replaced(FunnelStage("load", 25, {"new": 25})))
    assert found.problems == ("load took 25 pages, 24 were due",)


def test_a_step_that_did_not_finish_is_named() -> None:
    assert verdict(unfinished=("fetch/2",)).problems == ("step fetch/2 did not finish",)


def test_no_feed_that_answers_is_a_problem_but_no_feed_due_is_not() -> None:
    assert verdict(polls={"dns_error": 4}).problems == ("all 4 feeds failed",)
    assert verdict(polls={}).ok
    assert verdict(polls={"dns_error": 1, "not_modified": 2}).ok


@pytest.mark.parametrize(
    ("polls", "words"),
    [
        ({"ok": 1, "dns_error": 2}, "feeds: 3 asked, 2 failed"),
        ({"not_modified": 1, "not_found": 1}, "feeds: 2 asked, 1 failed"),
        ({"ok": 1, "forbidden": 1, "cooling": 5}, "feeds: 2 asked, 1 failed, 5 put off"),
    ],
)
def test_half_of_the_feeds_failing_is_a_problem(polls: dict[str, int], words: str) -> None:
    found = verdict(polls=polls)
    assert found.problems == (words,)
    assert found.sentence == f"Not good: {words}."


def test_fewer_that_fail_stand_in_the_good_sentence() -> None:
    assert verdict(polls={"ok": 5, "not_found": 2}).sentence.startswith("Good: feeds: 7 asked, 2 failed; 20 new")


NOW = datetime(2026, 3, 1, 2, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("polls", "left", "problem"),
    [
        ({}, Left(NOW, 4, 3, NOW - HOUR), "no feed was asked, though 3 were due"),
        ({}, Left(NOW, 4, 0, NOW - 25 * HOUR), "no feed was asked since Sat 28 Feb 2026 01:00 UTC"),
        ({}, Left(NOW, 4, 0, NOW + 8760 * HOUR), "no feed was asked since Mon 01 Mar 2027 02:00 UTC"),
        ({}, Left(NOW, 4), "no feed was ever asked"),
        ({"ok": 4}, Left(NOW, 4, 0, NOW, 40), "no run works on 40 captured pages"),
    ],
)
def test_what_a_night_leaves_undone_is_a_problem(polls: dict[str, int], left: Left, problem: str) -> None:
    assert judged(polls, left).problems == (problem,)


def test_a_night_with_nothing_due_or_nothing_to_ask_is_good() -> None:
    assert judged({}, Left(NOW, 4, 0, NOW - HOUR)).sentence.startswith("Good: 0 feeds asked; ")
    assert judged({}, Left(NOW)).sentence.startswith("Good: there is no active feed to ask; ")


def judged(polls: dict[str, int], left: Left) -> Verdict:
    return judge((), entered={}, polls=polls, unfinished_steps=(), min_loaded=0.5, left=left)


def test_low_yield_is_a_problem_on_a_large_run_only() -> None:
    walls = (
        FunnelStage("fetch", 30, {"ok": 30}),
        FunnelStage("extract", 31, {"paywall": 31}),
    )
    assert verdict(walls).problems == ("only 0% of 31 captures became articles (limit 50%)",)
    assert verdict(walls, min_loaded=0).ok
    few = (FunnelStage("fetch", 30, {"not_found": 30}), FunnelStage("extract", 1, {"paywall": 1}))
    assert verdict(few).ok


def test_one_feed_is_no_plural() -> None:
    assert verdict(polls={"dns_error": 1}).problems == ("the only feed asked failed",)
    assert "1 feed asked" in verdict(polls={"ok": 1}).sentence
