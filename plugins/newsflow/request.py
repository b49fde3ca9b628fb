"""What a run is asked to do, with each parameter declared once.

A field of a request is the parameter everywhere: in the form of its Dag (`airflow_glue.params`), as an option of its
command (`commands.options`), in the validation of both, and in the JSON of `ingest.run.params`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from typing_extensions import Self

from newsflow.errors import NewsflowError


class RequestError(NewsflowError):
    """A request that can't be met: one line that names each wrong parameter."""


def _lines(value: object) -> object:
    """Entries without blanks around them, and without blank entries; a text has one a line, as in a form."""
    given = value.splitlines() if isinstance(value, str) else value
    if not isinstance(given, list | tuple):
        return given  # pydantic says what is wrong with it
    return tuple(filter(None, (str(entry).strip() for entry in given)))


def _day(value: object) -> object:
    """A day from `2026-01-31`, also with a time after it, as date pickers give it."""
    if not value:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ValueError(f"{value} is not a day such as 2026-01-31 ({error})") from None


Lines = Annotated[tuple[str, ...], BeforeValidator(_lines)]
Day = Annotated[date | None, BeforeValidator(_day)]


class Request(BaseModel):
    """A request: frozen, validated, and the same as Params, as JSON and as options."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> Self:
        """From a Dag's params, a command's options, or stored JSON; None and a missing key mean the default.

        :raises RequestError: naming each parameter that is wrong.
        """
        try:
            return cls.model_validate({name: value for name, value in params.items() if value is not None})
        except ValidationError as error:
            raise RequestError("; ".join(faults(error))) from None

    def as_params(self) -> dict[str, Any]:
        """The mapping that `from_params` reads, ready for JSON."""
        return self.model_dump(mode="json")

    def as_query(self) -> dict[str, Any]:
        """Parameters of a named query, where None means that nothing is left out."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: only(value) if isinstance(value, tuple) else value for name, value in values}


class RunRequest(Request):
    """What a nightly run or a poll is asked to do; without filters, all that is due."""

    publishers: Lines = Field((), description="Only these publishers, such as bbc.co.uk (default: all)")
    feeds: Lines = Field((), description="Only these feeds, by URL (default: all that are due)")
    limit: int | None = Field(None, ge=1, description="Take at most this many pages")
    force: bool = Field(False, description="Ask all feeds now, due or not")


class MaintainRequest(Request):
    """What a run of maintenance is asked to do."""

    force: bool = Field(False, description="Run all jobs now, due or not")


def only(names: tuple[str, ...]) -> list[str] | None:
    """A filter as our queries take it: None where it lets all pass."""
    return list(names) or None


def check_span(since: date | None, until: date | None) -> None:
    """Refuse a span that ends before it begins.

    :raises ValueError: naming both days.
    """
    if since and until and until < since:
        raise ValueError(f"the span ends on {until}, before it begins on {since}")


def faults(error: ValidationError) -> Iterator[str]:
    """Each fault that pydantic found, as `parameter: what is wrong`."""
    for found in error.errors():
        place = ".".join(str(part) for part in found["loc"])
        text = found["msg"].removeprefix("Value error, ")
        yield f"{place}: {text}" if place else text


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field of a request, as forms and commands show it.

    :param kind: type in JSON Schema: array (of strings), boolean, integer or string.
    :param rules: what else JSON Schema says of it, such as `minimum`, `format` or `enum`.
    :param optional: whether it can be left empty.
    """

    name: str
    title: str
    description: str
    kind: str
    rules: Mapping[str, Any]
    default: Any
    optional: bool

    @property
    def is_day(self) -> bool:
        """Whether its value is a calendar day."""
        return self.rules.get("format") == "date"


_SHOWN = {"title", "description", "default", "type", "anyOf"}  # what `Parameter` holds by name


def parameters(request: type[Request]) -> Iterator[Parameter]:
    """The parameters of a request, in the order of its fields."""
    for name, found in request.model_json_schema()["properties"].items():
        shapes = found.get("anyOf", [found])
        shape = next(one for one in shapes if one["type"] != "null")
        yield Parameter(
            name=name,
            title=found["title"],
            description=found.get("description", ""),
            kind=shape["type"],
            rules={key: value for key, value in shape.items() if key not in _SHOWN},
            # an empty list is null, in a form as in a command: what was never touched stays null
            default=found["default"] or None if shape["type"] == "array" else found["default"],
            optional=len(shapes) > 1 or shape["type"] == "array",
        )
