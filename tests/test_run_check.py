"""The judgement of a run, case by case."""

from __future__ import annotations

from newsflow.run_check import FunnelStage, Verdict, judge

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
    assert found.sentence == "Good: 0 feeds asked; 0 new articles, 9 revised, 91 unchanged."
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
    assert verdict(polls={"dns_error": 4, "not_modified": 1}).ok


def test_low_yield_is_a_problem_on_a_large_run_only() -> None:
    walls = (
        FunnelStage("fetch", 30, {"ok": 30}),
        FunnelStage("extract", 31, {"paywall": 31}),
    )
    assert verdict(walls).problems == ("only 0% of 31 captures became articles (limit 50%)",)
    assert verdict(walls, min_loaded=0).ok
    few = (FunnelStage("fetch", 30, {"not_found": 30}), FunnelStage("extract", 1, {"paywall": 1}))
    assert verdict(few).ok
