"""The forms of our Dags: what Airflow's UI makes its fields of."""

from __future__ import annotations

from typing import Any

import pytest
from airflow.sdk.exceptions import ParamValidationError

from newsflow.airflow_glue.params import form
from newsflow.backfill.request import BackfillRequest
from newsflow.reprocess.request import ReprocessAction
from newsflow.request import Request, RunRequest

LINES = {"type": ["null", "array"], "items": {"type": "string"}}  # a field of several lines
DAY = {"type": ["null", "string"], "format": "date"}  # a date picker
COUNT = {"type": ["null", "integer"], "minimum": 1}
FLAG = {"type": "boolean"}  # a switch


def rules(request: type[Request]) -> dict[str, dict[str, Any]]:
    return {
        name: {key: value for key, value in param.schema.items() if key not in {"title", "description"}}
        for name, param in form(request).items()
    }


def test_each_field_has_the_schema_that_the_form_knows() -> None:
    assert rules(RunRequest) == {"publishers": LINES, "feeds": LINES, "limit": COUNT, "force": FLAG}
    assert rules(BackfillRequest) == {
        **dict.fromkeys(("warc", "sitemaps", "urls", "publishers", "languages"), LINES),
        "since": DAY, "until": DAY, "limit": COUNT, "anonymous": FLAG,
    }  # fmt: skip
    choices = {"type": "string", "enum": ["compare", "apply", "undo"]}
    assert rules(ReprocessAction) == {"action": choices, "reprocess": COUNT}


def test_an_untouched_form_asks_for_all() -> None:
    untouched = {name: param.resolve() for name, param in form(RunRequest).items()}
    assert untouched == {"publishers": None, "feeds": None, "limit": None, "force": False}
    assert RunRequest.from_params(untouched) == RunRequest()


def test_airflow_refuses_what_the_model_would() -> None:
    with pytest.raises(ParamValidationError):
        form(RunRequest)["limit"].resolve(0)
    with pytest.raises(ParamValidationError):
        form(BackfillRequest)["since"].resolve("2026-02-30")


def test_a_form_can_leave_out_and_introduce() -> None:
    made = form(RunRequest, without={"limit"}, lead="To compare: ")
    assert list(made) == ["publishers", "feeds", "force"]
    assert made["force"].description == "To compare: ask all feeds now, due or not"
    assert made["feeds"].description.endswith("; one a line")
