"""What is known of a publisher, on its page: shown, and said by a person, as `newsflow publishers set` does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated

from fastapi import Form
from psycopg2.extensions import connection as Connection

from newsflow.ops.actions import UnknownSubjectError
from newsflow.publishers import facts, store
from newsflow.publishers.facts import COLLECTIONS, FIELDS
from newsflow.store.db import transaction
from newsflow.store.queries.publishers import KnownRow

Short = Annotated[str, Form(max_length=2_600)]


@dataclass(frozen=True, slots=True)
class FactsForm:
    """The form's fields, each as a person writes it."""

    title: Short = ""
    homepage: Short = ""
    country: Short = ""
    region: Short = ""
    languages: Short = ""
    kind: Short = ""
    time_zone: Short = ""
    owner: Short = ""
    maintainer: Short = ""
    channel: Short = ""
    notes: Annotated[str, Form(max_length=11_000)] = ""
    collections: Short = ""


def shown(conn: Connection, name: str) -> list[tuple[str, str, str]]:
    """The form's fields with their texts, and on whose word each stands ("" where that is nobody's)."""
    row = _row(conn, name)
    return [(each, text, row.said_by.get(each, "")) for each, text in _texts(row).items()]


def save(conn: Connection, name: str, form: FactsForm, actor: str, now: datetime) -> list[str]:
    """Write what the form says otherwise than the database, with a line in the audit; returns the fields that changed.

    :raises UnknownSubjectError: where there is no such publisher.
    :raises newsflow.publishers.facts.FactError: for a text that can't be read; nothing is written then.
    """
    with transaction(conn):
        before = _texts(_row(conn, name))
        new = {each.name: getattr(form, each.name).replace("\r\n", "\n").strip() for each in fields(form)}
        given = {field: new[field] for field in FIELDS if new[field] != before[field]}
        sets = facts.collections(new[COLLECTIONS]) if new[COLLECTIONS] != before[COLLECTIONS] else None
        return store.put_person(conn, name, given, sets, actor, now)


def _row(conn: Connection, name: str) -> KnownRow:
    found = store.listing(conn, [name])
    if not found:
        raise UnknownSubjectError(name)
    return found[0]


def _texts(row: KnownRow) -> Mapping[str, str]:
    known = {field: facts.written(getattr(row, field)) for field in FIELDS}
    return {**known, COLLECTIONS: "; ".join(row.collections)}
