"""Geometry of the small pictures; the templates write the SVG. Pure, in pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newsflow.ops.robust import Usual
from newsflow.verdict import FunnelStage

WIDTH, HEIGHT, TOP, BAR = 960.0, 212.0, 26.0, 14.0


@dataclass(frozen=True, slots=True)
class Box:
    """A stage's bar; `low`/`high` mark the usual range as heights, where one is known."""

    stage: str
    x: float
    y: float
    height: float
    taken: int
    passed: int
    lost: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class FunnelPicture:
    """Bars, and the polygons that flow between them (`passed`) or out of them (`lost`)."""

    boxes: tuple[Box, ...]
    flows: tuple[str, ...]
    losses: tuple[str, ...]
    bar: float = BAR
    width: float = WIDTH
    height: float = HEIGHT


def _points(*pairs: tuple[float, float]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in pairs)


def _scale(stages: Sequence[FunnelStage], usuals: dict[str, Usual]) -> float:
    largest = max([s.taken for s in stages] + [u.high for u in usuals.values()] + [1])
    return (HEIGHT - TOP - 26) / largest


def funnel(stages: Sequence[FunnelStage], usuals: dict[str, Usual]) -> FunnelPicture:
    """Lay out a run's funnel, left to right; heights are proportional to pages."""
    scale, step = _scale(stages, usuals), WIDTH / max(len(stages), 1)
    boxes = []
    for position, stage in enumerate(stages):
        band = usuals.get(stage.stage)
        boxes.append(
            Box(
                stage.stage,
                position * step,
                TOP,
                max(stage.taken * scale, 1.0),
                stage.taken,
                stage.passed,
                max(stage.taken - stage.passed - stage.open, 0),
                band.low * scale if band else None,
                band.high * scale if band else None,
            )
        )
    return FunnelPicture(tuple(boxes), tuple(_flows(boxes, scale, step)), tuple(_losses(boxes, scale)))


def _flows(boxes: Sequence[Box], scale: float, step: float) -> list[str]:
    flows = []
    for position, box in enumerate(boxes):
        left, right = box.x + BAR, (position + 1) * step
        after = boxes[position + 1].height if position + 1 < len(boxes) else box.passed * scale
        into = min(box.passed * scale, after)
        flows.append(
            _points((left, TOP), (right, TOP), (right, TOP + into), (left, TOP + box.passed * scale))
            if box.passed
            else ""
        )
    return flows


def _losses(boxes: Sequence[Box], scale: float) -> list[str]:
    losses = []
    for box in boxes:
        top, bottom = TOP + box.passed * scale, TOP + (box.passed + box.lost) * scale
        left = box.x + BAR
        losses.append(_points((left, top), (left + 22, bottom + 4), (left, bottom)) if box.lost else "")
    return losses


def spark(values: Sequence[float], recent: int = 7) -> tuple[str, str]:
    """A sparkline of bars in 112 by 24 as two SVG paths: the earlier values, and the last `recent` ones.

    Two paths and not a shape for each bar, since a list shows hundreds of these.
    """
    scale, step = 24 / max([*values, 1.0]), 112 / max(len(values), 1)
    drawn = [_bar(i * step, step - 1, v * scale) for i, v in enumerate(values)]
    split = max(len(drawn) - recent, 0)
    return "".join(drawn[:split]), "".join(drawn[split:])


def _bar(left: float, width: float, height: float) -> str:
    tall = max(height, 1.0)
    return f"M{left:.1f} 24v-{tall:.1f}h{max(width, 1.0):.1f}v{tall:.1f}z" if height else ""


def line(values: Sequence[float | None], top: float, width: float, height: float) -> list[str]:
    """Polylines through the known values (a gap starts another); `top` is the value at the upper edge."""
    step = width / max(len(values) - 1, 1)
    pieces: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((i * step, height - min(value / top, 1.0) * height if top else height))
    return [_points(*piece) for piece in pieces if piece]
