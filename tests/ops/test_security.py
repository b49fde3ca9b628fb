"""Each route asks for a user: Airflow does not authenticate plugins' routes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from newsflow.ops.app import app
from newsflow.ops.render import TEMPLATES
from newsflow.ops.routes import NAVIGATION, PAGES
from newsflow.ops.security import HEADERS

ROUTES = [r for r in app.routes if isinstance(r, APIRoute)]


def _calls(dependant: Dependant) -> Iterator[object]:
    for child in dependant.dependencies:
        yield child.call
        yield from _calls(child)


@pytest.mark.parametrize("route", ROUTES, ids=lambda r: f"{min(r.methods)} {r.path}")
def test_each_route_depends_on_airflows_user(route: APIRoute) -> None:
    from airflow.api_fastapi.core_api.security import get_user

    assert get_user in set(_calls(route.dependant))


def test_there_is_nothing_but_routes_with_a_user() -> None:
    assert len(ROUTES) == len(app.routes), "a mount or a docs page would be open to all"


def test_pages_may_run_no_inline_code_and_be_framed_by_airflow_only() -> None:
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy


def test_each_page_of_the_list_has_its_route_and_its_template() -> None:
    paths = {r.path for r in ROUTES if r.methods == {"GET"} and not r.path.startswith(("/static/", "/csv/"))}
    assert {entry.path for entry in PAGES} == paths
    assert all((TEMPLATES / entry.template).is_file() for entry in PAGES)


def test_the_navigation_leads_to_pages_without_a_subject() -> None:
    """A page about one thing has no address without it."""
    assert all("{" not in path for path, _ in NAVIGATION)
