"""When is something wrong? The list of all alarms; each entry stands beside its rule.

An alarm more is an entry and a rule in the module that it belongs to, and its runbook docs/runbooks/<cause>.md. It is
asked about the rows of a named query of sql/queries/ops.sql, or about the present as a whole. The watch, the messages,
the pages and the list of the runbooks all read ALARMS.
"""

from __future__ import annotations

from newsflow.ops.alarms import content, house, level, runs, silence

ALARMS = (*runs.ALARMS, *content.ALARMS, *silence.ALARMS, *level.ALARMS, *house.ALARMS)
TITLES = {alarm.cause: alarm.title for alarm in ALARMS}
