"""Who may see and who may do: Airflow's own users and permissions, CSRF tokens, response headers.

Airflow does not authenticate the routes of plugins, so each of ours depends on `reader` or `editor`.
"""

from __future__ import annotations

from typing import Annotated, Any

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.tokens import get_signing_key
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from fastapi import Depends, Form, HTTPException, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from newsflow.names import NEWS_INGEST

TOKEN_SECONDS = 12 * 3600

# No inline code of any kind; the page may be framed by Airflow only.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def reader(
    user: GetUserDep, _access: Annotated[Any, Depends(requires_access_dag("GET", param_dag_id=NEWS_INGEST))]
) -> BaseUser:
    """A user who may read the news Dag; else 401 or 403."""
    return user


def can_edit(user: BaseUser) -> bool:
    """Whether the user may change the news Dag, which is what our actions ask for."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails

    return bool(get_auth_manager().is_authorized_dag(method="PUT", user=user, details=DagDetails(id=NEWS_INGEST)))


def may_read_logs(user: BaseUser, dag_id: str) -> bool:
    """Whether the user may see the logs of a Dag's tasks, which Airflow grants apart from the Dag."""
    from airflow.api_fastapi.app import get_auth_manager
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails

    logs, dag = DagAccessEntity.TASK_LOGS, DagDetails(id=dag_id)
    return bool(get_auth_manager().is_authorized_dag(method="GET", user=user, access_entity=logs, details=dag))


def editor(
    user: GetUserDep, _access: Annotated[Any, Depends(requires_access_dag("PUT", param_dag_id=NEWS_INGEST))]
) -> BaseUser:
    """A user who may change the news Dag; else 401 or 403."""
    return user


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(get_signing_key("api", "secret_key"), salt="newsflow.csrf")


def csrf_token(user: BaseUser) -> str:
    """A signed token that only this user's forms carry."""
    return str(_serializer().dumps(user.get_id()))


def check_csrf(
    request: Request, user: Annotated[BaseUser, Depends(editor)], csrf: Annotated[str, Form()] = ""
) -> BaseUser:
    """An editor whose form came from our own pages.

    :raises HTTPException: 403 for a token of another user, an old one, or a form from another site.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "The form came from another site.")
    try:
        owner = _serializer().loads(csrf, max_age=TOKEN_SECONDS)
    except BadSignature as error:
        raise HTTPException(403, "The form has expired: load the page again.") from error
    if owner != user.get_id():
        raise HTTPException(403, "The form belongs to another user.")
    return user


Reader = Annotated[BaseUser, Depends(reader)]
Editor = Annotated[BaseUser, Depends(check_csrf)]
