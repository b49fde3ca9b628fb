"""Whose fault it was."""

from __future__ import annotations

import pytest

from newsflow.outcomes import Outcome
from newsflow.web.outage import Failure, Sign, own, sign


def failures(*times: tuple[float, float]) -> list[Failure]:
    return [Failure(f"http://h{n}", began, ended) for n, (began, ended) in enumerate(times)]


def test_all_fail_and_nobody_answers() -> None:
    assert own(failures(*[(10, 10.1)] * 6), []) == {0, 1, 2, 3, 4, 5}


def test_too_few_to_tell() -> None:
    assert own(failures(*[(10, 10.1)] * 4), []) == set()


def test_one_host_failing_often_is_its_own_fault() -> None:
    assert own([Failure("http://h", n, n + 1) for n in range(20)], []) == set()


def test_an_answer_meanwhile_clears_us() -> None:
    assert own(failures(*[(10, 20)] * 6), [15.0]) == set()
    assert own(failures(*[(10, 10.1)] * 6), [9.0]) == set()


def test_outage_in_the_middle_of_a_run() -> None:
    before, during, after = [1.0, 2.0, 3.0], [(20.0, 21.0)] * 5, [40.0, 41.0]
    lone = [*failures(*during), Failure("http://dead", 1.5, 2.5)]
    assert own(lone, before + after) == {0, 1, 2, 3, 4}


def test_two_silences_are_not_added_up() -> None:
    assert own(failures(*[(10, 10.1)] * 3, *[(50, 50.1)] * 3), [30.0]) == set()


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([Outcome.OK] * 60 + [Outcome.OWN_OUTAGE] * 40, Sign.LASTS),
        ([Outcome.NOT_MODIFIED, Outcome.DNS_ERROR], Sign.OVER),
        ([Outcome.SERVER_ERROR, Outcome.COOLING], Sign.NOTHING),
        ([], Sign.NOTHING),
    ],
)
def test_what_judged_outcomes_tell(outcomes: list[Outcome], expected: Sign) -> None:
    assert sign(outcomes) is expected
