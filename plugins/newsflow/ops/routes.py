"""All pages, each one entry: from it come its route, who may read it, and its place in the navigation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from newsflow.ops import checklist, detail, nights, pages, publishers, reprocess_pages, runbooks
from newsflow.ops.airflow_runs import AirflowRuns


@dataclass(frozen=True, slots=True)
class OpsPage:
    """A page: its address, its template, and the function that gives the template's names.

    The function's parameters are filled from the request: those of `dependencies` by their type, others by their
    name from the path or the query. None means that there is no such thing (404).
    """

    path: str
    template: str
    show: Callable[..., dict[str, Any] | None]
    title: str = ""  # in the navigation; none: it is reached from another page
    in_airflow: Callable[[AirflowRuns, dict[str, Any]], dict[str, Any]] | None = (
        None  # what it shows of Airflow's tasks
    )


PAGES = (
    OpsPage("/", "news.html", checklist.news, "Last night", pages.in_airflow),
    OpsPage("/dag/{dag_id}", "run.html", pages.newest_run, in_airflow=pages.in_airflow),
    OpsPage("/dag/{dag_id}/run/{dag_run_id}", "run.html", pages.run_page, in_airflow=pages.in_airflow),
    OpsPage("/nights", "nights.html", nights.thirty, "Thirty nights"),
    OpsPage("/nights/compare", "compare.html", nights.two),
    OpsPage("/publishers", "publishers.html", publishers.publishers, "Publishers"),
    OpsPage("/publishers/{name:path}", "publisher.html", detail.publisher, in_airflow=detail.in_airflow),
    OpsPage("/rejects", "rejects.html", pages.rejects, "Rejects"),
    OpsPage("/rejects/{page_id}", "reject.html", detail.reject),
    OpsPage("/proposals", "proposals.html", detail.proposals, "Proposals"),
    OpsPage("/alarms", "alarms.html", detail.alarms, "Alarms"),
    OpsPage("/runbooks/{name}", "runbook.html", runbooks.shown),
    OpsPage("/storage", "storage.html", detail.storage, "Storage"),
    OpsPage("/reprocesses", "reprocesses.html", reprocess_pages.listing, "Reprocesses"),
    OpsPage("/reprocesses/{number}", "reprocess.html", reprocess_pages.one),
)
NAVIGATION = tuple((entry.path, entry.title) for entry in PAGES if entry.title)
