"""What is known of a publisher, on its page: shown, and edited by the function behind the command."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import pytest
from psycopg2.extensions import connection as Connection

from newsflow.ops import detail, render
from newsflow.ops.actions import UnknownSubjectError
from newsflow.ops.publisher_facts import FactsForm, save, shown
from newsflow.publishers.facts import FactError
from newsflow.store import queries

NOW = datetime(2026, 3, 30, 9, tzinfo=timezone.utc)
SHARED = {"root": "/newsflow", "user": "ada", "editor": True, "csrf": "x", "path": "/newsflow/", "done": "", "now": NOW}


def form(conn: Connection, **said: str) -> FactsForm:
    """The form as the page has it, with some fields written over."""
    return replace(FactsForm(**{field: text for field, text, _ in shown(conn, "courier.example")}), **said)


def page(conn: Connection) -> str:
    found: Any = detail.publisher(conn, "courier.example", NOW)
    return render.template("publisher.html", SHARED | found)


def test_what_the_form_says_is_saved_and_only_that(own_month: Connection) -> None:
    before = shown(own_month, "courier.example")
    assert save(own_month, "courier.example", form(own_month), "otto", NOW) == []
    assert shown(own_month, "courier.example") == before
    new = form(own_month, country="pt", notes="two\r\nlines", collections="coast; weeklies", time_zone="europe/lisbon")
    assert sorted(save(own_month, "courier.example", new, "otto", NOW)) == [
        "collections",
        "country",
        "notes",
        "time_zone",
    ]
    known = {field: (text, word) for field, text, word in shown(own_month, "courier.example")}
    assert known["country"] == ("PT", "person") and known["time_zone"] == ("Europe/Lisbon", "person")
    assert known["notes"] == ("two\nlines", "person") and known["collections"] == ("coast; weeklies", "")
    noted = queries.ops.audit_log(own_month)[0]
    assert (noted.actor, noted.action, noted.subject) == ("otto", "set_publisher", "courier.example")
    html = page(own_month)
    assert re.search(r'name="country" value="PT"', html) and "a person said so" in html


def test_what_can_not_be_read_is_told_and_nothing_is_saved(own_month: Connection) -> None:
    with pytest.raises(FactError, match="country"):
        save(own_month, "courier.example", form(own_month, country="Narnia", owner="X"), "otto", NOW)
    assert queries.ops.audit_log(own_month) == []
    with pytest.raises(UnknownSubjectError):
        save(own_month, "nobody.example", FactsForm(), "otto", NOW)


def test_strangers_texts_are_inert(own_month: Connection) -> None:
    bad = '"><script>alert(1)</script>'
    save(own_month, "courier.example", form(own_month, owner=bad, notes="</textarea>" + bad), "otto", NOW)
    assert "<script>alert" not in page(own_month)
