"""The sample newsroom: publishers on loopback for a first run, and the world of the tests."""

from newsflow.local.newsroom.sample_world import sample_world
from newsflow.local.newsroom.script import (
    EPOCH,
    Article,
    ArticleText,
    Behaviour,
    FeedKind,
    Publisher,
    Revision,
    ScriptedWorld,
)
from newsflow.local.newsroom.server import LoggedRequest, Newsroom

__all__ = [
    "EPOCH",
    "Article",
    "ArticleText",
    "Behaviour",
    "FeedKind",
    "LoggedRequest",
    "Newsroom",
    "Publisher",
    "Revision",
    "ScriptedWorld",
    "sample_world",
]
