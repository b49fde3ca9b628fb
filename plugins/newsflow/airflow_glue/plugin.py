"""The plugin of newsflow: the operations pages and the pool of backfills (entry point `airflow.plugins`)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from newsflow.airflow_glue import pool

_BASE = urlsplit(conf.get("api", "base_url", fallback="") or "").path.rstrip("/") + "/newsflow"


class NewsflowPlugin(AirflowPlugin):
    """ "News" in the navigation and on each task, "Funnel" on each Dag and each run."""

    name = "newsflow"
    listeners = [pool]  # noqa: RUF012
    external_views = [  # noqa: RUF012
        {"name": "News", "href": f"{_BASE}/", "url_route": "news", "destination": "nav", "nav_top_level": True},
        {"name": "Funnel", "href": f"{_BASE}/dag/{{DAG_ID}}", "url_route": "funnel", "destination": "dag"},
        {
            "name": "Funnel",
            "href": f"{_BASE}/dag/{{DAG_ID}}/run/{{RUN_ID}}",
            "url_route": "run-funnel",
            "destination": "dag_run",
        },
        {
            "name": "News",
            "href": f"{_BASE}/dag/{{DAG_ID}}/run/{{RUN_ID}}#steps",
            "url_route": "task-news",
            "destination": "task_instance",
        },
    ]

    @property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The pages; imported only where the API server asks, since other processes need no FastAPI."""
        from newsflow.ops.app import app

        return [{"app": app, "url_prefix": "/newsflow", "name": "newsflow"}]
