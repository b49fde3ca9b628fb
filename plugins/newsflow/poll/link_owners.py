"""Whose the origins are that the links of feeds lead to. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from newsflow.poll.state import PollResult
from newsflow.subscriptions.owners import Owner
from newsflow.web.urls import publisher_name, same_site


def of_links(linked: Iterable[tuple[str | None, PollResult]]) -> dict[str, Owner]:
    """Owners of the origins that links lead to; a feed of the origin's own site counts before others."""
    found: dict[str, Owner] = {}
    for origin, polled in linked:
        if origin and (origin not in found or found[origin].word == "link"):
            found[origin] = _owner(origin, polled)
    return found


def _owner(origin: str, polled: PollResult) -> Owner:
    """The feed's publisher where the feed is served from the origin's site, else the one of the origin's domain.

    What a feed calls its home does not count: anybody can write any address there.
    """
    if same_site(polled.feed.url, origin):
        return Owner(polled.feed.publisher_id, None, "feed")
    return Owner(None, publisher_name(origin), "link")
