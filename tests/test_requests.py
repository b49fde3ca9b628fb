"""Requests: what is stored of them, what is refused, and the options that come from their fields."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import pytest
import typer
from pydantic import Field
from typer.testing import CliRunner

from newsflow.backfill.request import BackfillRequest
from newsflow.commands.options import option_name, options
from newsflow.reprocess.request import ReprocessAction, ReprocessRequest
from newsflow.request import Day, Lines, MaintainRequest, Request, RequestError, RunRequest, parameters

ALL = (RunRequest, BackfillRequest, ReprocessRequest, ReprocessAction, MaintainRequest)

# As ingest.run.params has held them from the beginning: reports and `unfinished` read old rows too.
STORED: list[tuple[Request, dict[str, Any]]] = [
    (RunRequest(), {"publishers": [], "feeds": [], "limit": None, "force": False}),
    (
        RunRequest(publishers=("a", "b"), feeds=("https://a/f",), limit=3, force=True),
        {"publishers": ["a", "b"], "feeds": ["https://a/f"], "limit": 3, "force": True},
    ),
    (
        BackfillRequest(warc=("w",), languages=("de",), since=date(2026, 1, 1), anonymous=True),
        {"warc": ["w"], "sitemaps": [], "urls": [], "publishers": [], "languages": ["de"],
         "since": "2026-01-01", "until": None, "limit": None, "anonymous": True},
    ),
    (
        ReprocessRequest(outcomes=("loaded",), extractors=("%",), until=date(2026, 1, 2)),
        {"publishers": [], "since": None, "until": "2026-01-02", "outcomes": ["loaded"], "extractors": ["%"],
         "limit": None},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("request_", "stored"), STORED)
def test_the_stored_json_stays_as_it_was_and_reads_back(request_: Request, stored: dict[str, Any]) -> None:
    assert request_.as_params() == stored
    assert list(request_.as_params()) == list(stored)
    assert type(request_).from_params(stored) == request_


def test_filters_that_let_all_pass_are_null_in_a_query() -> None:
    asked = ReprocessRequest(publishers=("p",), since=date(2026, 1, 1)).as_query()
    assert asked["publishers"] == ["p"]
    assert asked["since"] == date(2026, 1, 1)
    assert asked["outcomes"] is None


def test_forms_send_blanks_times_and_nothing() -> None:
    sent = {"warc": [" x ", " "], "urls": "https://a/1\n\nhttps://a/2", "since": "2026-01-31T12:00:00Z", "until": ""}
    asked = BackfillRequest.from_params({**sent, "limit": None, "anonymous": None, "unknown": 1})
    assert (asked.warc, asked.urls, asked.since) == (("x",), ("https://a/1", "https://a/2"), date(2026, 1, 31))
    assert (asked.until, asked.limit, asked.anonymous) == (None, None, False)
    assert BackfillRequest.from_params({"warc": ["x"], "since": datetime(2026, 1, 31, 12)}).since == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("kind", "params", "why"),
    [(BackfillRequest, {}, "at least one source"), (BackfillRequest, {"warc": [" "]}, "at least one source"),
     (BackfillRequest, {"warc": ["x"], "since": "2026-02-30"}, "since: 2026-02-30 is not a day .*out of range"),
     (BackfillRequest, {"warc": ["x"], "since": "2026-02-02", "until": "2026-02-01"}, "ends on 2026-02-01, before"),
     (ReprocessRequest, {"since": "2026-01-02", "until": "2026-01-01"}, "ends on"),
     (ReprocessRequest, {"until": "soon"}, "until: soon is not a day"),
     (ReprocessAction, {"action": "apply"}, "to apply, give the number"),
     (ReprocessAction, {"action": "repeal"}, "action: "),
     (RunRequest, {"limit": 0, "force": "perhaps"}, "limit: .*; force: ")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_one_line(kind: type[Request], params: dict[str, Any], why: str) -> None:
    with pytest.raises(RequestError, match=why) as refused:
        kind.from_params(params)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("kind", ALL)
def test_every_parameter_says_what_it_is(kind: type[Request]) -> None:
    for found in parameters(kind):
        assert found.description and found.title, found.name
        assert not found.description.endswith("."), "forms and commands add what follows"


class Colours(Request):
    """A request that nobody has seen before."""

    names: Lines = Field((), description="Only these names")
    most: int = Field(5, ge=1, le=9, description="At most this many")
    day_of_birth: Day = Field(None, description="Day")
    bright: bool = Field(False, description="Only bright ones")


def told(*words: str) -> tuple[int, str]:
    app = typer.Typer()

    @app.command()
    @options(Colours)
    def show(request: Colours, twice: Annotated[bool, typer.Option("--twice")] = False) -> None:
        """Show them."""
        typer.echo(f"{request!r} {twice}")

    done = CliRunner().invoke(app, list(words), env={"COLUMNS": "200", "NO_COLOR": "1"})
    return done.exit_code, done.output


def test_a_field_is_an_option_with_its_bounds() -> None:
    code, text = told("--help")
    assert code == 0
    for piece in (
        "--name ",
        "Only these names; may be repeated.",
        "1<=x<=9",
        "--day-of-birth",
        "YYYY-MM-DD",
        "--twice",
    ):
        assert piece in text, piece
    code, text = told("--name", "red", "--name", "blue", "--day-of-birth", "2026-01-31", "--bright", "--twice")
    made = Colours(names=("red", "blue"), day_of_birth=date(2026, 1, 31), bright=True)
    assert (code, text.strip()) == (0, f"{made!r} True")
    assert told()[1].strip() == f"{Colours()!r} False"


@pytest.mark.parametrize("words", [("--most", "10"), ("--day-of-birth", "2026-02-30"), ("--names", "red")])
def test_a_wrong_option_is_a_usage_error(words: tuple[str, str]) -> None:
    assert told(*words)[0] == 2


def test_options_of_one_request_have_different_names() -> None:
    for kind in ALL:
        names = [option_name(found) for found in parameters(kind)]
        assert len(names) == len(set(names))
