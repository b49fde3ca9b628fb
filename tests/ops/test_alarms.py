"""The rules, each with what it must find and what it must leave alone."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone

import pytest

from newsflow.ops.alarms.content import drift, length
from newsflow.ops.alarms.house import disk, lag, large_story
from newsflow.ops.alarms.judgement import CRITICAL, Finding, JudgedRun, OpenGap, Undecided
from newsflow.ops.alarms.runs import blind_days, failed_run, late_run, own_outage
from newsflow.ops.alarms.silence import feed_gone, silence
from newsflow.ops.history import Day

MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 30, 12, tzinfo=timezone.utc)


def days(number: int, make: Callable[[date, int], Day], begin: date = MONDAY) -> list[Day]:
    return [make(begin + timedelta(days=n), n) for n in range(number)]


def steady(readable: float, extracted: int = 14, words: float = 400, seed: int = 3) -> Callable[[date, int], Day]:
    rng = random.Random(seed)

    def make(day: date, _: int) -> Day:
        good = sum(rng.random() < readable for _ in range(extracted))
        return Day(
            day, polls=1, polls_ok=1, new_entries=extracted, extracted=extracted, readable=good,
            words=words * rng.lognormvariate(0, 0.08), failures={"too_short": extracted - good},
        )  # fmt: skip

    return make


def news(pattern: Callable[[date], bool]) -> Callable[[date, int], Day]:
    return lambda day, _: Day(day, polls=2, polls_ok=2, new_entries=5 if pattern(day) else 0)


class TestDrift:
    PAST = days(27, steady(0.96))
    TODAY = MONDAY + timedelta(days=27)

    def test_one_run_is_enough(self) -> None:
        broken = Day(self.TODAY, extracted=14, readable=1, failures={"not_text": 13})
        found = drift("a.example", self.PAST, [*self.PAST[-3:], broken])
        assert isinstance(found, Finding)
        assert "1 of 14 pages" in found.sentence
        assert "not text" in found.sentence

    def test_a_small_publisher_is_judged_over_some_nights(self) -> None:
        past = days(27, steady(0.97, extracted=2))
        broken = [Day(self.TODAY + timedelta(days=n), extracted=2, readable=0) for n in range(3)]
        assert drift("a.example", past, broken[:1]) is Undecided.CANT_TELL
        assert isinstance(drift("a.example", past, broken), Finding)

    def test_half_of_a_paywalled_publisher_is_its_usual(self) -> None:
        past = days(27, steady(0.48))
        for good in range(3, 14):
            assert not isinstance(drift("p.example", past, [Day(self.TODAY, extracted=14, readable=good)]), Finding)
        empty = [Day(self.TODAY + timedelta(days=n), extracted=14, readable=0) for n in range(2)]
        assert isinstance(drift("p.example", past, empty), Finding), "by the second night it is beyond chance"

    def test_one_odd_day_in_the_past_hides_nothing(self) -> None:
        past = [*self.PAST[:20], Day(self.PAST[20].day, extracted=14, readable=0), *self.PAST[21:]]
        assert isinstance(drift("a.example", past, [Day(self.TODAY, extracted=14, readable=3)]), Finding)

    def test_a_new_publisher_has_no_usual(self) -> None:
        assert drift("n.example", self.PAST[:1], [Day(self.TODAY, extracted=14, readable=0)]) is Undecided.CLEAR

    def test_a_day_without_captures_proves_nothing(self) -> None:
        assert drift("a.example", self.PAST, [Day(self.TODAY)]) is Undecided.CANT_TELL
        assert drift("a.example", self.PAST, []) is Undecided.CANT_TELL

    def test_a_good_day_clears(self) -> None:
        assert drift("a.example", self.PAST, [Day(self.TODAY, extracted=10, readable=10)]) is Undecided.CLEAR


class TestLength:
    PAST = days(27, steady(0.97))
    TODAY = MONDAY + timedelta(days=27)

    @pytest.mark.parametrize(("words", "says"), [(90.0, "shorter"), (1900.0, "longer")])
    def test_a_silent_template_change_is_seen(self, words: float, says: str) -> None:
        found = length("a.example", self.PAST, [Day(self.TODAY, extracted=10, readable=10, words=words)])
        assert isinstance(found, Finding)
        assert says in found.sentence

    @pytest.mark.parametrize("words", [300.0, 400.0, 600.0])
    def test_ordinary_days_are_ordinary(self, words: float) -> None:
        assert length("a.example", self.PAST, [Day(self.TODAY, readable=10, words=words)]) is Undecided.CLEAR

    def test_two_articles_prove_nothing(self) -> None:
        assert length("a.example", self.PAST, [Day(self.TODAY, readable=2, words=40.0)]) is Undecided.CANT_TELL


RHYTHMS: dict[str, Callable[[date], bool]] = {
    "daily": lambda day: True,
    "weekdays": lambda day: day.weekday() < 5,
    "weekly": lambda day: day.weekday() == 3,
    "weekend": lambda day: day.weekday() >= 5,
}


class TestSilence:
    @pytest.mark.parametrize("rhythm", RHYTHMS.values(), ids=RHYTHMS.keys())
    def test_a_quiet_rhythm_is_never_an_alarm(self, rhythm: Callable[[date], bool]) -> None:
        for number in range(1, 57):
            assert not isinstance(silence("q.example", days(number, news(rhythm)), ()), Finding)

    @pytest.mark.parametrize("rhythm", RHYTHMS.values(), ids=RHYTHMS.keys())
    @pytest.mark.parametrize("start", range(28, 35))
    def test_silence_is_found_within_two_beats(self, rhythm: Callable[[date], bool], start: int) -> None:
        silent_from = MONDAY + timedelta(days=start)
        found, beats = None, 0
        for number in range(start + 1, start + 29):
            day = MONDAY + timedelta(days=number - 1)
            beats += rhythm(day)
            listed = days(number, news(lambda d: rhythm(d) and d < silent_from))
            found = silence("s.example", listed, ())
            if isinstance(found, Finding):
                break
        assert isinstance(found, Finding)
        assert beats <= 2

    def test_an_irregular_publisher_gets_time(self) -> None:
        rng = random.Random(5)
        listed = days(40, news(lambda _: rng.random() < 0.5))
        quiet = days(3, news(lambda _: False), begin=MONDAY + timedelta(days=40))
        assert not isinstance(silence("i.example", [*listed, *quiet], ()), Finding)
        long = days(20, news(lambda _: False), begin=MONDAY + timedelta(days=40))
        assert isinstance(silence("i.example", [*listed, *long], ()), Finding)

    def test_while_we_were_blind_nobody_was_silent(self) -> None:
        end = MONDAY + timedelta(days=28)
        listed = days(33, news(lambda d: d < end))
        blind = {end + timedelta(days=n) for n in range(5)}
        assert silence("b.example", listed, blind) is Undecided.CLEAR

    def test_days_on_which_nobody_asked_say_nothing(self) -> None:
        listed = [*days(28, news(lambda _: True)), *days(6, lambda d, _: Day(d), begin=MONDAY + timedelta(days=28))]
        assert silence("u.example", listed, ()) is Undecided.CLEAR

    def test_the_sentence_says_what_its_feeds_answer(self) -> None:
        listed = [*days(28, news(lambda _: True)), *days(3, news(lambda _: False), begin=MONDAY + timedelta(days=28))]
        found = silence("s.example", listed, (), "The server failed (5xx).")
        assert isinstance(found, Finding)
        assert (
            found.sentence
            == "s.example is silent since Sun 29 Mar: 3 times news was due and none came; The server failed (5xx)."
        )


class TestOwnOutage:
    def test_it_lasts_as_long_as_its_gap(self) -> None:
        found = own_outage(OpenGap(NOON, "40 origins failed at once."))
        assert isinstance(found, Finding)
        assert (found.severity, found.sentence) == ("critical", "40 origins failed at once.")
        assert own_outage(None) is Undecided.CLEAR

    def test_blind_days_are_those_of_all_publishers(self) -> None:
        out = Day(MONDAY, polls=1, poll_failures={"connect_error": 1})
        fine = Day(MONDAY + timedelta(days=1), polls=1, polls_ok=1)
        assert blind_days({n: [out, fine] for n in range(4)}) == {MONDAY}
        assert blind_days({0: [out], 1: [Day(MONDAY, polls=3, polls_ok=3)]}) == frozenset()


def run(hours_ago: float, state: str = "success", took: float = 1.0, verdict: str = "Fine.") -> JudgedRun:
    began = NOON - timedelta(hours=hours_ago)
    return JudgedRun("r", state, began, None if state == "running" else began + timedelta(hours=took), verdict)


NIGHTS = [run(10 + 24 * n) for n in range(8)]


class TestRuns:
    def test_a_failed_run_tells_its_verdict(self) -> None:
        found = failed_run([run(10, "failed", verdict="Not good: x."), *NIGHTS], outage=False)
        assert isinstance(found, Finding)
        assert "Not good: x." in found.sentence
        assert failed_run([run(10, "failed"), *NIGHTS], outage=True) is Undecided.CLEAR

    def test_a_run_at_work_leaves_the_last_verdict_in_force(self) -> None:
        assert isinstance(failed_run([run(1, "running"), run(10, "failed")], outage=False), Finding)
        assert failed_run([run(1, "running")], outage=False) is Undecided.CANT_TELL
        assert failed_run(NIGHTS, outage=False) is Undecided.CLEAR

    @pytest.mark.parametrize(
        ("runs", "late"),
        [
            (NIGHTS, False),
            (NIGHTS[1:], True),  # 34 hours ago
            ([run(2, "running"), *NIGHTS], False),
            ([run(5, "running"), *NIGHTS], True),
            (NIGHTS[:2], False),
        ],
        ids=["on time", "missing", "at work", "stuck", "too young"],
    )
    def test_late_runs(self, runs: list[JudgedRun], late: bool) -> None:
        assert isinstance(late_run(runs, NOON), Finding) is late


class TestRest:
    @pytest.mark.parametrize(
        ("free", "pace", "severity"),
        [(500e9, 1e9, ""), (10e9, 1e9, "warning"), (2.5e9, 1e9, "critical"), (1e9, 0, "critical"), (400e9, 0, "")],
    )
    def test_disk(self, free: float, pace: float, severity: str) -> None:
        found = disk(free, 1000e9 if free > 100e9 else 20e9, pace, warn_days=14)
        assert (found.severity if isinstance(found, Finding) else "") == severity

    def test_lag_counts_by_age(self) -> None:
        day = timedelta(hours=24)
        assert lag("search", 0, timedelta(), day) is Undecided.CLEAR
        assert lag("search", 9000, timedelta(hours=2), day) is Undecided.CLEAR
        assert isinstance(lag("search", 3, timedelta(hours=30), day), Finding)

    def test_findings_about_things_name_them(self) -> None:
        assert large_story(7, 60, "").subject == "7"
        assert "accept it" in feed_gone("a.example", "https://a.example/f", "410", 1).sentence
        assert "No other" in feed_gone("a.example", "https://a.example/f", "", 0).sentence


class TestALateRunWithoutAPast:
    BEGAN = NOON - timedelta(hours=3)

    def test_the_first_run_of_all_is_late_after_six_hours(self) -> None:
        runs = [JudgedRun("scheduled__2026", "running", NOON - timedelta(hours=7), None, "")]
        found = late_run(runs, NOON)
        assert isinstance(found, Finding)
        assert (found.cause, found.subject, found.severity) == ("run_late", "", CRITICAL)
        assert found.sentence == "The run of Mon 30 Mar 05:00 UTC is still at work after 7.0 hours."

    def test_it_lasts_while_the_run_does(self) -> None:
        runs = [JudgedRun("a", "running", self.BEGAN, None, "")]
        assert late_run(runs, NOON, NOON - timedelta(minutes=15)) is Undecided.CANT_TELL
        assert late_run(runs, NOON) is Undecided.CLEAR

    def test_a_run_that_ended_before_it_does_not_end_it(self) -> None:
        runs = [JudgedRun("a", "success", self.BEGAN, NOON - timedelta(hours=2), "")]
        assert late_run(runs, NOON, NOON - timedelta(hours=1)) is Undecided.CANT_TELL

    @pytest.mark.parametrize("state", ["success", "failed"])
    def test_it_is_over_when_a_run_has_ended(self, state: str) -> None:
        runs = [JudgedRun("a", state, self.BEGAN, NOON, "")]
        assert late_run(runs, NOON, NOON - timedelta(hours=1)) is Undecided.CLEAR

    def test_a_run_that_is_late_by_its_past_too_is_one_alarm(self) -> None:
        nights = [NOON - timedelta(days=n) for n in range(1, 8)]
        past = [JudgedRun(str(n), "success", n, n + timedelta(minutes=40), "") for n in nights]
        runs = [JudgedRun("a", "running", NOON - timedelta(hours=9), None, ""), *past]
        assert isinstance(late_run(runs, NOON, NOON - timedelta(hours=6)), Finding)


class TestOverAgain:
    PAST = days(27, steady(0.96))

    @pytest.mark.parametrize(("readable", "extracted"), [(1, 5), (0, 4), (2, 6)])
    def test_a_handful_of_bad_captures_does_not_end_a_drift(self, readable: int, extracted: int) -> None:
        today = Day(MONDAY + timedelta(days=30), extracted=extracted, readable=readable)
        assert drift("a.example", self.PAST, [today]) is not Undecided.CLEAR

    def test_captures_as_before_end_it(self) -> None:
        today = Day(MONDAY + timedelta(days=30), extracted=12, readable=12)
        assert drift("a.example", self.PAST, [today]) is Undecided.CLEAR
