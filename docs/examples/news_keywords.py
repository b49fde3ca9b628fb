"""
# news_keywords: keywords of what is new

Runs when `news/articles` has changed, and hourly, for a retraction by hand sends no asset event. The work and its
cursor are in `keywords.py`, beside this file: put both into your Dags folder. The connection `news_reader` is a role
with a schema of its own.

| task | does | if it is red |
|---|---|---|
| `catch_up` | all changes since its cursor, page by page | the database is away, or a right is missing: run it again |
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable, dag, task


@dag(
    schedule=AssetOrTimeSchedule(
        timetable=CronTriggerTimetable("17 * * * *", timezone="UTC"),
        assets=[Asset(name="news/articles", uri="newsflow://news/articles", group="news")],
    ),
    start_date=datetime(2026, 1, 1, tzinfo=timezone.utc),
    catchup=False,
    max_active_runs=1,
    default_args={"owner": "analysts", "retries": 3, "retry_delay": timedelta(minutes=1)},
    tags=["news", "enrichment"],
    doc_md=__doc__,
)
def news_keywords() -> None:
    """Keywords of what is new."""

    @task(execution_timeout=timedelta(hours=6))
    def catch_up() -> int:
        from airflow.sdk import BaseHook
        from keywords import catch_up as work

        return work(BaseHook.get_connection("news_reader").get_uri().replace("postgres://", "postgresql://", 1))

    catch_up()


DAG = news_keywords()
