"""For an Airflow whose plugins folder is this one, without newsflow installed: the plugin of the entry point.

An installed newsflow is found by its entry point; the same plugin twice would be an import error of Airflow's.
"""

from __future__ import annotations

from importlib.metadata import entry_points

if not entry_points(group="airflow.plugins", name="newsflow"):
    from newsflow.airflow_glue.plugin import NewsflowPlugin  # noqa: F401  # Airflow looks for the class here
