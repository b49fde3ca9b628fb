"""The sample newsroom: publishers on loopback for a first run, and the world of the tests."""

from newsflow.local.newsroom.sample import sample_world
from newsflow.local.newsroom.server import Newsroom, Request
from newsflow.local.newsroom.world import EPOCH, Article, Behaviour, FeedKind, Publisher, Revision, Text, World

__all__ = [
    "EPOCH",
    "Article",
    "Behaviour",
    "FeedKind",
    "Newsroom",
    "Publisher",
    "Request",
    "Revision",
    "Text",
    "World",
    "sample_world",
]
