"""All of polling in one process and one shard, for tests."""

from __future__ import annotations

from typing import Any

from newsflow.clock import Clock, utcnow
from newsflow.model import StageReport
from newsflow.poll import claims, closing
from newsflow.poll.step import ask
from newsflow.settings import Settings


def poll(settings: Settings, run_id: int, *, clock: Clock = utcnow, **selection: Any) -> StageReport:
    """Claim, ask, close; `selection` is what `claims.claim` takes."""
    alone = settings.model_copy(update={"shards": 1})
    (shard,) = claims.claim(alone, run_id, clock=clock, **selection)
    report = ask(settings, run_id, shard.shard, clock=clock)
    closing.close(settings, clock=clock)
    return report
