"""docs/runbooks/README.md: each alarm with what it is raised when."""

from __future__ import annotations

from newsflow.ops.alarms import ALARMS

HEAD = """\
# Runbooks

Generated from `plugins/newsflow/ops/alarms/` by `make docs`; do not edit.

One page for each alarm: what it means, how to see it, what to do, how to prove that it is over. The names are the causes as messages and `ingest.ops_alarm` carry them. In the Airflow UI they open from the alarm itself (*what to do*).

| cause | raised when |
|---|---|
"""  # noqa: E501


def render() -> str:
    """The whole page."""
    return HEAD + "".join(f"| [{alarm.cause}]({alarm.cause}.md) | {alarm.raised_when} |\n" for alarm in ALARMS)
