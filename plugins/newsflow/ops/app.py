"""The FastAPI application that Airflow mounts at `/newsflow`: routes only; pages.py holds what they show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import psycopg2
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from psycopg2.extensions import connection as Connection
from starlette.exceptions import HTTPException as AnyHTTPException

from newsflow import resources
from newsflow.clock import utcnow
from newsflow.ops import detail, pages, render, reprocess_pages, runbooks
from newsflow.ops import publishers as publisher_list
from newsflow.ops.actions import ACTIONS, UnknownSubjectError, perform
from newsflow.ops.connection import server_settings
from newsflow.ops.security import HEADERS, Editor, Reader, can_edit, csrf_token
from newsflow.settings import Settings
from newsflow.store.db import session

STATIC = Path(__file__).parent / "static"
FILES = {"ops.css": "text/css", "ops.js": "text/javascript"}

app = FastAPI(title="newsflow", docs_url=None, redoc_url=None, openapi_url=None)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of the API server, looked up once."""
    return server_settings()


def database() -> Iterator[Connection]:
    """A connection for one request; a page never waits longer than five seconds for a statement."""
    with session(settings().dsn, application="newsflow ops") as conn:
        with conn.cursor() as cursor:
            cursor.execute("set statement_timeout = '5s'")
        yield conn


def moment() -> datetime:
    """Now; tests give another."""
    return utcnow()


Database = Annotated[Connection, Depends(database)]
Now = Annotated[datetime, Depends(moment)]


def page(request: Request, user: BaseUser, template: str, now: datetime, **context: Any) -> HTMLResponse:
    """A rendered page with what all of them need."""
    context |= {
        "root": request.scope.get("root_path", ""),
        "user": user.get_name(),
        "editor": can_edit(user),
        "csrf": csrf_token(user),
        "now": now,
        "path": request.url.path,
        "done": ACTIONS[done].done if (done := request.query_params.get("done", "")) in ACTIONS else "",
    }
    return HTMLResponse(render.template(template, context))


@app.middleware("http")
async def _headers(request: Request, call_next: Any) -> Response:
    response: Response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@app.exception_handler(AnyHTTPException)
async def _refused(request: Request, error: AnyHTTPException) -> HTMLResponse:
    text = render.template(
        "error.html",
        {"status": error.status_code, "detail": error.detail, "root": request.scope.get("root_path", "")},
    )
    return HTMLResponse(text, status_code=error.status_code, headers=error.headers)


@app.exception_handler(RequestValidationError)
@app.exception_handler(psycopg2.DataError)
async def _unreadable(request: Request, error: Exception) -> HTMLResponse:
    """An address or a form that names nothing: a number too large, a date that is none."""
    return await _refused(request, HTTPException(404, "There is no such thing here."))


@app.exception_handler(Exception)
async def _broken(request: Request, error: Exception) -> HTMLResponse:
    detail = "This page has a fault; the API server's log holds the trace."
    text = render.template("error.html", {"status": 500, "detail": detail, "root": request.scope.get("root_path", "")})
    return HTMLResponse(text, status_code=500, headers=HEADERS)


@app.exception_handler(ValueError)
async def _nul(request: Request, error: ValueError) -> HTMLResponse:
    """PostgreSQL has no text with a NUL, so nothing has such a name; any other ValueError is a fault."""
    return await (_unreadable if "NUL" in str(error) else _broken)(request, error)


@app.exception_handler(psycopg2.OperationalError)
async def _no_database(request: Request, error: psycopg2.OperationalError) -> HTMLResponse:
    detail = "The news database does not answer. See the runbook “own trouble”, and `newsflow doctor`."
    text = render.template("error.html", {"status": 503, "detail": detail, "root": request.scope.get("root_path", "")})
    return HTMLResponse(text, status_code=503)


@app.get("/", response_class=HTMLResponse)
def news(request: Request, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """Last night, now, and what is wrong."""
    return page(request, user, "news.html", now, **pages.last_night(conn, now))


@app.get("/dag/{dag_id}", response_class=HTMLResponse)
def funnel_of_dag(request: Request, dag_id: str, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """The funnel of a Dag's newest run."""
    return page(request, user, "run.html", now, **pages.run_page(conn, dag_id, None, now))


@app.get("/dag/{dag_id}/run/{dag_run_id}", response_class=HTMLResponse)
def funnel_of_run(
    request: Request, dag_id: str, dag_run_id: str, user: Reader, conn: Database, now: Now
) -> HTMLResponse:
    """The funnel of one run."""
    return page(request, user, "run.html", now, **pages.run_page(conn, dag_id, dag_run_id, now))


@app.get("/publishers", response_class=HTMLResponse)
def publishers(
    request: Request,
    user: Reader,
    conn: Database,
    now: Now,
    find: str = "",
    level: str = "",
    sort: str = "health",
    at: int = 1,
) -> HTMLResponse:
    """All publishers, fifty on a page."""
    shown = publisher_list.publishers(conn, now, find=find[:100], level=level, sort=sort, page=at)
    return page(request, user, "publishers.html", now, **shown)


@app.get("/rejects", response_class=HTMLResponse)
def rejects(
    request: Request,
    user: Reader,
    conn: Database,
    now: Now,
    outcome: str = "",
    publisher: str = "",
    before: datetime | None = None,
) -> HTMLResponse:
    """Pages that ended without an article."""
    shown = pages.rejects(conn, now, outcome=outcome or None, publisher=publisher or None, before=before)
    return page(request, user, "rejects.html", now, **shown)


@app.get("/publishers/{name}", response_class=HTMLResponse)
def publisher(request: Request, name: str, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """One publisher."""
    return page(request, user, "publisher.html", now, **_found(detail.publisher(conn, name, now)))


@app.get("/rejects/{page_id}", response_class=HTMLResponse)
def reject(request: Request, page_id: int, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """Why one page is no article."""
    return page(request, user, "reject.html", now, **_found(detail.reject(conn, page_id, settings())))


@app.get("/proposals", response_class=HTMLResponse)
def proposals(request: Request, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """Feeds that moved or died, and what might stand for them."""
    return page(request, user, "proposals.html", now, **detail.proposals(conn, now))


@app.get("/alarms", response_class=HTMLResponse)
def alarms(request: Request, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """Alarms, and what people did."""
    return page(request, user, "alarms.html", now, **detail.alarms(conn, now))


@app.get("/storage", response_class=HTMLResponse)
def storage(request: Request, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """Tables, archive and disk."""
    return page(request, user, "storage.html", now, **detail.storage(conn, now, settings()))


@app.get("/reprocesses", response_class=HTMLResponse)
def reprocesses(request: Request, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """Changed extractors over what is stored."""
    return page(request, user, "reprocesses.html", now, **reprocess_pages.listing(conn))


@app.get("/reprocesses/{number}", response_class=HTMLResponse)
def reprocess_report(request: Request, number: int, user: Reader, conn: Database, now: Now) -> HTMLResponse:
    """What one of them would change, for review."""
    return page(request, user, "reprocess.html", now, **_found(reprocess_pages.one(conn, number)))


@app.get("/runbooks/{name}", response_class=HTMLResponse)
def runbook(request: Request, name: str, user: Reader, now: Now) -> HTMLResponse:
    """What to do about an alarm."""
    folder = resources.folder(resources.RUNBOOKS)
    name = name.removesuffix(".md")
    body = _found(runbooks.page(folder, name))
    return page(request, user, "runbook.html", now, body=body, name=name, listed=runbooks.listed(folder))


@app.post("/actions/{name}")
def act(
    request: Request, name: str, user: Editor, conn: Database, now: Now, subject: Annotated[str, Form(max_length=500)]
) -> RedirectResponse:
    """Do what a button says, then go back to where it stood."""
    if name not in ACTIONS:
        raise HTTPException(404, "No such action.")
    try:
        perform(conn, name, subject, user.get_name(), now)
    except UnknownSubjectError as error:
        raise HTTPException(404, "There was nothing to act upon; somebody may have been quicker.") from error
    return RedirectResponse(f"{_back(request)}?done={name}", status_code=303)


def _found(shown: Any) -> Any:
    if shown is None:
        raise HTTPException(404, "There is no such thing here.")
    return shown


def _back(request: Request) -> str:
    """The page of ours that the form stood on; the start page for any other address."""
    root = request.scope.get("root_path", "")
    came = urlsplit(request.headers.get("referer", "")).path
    return came if came.startswith(f"{root}/") and "//" not in came else f"{root}/"


@app.get("/static/{name}")
def static(name: str, user: Reader) -> FileResponse:
    """The style sheet and the script."""
    if name not in FILES:
        raise HTTPException(404, "No such file.")
    return FileResponse(STATIC / name, media_type=FILES[name], headers={"Cache-Control": "private, max-age=300"})
