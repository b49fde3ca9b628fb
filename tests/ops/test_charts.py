"""The geometry of the pictures: proportional, inside the frame, and balanced."""

from __future__ import annotations

from newsflow.ops import charts
from newsflow.ops.robust import Usual
from newsflow.verdict import FunnelStage

STAGES = [
    FunnelStage("fetch", 200, {"ok": 180, "not_found": 20}),
    FunnelStage("extract", 180, {"ok": 160, "paywall": 20}),
    FunnelStage("deduplicate", 160, {"ok": 160}),
    FunnelStage("load", 160, {"new": 150, "unchanged": 10}),
]


def _ys(points: str) -> list[float]:
    return [float(pair.split(",")[1]) for pair in points.split()]


def test_bars_are_proportional_to_pages() -> None:
    picture = charts.funnel(STAGES, {})
    heights = [b.height / b.taken for b in picture.boxes]
    assert max(heights) - min(heights) < 1e-6
    assert [b.lost for b in picture.boxes] == [20, 20, 0, 0]


def test_what_is_lost_hangs_below_what_passed() -> None:
    picture = charts.funnel(STAGES, {})
    assert picture.losses[2] == ""
    assert min(_ys(picture.losses[0])) == max(_ys(picture.flows[0]))


def test_everything_stays_inside_the_frame() -> None:
    picture = charts.funnel(STAGES, {"fetch": Usual(300, 250, 350, 8)})
    ys = [y for points in (*picture.flows, *picture.losses) if points for y in _ys(points)]
    assert max(ys) <= picture.height
    assert all(b.high is None or b.y + b.high <= picture.height for b in picture.boxes)


def test_an_empty_run_draws_empty_bars() -> None:
    picture = charts.funnel([FunnelStage("fetch", 0)], {})
    assert picture.boxes[0].height == 1.0
    assert picture.flows == ("",)
    assert charts.funnel([], {}).boxes == ()


def test_the_tallest_spark_fills_the_height_and_zero_draws_nothing() -> None:
    earlier, recent = charts.spark([0.0, 5.0, 10.0], recent=1)
    assert recent == "M74.7 24v-24.0h36.3v24.0z"
    assert earlier == "M37.3 24v-12.0h36.3v12.0z"
    assert charts.spark([0.0] * 28) == ("", "")
    assert charts.spark([]) == ("", "")


def test_a_line_breaks_where_a_day_is_unknown() -> None:
    assert len(charts.line([1.0, None, 2.0, 3.0], 4.0, 90, 30)) == 2
    assert charts.line([None, None], 1.0, 90, 30) == []
