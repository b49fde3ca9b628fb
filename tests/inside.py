"""The names by which checks from outside the project reach it: one place to mend when a module moves."""

from __future__ import annotations

from newsflow.clock import utcnow
from newsflow.feeds.dates import parse_date
from newsflow.feeds.parse import parse
from newsflow.feeds.parsed import FeedError
from newsflow.fetch.step import fetch
from newsflow.local.postgres import Server, binaries, free_port
from newsflow.settings import Settings
from newsflow.store.db import connect
from newsflow.store.migrate import migrate
from newsflow.store.runs import plan, start
from newsflow.subscriptions.autodiscovery import in_page
from newsflow.subscriptions.lists import Listed, ListError, decoded, read
from newsflow.subscriptions.store import add
from newsflow.web.urls import BadUrl, canonicalise
from tests.polling import poll

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
