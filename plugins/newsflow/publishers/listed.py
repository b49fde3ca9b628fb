"""What lists of feeds say of publishers, and what feeds and sites say of themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from psycopg2.extensions import connection as Connection

from newsflow.publishers import facts, store
from newsflow.publishers.facts import COLLECTIONS, FIELDS, FactError, Value, Word
from newsflow.store import queries
from newsflow.store.queries.publishers import KnownRow


@dataclass(frozen=True, slots=True)
class ListedFacts:
    """What one row of a list says of a feed's publisher, as it is written there, and the title of the feed."""

    said: Mapping[str, str]
    feed_title: str = ""


@dataclass
class _Reading:
    """What a list says of publishers as far as it can be read; of several rows of a publisher the first counts."""

    values: dict[int, dict[str, Value]] = field(default_factory=dict)
    titles: dict[int, dict[str, Value]] = field(default_factory=dict)
    sets: dict[int, set[str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def take(self, publisher: int, row: ListedFacts) -> None:
        for name, text in row.said.items():
            if text.strip() and name not in self.values.get(publisher, {}):
                self._take(publisher, name, text)
        if row.feed_title.strip():
            self._title(publisher, row.feed_title)

    def _take(self, publisher: int, name: str, text: str) -> None:
        try:
            if name == COLLECTIONS:
                self.sets.setdefault(publisher, set()).update(facts.collections(text))
            else:
                self.values.setdefault(publisher, {})[name] = facts.read(name, text)
        except FactError as error:
            self.troubles.append(f"{name}: {error}")

    def _title(self, publisher: int, text: str) -> None:
        """The feed's, for a publisher of which nobody says a better one."""
        try:
            self.titles.setdefault(publisher, {"title": facts.read("title", text)})
        except FactError:
            return


def put(conn: Connection, told: Iterable[tuple[int, ListedFacts]]) -> Sequence[str]:
    """Write what lists say of publishers, in the caller's transaction; returns what could not be read, and why."""
    reading = _Reading()
    for publisher, row in told:
        reading.take(publisher, row)
    _check_zones(conn, reading)
    store.put(conn, reading.values, "list")
    store.put(conn, reading.titles, "feed")
    store.join_collections(conn, reading.sets)
    return tuple(dict.fromkeys(reading.troubles))


def learn(conn: Connection, told: Iterable[tuple[int, Mapping[str, str]]], word: Word) -> None:
    """Fill what nobody said of publishers with what their feeds or sites say, in the caller's transaction.

    Of several the first counts; what can't be read is no news.
    """
    found: dict[int, dict[str, Value]] = {}
    for publisher, said in told:
        for name, text in said.items():
            if (value := _readable(name, text)) is not None:
                found.setdefault(publisher, {}).setdefault(name, value)
    store.put(conn, found, word)


def learn_lacking(conn: Connection, told: Iterable[tuple[int, Mapping[str, str]]], word: Word) -> None:
    """As `learn`; the rows of publishers that lack nothing are not locked for it."""
    found = list(told)
    lacking = set(queries.publishers.lacking(conn, publishers=sorted({publisher for publisher, _ in found})))
    learn(conn, [(publisher, said) for publisher, said in found if publisher in lacking], word)


def _readable(name: str, text: str) -> Value:
    try:
        return facts.read(name, text)
    except FactError:
        return None


def _check_zones(conn: Connection, reading: _Reading) -> None:
    given = [zone for values in reading.values.values() if isinstance(zone := values.get("time_zone"), str)]
    known = store.zones(conn, given)
    for values in reading.values.values():
        zone = values.get("time_zone")
        if isinstance(zone, str) and zone in known:
            values["time_zone"] = known[zone]
        elif isinstance(zone, str):
            del values["time_zone"]
            reading.troubles.append(f"time_zone: {store.unknown_zone(zone)}")


def written(conn: Connection) -> dict[str, dict[str, str]]:
    """What lists of feeds say of each publisher, by its name: what people and lists said, and no guess of a feed."""
    return {row.name: _written(row) for row in store.listing(conn)}


def _written(row: KnownRow) -> dict[str, str]:
    known = {name: facts.written(getattr(row, name)) for name in FIELDS if row.said_by.get(name) in ("person", "list")}
    return {name: text for name, text in {**known, COLLECTIONS: "; ".join(row.collections)}.items() if text}
