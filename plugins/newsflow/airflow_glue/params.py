"""A request as the form of a Dag: each of its fields is a Param."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from airflow.sdk import Param

from newsflow.request import Parameter, Request, parameters


def form(request: type[Request], *, without: Collection[str] = (), lead: str = "") -> dict[str, Param]:
    """The Params of a request, for `@dag(params=…)`.

    :param without: fields that the Dag has no use for.
    :param lead: begins each description.
    """
    return {found.name: _param(found, lead) for found in parameters(request) if found.name not in without}


def _param(found: Parameter, lead: str) -> Param:
    # Airflow's form reads a list of types (["null", "array"]: lines of text), but not pydantic's anyOf.
    kind: Any = ["null", found.kind] if found.optional else found.kind
    text = found.description + ("; one a line" if found.kind == "array" else "")
    text = lead + text[0].lower() + text[1:] if lead else text
    return Param(found.default, type=kind, title=found.title, description=text, **found.rules)
