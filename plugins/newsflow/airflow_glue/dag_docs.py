"""`python -m newsflow.airflow_glue.dag_docs` writes docs/dags.md from the Dags themselves; a test finds it stale."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from newsflow import resources

TARGET = Path("docs/dags.md")
HEAD = """# Dags

Generated from the files in `dags/` by `make docs`; do not edit.
Schedules are those without settings of yours, in UTC.
"""


def bag() -> Any:
    """All Dags of the project, parsed as Airflow parses them."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(resources.dags_folder()))


def _task_rows(dag: Any) -> Iterable[str]:
    for task in dag.topological_sort():
        mapped = " (mapped)" if task.is_mapped else ""
        limit = getattr(task, "execution_timeout", None)
        after = ", ".join(f"`{name}`" for name in sorted(task.upstream_task_ids)) or "–"
        rule = str(getattr(task.trigger_rule, "value", task.trigger_rule)).replace("_", " ")
        yield f"| `{task.task_id}`{mapped} | {after} | {rule} | {task.retries} | {limit or '–'} |"


def _param_rows(dag: Any) -> Iterable[str]:
    for name in dag.params:
        found = dag.params.get_param(name)
        kind = found.schema.get("type", "any")
        kinds = " or ".join(kind) if isinstance(kind, list) else kind
        yield f"| `{name}` | {kinds} | `{json.dumps(found.value)}` | {(found.description or '').replace('|', '/')} |"


def _schedule(dag: Any) -> str:
    if cron := getattr(dag.schedule, "expression", ""):
        return f"Schedule `{cron}`"
    return "After its assets" if dag.schedule else "By hand"


def _section(dag: Any) -> str:
    summary = (dag.doc_md or "").strip().splitlines()
    title = summary[0].lstrip("# ").strip() if summary else dag.dag_id
    lines = [
        f"\n## {title}\n",
        f"{_schedule(dag)} · tags {', '.join(sorted(dag.tags))} · "
        f"owner {dag.owner} · at most {dag.max_active_runs} run at once\n",
        "| task | after | begins when | retries | time-out |\n|---|---|---|---|---|",
        *_task_rows(dag),
    ]
    params = list(_param_rows(dag))
    if params:
        lines += ["\n| param | type | default | what |\n|---|---|---|---|", *params]
    return "\n".join(lines)


def render() -> str:
    """The whole page.

    :raises RuntimeError: where a Dag file can't be imported.
    """
    found = bag()
    if found.import_errors:
        raise RuntimeError(str(found.import_errors))
    return HEAD + "\n".join(_section(found.dags[name]) for name in sorted(found.dags)) + "\n"


if __name__ == "__main__":
    ((resources.checkout() or Path.cwd()) / TARGET).write_text(render(), encoding="utf-8")
