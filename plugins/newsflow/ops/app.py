"""The FastAPI application that Airflow mounts at `/newsflow`: the pages of `routes`, acts, answers to errors."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import psycopg2
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from fastapi import Depends, FastAPI, Form, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from psycopg2.extensions import connection as Connection
from starlette.exceptions import HTTPException as AnyHTTPException

from newsflow.ops import alarm_acts, checklist, publisher_facts, render
from newsflow.ops.actions import ACTIONS, UnknownSubjectError, perform
from newsflow.ops.airflow_runs import AirflowRuns
from newsflow.ops.alarm_acts import AlarmForm
from newsflow.ops.csv_tables import CSV_TABLES, CsvTable
from newsflow.ops.dependencies import Database, Now
from newsflow.ops.publisher_facts import FactsForm
from newsflow.ops.routes import PAGES, OpsPage
from newsflow.ops.security import HEADERS, Editor, Reader, can_edit, csrf_token, may_read_logs
from newsflow.publishers.facts import FactError
from newsflow.store import queries

STATIC = Path(__file__).parent / "static"
NOT_HERE = "There is no such thing here."
DONE = {
    **{name: action.done for name, action in ACTIONS.items()},
    "set_facts": "Saved.",
    **alarm_acts.DONE,
    "checklist": "Settled, with your reason.",
}
FILES = {"ops.css": "text/css", "ops.js": "text/javascript"}

app = FastAPI(title="newsflow", docs_url=None, redoc_url=None, openapi_url=None)


def airflow_runs(user: Reader) -> AirflowRuns:
    """Airflow's tasks and logs, as far as the reader may see them."""
    return AirflowRuns(partial(may_read_logs, user))


Airflow = Annotated[AirflowRuns, Depends(airflow_runs)]


def figures(conn: Connection) -> dict[str, Any]:
    """How old the figures are that pages show (1 statement)."""
    return {"figures_at": queries.ops.figures_at(conn)}


def page(request: Request, user: BaseUser, template: str, now: datetime, **context: Any) -> HTMLResponse:
    """A rendered page with what all of them need."""
    root = request.scope.get("root_path", "")
    context |= {
        "root": root,
        "airflow": root.removesuffix("/newsflow"),
        "user": user.get_name(),
        "editor": can_edit(user),
        "csrf": csrf_token(user),
        "now": now,
        "path": request.url.path,
        "done": DONE.get(request.query_params.get("done", ""), ""),
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
    return await _refused(request, HTTPException(404, NOT_HERE))


@app.exception_handler(Exception)
async def _broken(request: Request, error: Exception) -> HTMLResponse:
    detail = "This page has a fault; the API server's log holds the trace."
    text = render.template("error.html", {"status": 500, "detail": detail, "root": request.scope.get("root_path", "")})
    return HTMLResponse(text, status_code=500, headers=HEADERS)


@app.exception_handler(psycopg2.OperationalError)
async def _no_database(request: Request, error: psycopg2.OperationalError) -> HTMLResponse:
    detail = (
        "The news database does not answer. `newsflow doctor` says what is wrong with it; "
        "where it is up, see docs/troubleshooting.md."
    )
    text = render.template("error.html", {"status": 503, "detail": detail, "root": request.scope.get("root_path", "")})
    return HTMLResponse(text, status_code=503)


def _add(entry: OpsPage) -> None:
    # the parameter `user` comes first: FastAPI asks for it before it fills those of the page's function
    def endpoint(
        request: Request,
        user: Reader,
        now: Now,
        conn: Database,
        airflow: Airflow,
        shown: Any = Depends(entry.show),
    ) -> HTMLResponse:
        # nothing has a name with a NUL, which PostgreSQL can't store; texts go to it without
        if shown is None or "\x00" in unquote(str(request.url)):
            raise HTTPException(404, NOT_HERE)
        of_airflow = entry.in_airflow(airflow, shown) if entry.in_airflow else {}
        return page(request, user, entry.template, now, **{**figures(conn), **shown, **of_airflow})

    app.get(entry.path, response_class=HTMLResponse)(endpoint)


for _entry in PAGES:
    _add(_entry)


def _add_csv(table: CsvTable) -> None:
    def endpoint(request: Request, user: Reader, rows: Any = Depends(table.rows)) -> Response:
        if "\x00" in unquote(str(request.url)):
            raise HTTPException(404, NOT_HERE)
        named = {"Content-Disposition": f'attachment; filename="{table.name}.csv"'}
        return Response(table.text(rows), media_type="text/csv; charset=utf-8", headers=named)

    app.get(f"/csv/{table.name}", response_class=Response)(endpoint)


for _table in CSV_TABLES:
    _add_csv(_table)


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
    return RedirectResponse(_back(request, name), status_code=303)


@app.post("/facts")
def set_facts(
    request: Request,
    user: Editor,
    conn: Database,
    now: Now,
    subject: Annotated[str, Form(max_length=500)],
    form: Annotated[FactsForm, Depends()],
) -> RedirectResponse:
    """Save what a form says of a publisher, then go back to its page."""
    try:
        publisher_facts.save(conn, subject, form, user.get_name(), now)
    except UnknownSubjectError as error:
        raise HTTPException(404, NOT_HERE) from error
    except FactError as error:
        raise HTTPException(422, f"Nothing was saved: {error}.") from error
    return RedirectResponse(_back(request, "set_facts"), status_code=303)


@app.post("/alarms")
def act_on_alarm(
    request: Request,
    user: Editor,
    conn: Database,
    now: Now,
    subject: Annotated[int, Form(ge=1, lt=2**63)],
    form: Annotated[AlarmForm, Depends()],
) -> RedirectResponse:
    """Snooze, take on or wake an alarm, then go back to where it stood."""
    try:
        alarm_acts.perform(conn, subject, form, user.get_name(), now)
    except alarm_acts.AlarmError as error:
        raise HTTPException(422, f"Nothing was done: {error}.") from error
    return RedirectResponse(_back(request, form.act), status_code=303)


@app.post("/checklist")
def settle(
    request: Request,
    user: Editor,
    conn: Database,
    now: Now,
    subject: Annotated[str, Form(max_length=40)],
    why: Annotated[str, Form(max_length=300)],
) -> RedirectResponse:
    """Close a check of the first morning's list with a reason, then go back to where it stood."""
    try:
        checklist.settle(conn, subject, why, user.get_name(), now)
    except checklist.ChecklistError as error:
        raise HTTPException(422, f"Nothing was saved: {error}.") from error
    return RedirectResponse(_back(request, "checklist"), status_code=303)


def _back(request: Request, done: str) -> str:
    """The page of ours that the form stood on, with what was asked of it; the start page for any other address."""
    root = request.scope.get("root_path", "")
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.path.startswith(f"{root}/") and "//" not in came.path
    asked = [(key, value) for key, value in parse_qsl(came.query) if ours and key != "done"]
    return f"{came.path if ours else f'{root}/'}?{urlencode([*asked, ('done', done)])}"


@app.get("/static/{name}")
def static(name: str, user: Reader) -> FileResponse:
    """The style sheet and the script."""
    if name not in FILES:
        raise HTTPException(404, "No such file.")
    return FileResponse(STATIC / name, media_type=FILES[name], headers={"Cache-Control": "private, max-age=300"})
