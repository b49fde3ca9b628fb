"""OpenLineage: what the load tasks read and write, where `apache-airflow-providers-openlineage` is installed.

Only that provider imports this module, by the setting
`AIRFLOW__OPENLINEAGE__EXTRACTORS=newsflow.airflow_glue.lineage.NewsExtractor`.
"""

from __future__ import annotations

from typing import Any

from airflow.providers.openlineage.extractors.base import BaseExtractor, OperatorLineage
from openlineage.client.event_v2 import InputDataset, OutputDataset

from newsflow.dsn import parts
from newsflow.ops.connection import task_settings

READS = ("ingest.extraction", "ingest.story_member")
WRITES = ("news.articles", "news.stories", "news.revisions", "news.changes")


class NewsExtractor(BaseExtractor):
    """Datasets of our tasks `load`; other tasks have none."""

    @classmethod
    def get_operator_classnames(cls) -> list[str]:
        """Tasks made by `@task`."""
        return ["_PythonDecoratedOperator"]

    def _execute_extraction(self) -> OperatorLineage[Any, Any]:
        return OperatorLineage()

    def extract_on_complete(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """The tables of a load that ended well."""
        if self.operator.task_id != "load" or not self.operator.dag_id.startswith("news_"):
            return OperatorLineage()
        namespace, database = place(task_settings().dsn)
        return OperatorLineage(
            inputs=[InputDataset(namespace, f"{database}.{table}") for table in READS],
            outputs=[OutputDataset(namespace, f"{database}.{table}") for table in WRITES],
        )

    def extract_on_failure(self, task_instance: Any) -> OperatorLineage[Any, Any]:
        """A load that failed wrote nothing: it is one transaction."""
        return OperatorLineage()


def place(dsn: str) -> tuple[str, str]:
    """(namespace, database) of a libpq connection, without its secrets.

    OpenLineage's naming of PostgreSQL: `postgres://host:port` and `database.schema.table`
    (openlineage.io/docs/spec/naming).
    """
    found = parts(dsn)
    return f"postgres://{found.get('host', 'localhost')}:{found.get('port', 5432)}", found.get("dbname", "")
