"""A newsroom of five publishers over one day, small enough to check each answer by hand."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from newsflow.load.step import load
from tests.load.world import Ticker, World

DAY = datetime(2026, 3, 2, tzinfo=timezone.utc)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def newsroom(world: World) -> None:
    """Load two runs: the day itself, and an evening run that finds changes."""
    first = world.run("day", at(13))
    _wire(world, first)
    _own(world, first)
    load(world.settings, first, clock=Ticker(at(13)))
    second = world.run("evening", at(20))
    _changes(world, second)
    load(world.settings, second, clock=Ticker(at(20)))
    _blind_and_rejected(world)


def _wire(world: World, run: int) -> None:
    quake = world.clustered(
        run,
        "https://wire.example/quake",
        "wire.example",
        title="Quake shakes the coast",
        body="A quake shook the coast.",
        published_at=at(8),
        seen_at=at(8.25),
    )
    for paper, hour, similarity in (("gazette.example", 9, 0.95), ("courier.example", 10.5, 0.8)):
        copy = world.clustered(
            run,
            f"https://{paper}/quake",
            paper,
            title=f"Coast shaken, says {paper.split('.')[0]}",
            body="A quake shook the coast. More follows.",
            published_at=at(hour),
            seen_at=at(hour + 0.5),
            story=quake,
            origin=False,
            similarity=similarity,
        )
        if paper == "courier.example":
            world.rows("insert into ingest.credit values (%s, 'Wire', '(Wire)')", copy)


def _own(world: World, run: int) -> None:
    world.clustered(
        run,
        "https://gazette.example/budget",
        "gazette.example",
        title="Budget passes",
        body="The budget passed by ten votes.\nThe minister was pleased.",
        published_at=at(9.5),
        modified_at=at(9.5),
        seen_at=at(9.75),
        tags=["Politics"],
    )
    for slug, language, body, hour, tags in (
        ("grid", "en", "The power grid held through the storm.", 10, ["Energy"]),
        ("football", "en", "The power grid failed at the football ground.", 11, ["Energy", "Sport"]),
        ("netz", "de", "Das Stromnetz hielt dem Sturm stand.", 11.5, ["energy"]),
    ):
        paper = "kurier.example" if language == "de" else "herald.example"
        world.clustered(
            run,
            f"https://{paper}/{slug}",
            paper,
            title=slug.title(),
            body=body,
            language=language,
            published_at=at(hour),
            seen_at=at(hour + 1),
            tags=tags,
        )


def _changes(world: World, run: int) -> None:
    world.clustered(
        run,
        "https://gazette.example/budget",
        "gazette.example",
        title="Budget passes",
        body="The budget passed by two votes.\nThe minister was pleased.",
        published_at=at(9.5),
        modified_at=at(9.5),
        captured_at=at(19),
        tags=["Politics"],
    )
    world.clustered(
        run,
        "https://herald.example/grid",
        "herald.example",
        title="Grid saved",
        body="The power grid held through the storm.",
        published_at=at(10),
        captured_at=at(19.5),
        tags=["Energy"],
    )


def _blind_and_rejected(world: World) -> None:
    for url, outcome in (("wall", "paywall"), ("wall2", "paywall"), ("gone", "not_found")):
        page = world.page(f"https://herald.example/{url}", "herald.example")
        world.rows("update ingest.page set state = 'rejected', outcome = %s where page_id = %s", outcome, page)
    publisher = world.publisher("herald.example")
    world.rows(
        "insert into ingest.feed (publisher_id, url, first_ok_at, last_ok_at)"
        " values (%s, 'https://herald.example/feed', %s, %s)",
        publisher,
        at(0),
        at(20),
    )
    world.rows(
        "insert into ingest.gap (feed_id, publisher_id, cause, from_at, to_at, missed_estimate, opened_at)"
        " select feed_id, publisher_id, 'feed_down', %s, %s, 4, %s from ingest.feed",
        at(12),
        at(14),
        at(14),
    )
