"""Which news database: that of the environment, else that of the Airflow connection `news_db`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import SecretStr

from newsflow.dsn import ADVICE
from newsflow.names import CONNECTION
from newsflow.settings import Settings, SettingsError, get_settings
from newsflow.web import access

_UNREADABLE = f"Airflow's connection {CONNECTION} can't be read: {ADVICE}"


def task_settings() -> Settings:
    """The settings within a task, which asks Airflow's API for the connection.

    :raises SettingsError: where neither names a database.
    """
    return with_access(with_database(get_settings(), _task_uri), _task_connection)


def server_settings() -> Settings:
    """The settings within Airflow's API server, which reads Airflow's own database."""
    return with_database(get_settings(), stored_uri)


def with_database(settings: Settings, uri: Callable[[], str]) -> Settings:
    """These settings; the connection is asked for only where the environment names no database."""
    return settings if settings.database_url.get_secret_value() else settings.on(uri())


def with_access(settings: Settings, connection: Callable[[str], Any]) -> Settings:
    """These settings, with the access that Airflow's connections of `access_connections` hold.

    Of a connection host (or a whole address in it), port, schema (the scheme), login and password are read, and
    `headers`, `cookies`, `bearer` and `path` of its extra.

    :raises SettingsError: where one can't be read.
    """
    if not settings.access_connections:
        return settings
    given = access.stated(settings) + [_granted(connection(name)) for name in settings.access_connections]
    return settings.model_copy(update={"access": SecretStr(json.dumps(given))})


def _granted(found: Any) -> dict[str, Any]:
    host, extra = str(found.host or ""), dict(found.extra_dejson)
    port = f":{found.port}" if found.port else ""
    url = host if "://" in host else f"{found.schema or 'https'}://{host}{port}{extra.pop('path', '/')}"
    login = {"user": found.login, "password": found.password or ""} if found.login else {}
    return {"url": url, **login, **{name: extra[name] for name in ("headers", "cookies", "bearer") if name in extra}}


def _task_connection(name: str) -> Any:
    from airflow.sdk import Connection

    try:
        return Connection.get(name)
    except Exception:  # Airflow's own messages may quote what is in it
        raise SettingsError(f"Airflow's connection {name}, of NEWSFLOW_ACCESS_CONNECTIONS, can't be read") from None


def stored_uri() -> str:
    """The connection's URI, read from Airflow's secrets backends and its own database.

    :raises AirflowNotFoundException: where it is not defined.
    :raises SettingsError: where it can't be read.
    """
    from airflow.models.connection import Connection as Stored  # loads Airflow's ORM, which tasks do without
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return str(Stored.get_connection_from_secrets(CONNECTION).get_uri())
    except AirflowNotFoundException:
        raise
    except Exception:  # Airflow's own messages quote the URI
        raise SettingsError(_UNREADABLE) from None


def _task_uri() -> str:
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowRuntimeError

    try:
        return str(Connection.get(CONNECTION).get_uri())
    except AirflowRuntimeError:
        text = f"no database: set NEWSFLOW_DATABASE_URL, or the Airflow connection {CONNECTION}"
        raise SettingsError(text) from None
    except Exception:  # as above
        raise SettingsError(_UNREADABLE) from None
