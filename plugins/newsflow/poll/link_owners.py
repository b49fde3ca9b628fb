"""Whose the origins are that the links of feeds lead to. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from newsflow.poll.state import PollResult
from newsflow.subscriptions.owners import Owner
from newsflow.web.urls import BadUrl, publisher_name


def of_links(linked: Iterable[tuple[str | None, PollResult]]) -> dict[str, Owner]:
    """Owners of the origins that links lead to, each with the poll that showed it; the first showing counts."""
    found: dict[str, Owner] = {}
    for origin, polled in linked:
        if origin and origin not in found:
            found[origin] = _owner(origin, polled)
    return found


def _owner(origin: str, polled: PollResult) -> Owner:
    """The feed's publisher where the origin is of its site, else the one of the origin's domain."""
    name = publisher_name(origin)
    home = polled.parsed.home if polled.parsed else polled.feed.home
    for own in (polled.feed.url, home):
        try:
            if own and publisher_name(own) == name:
                return polled.feed.publisher_id, None
        except BadUrl:
            continue
    return None, name
