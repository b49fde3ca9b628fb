"""Geometry of the small pictures: the funnel, sparklines. Pure, in pixels; the templates write the SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from newsflow.ops.robust_statistics import Usual
from newsflow.outcomes import Outcome
from newsflow.run_check import LOADED, PASSED, FunnelStage

WIDTH, TOP, TALL, BAR, END, BEND = 1080.0, 66.0, 124.0, 12.0, 150.0, 26.0
FLOOR = TOP + TALL + 16  # where what leaves the run leaves the picture
ASIDE = 96.0  # room for the label of a loss, where something else leaves beside it
REASONS = 3  # reasons that are named below a loss


@dataclass(frozen=True, slots=True)
class Box:
    """A stage's bar; `usual` is the range of the same weekday, `odd` says "low" or "high" outside it."""

    stage: str
    x: float
    height: float
    taken: int
    usual: Usual | None
    odd: str


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What leaves the run at a stage: `kind` is loss, or same (the article says that already)."""

    kind: str
    path: str
    x: float
    pages: int
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class End:
    """What became of the pages at the right edge: a block and its label."""

    code: str
    pages: int
    y: float
    height: float
    label_y: float


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """Bars, the polygons between them (`flows`), the ribbons out of them, and the ends."""

    boxes: tuple[Box, ...]
    flows: tuple[str, ...]
    ribbons: tuple[Ribbon, ...]
    ends: tuple[End, ...]
    top: float = TOP
    floor: float = FLOOR
    bar: float = BAR
    edge: float = WIDTH - END
    width: float = WIDTH
    height: float = FLOOR + 18 * (REASONS + 1)


def funnel(stages: Sequence[FunnelStage], usuals: Mapping[str, Usual]) -> FunnelPicture:
    """Lay out a run's funnel, left to right; heights are proportional to pages."""
    scale, step = TALL / max([s.taken for s in stages] + [1]), (WIDTH - END) / max(len(stages), 1)
    boxes = [_box(s, i * step, scale, usuals.get(s.stage)) for i, s in enumerate(stages)]
    return FunnelPicture(
        tuple(boxes),
        tuple(_flows(boxes, [s.passed * scale for s in stages], step)),
        tuple(r for box, stage in zip(boxes, stages, strict=True) for r in _ribbons(stage, box.x + BAR, scale)),
        tuple(_ends(stages[-1] if stages else FunnelStage("load", 0), scale)),
    )


def _box(stage: FunnelStage, x: float, scale: float, usual: Usual | None) -> Box:
    odd = "" if usual is None or usual.holds(stage.taken) else "low" if stage.taken < usual.low else "high"
    return Box(stage.stage, x, max(stage.taken * scale, 1.0), stage.taken, usual, odd)


def _ribbons(stage: FunnelStage, left: float, scale: float) -> Iterator[Ribbon]:
    """The losses at the foot of a bar, and above them what was the same; the upper one leaves further right."""
    failed = sorted(((c, n) for c, n in stage.left.items() if c != Outcome.UNCHANGED), key=lambda c: (-c[1], c[0]))
    lost, same = sum(n for _, n in failed), stage.left.get(Outcome.UNCHANGED, 0)
    top, inner = TOP + stage.passed * scale, left + BEND
    if lost:
        path = _ribbon(left, top + same * scale, inner, max(lost * scale, 2.0))
        yield Ribbon("loss", path, inner, lost, tuple(failed[:REASONS]))
        inner += max(ASIDE, lost * scale + 8)
    if same:
        yield Ribbon(
            "same", _ribbon(left, top, inner, max(same * scale, 2.0)), inner, same, ((str(Outcome.UNCHANGED), same),)
        )


def _flows(boxes: Sequence[Box], passed: Sequence[float], step: float) -> list[str]:
    """Polygons from each bar to the next one, or to the right edge."""
    flows = []
    for box, out, after in zip(boxes, passed, [*boxes[1:], None], strict=False):
        left, right = box.x + BAR, box.x + step
        into = min(out, after.height) if after else out
        corners = ((left, TOP), (right, TOP), (right, TOP + into), (left, TOP + out))
        flows.append(_points(*corners) if out else "")
    return flows


def _ribbon(left: float, top: float, inner: float, wide: float) -> str:
    """A ribbon that leaves a bar to the right and bends down to the floor at `inner`."""
    outer, foot = inner + wide, top + wide
    return (
        f"M{left:.1f} {top:.1f}C{outer:.1f} {top:.1f} {outer:.1f} {top:.1f} {outer:.1f} {FLOOR:.1f}"
        f"H{inner:.1f}C{inner:.1f} {foot:.1f} {inner:.1f} {foot:.1f} {left:.1f} {foot:.1f}Z"
    )


def _ends(last: FunnelStage, scale: float) -> list[End]:
    """Blocks of what passed the last stage, their labels at least a line apart."""
    ends: list[End] = []
    y, label = TOP, 0.0
    for code in (c for c in (*PASSED, *LOADED) if last.outcomes.get(c) and c not in last.left):
        pages = last.outcomes[code]
        label = max(y + pages * scale / 2 + 5, label + 19 if ends else TOP + 12)
        ends.append(End(str(code), pages, y, max(pages * scale, 2.0), label))
        y += pages * scale
    return ends


def _points(*pairs: tuple[float, float]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def spark(values: Sequence[float], recent: int = 7) -> tuple[str, str]:
    """A sparkline of bars in 112 by 24 as two SVG paths: the earlier values, and the last `recent` ones.

    Two paths and not a shape for each bar, since a list shows dozens of these.
    """
    drawn = bars(values, 112, 24)
    split = max(len(drawn) - recent, 0)
    return "".join(drawn[:split]), "".join(drawn[split:])


def bars(values: Sequence[float | None], width: float, height: float) -> list[str]:
    """A bar for each value as an SVG path that stands on `height`; an empty path for none or zero."""
    scale, step = height / max([*(v for v in values if v), 1.0]), width / max(len(values), 1)
    return [_bar(i * step, step - max(step * 0.2, 1), (v or 0) * scale, height) for i, v in enumerate(values)]


def _bar(left: float, width: float, tall: float, floor: float) -> str:
    tall = max(tall, 1.0) if tall else 0.0
    return f"M{left:.1f} {floor:g}v-{tall:.1f}h{max(width, 1.0):.1f}v{tall:.1f}z" if tall else ""


def line(values: Sequence[float | None], top: float, width: float, height: float) -> list[str]:
    """Polylines through the known values, each in the middle of its day; a gap starts another.

    :param top: the value at the upper edge.
    """
    step = width / max(len(values), 1)
    pieces: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append(((i + 0.5) * step, height - min(value / top, 1.0) * height if top else height))
    return [_points(*piece) for piece in pieces if piece]
