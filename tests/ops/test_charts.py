"""The geometry of the pictures: proportional, inside the frame, and balanced."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from newsflow.ops import charts
from newsflow.ops.robust_statistics import Usual
from newsflow.run_check import FunnelStage

STAGES = [
    FunnelStage("fetch", 200, {"ok": 180, "not_found": 20}),
    FunnelStage("extract", 180, {"ok": 160, "paywall": 20}),
    FunnelStage("deduplicate", 160, {"ok": 160}),
    FunnelStage("load", 160, {"new": 150, "unchanged": 10}),
]


def _ys(points: str) -> list[float]:
    return [float(pair.split(",")[1]) for pair in points.split()]


def _corners(path: str) -> list[tuple[float, float]]:
    """The points of a path that has absolute commands only."""
    numbers = [float(n) for n in re.findall(r"-?[0-9.]+", path.replace("H", " "))]
    start, inner = numbers[:2], numbers[8]
    return [(start[0], start[1]), (numbers[6], numbers[7]), (inner, numbers[7]), (numbers[-2], numbers[-1])]


def test_bars_are_proportional_to_pages() -> None:
    picture = charts.funnel(STAGES, {})
    heights = [b.height / b.taken for b in picture.boxes]
    assert max(heights) - min(heights) < 1e-6
    assert [(r.kind, r.pages) for r in picture.ribbons] == [("loss", 20), ("loss", 20)]


def test_what_is_lost_leaves_below_what_passed_and_as_wide_as_it_weighs() -> None:
    picture = charts.funnel(STAGES, {})
    corners = _corners(picture.ribbons[0].path)
    assert corners[0][1] == max(_ys(picture.flows[0]))
    assert corners[3][1] == pytest.approx(corners[0][1] + 20 * picture.boxes[0].height / 200, abs=0.2)
    assert corners[1][1] == corners[2][1] == picture.floor


def test_the_reasons_of_a_loss_are_its_commonest() -> None:
    outcomes = {"ok": 1, "paywall": 5, "too_short": 9, "login": 2, "soft_404": 1}
    (loss,) = charts.funnel([FunnelStage("extract", 18, outcomes)], {}).ribbons
    assert loss.reasons == (("too_short", 9), ("paywall", 5), ("login", 2))
    assert loss.pages == 17


def test_what_is_the_same_as_before_is_no_loss_and_leaves_beside_it() -> None:
    outcomes = {"ok": 40, "unchanged": 50, "paywall": 10}
    loss, same = charts.funnel([FunnelStage("extract", 100, outcomes)], {}).ribbons
    assert (loss.kind, loss.pages, same.kind, same.pages) == ("loss", 10, "same", 50)
    assert _corners(same.path)[3][1] == pytest.approx(_corners(loss.path)[0][1], abs=0.1), (
        "one begins where the other ends"
    )
    assert _corners(same.path)[2][0] > _corners(loss.path)[1][0], "they do not cross"


def test_a_stage_outside_its_usual_range_is_odd() -> None:
    for usual, odd in (
        (Usual(300, 250, 350, 8), "low"),
        (Usual(100, 80, 120, 8), "high"),
        (Usual(200, 150, 250, 8), ""),
    ):
        assert charts.funnel(STAGES, {"fetch": usual}).boxes[0].odd == odd


def test_the_ends_add_up_and_their_labels_do_not_touch() -> None:
    stages = [FunnelStage("load", 1000, {"new": 998, "revised": 1, "unchanged": 1})]
    ends = charts.funnel(stages, {}).ends
    assert [(e.code, e.pages) for e in ends] == [("new", 998), ("revised", 1), ("unchanged", 1)]
    gaps = [b.label_y - a.label_y for a, b in pairwise(ends)]
    assert min(gaps) >= 19


def test_everything_stays_inside_the_frame() -> None:
    picture = charts.funnel([FunnelStage("fetch", 9, {"not_found": 9}), FunnelStage("extract", 0)], {})
    corners = _corners(picture.ribbons[0].path)
    assert max(x for x, _ in corners) < picture.boxes[1].x, "a whole stage that is lost stays left of the next bar"
    assert max(y for _, y in corners) <= picture.height
    assert all(0 <= y <= picture.height for points in picture.flows if points for y in _ys(points))


def test_an_empty_run_draws_empty_bars() -> None:
    picture = charts.funnel([FunnelStage("fetch", 0)], {})
    assert picture.boxes[0].height == 1.0
    assert picture.flows == ("",)
    assert charts.funnel([], {}).boxes == ()


def test_the_tallest_spark_fills_the_height_and_zero_draws_nothing() -> None:
    earlier, recent = charts.spark([0.0, 5.0, 10.0], recent=1)
    assert recent == "M74.7 24v-24.0h29.9v24.0z"
    assert earlier == "M37.3 24v-12.0h29.9v12.0z"
    assert charts.spark([0.0] * 28) == ("", "")
    assert charts.spark([]) == ("", "")


def test_a_line_breaks_where_a_day_is_unknown() -> None:
    assert len(charts.line([1.0, None, 2.0, 3.0], 4.0, 90, 30)) == 2
    assert charts.line([None, None], 1.0, 90, 30) == []
