"""The names by which checks from outside the project reach it: one place to mend when a module moves.

They load this file by its path, with nothing of the project but `plugins` to import from.
"""

from __future__ import annotations

from typing import Any

from newsflow.clock import Clock, utcnow
from newsflow.feeds.dates import parse_date
from newsflow.feeds.parse import parse
from newsflow.feeds.parsed import FeedError
from newsflow.fetch.step import fetch
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.model import StageReport
from newsflow.poll import claims, closing
from newsflow.poll.step import ask
from newsflow.settings import Settings
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from newsflow.store.run_shards import plan
from newsflow.store.runs import start
from newsflow.subscriptions.autodiscovery import in_page
from newsflow.subscriptions.lists import Listed, ListError, decoded, read
from newsflow.subscriptions.store import add
from newsflow.web.urls import BadUrl, canonicalise

__all__ = [
    "BadUrl",
    "FeedError",
    "ListError",
    "Listed",
    "Server",
    "Settings",
    "add",
    "binaries",
    "canonicalise",
    "connect",
    "decoded",
    "fetch",
    "free_port",
    "in_page",
    "migrate",
    "parse",
    "parse_date",
    "plan",
    "poll",
    "read",
    "start",
    "utcnow",
]


def poll(settings: Settings, run_id: int, *, clock: Clock = utcnow, **selection: Any) -> StageReport:
    """All of polling in one process and one shard: claim, ask, close; `selection` is what `claims.claim` takes."""
    alone = settings.model_copy(update={"shards": 1})
    (shard,) = claims.claim(alone, run_id, clock=clock, **selection)
    report = ask(settings, run_id, shard.shard, clock=clock)
    closing.close(settings, clock=clock)
    return report
